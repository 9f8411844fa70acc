"""The truth file names every planted fraud, and the rows bear it out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tuoyu.sim.state import Built

pytestmark = pytest.mark.django_db


def ask(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def told(truth: Path, kind: str) -> list[dict[str, Any]]:
    data = json.loads(truth.read_text())
    return [f for f in data["frauds"] if f["kind"] == kind]


def flat(rows: list[dict[str, Any]], key: str, of: Callable[[Any], Any] = lambda x: x) -> set[Any]:
    return {of(v) for row in rows for v in row[key]}


def test_the_file_says_what_it_is(city: Built, truth: Path) -> None:
    data = json.loads(truth.read_text())
    assert data["seed"] == city.seed
    assert "虚构" in data["note"]
    kinds = {f["kind"] for f in data["frauds"]}
    assert kinds >= {"ghost_attendance", "out_of_hours", "ratio", "two_places"}
    assert "near_misses" in data
    assert all(f["rule"] and f["months"] for f in data["near_misses"])


def test_ghosts_are_those_who_always_come_at_eight_sharp(city: Built, truth: Path) -> None:
    found = ask(
        "SELECT child_id FROM attendance_event WHERE kind = 1 GROUP BY 1 HAVING count(*) > 20"
        " AND bool_and((at AT TIME ZONE 'Asia/Shanghai')::time = '08:00')"
    )
    assert {c for (c,) in found} == flat(told(truth, "ghost_attendance"), "child_ids")
    assert found


def test_evening_check_ins_are_all_named(city: Built, truth: Path) -> None:
    found = ask("SELECT id::text FROM attendance_event WHERE flags & 8 > 0")
    named = flat(told(truth, "out_of_hours"), "event_ids")
    assert named
    rightful = {i for f in json.loads(truth.read_text())["near_misses"]
                for i in f.get("event_ids", [])}  # fmt: skip
    assert {i for (i,) in found} == named | rightful


def test_one_child_under_two_records(city: Built, truth: Path) -> None:
    found = ask(
        """
        SELECT least(a.id, b.id), greatest(a.id, b.id)
        FROM children_child a JOIN children_child b
            ON a.name = b.name AND a.born_on = b.born_on AND a.id < b.id
        JOIN children_guardianship ga ON ga.child_id = a.id
        JOIN children_guardianship gb ON gb.child_id = b.id
        JOIN children_guardian pa ON pa.id = ga.guardian_id
        JOIN children_guardian pb ON pb.id = gb.guardian_id
        WHERE pa.phone_index = pb.phone_index AND pa.id <> pb.id
        """
    )
    named = {tuple(sorted(f["child_ids"])) for f in told(truth, "two_places")}
    assert set(found) == named
    assert named
    for a, b in named:
        both = ask(
            "SELECT count(*) FROM attendance_daysheet x JOIN attendance_daysheet y USING (day)"
            " WHERE x.child_id = %s AND y.child_id = %s AND x.status = 1 AND y.status = 1"
            " AND x.institution_id <> y.institution_id",
            a,
            b,
        )
        assert both[0][0] > 10


def test_rooms_with_too_few_carers_are_named(city: Built, truth: Path) -> None:
    carers: dict[int, int] = {}
    for worker in city.workers:
        if worker.post == "carer" and worker.room:
            carers[worker.room] = carers.get(worker.room, 0) + 1
    thin = {
        room.id
        for inst in city.institutions
        for room in inst.rooms
        if inst.status != "preparing"
        and room.capacity >= 15
        and carers.get(room.id, 0) * city.city.ages[room.type].ratio < room.capacity // 2
    }
    assert thin == flat(told(truth, "ratio"), "class_group_ids")
