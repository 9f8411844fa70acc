"""矩阵用的奖补申请：one's own and a stranger's, handed in with their paper."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.domains.grants import services
from tuoyu.domains.workforce.models import Certificate

RULE = "training_subsidy"


def grant_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """参数 → (自己的, 别人的)。"""
    own, other = (_side(w, *side) for side in (("a1", "director"), ("b1", "other-director")))
    school = services.enter_school(
        name="矩阵学校（虚构）", major="婴幼儿托育", basis="示例文",
        by=actor_for_user(w.users["city-officer"]), at=NOW,
    )  # fmt: skip
    return {
        **{name: (own[name], other[name]) for name in own},
        "rule": (RULE, RULE),
        "school_id": (school.pk, school.pk),
    }


def _side(w: World, key: str, director: str) -> dict[str, int]:
    inst, by = w.institutions[key], actor_for_user(w.users[director])
    found = Certificate.all_rows.filter(institution_id=inst.pk).order_by("pk")[0]
    made = services.draft(rule=RULE, institution_id=inst.pk, pick=str(found.pk), by=by, at=NOW)
    paper = services.add_evidence(
        application_id=made.pk, code="scan",
        upload=SimpleUploadedFile("证.jpg", samples.photo()), by=by, at=NOW,
    )  # fmt: skip
    services.submit(application_id=made.pk, by=by, at=NOW)
    return {
        "grant_id": made.pk,
        "grant_item_id": made.items.get().pk,
        "grant_evidence_id": paper.pk,
    }
