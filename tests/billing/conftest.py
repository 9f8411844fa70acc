"""收费的小世界：filed meal and care prices, a refund table and a waiver at 青禾."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.world import START, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.billing.models import FeeItem, RefundRule, WaiverRule
from tuoyu.domains.billing.selectors.planning import draft_month
from tuoyu.domains.billing.services import Issued, issue_month
from tuoyu.domains.children.models import SpecialStatus

SEPTEMBER, OCTOBER = date(2025, 9, 1), date(2025, 10, 1)
MEAL_FEN = 2_000


@pytest.fixture
def filed(world: World) -> World:
    """青禾备案：伙食 20 元/日, refunds for meals by the day and for care by attendance."""
    at = {"institution": world.institutions["a1"], "region_code": "350582", "from_on": START}
    FeeItem.all_rows.create(kind="meal", unit="day", price_fen=MEAL_FEN, accepted_on=START, **at)
    RefundRule.all_rows.create(
        kind="meal", basis="absent_day", percent=100, accepted_on=START, **at
    )
    for days, share, percent in ((4, None, 80), (None, 500, 50)):
        RefundRule.all_rows.create(
            kind="care", basis="attended", percent=percent, up_to_days=days,
            up_to_permille=share, accepted_on=START, **at,
        )  # fmt: skip
    return world


def director(w: World, who: str = "director") -> Actor:
    return actor_for_user(w.users[who])


def issue(
    w: World, month: date = OCTOBER, children: tuple[str, ...] = ("he",), at: datetime | None = None
) -> Issued:
    """看过草稿再发出。"""
    actor, inst = director(w), w.institutions["a1"]
    at = at or clock.now()
    draft = draft_month(actor.scope, inst, month, clock.day_of(at))
    ids = [w.children[c].pk for c in children]
    return issue_month(
        institution_id=inst.pk, month=month, child_ids=ids, digest=draft.digest, by=actor, at=at
    )


def special(w: World, child: str, kind: str = "third_child", *, verified: bool = True) -> None:
    kid = w.children[child]
    SpecialStatus.all_rows.create(
        child=kid, institution_id=kid.institution_id, region_code=kid.region_code, kind=kind,
        evidence="示例证", from_on=START, verified_at=clock.now() if verified else None,
    )  # fmt: skip


def waiver(w: World, kind: str = "third_child", fen: int = 30_000) -> None:
    WaiverRule.all_rows.create(
        institution=w.institutions["a1"], region_code="350582", status_kind=kind,
        monthly_fen=fen, from_on=START, document="园务会决定（虚构）", made_at=clock.now(),
        made_by_name="园长甲",
    )  # fmt: skip


def sheets(w: World, child: str, states: dict[DayStatus | None, int], month: date) -> None:
    """日考勤：so many days of each state, on the workdays of the month in order."""
    from tuoyu.core import workdays

    kid = w.children[child]
    assert kid.institution_id is not None
    days = iter(workdays.days_of(month))
    for status, count in states.items():
        for _ in range(count):
            DaySheet.all_rows.create(
                child_id=kid.pk, day=next(days), institution_id=kid.institution_id,
                region_code=kid.region_code, status=status,
            )  # fmt: skip
