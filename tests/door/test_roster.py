"""门口名册：what a tablet needs for a day without network, for its own institution only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.door.device import Tablet, event, new_key, paired
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.services import start_shift
from tuoyu.domains.children import rules
from tuoyu.domains.children.models import Guardianship, PickupCode
from tuoyu.domains.children.pickup_services import (
    cancel_pickup_code,
    guardian_qr,
    make_pickup_code,
)


@pytest.fixture
def tablet(world: World) -> Tablet:
    return paired(world.institutions["a1"])


def _family(world: World, *children: str) -> Scope:
    return Scope(kind="family", child_ids=frozenset(world.children[c].pk for c in children))


def test_roster_of_the_own_institution(world: World, tablet: Tablet) -> None:
    he = world.children["he"]
    he.has_allergy, he.allergy = True, "鸡蛋"
    he.save()
    tablet.send([tablet.packet(event(he.pk, at=NOW - timedelta(minutes=5)))])
    found = tablet.roster().json()
    assert found["institution"] == {
        "id": world.institutions["a1"].pk,
        "name": "青禾托育园（虚构）",
        "opens_at": "07:30",
        "closes_at": "17:30",
    }
    assert [c["type"] for c in found["classes"]] == ["infant", "toddler", "mixed"]
    kids = {c["id"]: c for c in found["children"]}
    own = {c.pk for k, c in world.children.items() if k not in ("chen", "feng")}
    assert set(kids) == own
    me = kids[he.pk]
    assert (me["status"], me["usual"], me["allergy"], me["age"]) == (
        "in",
        "08:05",
        "鸡蛋",
        "1岁7个月",
    )
    assert me["siblings"] == [world.children["sui"].pk]
    assert kids[world.children["sui"].pk]["status"] == ""
    assert [p["name"] for p in me["pickers"]] == ["林妈妈"]
    ratio = next(r for r in found["ratios"] if r["name"] == "托小班")
    assert (ratio["present"], ratio["staff"], ratio["state"]) == (1, 0, "breach")


def test_only_certified_staff_on_duty_count(world: World, tablet: Tablet) -> None:
    tablet.send([tablet.packet(event(world.children["he"].pk))])
    a1 = world.institutions["a1"].pk
    start_shift(
        scope=Scope(kind="institutions", institution_ids=frozenset({a1})),
        staff_id=world.staff["a1.toddler"].pk,
        class_group_id=world.classes["a1.toddler"].pk,
        at=NOW,
    )
    found = tablet.roster().json()
    ratio = next(r for r in found["ratios"] if r["name"] == "托小班")
    assert (ratio["staff"], ratio["required"], ratio["state"]) == (1, 1, "ok")
    assert [s["on_duty"] for s in found["staff"]].count(True) == 1


def test_a_rotating_code_is_checked_offline_for_one_day(world: World, tablet: Tablet) -> None:
    mother = world.guardians["lin"]
    roster = tablet.roster().json()
    mother.refresh_from_db()
    keys = {p["id"]: rules.to_bytes(p["day_key"]) for c in roster["children"] for p in c["pickers"]}
    text = guardian_qr(guardian=mother, at=NOW)
    assert rules.check_qr(text, NOW, keys.get) == rules.Scanned(mother.pk)
    assert rules.check_qr(text, NOW + timedelta(seconds=29), keys.get).guardian_id == mother.pk
    assert rules.check_qr(text, NOW + timedelta(minutes=2), keys.get).why == "stale"
    tomorrow = guardian_qr(guardian=mother, at=NOW + timedelta(days=1))
    assert rules.check_qr(tomorrow, NOW + timedelta(days=1), keys.get).why == "forged"
    stranger = guardian_qr(guardian=world.guardians["hong"], at=NOW)
    assert rules.check_qr(stranger, NOW, keys.get).why == "bad"
    for junk in ("", "TY1.1.2", "TY1.a.b.c", "TY2.1.2.3", "TY1.²." + "9" * 40 + ".x"):
        assert rules.check_qr(junk, NOW, keys.get).why == "bad"


def test_pickup_codes_are_matched_by_hash(world: World, tablet: Tablet) -> None:
    kids = [world.children[k].pk for k in ("he", "sui")]
    code = make_pickup_code(
        scope=_family(world, "he", "sui"),
        child_ids=kids,
        guardian_id=world.guardians["lin"].pk,
        bearer="林外婆（虚构）",
        valid_on=NOW.date(),
        at=NOW,
    )
    roster = tablet.roster().json()
    salt = rules.to_bytes(roster["day_salt"])
    wanted = rules.to_text(rules.code_hash(salt, code))
    assert {c["child"] for c in roster["codes"] if c["hash"] == wanted} == set(kids)
    left = NOW.replace(hour=17)
    out = [event(k, "out", left, method="code", evidence={"by": wanted}) for k in kids]
    wrong = event(kids[0], "out", left, method="code", evidence={"by": wanted[:-4] + "AAAA"})
    with clock.fixed(left):
        answers = tablet.send([tablet.packet(*out, wrong)], sent_at=left)
        assert [a["code"] for a in answers] == ["", "", "unknown-bearer"]
        assert tablet.roster(at=left).json()["codes"] == []  # used
    assert PickupCode.all_rows.filter(used_at=left).count() == 2


def test_a_cancelled_code_is_gone(world: World, tablet: Tablet) -> None:
    scope = _family(world, "he")
    code = make_pickup_code(
        scope=scope,
        child_ids=[world.children["he"].pk],
        guardian_id=world.guardians["lin"].pk,
        bearer="小姨（虚构）",
        valid_on=NOW.date(),
        at=NOW,
    )
    salt = rules.to_bytes(tablet.roster().json()["day_salt"])
    cancel_pickup_code(scope=scope, code_id=PickupCode.all_rows.get().pk, at=NOW)
    assert tablet.roster().json()["codes"] == []
    by = rules.to_text(rules.code_hash(salt, code))
    late = event(
        world.children["he"].pk,
        "out",
        NOW + timedelta(minutes=1),
        method="code",
        evidence={"by": by},
    )
    assert tablet.send([tablet.packet(late)])[0]["code"] == "unknown-bearer"


def test_who_may_make_a_code_and_for_when(world: World) -> None:
    lin, hong = world.guardians["lin"].pk, world.guardians["hong"].pk
    he = world.children["he"].pk

    today = NOW.date()

    def make(guardian: int = lin, day: date = today, bearer: str = "小姨", child: int = he) -> str:
        return make_pickup_code(
            scope=_family(world, "he"),
            child_ids=[child],
            guardian_id=guardian,
            bearer=bearer,
            valid_on=day,
            at=NOW,
        )

    with pytest.raises(DomainError, match="监护人"):
        make(guardian=hong)
    with pytest.raises(NotFound):
        make(child=world.children["feng"].pk)
    with pytest.raises(DomainError, match="代接日期"):
        make(day=NOW.date() - timedelta(days=1))
    with pytest.raises(DomainError, match="由谁来接"):
        make(bearer=" ")
    made = {make() for _ in range(5)}
    assert len(made) == 5
    with pytest.raises(DomainError, match="先作废"):
        make()


def test_an_unsigned_roster_request_is_refused(world: World, tablet: Tablet) -> None:
    assert tablet.roster(signature="AAAA").status_code == 401
    stranger = Tablet(tablet.id, new_key())
    assert stranger.roster().json()["code"] == "signature"
    skewed = tablet.roster(at=NOW + timedelta(minutes=11))
    assert skewed.status_code == 401
    assert skewed.json()["code"] == "skew"
    assert skewed.json()["now"]


def test_blocked_persons_are_known_and_former_ones_not(world: World, tablet: Tablet) -> None:
    he = world.children["he"]
    link = Guardianship.all_rows.get(child=he)
    link.is_blocked = True
    link.save()
    me = next(c for c in tablet.roster().json()["children"] if c["id"] == he.pk)
    assert [p["blocked"] for p in me["pickers"]] == [True]
    link.is_blocked, link.to_on = False, NOW.date()
    link.save()
    me = next(c for c in tablet.roster().json()["children"] if c["id"] == he.pk)
    assert me["pickers"] == []
