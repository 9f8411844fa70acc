"""The tiny city holds together: places, ages, numbers, days, closes, people."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tuoyu.core import crypto, workdays
from tuoyu.core.errors import DomainError
from tuoyu.core.identifiers import id_birth, id_error, uscc_error
from tuoyu.core.periods import add_months
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DaySheet, MonthClose
from tuoyu.domains.attendance.selectors.months import hash_sheets
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.institutions.models import Institution, Kind
from tuoyu.domains.regions.models import Region
from tuoyu.sim.build import build, clear
from tuoyu.sim.state import Built

pytestmark = pytest.mark.django_db


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def test_every_unit_and_every_kind_is_there(city: Built) -> None:
    units = set(Region.objects.filter(is_unit=True).values_list("code", flat=True))
    rows = Institution.objects.visible_to(SYSTEM)
    assert set(rows.values_list("unit_code", flat=True)) == units
    assert set(rows.values_list("kind", flat=True)) == set(Kind.values)


def test_no_child_is_in_two_places_at_once(city: Built) -> None:
    assert not ask(
        "SELECT a.id, b.id FROM enrolment_enrolment a JOIN enrolment_enrolment b"
        " ON a.child_id = b.child_id AND a.id < b.id AND a.period && b.period"
    )


def test_no_class_is_over_its_size_or_its_places_on_any_day(city: Built) -> None:
    over = ask(
        """
        SELECT g.id, d.day, count(*), g.capacity, p.places FROM institutions_classgroup g
        JOIN (SELECT class_group_id, count(*) AS places FROM institutions_place
              WHERE state IN ('operating', 'closed') GROUP BY 1) p ON p.class_group_id = g.id
        JOIN enrolment_enrolment e ON e.class_group_id = g.id
        JOIN (SELECT DISTINCT lower(period) AS day FROM enrolment_enrolment) d
            ON e.period @> d.day
        GROUP BY 1, 2, 4, 5 HAVING count(*) > least(g.capacity, p.places)
        """
    )
    assert over == []
    for inst in city.institutions:
        for room in inst.rooms:
            assert room.capacity <= city.city.ages[room.type].size


def test_ages_fit_the_class_on_every_day_of_a_stay(city: Built) -> None:
    for kid in city.kids:
        for stay in kid.stays:
            ages = city.city.ages[stay.room.type]
            assert add_months(kid.born, ages.start) <= stay.start < stay.end
            assert stay.end <= add_months(kid.born, ages.end)


def test_places_add_up_and_each_has_its_steps(city: Built) -> None:
    assert ask("SELECT count(*) FROM institutions_place") == [(city.scale.places,)]
    assert not ask(
        "SELECT p.id FROM institutions_place p LEFT JOIN institutions_placestep s"
        " ON s.place_id = p.id GROUP BY p.id, p.state, p.state_on"
        " HAVING max(s.on) IS DISTINCT FROM p.state_on"
        " OR NOT bool_or(s.target = p.state AND s.on = p.state_on)"
    )


def test_all_numbers_are_well_formed_and_unique(city: Built) -> None:
    seen: set[str] = set()
    for table in ("children_child", "workforce_staff"):
        for (sealed,) in ask(f"SELECT id_number FROM {table} WHERE id_number IS NOT NULL"):
            number = crypto.unseal(sealed, f"{table}.id_number")
            assert id_error(number) is None
            assert number not in seen
            seen.add(number)
    for child in Child.all_rows.exclude(id_number=None):
        assert id_birth(str(child.id_number)) == child.born_on
        assert (int(str(child.id_number)[16]) % 2 == 0) == (child.sex == "f")
    for (code,) in ask("SELECT uscc FROM institutions_institution"):
        assert uscc_error(code) is None
    assert all(
        crypto.unseal(v, "children_guardian.phone").startswith("19900")
        for (v,) in ask("SELECT phone FROM children_guardian")
    )


def test_day_sheets_are_what_the_database_derives_from_the_events(city: Built) -> None:
    columns = (
        "child_id, day, institution_id, region_code, status, in_at, out_at, reason,"
        " is_corrected, flags, events"
    )
    derived = (
        f"SELECT {columns} FROM attendance_derive("
        " (SELECT array_agg(child_id ORDER BY child_id, day) FROM"
        "  (SELECT DISTINCT child_id, day FROM attendance_event) k),"
        " (SELECT array_agg(day ORDER BY child_id, day) FROM"
        "  (SELECT DISTINCT child_id, day FROM attendance_event) k))"
    )
    stored = f"SELECT {columns} FROM attendance_daysheet"
    assert ask(f"({derived}) EXCEPT ({stored})") == []
    assert ask(f"({stored}) EXCEPT ({derived})") == []
    assert ask("SELECT count(*) FROM attendance_daysheet")[0][0] > 5_000
    assert ask("SELECT count(*) FROM attendance_daysheet WHERE is_corrected")[0][0] > 10


def test_every_event_lies_in_an_enrolment_and_no_sheet_is_without_a_class(city: Built) -> None:
    assert not ask(
        "SELECT v.id FROM attendance_event v LEFT JOIN enrolment_enrolment e"
        " ON e.child_id = v.child_id AND e.institution_id = v.institution_id AND e.period @> v.day"
        " WHERE e.id IS NULL"
    )
    assert not ask("SELECT id FROM attendance_daysheet WHERE class_group_id IS NULL")


def test_no_door_event_on_a_day_of_rest(city: Built) -> None:
    days = [d for (d,) in ask("SELECT DISTINCT day FROM attendance_event")]
    assert all(workdays.is_workday(d) for d in days)
    assert date(2025, 10, 1) not in days  # 国庆


def test_closed_months_carry_the_hash_of_their_sheets(city: Built) -> None:
    closes = list(MonthClose.objects.visible_to(SYSTEM).order_by("id"))
    changed = []
    assert {c.month for c in closes} == {date(2025, 8, 1), date(2025, 9, 1)}
    for close in closes:
        sheets = DaySheet.objects.visible_to(SYSTEM).filter(
            institution_id=close.institution_id,
            day__gte=close.month,
            day__lt=add_months(close.month, 1),
        )
        assert not sheets.filter(status=None).exists()
        if sheets.extra(where=["flags & 4 > 0"]).exists():
            changed.append(close.institution_id)
            assert close.sheets_hash != hash_sheets(sheets), "a later correction shows"
        else:
            assert close.sheets_hash == hash_sheets(sheets)
            assert close.days == sheets.filter(status=1).count()
    assert changed, "some closed months were corrected afterwards"
    active = {i.id for i in city.institutions if i.status == "filed"}
    september = {c.institution_id for c in closes if c.month == date(2025, 9, 1)}
    assert 1 <= len(active - september) <= 4, "a few institutions are late"


def test_this_morning_some_came_some_are_on_leave_some_are_missing(city: Built) -> None:
    now, today = city.city.now, city.city.now.date()
    assert not ask("SELECT id FROM attendance_event WHERE at > %s OR received_at > %s", now, now)
    status = dict(ask("SELECT status, count(*) FROM attendance_daysheet WHERE day = %s GROUP BY 1",
                      today))  # fmt: skip
    enrolled = ask("SELECT count(*) FROM enrolment_enrolment WHERE period @> %s", today)[0][0]
    assert status[1] > 0
    assert status[2] > 0
    assert sum(status.values()) < enrolled
    ahead = ask("SELECT DISTINCT status FROM attendance_daysheet WHERE day > %s", today)
    assert ahead == [(2,)], "only leave is known of coming days"
    assert ask("SELECT count(*) FROM attendance_staffshift WHERE out_at IS NULL")[0][0] > 0


def test_demo_people_one_per_role_belong_together(city: Built) -> None:
    people = {u.demo_slug: u for u in User.objects.exclude(demo_slug=None)}
    assert {r.slug for r in ROLES.values()} | {"city-officer-2"} == set(people)
    posts = {s: list(Assignment.objects.filter(user=u)) for s, u in people.items()}
    assert all(not u.has_usable_password() for u in people.values())
    show = posts["director"][0].institution_ids
    assert posts["teacher"][0].institution_ids == show
    assert posts["county-officer"][0].region_code == city.city.largest.code
    assert posts["director"][0].region_code == city.city.largest.code
    assert {a.role for a in posts["director"]} == {"director", "parent"}
    today = city.city.now.date()
    kids = Child.all_rows.filter(pk__in=own_child_ids(people["parent"].pk, today))
    assert len(kids) == 2
    assert {k.institution_id for k in kids} == set(show)
    assert any(add_months(k.born_on, 24) > today for k in kids)
    assert len(own_child_ids(people["director"].pk, today)) == 1


def test_families_have_blocked_persons_siblings_and_evidence() -> None:
    from tuoyu.domains.policies.books import current_book
    from tuoyu.sim.build import populate
    from tuoyu.sim.geography import city_of
    from tuoyu.sim.scales import SCALES

    b = Built(city_of(current_book()), SCALES["demo"], 7)
    rows = populate(b)
    today = b.city.now.date()
    assert len(b.institutions) == 60
    assert 1_900 <= sum(k.stay_on(today) is not None for k in b.kids) <= 2_150
    assert any(k.stay_on(today) is None for k in b.kids)
    assert len(rows["institutions_place"][1]) == b.scale.places
    assert sum(len(f.kids) == 2 for f in b.families) > 30
    twins = [f for f in b.families if len(f.kids) == 2 and f.kids[0].born == f.kids[1].born]
    assert len(twins) >= 3
    assert any(p.is_blocked for f in b.families for p in f.people)
    kinds = {row[4] for row in rows["children_specialstatus"][1]}
    assert kinds == {"third_child", "bereaved", "disabled"}
    states = {row[5] for row in rows["institutions_place"][1]}
    assert {"planned", "building", "built", "filed", "operating"} <= states


def test_a_city_in_use_is_not_built_over(city: Built) -> None:
    with pytest.raises(DomainError, match="已经有机构"):
        build("tiny", 1)


def test_outside_demo_mode_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO", False)
    with pytest.raises(DomainError, match="演示模式"):
        build("tiny", 1)


def test_clearing_leaves_the_regions(city: Built) -> None:
    clear()
    assert not Institution.objects.visible_to(SYSTEM).exists()
    assert Region.objects.exists()
