"""矩阵用的对象：on each side a star all the way, its notice, an objection, a withdrawal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.files import samples
from tests.quality import world as made_of
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.domains.publicity.services import close_due, object_to
from tuoyu.domains.quality import services
from tuoyu.domains.quality.models import Application, Award, Member, Panel
from tuoyu.domains.quality.services import Given
from tuoyu.domains.quality.standard import dimensions_of

BEFORE = NOW - timedelta(days=40)
SIDES = (("a1", "director", "county-officer"), ("b1", "other-director", "other-county-officer"))


def prepare(w: World) -> None:
    """细则与专家。"""
    made_of.scheme(w, from_on=BEFORE.date())
    made_of.experts(w)


def side(w: World, key: str, director: str, county: str) -> dict[str, Any]:
    """一边的对象。"""
    own, officer = actor_for_user(w.users[director]), actor_for_user(w.users[county])
    one, two = (actor_for_user(w.users[s]) for s in ("city-officer", "city-officer-2"))
    made = _accepted(w, key, own, officer)
    services.commit_draw(application_id=made.pk, by=one, at=BEFORE)
    services.draw(application_id=made.pk, by=one, at=BEFORE + timedelta(days=1))
    made_of.sheets(w, made)
    at = BEFORE + timedelta(days=2)
    services.decide(application_id=made.pk, document_no="示例（虚构）", opinion="", by=two, at=at)
    made.refresh_from_db()
    assert made.notice_id is not None
    said = object_to(
        notice_id=made.notice_id, row_id=None, opinion="对公示整体的一点意见", contact="", at=at
    )
    close_due(NOW - timedelta(days=1))
    award = Award.all_rows.get(application=made)
    told = services.tell_withdrawal(
        award_id=award.pk, reason="示例事由，不是真的", by=one, at=NOW - timedelta(hours=1)
    )
    return {
        "quality_id": made.pk,
        "member_id": Member.all_rows.filter(panel__application=made).order_by("rank")[0].pk,
        "panel_id": Panel.all_rows.get(application=made).pk,
        "expert_id": Member.all_rows.filter(panel__application=made).order_by("rank")[0].expert_id,
        "award_id": award.pk,
        "plaque_code": award.code,
        "withdrawal_id": told.pk,
        "notice_id": made.notice_id,
        "objection_id": said.pk,
        "dimension": "team",
    }


def _accepted(w: World, key: str, own: Any, officer: Any) -> Application:
    made = services.start(
        kind="star", institution_id=w.institutions[key].pk, wanted="city", by=own, at=BEFORE
    )
    given = [
        Given(
            d.id, score=str(d.points), basis="见台账",
            upload=SimpleUploadedFile("证.pdf", samples.pdf()) if d.id == "team" else None,
        )
        for d in dimensions_of("star")
    ]  # fmt: skip
    services.save(application_id=made.pk, given=given, by=own, at=BEFORE)
    services.submit(application_id=made.pk, by=own, at=BEFORE)
    return services.accept(application_id=made.pk, opinion="", by=officer, at=BEFORE)
