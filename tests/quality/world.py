"""评定用的小世界：experts, a scheme, and an application brought to any state. All fictitious."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.domains.publicity.services import close_due
from tuoyu.domains.quality import services
from tuoyu.domains.quality.models import Application, Expert, Member, Scheme
from tuoyu.domains.quality.services import Given, Sheet
from tuoyu.domains.quality.standard import dimensions_of, standard

SEED = "ab" * 32
DAY = timedelta(days=1)
CUTOFFS = {"city": 8000, "province": 9000}


def who(w: World, slug: str) -> Actor:
    return actor_for_user(w.users[slug])


def experts(w: World, count: int = 8) -> list[Expert]:
    return [
        services.add_expert(
            name=f"专家{n:02d}", specialty="保育照护", region_code="350500", at=NOW,
            employer=f"示例单位{n:02d}（虚构）",
        )
        for n in range(count)
    ]  # fmt: skip


def scheme(w: World, kind: str = "star", **given: object) -> Scheme:
    kept: dict[str, object] = {
        "kind": kind,
        "document_no": "示例细则〔2025〕1号（虚构）",
        "from_on": NOW.date().replace(day=1),
        "cutoffs": CUTOFFS if kind == "star" else {},
        "method": "median",
        "panel_size": 3,
        "notice_days": 5,
        "valid_months": 36,
        "is_fictitious": True,
        "by": who(w, "city-officer"),
        "at": NOW,
    }
    return services.set_scheme(**(kept | given))  # type: ignore[arg-type]


def scores(share: int = 90) -> dict[str, str]:
    return {d.id: str((d.points or 0) * share // 100) for d in standard().dimensions}


def draft(w: World, kind: str = "star", wanted: str = "city", at: datetime = NOW) -> Application:
    return services.start(
        kind=kind, institution_id=w.institutions["a1"].pk, wanted=wanted,
        by=who(w, "director"), at=at,
    )  # fmt: skip


def submitted(w: World, kind: str = "star", wanted: str = "city") -> Application:
    made = draft(w, kind, wanted)
    given = [
        Given(d.id, score=str(d.points or ""), is_met=True, basis=f"{d.name}见台账")
        for d in dimensions_of(kind)
    ]
    services.save(application_id=made.pk, given=given, by=who(w, "director"), at=NOW)
    return services.submit(application_id=made.pk, by=who(w, "director"), at=NOW)


def accepted(w: World, kind: str = "star", wanted: str = "city") -> Application:
    made = submitted(w, kind, wanted)
    return services.accept(
        application_id=made.pk, opinion="材料齐全", by=who(w, "county-officer"), at=NOW
    )


def drawn(w: World, wanted: str = "city") -> Application:
    made = accepted(w, "star", wanted)
    city = who(w, "city-officer")
    services.commit_draw(application_id=made.pk, by=city, at=NOW, seed_maker=lambda: SEED)
    services.draw(application_id=made.pk, by=city, at=NOW + DAY)
    return made


def sheets(
    w: World, made: Application, shares: tuple[int, ...] = (88, 90, 92), veto: int = 0
) -> Application:
    city = who(w, "city-officer")
    sitting = Member.all_rows.filter(panel__application=made, left_reason="").order_by("rank")
    for n, (member, share) in enumerate(zip(sitting, shares, strict=True)):
        vetoes = {veto: "现场核对不合格"} if veto and n == 0 else {}
        services.enter_sheet(
            member_id=member.pk, sheet=Sheet(f"表{n}", scores(share), vetoes), by=city, at=NOW + DAY
        )
    return services.finish(application_id=made.pk, by=city, at=NOW + DAY)


def decided(w: World, kind: str = "star", wanted: str = "city") -> Application:
    made = sheets(w, drawn(w, wanted)) if kind == "star" else accepted(w, kind)
    return services.decide(
        application_id=made.pk, document_no="示例公示〔2025〕9号（虚构）", opinion="同意",
        by=who(w, "city-officer-2"), at=NOW + DAY,
    )  # fmt: skip


def awarded(w: World, kind: str = "star", wanted: str = "city") -> Application:
    made = decided(w, kind, wanted)
    close_due(NOW + 20 * DAY)
    made.refresh_from_db()
    return made


def state(made: Application) -> str:
    return Case.all_rows.get(type=made.kind, subject_id=made.pk).state


def refused(code: str) -> pytest.RaisesExc[DomainError]:
    return pytest.raises(DomainError, check=lambda e: e.code == code)
