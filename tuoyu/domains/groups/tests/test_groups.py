"""养育活动：seats, the line, the code at the place, and families counted once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.groups import rules, selectors, services
from tuoyu.domains.groups.models import Session

YEAR = (date(2025, 1, 1), date(2026, 1, 1))


def actor(world: World, who: str) -> Actor:
    return actor_for_user(world.users[who])


def held(world: World, who: str = "director", seats: int = 2, band: tuple[int, int] = (6, 36),
         days: int = 2) -> Session:  # fmt: skip
    start = NOW + timedelta(days=days)
    plan = services.Plan(
        kind="group", title="辅食怎么加", place="青禾托育园二楼", starts_at=start,
        ends_at=start + timedelta(hours=1), seats=seats, age_from=band[0], age_to=band[1],
    )  # fmt: skip
    return services.publish(plan=plan, by=actor(world, who), at=NOW)


def join(world: World, session: Session, who: str, child: str) -> str:
    return services.sign_up(
        session_id=session.pk, child_id=world.children[child].pk, by=actor(world, who), at=NOW
    ).state


def come(world: World, session: Session, who: str, child: str) -> None:
    at = session.starts_at
    services.sign_in(
        session_id=session.pk, child_id=world.children[child].pk,
        code=selectors.code_now(session, at), by=actor(world, who), at=at,
    )  # fmt: skip


def test_line_moves_up_when_somebody_withdraws(world: World) -> None:
    session = held(world, seats=1)
    assert join(world, session, "parent", "he") == "in"
    assert join(world, session, "other-parent", "feng") == "waiting"
    with pytest.raises(DomainError, match="已经报过名"):
        join(world, session, "parent", "he")
    services.withdraw(
        session_id=session.pk, child_id=world.children["he"].pk, by=actor(world, "parent"), at=NOW
    )
    moved = selectors.mine_of(
        actor(world, "other-parent").scope, session.pk, world.children["feng"].pk
    )
    assert moved is not None
    assert moved.state == "in"


def test_age_band_is_explained(world: World) -> None:
    session = held(world, band=(24, 36))
    with pytest.raises(DomainError, match="面向 24 至不满 36 个月"):
        join(world, session, "parent", "he")


def test_code_changes_and_an_old_one_fails(world: World) -> None:
    session = held(world)
    join(world, session, "parent", "he")
    at = session.starts_at
    old = selectors.code_now(session, at - timedelta(minutes=5))
    child, by = world.children["he"].pk, actor(world, "parent")
    with pytest.raises(DomainError, match="已经更换"):
        services.sign_in(session_id=session.pk, child_id=child, code=old, by=by, at=at)
    with pytest.raises(DomainError, match="现在不能签到"):
        services.sign_in(
            session_id=session.pk, child_id=child, code=selectors.code_now(session, NOW), by=by,
            at=NOW,
        )  # fmt: skip
    come(world, session, "parent", "he")
    assert rules.is_code(
        session.secret, selectors.code_now(session, at), at + timedelta(seconds=40)
    )


def test_families_are_counted_once_over_all_sessions(world: World) -> None:
    """Twins of one family at two sessions in two counties: one family; another: one more."""
    here, there = held(world, seats=9), held(world, "other-county-officer", seats=9, days=3)
    for session, who, child in (
        (here, "parent", "he"), (here, "parent", "sui"), (there, "parent", "he"),
        (there, "other-parent", "feng"),
    ):  # fmt: skip
        join(world, session, who, child)
        come(world, session, who, child)
    after = NOW + timedelta(days=9)
    total, rows = selectors.report(actor(world, "city-officer").scope, *YEAR, after)
    assert (total.sessions, total.visits, total.families) == (2, 4, 2)
    assert {(r.name, r.families) for r in rows} == {("晋江", 1), ("鲤城", 2)}
    early, _ = selectors.report(actor(world, "city-officer").scope, *YEAR, NOW)
    assert early.sessions == 0


def test_feedback_only_of_those_who_came(world: World) -> None:
    session = held(world)
    join(world, session, "parent", "he")
    child, by = world.children["he"].pk, actor(world, "parent")
    with pytest.raises(DomainError, match="没有签到"):
        services.give_feedback(
            session_id=session.pk, child_id=child, useful=3, clear=2, by=by, at=NOW
        )
    come(world, session, "parent", "he")
    page = world.client("parent").post(
        f"/family/groups/{session.pk}/feedback/", {"child": child, "useful": "3", "clear": "2"}
    )
    assert page.status_code == 302


def test_pages_of_the_organiser_and_the_stranger(world: World) -> None:
    session = held(world)
    director = world.client("director")
    assert "签到" in director.get(f"/inst/groups/{session.pk}/code/").content.decode()
    assert director.get("/inst/groups/").status_code == 200
    assert world.client("other-director").get(f"/inst/groups/{session.pk}/").status_code == 404
    asked = {"kind": "class", "title": "家长课堂", "place": "中心", "day": "2025-10-30",
             "from": "09:30", "to": "11:00", "seats": "20", "age_from": "12",
             "age_to": "36"}  # fmt: skip
    county = world.client("county-officer")
    assert county.post("/gov/groups/new/", asked).status_code == 302
    assert county.post("/gov/groups/new/", asked | {"seats": ""}).status_code == 422
    assert county.get("/gov/groups/").status_code == 200
    assert world.client("city-officer").post("/gov/groups/new/", asked).status_code == 404
    page = world.client("parent").get(f"/family/groups/{session.pk}/").content.decode()
    assert "辅食怎么加" in page
    with pytest.raises(NotFound):
        services.cancel_session(
            session_id=session.pk, reason="x", by=actor(world, "other-director"), at=NOW
        )
