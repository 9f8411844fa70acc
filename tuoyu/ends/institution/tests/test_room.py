"""照护页：one's own institution, who is signed in is who acted, the papers tell what was missed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent
from tuoyu.domains.attendance.services import record as door
from tuoyu.domains.care.models import CareEvent
from tuoyu.ends.institution.tests.helpers import url

pytestmark = pytest.mark.django_db


def _come(w: World, child: str) -> None:
    inst = w.institutions["a1"].pk
    came = NewEvent(w.children[child].pk, EventKind.IN, NOW - timedelta(minutes=30), Method.WALL)
    door(institution_id=inst, events=[came], at=NOW)


def _post(client: Client, *events: dict[str, object]) -> list[dict[str, str]]:
    whole = [{"id": str(uuid7()), "at": NOW.isoformat(), "detail": {}} | e for e in events]
    packet = {"body": json.dumps({"events": whole})}
    body = {"sent_at": NOW.isoformat(), "packets": [packet]}
    answer = client.post(url("room_events"), json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["answers"])


def test_state_and_record_of_ones_own(world: World) -> None:
    _come(world, "he")
    teacher = world.client("teacher")
    he, stranger = world.children["he"].pk, world.children["feng"].pk
    answers = _post(
        teacher,
        {"kind": "meal", "child": he, "detail": {"what": "breakfast", "amount": "most"}},
        {"kind": "drink", "child": stranger},
    )
    assert [(a["outcome"], a["code"]) for a in answers] == [
        ("stored", ""),
        ("refused", "not-enrolled"),
    ]
    told = teacher.get(url("room_state")).json()
    assert told["me"]["name"] == "老师甲（虚构）"
    assert {c["name"]: c["state"] for c in told["children"]}["林小禾"] == "in"
    assert [e["detail"]["amount"] for e in told["events"]] == ["most"]
    assert CareEvent.all_rows.get().by_name == "老师甲（虚构）"


def test_another_institution_sees_nothing(world: World) -> None:
    _come(world, "he")
    _post(world.client("teacher"), {"kind": "drink", "child": world.children["he"].pk})
    told = world.client("other-director").get(url("room_state")).json()
    assert told["events"] == []
    assert [c["name"] for c in told["children"]] == ["洪海风"]
    assert world.client("parent").get(url("room_state")).status_code == 404


def test_shell_holds_no_person(world: World) -> None:
    page = world.client("teacher").get(url("room")).content.decode()
    assert "老师甲" not in page
    assert "林小禾" not in page
    assert Client().get(url("tablet")).status_code == 200
    assert "const SHELL" in Client().get(url("room_worker")).content.decode()


def test_papers_tell_what_was_missed(world: World) -> None:
    _come(world, "miao")
    director = world.client("director")
    minutes = {"under_12": 5, "under_24": 10, "from_24": 15}
    assert director.post(url("room_intervals"), minutes).status_code == 302
    child = world.children["miao"].pk
    at = (NOW - timedelta(minutes=16)).isoformat()
    checked = (NOW - timedelta(minutes=3)).isoformat()
    _post(
        director,
        {"kind": "nap_start", "child": child, "at": at},
        {"kind": "nap_check", "child": child, "at": checked, "detail": {"position": "side"}},
        {"kind": "diaper", "child": child, "detail": {"what": "wet"}},
    )
    room = world.classes["a1.infant"].pk
    paper = director.get(url("room_sleep"), {"room": room}).content.decode()
    assert "漏查 2 次" in paper
    assert "07:59 → 漏查" in paper
    assert "侧卧 园长甲" in paper
    assert "本机构自定" in paper
    sheet = director.get(url("room_sheets"), {"room": room}).content.decode()
    assert "08:10 小便" in sheet
    foreign = world.classes["b1.infant"].pk
    assert director.get(url("room_sleep"), {"room": foreign}).status_code == 404


def test_pin_is_set_by_oneself(world: World) -> None:
    teacher = world.client("teacher")
    wrong = teacher.post(url("room_pin"), {"pin": "1234", "again": "1234"})
    assert wrong.status_code == 422
    assert "太容易猜" in wrong.content.decode()
    assert teacher.post(url("room_pin"), {"pin": "2749", "again": "2749"}).status_code == 302
    people = teacher.get(url("room_state")).json()["people"]
    assert {p["name"]: p["pin"] for p in people} == {
        "老师甲（虚构）": True,
        "园长甲（虚构）": False,
    }


@pytest.mark.parametrize("name", ["room", "tablet", "room_sheets", "room_sleep", "room_pin"])
def test_pages_are_sound_and_cheap(world: World, name: str) -> None:
    _come(world, "he")
    director = world.client("director")
    with CaptureQueriesContext(connection) as asked:
        page = director.get(url(name)).content.decode()
    assert faults_of(page) == []
    assert len(asked) <= 40


def test_director_sees_the_red_room(world: World) -> None:
    _come(world, "miao")
    director = world.client("director")
    director.post(url("room_intervals"), {"under_12": 5, "under_24": 10, "from_24": 15})
    start = (NOW - timedelta(minutes=8)).isoformat()
    _post(director, {"kind": "nap_start", "child": world.children["miao"].pk, "at": start})
    with CaptureQueriesContext(connection) as asked:
        page = director.get(url("home")).content.decode()
    assert "乳儿班睡眠巡视漏查" in page
    assert "江小苗的睡眠巡视已过点（08:07 应查）" in page
    assert faults_of(page) == []
    assert len(asked) <= 40
