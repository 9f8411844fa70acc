"""照片与观察的对象：one's own and a stranger's, published."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tests.world import NOW, World
from tuoyu.core.files.images import draw
from tuoyu.core.scope import Scope
from tuoyu.domains.children.services.consents import grant_consent
from tuoyu.domains.moments.models import Observation
from tuoyu.domains.moments.services import observations, photos

SIDES = (("a1", "he", "lin"), ("b1", "feng", "hong"))


def moment_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """照片与观察的编号。"""
    own, other = (_side(w, *side) for side in SIDES)
    return {name: (own[name], other[name]) for name in own}


def _side(w: World, key: str, child: str, family: str) -> dict[str, Any]:
    inst, kid = w.institutions[key], w.children[child]
    scope = Scope(kind="institutions", institution_ids=frozenset({inst.pk}))
    grant_consent(child=kid, guardian=w.guardians[family], purpose="photo", at=NOW)
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG")
    shot = photos.Shot(draw(out.getvalue()), NOW)
    photo = photos.add_photo(institution=inst, shot=shot, by=1, at=NOW).pk
    photos.tag_children(scope=scope, photo_id=photo, child_ids=[kid.pk], by=1, at=NOW)
    photos.publish_photo(scope=scope, photo_id=photo, by=1, at=NOW)
    note = observations.Note(kid.pk, ["motion"], "扶着栏杆走了三步。", photo)
    observations.observe(
        scope=scope, institution_id=inst.pk, note=note, by=1, by_name="示例老师", at=NOW
    )
    return {"photo_id": photo, "note_id": Observation.all_rows.get(child=kid).pk}
