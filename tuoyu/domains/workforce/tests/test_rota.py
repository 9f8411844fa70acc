"""排班、请假与证件：the required line, the gaps below it, what counts and what no longer does."""

from __future__ import annotations

from datetime import date

import pytest

from tests.world import NOW, World
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.selectors import staff_on_duty
from tuoyu.domains.attendance.selectors.rota import RotaWeek, rota_week
from tuoyu.domains.identity.models import User
from tuoyu.domains.identity.selectors import actor_of, list_assignments
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.workforce import rules, services
from tuoyu.domains.workforce.models import Certificate, CertificateKind, RotaShift
from tuoyu.domains.workforce.selectors import list_counted, list_expiring
from tuoyu.domains.workforce.selectors.checks import list_checks

MONDAY, TODAY = date(2025, 10, 13), NOW.date()


def actor_for_user(user: User) -> Actor:
    return actor_of(user, list_assignments(user, TODAY)[0], frozenset())


def director(w: World) -> Actor:
    return actor_for_user(w.users["director"])


def plan(w: World, who: str = "a1.infant", room: str = "a1.infant", day: date = TODAY,
         first: int = 450, last: int = 1050) -> RotaShift:  # fmt: skip
    return services.plan_shift(
        scope=director(w).scope, staff_id=w.staff[who].pk, class_group_id=w.classes[room].pk,
        day=day, from_minute=first, to_minute=last, by_name="园长甲", at=NOW,
    )  # fmt: skip


def week(w: World, monday: date = MONDAY) -> RotaWeek:
    a1 = Institution.all_rows.get(pk=w.institutions["a1"].pk)  # times as the database has them
    return rota_week(director(w).scope, a1, monday, NOW)


def refused(act: object) -> str:
    with pytest.raises(DomainError) as told:
        act()  # type: ignore[operator]
    return told.value.code


def card(w: World, who: str, expires: date) -> None:
    staff = w.staff[who]
    Certificate.all_rows.create(
        staff=staff, institution_id=staff.institution_id, region_code=staff.region_code,
        kind=CertificateKind.HEALTH, number=f"示例{expires}", issued_on=date(2024, 1, 1),
        expires_on=expires,
    )  # fmt: skip


def test_neighbours_of_the_same_shortage_are_one_gap() -> None:
    cells = [(450, 2, 1), (480, 2, 1), (510, 2, 2), (540, None, 0), (570, 2, 0)]
    assert [(g.text, g.needed, g.planned) for g in rules.gaps(cells)] == [
        ("07:30–08:30", 2, 1),
        ("09:30–10:00", 2, 0),
    ]
    assert rules.needed(7, 3) == 3
    assert rules.needed(7, None) is None  # an unknown ratio is not zero people
    assert rules.covering([(450, 495)], 480) == 0  # half a half hour does not count


def test_the_line_follows_the_children_and_the_youngest_come_first(world: World) -> None:
    plan(world, last=720)
    seen = week(world)
    infants = seen.rooms[0]
    assert infants.class_type == "infant"
    day = infants.days[2]
    assert day.day == TODAY
    before = next(c for c in day.cells if c.minute == 450)
    assert (before.children, before.needed, before.short) == (0, 0, 0)  # they come at 08:05
    assert [(g.text, g.needed, g.planned) for g in day.gaps] == [("12:00–17:30", 1, 0)]
    assert next(c for c in day.cells if c.minute == 480).planned == 1


def test_who_is_on_leave_or_out_of_date_is_not_counted(world: World) -> None:
    plan(world)
    leave = services.ask_leave(
        by=actor_for_user(world.users["director"]), staff_id=world.staff["a1.infant"].pk,
        kind="sick", first=TODAY, last=TODAY, reason="发热", at=NOW,
    )  # fmt: skip
    assert not week(world).rooms[0].days[2].gaps  # asked is not granted
    services.decide_leave(by=director(world), leave_id=leave.pk, granted=True, note="", at=NOW)
    assert week(world).rooms[0].days[2].gaps
    assert refused(lambda: plan(world, first=1050, last=1080)) == "on-leave"
    services.withdraw_leave(by=director(world), leave_id=leave.pk, at=NOW)
    assert not week(world).rooms[0].days[2].gaps
    card(world, "a1.infant", TODAY)  # ran out today
    assert week(world).rooms[0].days[2].gaps


