"""今日、月表、月结、异议、在岗：what the pages read and write."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import NOW, World, month_of_days
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import on
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance import selectors, services
from tuoyu.domains.attendance.events import ClosedMonthChanged, MonthClosed
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    EventKind,
    Flag,
    Method,
    MonthClose,
    StaffShift,
)
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.workforce.models import Certificate

TODAY = NOW.date()
SEPTEMBER = date(2025, 9, 1)
OCTOBER_1 = clock.at(date(2025, 10, 9), 9)


def _scope(world: World, name: str = "a1") -> Scope:
    return Scope(kind="institutions", institution_ids=frozenset({world.institutions[name].pk}))


def _family(world: World, *names: str) -> Scope:
    return Scope(kind="family", child_ids=frozenset(world.children[n].pk for n in names))


def _come(world: World, *names: str, kind: EventKind = EventKind.IN, minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    events = [NewEvent(world.children[n].pk, kind, at, Method.WALL) for n in names]
    record(institution_id=world.institutions["a1"].pk, events=events, at=at)


def test_today_board(world: World) -> None:
    a1 = world.institutions["a1"].pk
    _come(world, "he", "miao")
    _come(world, "miao", kind=EventKind.OUT, minutes=1)
    services.ask_leave(
        child_id=world.children["nuo"].pk, institution_id=a1, days=[TODAY], reason="感冒", at=NOW
    )
    record(
        institution_id=a1,
        events=[NewEvent(world.children["xiao"].pk, EventKind.IN, NOW, Method.QR)],
        at=NOW,
        skewed=True,
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        board = selectors.today_board(_scope(world), a1, TODAY, NOW)
    assert len(queries) == 5
    assert (board.expected, board.arrived, board.present, board.on_leave, board.missing) == (
        5,
        2,
        1,
        1,
        3,
    )
    assert board.waiting == 1
    assert not board.is_past_cutoff
    infants, toddlers, _ = board.rooms
    assert [c.state for c in infants.children] == ["out", "leave"]
    assert [(c.name, c.state) for c in toddlers.children] == [("林小穗", ""), ("林小禾", "in")]


def test_another_institution_sees_no_child(world: World) -> None:
    board = selectors.today_board(_scope(world, "b1"), world.institutions["a1"].pk, TODAY, NOW)
    assert all(not room.children for room in board.rooms)


def test_missing_without_leave_starts_at_the_cutoff(world: World) -> None:
    _come(world, "he")
    county = Scope(kind="region", region_prefix="350582")
    assert selectors.missing_without_leave(county, TODAY, NOW) == ()
    later = NOW.replace(hour=9)
    rows = selectors.missing_without_leave(county, TODAY, later)
    assert [(r.institution_id, r.expected, len(r.children)) for r in rows] == [
        (world.institutions["a1"].pk, 6, 5),
        (world.institutions["a2"].pk, 1, 1),
    ]
    one = selectors.missing_without_leave(county, TODAY, later, world.institutions["a2"].pk)
    assert [name for _, name in one[0].children] == ["苏辰星"]
    assert selectors.missing_without_leave(county, date(2025, 10, 11), later) != ()  # a make-up day
    assert selectors.missing_without_leave(county, date(2025, 10, 4), later) == ()
    assert selectors.missing_without_leave(county, TODAY + timedelta(days=1), later) == ()


def test_a_waiting_sheet_is_still_missing(world: World) -> None:
    a2 = world.institutions["a2"].pk
    event = NewEvent(world.children["chen"].pk, EventKind.IN, NOW, Method.QR)
    record(institution_id=a2, events=[event], at=NOW, skewed=True)
    rows = selectors.missing_without_leave(_scope(world, "a2"), TODAY, NOW.replace(hour=10))
    assert len(rows[0].children) == 1


def test_leave_has_a_cutoff_and_no_past(world: World) -> None:
    he, a1 = world.children["he"].pk, world.institutions["a1"].pk

    def ask(day: date, hour: int) -> object:
        at = NOW.replace(hour=hour, minute=1)
        return services.ask_leave(child_id=he, institution_id=a1, days=[day], reason="有事", at=at)

    with pytest.raises(DomainError, match="09:00 截止"):
        ask(TODAY, 9)
    with pytest.raises(DomainError, match="过去的日子"):
        ask(TODAY - timedelta(days=1), 8)
    assert ask(TODAY + timedelta(days=1), 20)
    assert ask(TODAY, 8)


def test_ratio_counts_certified_staff_in_the_room_only(world: World) -> None:
    a1, scope = world.institutions["a1"].pk, _scope(world)
    room = world.classes["a1.toddler"].pk
    _come(world, "he", "sui")

    def state() -> tuple[int, str]:
        found = selectors.ratio_board(scope, a1, NOW + timedelta(minutes=5))
        mine = next(r for r in found if r.class_id == room)
        return mine.staff, mine.state

    assert state() == (0, "breach")
    carer, other = world.staff["a1.toddler"].pk, world.staff["a1.infant"].pk
    services.start_shift(scope=scope, staff_id=carer, class_group_id=room, at=NOW)
    assert state() == (1, "ok")
    Certificate.all_rows.filter(staff_id=carer).update(expires_on=TODAY)
    assert state() == (0, "breach")
    services.start_shift(scope=scope, staff_id=other, class_group_id=None, at=NOW)
    assert state() == (0, "breach")
    services.start_shift(scope=scope, staff_id=other, class_group_id=room, at=NOW)
    assert state() == (1, "ok")
    services.end_shift(scope=scope, staff_id=other, at=NOW + timedelta(minutes=1))
    assert state() == (0, "breach")


def test_a_person_is_in_one_room_at_a_time(world: World) -> None:
    scope, carer = _scope(world), world.staff["a1.toddler"].pk
    for room in ("a1.toddler", "a1.infant", "a1.infant"):
        services.start_shift(
            scope=scope, staff_id=carer, class_group_id=world.classes[room].pk, at=NOW
        )
    assert StaffShift.all_rows.filter(staff_id=carer).count() == 2
    assert StaffShift.all_rows.filter(staff_id=carer, out_at=None).count() == 1
    with pytest.raises(NotFound):
        services.start_shift(
            scope=scope, staff_id=carer, class_group_id=world.classes["b1.infant"].pk, at=NOW
        )
    with pytest.raises(NotFound):
        services.end_shift(scope=_scope(world, "b1"), staff_id=carer, at=NOW)


def test_mixed_classes_take_the_strict_ratio() -> None:
    table = selectors.ratio_table()
    assert (table["infant"], table["toddler"], table["older"]) == (3, 5, 7)
    assert (table["mixed"], table["home"]) == (5, 3)


def _close(world: World, at: object = OCTOBER_1) -> MonthClose:
    return services.close_month(
        scope=_scope(world),
        institution_id=world.institutions["a1"].pk,
        month=SEPTEMBER,
        by=1,
        by_name="园长甲（虚构）",
        at=at,  # type: ignore[arg-type]
    )


def _september(world: World, count: int = 12) -> None:
    with clock.fixed(clock.at(date(2025, 9, 30), 20)):
        month_of_days(world, "he", SEPTEMBER, count)


def test_month_sheet_and_days(world: World) -> None:
    _september(world)
    scope, he = _scope(world), world.children["he"].pk
    sheet = selectors.month_sheet(scope, world.institutions["a1"].pk, SEPTEMBER)
    assert len(sheet.rows) == 6
    row = next(r for r in sheet.rows if r.child_id == he)
    assert (row.present, row.leave, row.absent, row.waiting) == (12, 0, 0, 0)
    assert [c.mark for c in row.cells[:7]] == ["present"] * 5 + ["", ""]
    assert selectors.count_days(scope, he, SEPTEMBER) == 12
    assert selectors.count_days(_scope(world, "b1"), he, SEPTEMBER) == 0


def test_a_closed_month_says_what_was_confirmed(world: World) -> None:
    _september(world)
    heard: list[MonthClosed] = []
    on(MonthClosed)(heard.append)
    made = _close(world)
    assert (made.children, made.days, len(made.sheets_hash)) == (1, 12, 64)
    assert heard == [MonthClosed(world.institutions["a1"].pk, SEPTEMBER)]
    with pytest.raises(DomainError, match="已经确认过"):
        _close(world)


def test_a_month_is_not_closed_early_or_with_open_days(world: World) -> None:
    _september(world, 3)
    with pytest.raises(DomainError, match="尚未结束"):
        _close(world, clock.at(date(2025, 9, 30), 23))
    he, day = world.children["he"].pk, date(2025, 9, 1)
    record(
        institution_id=world.institutions["a1"].pk,
        events=[NewEvent(world.children["sui"].pk, EventKind.IN, clock.at(day, 8), Method.QR)],
        at=clock.at(day, 9),
        skewed=True,
    )
    dispute = services.dispute_day(
        scope=_family(world, "he"),
        child_id=he,
        day=day,
        says=DayStatus.LEAVE,
        reason="那天在家",
        guardian_id=world.guardians["lin"].pk,
        at=OCTOBER_1,
    )
    with pytest.raises(services.CannotClose, match="林小穗") as refused:
        _close(world)
    assert {(o.child_name, o.why) for o in refused.value.obstacles} == {
        ("林小禾", "家长异议未答复"),
        ("林小穗", "待核"),
    }
    services.answer_dispute(
        scope=_scope(world), dispute_id=dispute.pk, accept=True, answer="属实", by=1, at=OCTOBER_1
    )
    sheet = DaySheet.all_rows.get(child_id=he, day=day)
    assert (sheet.status, sheet.is_corrected) == (DayStatus.LEAVE, True)


def test_a_dispute_is_answered_once_by_the_own_institution(world: World) -> None:
    given = {
        "child_id": world.children["he"].pk,
        "day": TODAY,
        "says": DayStatus.PRESENT,
        "reason": "来了",
        "guardian_id": world.guardians["lin"].pk,
        "at": NOW,
    }
    with pytest.raises(NotFound):
        services.dispute_day(scope=_family(world, "feng"), **given)  # type: ignore[arg-type]
    made = services.dispute_day(scope=_family(world, "he"), **given)  # type: ignore[arg-type]
    with pytest.raises(DomainError, match="已经提过"):
        services.dispute_day(scope=_family(world, "he"), **given)  # type: ignore[arg-type]

    def answer(scope: Scope, text: str = "监控显示未到") -> None:
        services.answer_dispute(
            scope=scope, dispute_id=made.pk, accept=False, answer=text, by=1, at=NOW
        )

    with pytest.raises(NotFound):
        answer(_scope(world, "b1"))
    with pytest.raises(DomainError, match="写明答复"):
        answer(_scope(world), " ")
    answer(_scope(world))
    with pytest.raises(DomainError, match="已经答复过"):
        answer(_scope(world))


def test_late_events_into_a_closed_month_are_flagged_and_told(world: World) -> None:
    _september(world)
    _close(world)
    heard: list[ClosedMonthChanged] = []
    on(ClosedMonthChanged)(heard.append)
    a1, sui = world.institutions["a1"].pk, world.children["sui"].pk
    late = NewEvent(sui, EventKind.IN, clock.at(date(2025, 9, 15), 8), Method.DESK)
    record(institution_id=a1, events=[late], at=NOW)
    record(institution_id=a1, events=[late], at=NOW)  # a replay is no news
    _come(world, "he")
    assert heard == [ClosedMonthChanged(a1, SEPTEMBER, (sui,))]
    sheet = DaySheet.all_rows.get(child_id=sui)
    assert sheet.flags == Flag.CLOSED | Flag.LATE


def test_guardian_confirms_once(world: World) -> None:
    given = {
        "child_id": world.children["he"].pk,
        "month": SEPTEMBER,
        "guardian_id": world.guardians["lin"].pk,
    }
    scope = _family(world, "he")
    with pytest.raises(DomainError, match="还没有结束"):
        services.confirm_month(scope=scope, **given, at=clock.at(date(2025, 9, 30)))  # type: ignore[arg-type]
    first = services.confirm_month(scope=scope, **given, at=OCTOBER_1)  # type: ignore[arg-type]
    again = services.confirm_month(scope=scope, **given, at=NOW)  # type: ignore[arg-type]
    assert first == again
    with pytest.raises(NotFound):
        services.confirm_month(scope=_family(world, "feng"), **given, at=NOW)  # type: ignore[arg-type]


def test_a_day_shows_both_values(world: World) -> None:
    a1, he = world.institutions["a1"].pk, world.children["he"].pk
    lin = world.guardians["lin"].pk
    at = NOW + timedelta(hours=1)
    record(
        institution_id=a1,
        events=[NewEvent(he, EventKind.IN, NOW, Method.QR, guardian_id=lin)],
        at=NOW,
    )
    services.correct(
        child_id=he,
        institution_id=a1,
        day=TODAY,
        status=DayStatus.PRESENT,
        reason="家长先到后补",
        user_id=world.users["director"].pk,
        at=at,
        in_at=NOW - timedelta(minutes=20),
    )
    trail = selectors.day_trail(_scope(world), he, TODAY)
    assert trail.first_in_at == NOW
    assert trail.sheet is not None
    assert trail.sheet.in_at == NOW - timedelta(minutes=20)
    assert [(e.kind, e.who, e.says) for e in trail.events] == [
        ("入园", "妈妈 林妈妈", ""),
        ("更正", "园长甲（虚构）", "到托"),
    ]
    assert not selectors.day_trail(_scope(world, "b1"), he, TODAY).events
