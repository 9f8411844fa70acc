"""门口事件：each bad one is answered by itself, and loses no other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.door.device import Tablet, event, new_key, paired, point, sign
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.identifiers import uuid7
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Event, Flag
from tuoyu.domains.devices.services import revoke_device


@pytest.fixture
def tablet(world: World) -> Tablet:
    return paired(world.institutions["a1"])


def _codes(answers: list[dict[str, str]]) -> list[str]:
    return [a["code"] or a["outcome"] for a in answers]


def _sheet(world: World, child: str) -> DaySheet | None:
    return DaySheet.all_rows.filter(child_id=world.children[child].pk, day=NOW.date()).first()


def test_a_class_in_one_packet(world: World, tablet: Tablet) -> None:
    kids = [world.children[k].pk for k in ("he", "sui", "xiao")]
    packet = tablet.packet(*(event(k) for k in kids))
    assert _codes(tablet.send([packet])) == ["stored"] * 3
    assert _codes(tablet.send([packet])) == ["duplicate"] * 3
    assert DaySheet.all_rows.filter(child_id__in=kids, status=DayStatus.PRESENT).count() == 3
    assert Event.all_rows.filter(device_id=tablet.id).count() == 3


def test_one_event_by_itself_and_twice_in_one_request(world: World, tablet: Tablet) -> None:
    one = json.dumps(event(world.children["he"].pk))
    packet = {"body": one, "signature": sign(tablet.key, one.encode())}
    answers = tablet.send([packet, packet])
    assert [a["outcome"] for a in answers] == ["stored", "stored"]
    assert Event.all_rows.count() == 1


def test_unsigned_and_forged_are_refused_before_duplicates(world: World, tablet: Tablet) -> None:
    good = tablet.packet(event(world.children["he"].pk))
    assert _codes(tablet.send([good])) == ["stored"]
    unsigned = {"body": good["body"]}
    other_key = {"body": good["body"], "signature": sign(new_key(), good["body"].encode())}
    changed = {**good, "body": good["body"].replace("wall", "code")}
    junk = {"body": good["body"], "signature": "不是签名"}
    answers = tablet.send([unsigned, other_key, changed, junk, "packet", {"body": 5}])
    assert _codes(answers) == ["signature"] * 6
    assert answers[0]["id"] == json.loads(good["body"])["events"][0]["id"]
    assert "重新配对" in answers[0]["text"]


def test_future_ancient_foreign_and_unknown(world: World, tablet: Tablet) -> None:
    kid, foreign = world.children["he"].pk, world.children["feng"].pk
    events = [
        event(kid, at=NOW + timedelta(minutes=11)),
        event(kid, at=NOW + timedelta(minutes=9)),
        event(kid, at=NOW - timedelta(days=63)),
        event(foreign),
        event(12345),
        event(kid, at=NOW.replace(year=1970)),
        event(kid, at=NOW.replace(year=9000)),
    ]
    assert _codes(tablet.send([tablet.packet(*events)])) == [
        "future",
        "stored",
        "ancient",
        "not-enrolled",
        "not-enrolled",
        "ancient",
        "future",
    ]


POISONED: list[dict[str, Any]] = [
    {"child": "abc"},
    {"child": 2**63},
    {"child": True},
    {"child": None},
    {"kind": "vanish"},
    {"kind": None},
    {"at": "yesterday"},
    {"at": "2025-10-15T08:00:00"},
    {"at": 5},
    {"method": "parent"},
    {"method": []},
    {"id": "nonsense"},
    {"id": None},
    {"evidence": []},
    {"evidence": {"by": "x"}},
    {"evidence": {"note": "\ud800"}},
    {"evidence": {"note": "长" * 3000}},
    {"kind": "absent", "day": "2025-13-01"},
    {"kind": "absent", "set_status": 9},
    {"kind": "absent", "reason": "a\x00b"},
    {"kind": "correct", "reason": "错了"},
    {"kind": "correct", "set_status": "present", "reason": "x", "set_in_at": "noon"},
]


def test_a_poisoned_record_loses_no_other(world: World, tablet: Tablet) -> None:
    kid = world.children["he"].pk
    bad = [{**event(kid), **change} for change in POISONED]
    junk: list[Any] = [[], 7]
    packet = tablet.packet(event(kid), *bad, *junk, event(world.children["sui"].pk))
    answers = tablet.send([packet])
    assert _codes(answers) == ["stored", *["malformed"] * (len(bad) + 2), "stored"]
    assert Event.all_rows.count() == 2


def test_whole_request_unreadable(world: World, tablet: Tablet) -> None:
    for body, status in [
        ("not json", 422),
        ("[1]", 422),
        ('{"packets": 5}', 422),
        ("[" * 100_000, 422),
        (b"\xff\xfe", 422),
        ({"packets": [{}] * 501}, 422),
        ({"packets": [tablet.packet(*[event(1)] * 501)]}, 422),
        ("x" * (1024 * 1024 + 1), 413),
    ]:
        answer = tablet.post(body)
        assert answer.status_code == status
        assert answer.json()["error"]
    assert Event.all_rows.count() == 0


def test_a_skewed_clock_is_flagged_and_not_trusted(world: World, tablet: Tablet) -> None:
    fast = NOW + timedelta(minutes=40)
    packet = tablet.packet(event(world.children["he"].pk, at=fast))
    assert _codes(tablet.send([packet], sent_at=fast)) == ["stored"]
    sheet = _sheet(world, "he")
    assert sheet is not None
    assert sheet.status is None
    assert sheet.flags & Flag.SKEW
    answer = tablet.post({"packets": [tablet.packet(event(world.children["sui"].pk))]})
    assert answer.json()["answers"][0]["outcome"] == "stored"
    assert Event.all_rows.filter(flags=Flag.SKEW).count() == 2


def test_outside_opening_hours_is_flagged(world: World, tablet: Tablet) -> None:
    late = NOW.replace(hour=22)
    with clock.fixed(late):
        tablet.send([tablet.packet(event(world.children["he"].pk, at=late))], sent_at=late)
    assert Event.all_rows.get().flags == Flag.OUTSIDE


def test_a_revoked_device_is_refused_within_five_seconds(world: World, tablet: Tablet) -> None:
    packet = tablet.packet(event(world.children["he"].pk))
    tablet.send([packet])
    scope = Scope(kind="institutions", institution_ids=frozenset({world.institutions["a1"].pk}))
    revoke_device(scope=scope, device_id=tablet.id, at=NOW)
    # Without the commit hook this process still remembers the key: time alone must end it.
    with clock.fixed(NOW + timedelta(seconds=5)):
        answer = tablet.post({"sent_at": NOW.isoformat(), "packets": [packet]})
        assert answer.status_code == 401
        assert answer.json()["code"] == "unpaired"


def test_unknown_device(world: World) -> None:
    for device in ("", "x", str(uuid7())):
        stranger = Tablet(device, new_key())  # type: ignore[arg-type]
        answer = stranger.post({"packets": []})
        assert answer.status_code == 401


def test_the_ordinary_way_gives_the_same_answer(world: World, tablet: Tablet) -> None:
    """Should the short way not catch it, the route in the document answers."""
    from django.test import RequestFactory

    from tuoyu.ends.openapi.api import events

    packet = tablet.packet(event(world.children["he"].pk))
    request = RequestFactory().post(
        "/api/v1/attendance/events",
        json.dumps({"sent_at": NOW.isoformat(), "packets": [packet]}),
        content_type="application/json",
        headers={"X-Device": str(tablet.id)},
    )
    answer = json.loads(events(request).content)
    assert answer["answers"][0]["outcome"] == "stored"


def test_a_child_in_two_places(world: World, tablet: Tablet) -> None:
    """The other institution's device cannot bring the child in: it is enrolled in one place."""
    other = paired(world.institutions["b1"])
    kid = world.children["he"].pk
    assert _codes(tablet.send([tablet.packet(event(kid))])) == ["stored"]
    assert _codes(other.send([other.packet(event(kid))])) == ["not-enrolled"]
    sheet = _sheet(world, "he")
    assert sheet is not None
    assert sheet.institution_id == world.institutions["a1"].pk
    assert sheet.events == 1