def test_a_health_card_that_ran_out_takes_one_out_of_the_ratio(world: World) -> None:
    staff = world.staff["a1.infant"].pk
    a1 = world.institutions["a1"].pk
    assert staff in list_counted(SYSTEM, a1, TODAY)  # none entered: shown as missing, still counted
    card(world, "a1.infant", TODAY)
    assert staff not in list_counted(SYSTEM, a1, TODAY)
    on_duty = {s.staff_id: s.is_certified for s in staff_on_duty(SYSTEM, a1, NOW)}
    assert on_duty[staff] is False
    assert [e.staff_id for e in list_expiring(director(world).scope, TODAY)] == [staff]
    card(world, "a1.infant", date(2026, 10, 1))  # renewed
    assert staff in list_counted(SYSTEM, a1, TODAY)
    assert not list_expiring(director(world).scope, TODAY)


def test_nobody_stands_in_two_rooms(world: World) -> None:
    plan(world, last=720)
    assert refused(lambda: plan(world, room="a1.toddler", first=690, last=900)) == "twice"
    plan(world, room="a1.toddler", first=720, last=900)
    assert refused(lambda: plan(world, first=905, last=960)) == "half-hour"
    with pytest.raises(NotFound):
        plan(world, room="b1.infant", first=960, last=1020)
    with pytest.raises(NotFound):
        plan(world, who="b1.infant")


def test_last_week_is_copied_once_and_leaves_out_who_is_away(world: World) -> None:
    before = date(2025, 10, 9)  # 8 October is still a holiday
    plan(world, day=before)
    plan(world, who="a1.toddler", room="a1.toddler", day=before)
    leave = services.ask_leave(
        by=director(world), staff_id=world.staff["a1.toddler"].pk, kind="annual",
        first=date(2025, 10, 16), last=date(2025, 10, 17), reason="", at=NOW,
    )  # fmt: skip
    services.decide_leave(by=director(world), leave_id=leave.pk, granted=True, note="", at=NOW)
    asked = {"institution_id": world.institutions["a1"].pk, "monday": MONDAY}
    made = services.copy_week(scope=director(world).scope, by_name="园长甲", at=NOW, **asked)  # type: ignore[arg-type]
    assert made.made == 1
    assert "年休假" in made.left_out[0]
    again = services.copy_week(scope=director(world).scope, by_name="园长甲", at=NOW, **asked)  # type: ignore[arg-type]
    assert again.made == 0


def test_nobody_grants_his_own_leave(world: World) -> None:
    me = world.staff["a1.mixed"]
    me.user_id = world.users["director"].pk
    me.save(update_fields=["user_id"])
    leave = services.ask_leave(by=director(world), staff_id=me.pk, kind="annual", first=TODAY,
                               last=TODAY, reason="", at=NOW)  # fmt: skip
    assert refused(lambda: services.decide_leave(
        by=director(world), leave_id=leave.pk, granted=True, note="", at=NOW)) == "own"  # fmt: skip
    teacher = actor_for_user(world.users["teacher"])
    with pytest.raises(NotFound):  # a teacher asks for herself only
        services.ask_leave(by=teacher, staff_id=me.pk, kind="annual", first=TODAY, last=TODAY,
                           reason="", at=NOW)  # fmt: skip


def test_a_person_never_checked_comes_first_and_the_result_is_sealed(world: World) -> None:
    a1 = world.institutions["a1"].pk
    checked = services.record_check(
        scope=director(world).scope, staff_id=world.staff["a1.infant"].pk,
        checked_on=date(2024, 11, 1), agency="示例公安机关", result="clear", by_name="园长甲",
        at=NOW, today=TODAY,
    )  # fmt: skip
    rows = list_checks(director(world).scope, a1, TODAY)
    assert [r.text for r in rows] == ["未查询", "未查询", "剩 17 天"]
    checked.refresh_from_db()
    assert checked.result == "clear"