def test_evidence_is_sealed_and_ordinary_ones_leave_nothing(world: World, tablet: Tablet) -> None:
    mother = world.guardians["lin"].pk
    warm = event(
        world.children["he"].pk,
        method="qr",
        evidence={"by": mother, "temperature": "37.6", "symptoms": ["咳嗽"]},
    )
    plain = event(world.children["sui"].pk, method="qr", evidence={"by": mother})
    assert _codes(tablet.send([tablet.packet(warm, plain)])) == ["stored", "stored"]
    rows = {e.child_id: e for e in Event.all_rows.all()}
    assert json.loads(rows[warm["child"]].evidence or "") == {
        "symptoms": ["咳嗽"],
        "temperature": "37.6",
    }
    assert rows[plain["child"]].evidence is None
    assert rows[plain["child"]].guardian_id == mother


def test_leave_and_correction_from_the_door(world: World, tablet: Tablet) -> None:
    kid = world.children["he"].pk
    ill = event(kid, "absent", reason="发热", set_status="leave", day="2025-10-15")
    assert _codes(tablet.send([tablet.packet(ill)])) == ["stored"]
    sheet = _sheet(world, "he")
    assert sheet is not None
    assert (sheet.status, sheet.reason) == (DayStatus.LEAVE, "发热")
    fix = event(kid, "correct", day="2025-10-15", set_status="present", set_in_at=NOW.isoformat())
    assert _codes(tablet.send([tablet.packet(fix)])) == ["no-reason"]
    good = {**fix, "id": str(uuid7()), "reason": "其实来了"}
    assert _codes(tablet.send([tablet.packet(good)])) == ["stored"]
    sheet = _sheet(world, "he")
    assert sheet is not None
    assert (sheet.status, sheet.in_at, sheet.is_corrected) == (DayStatus.PRESENT, NOW, True)


def test_point_is_sixty_five_bytes() -> None:
    assert len(point(new_key())) == 65
