"""离园：a child goes only with someone who may take it, or with the director's release."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.door.device import Tablet, event, paired
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, Event, RefusedPickup, Release
from tuoyu.domains.attendance.selectors import list_refused_pickups, list_releases
from tuoyu.domains.attendance.services import grant_release
from tuoyu.domains.children.models import Guardianship

LEFT = NOW.replace(hour=17)


@pytest.fixture
def tablet(world: World) -> Tablet:
    return paired(world.institutions["a1"])


def _scope(world: World, name: str = "a1") -> Scope:
    return Scope(kind="institutions", institution_ids=frozenset({world.institutions[name].pk}))


def _out(world: World, by: int | None, method: str = "qr") -> dict[str, object]:
    return event(
        world.children["he"].pk, "out", LEFT, method=method, evidence={"by": by} if by else {}
    )


def _send(tablet: Tablet, *events: dict[str, object]) -> list[str]:
    with clock.fixed(LEFT):
        answers = tablet.send([tablet.packet(*events)], sent_at=LEFT)
    return [a["code"] for a in answers]


def _release(world: World, scope: Scope, **more: str) -> Release:
    given = {"bearer": "舅舅（虚构）", "document": "身份证 末四位 0000", "reason": "已电话核实"}
    return grant_release(
        scope=scope,
        child_id=world.children["he"].pk,
        refused_because="无授权",
        by=1,
        by_name="园长甲（虚构）",
        at=LEFT - timedelta(minutes=5),
        **{**given, **more},
    )


def test_mother_may_a_stranger_may_not(world: World, tablet: Tablet) -> None:
    lin, hong = world.guardians["lin"].pk, world.guardians["hong"].pk
    assert _send(tablet, _out(world, hong), _out(world, None), _out(world, lin)) == [
        "unknown-bearer",
        "unknown-bearer",
        "",
    ]
    assert DaySheet.all_rows.get().out_at == LEFT


@pytest.mark.parametrize("method", ["qr", "wall"])
def test_a_blocked_person_is_refused_whoever_attests(
    world: World, tablet: Tablet, method: str
) -> None:
    Guardianship.all_rows.filter(child=world.children["he"]).update(is_blocked=True)
    assert _send(tablet, _out(world, world.guardians["lin"].pk, method)) == ["blocked"]
    assert not DaySheet.all_rows.exists()
    kept = list_refused_pickups(_scope(world), NOW.date()).get()
    assert (kept.code, kept.guardian_id) == ("blocked", world.guardians["lin"].pk)
    assert not list_refused_pickups(_scope(world, "b1"), NOW.date()).exists()


def test_a_former_picker_is_unknown(world: World, tablet: Tablet) -> None:
    Guardianship.all_rows.filter(child=world.children["he"]).update(to_on=NOW.date())
    assert _send(tablet, _out(world, world.guardians["lin"].pk)) == ["unknown-bearer"]
    Guardianship.all_rows.filter(child=world.children["he"]).update(to_on=None, can_pick_up=False)
    assert _send(tablet, _out(world, world.guardians["lin"].pk)) == ["unknown-bearer"]


def test_staff_attest_without_naming_the_picker(world: World, tablet: Tablet) -> None:
    assert _send(tablet, _out(world, None, "wall")) == [""]


def test_released_by_the_director_once(world: World, tablet: Tablet) -> None:
    assert _send(tablet, _out(world, None, "release")) == ["no-release"]
    made = _release(world, _scope(world))
    first = _out(world, world.guardians["hong"].pk, "release")
    assert _send(tablet, first) == [""]
    assert _send(tablet, first) == [""]  # the same again is a duplicate
    kept = Event.all_rows.get().evidence or ""
    assert json.loads(kept) == {"by": world.guardians["hong"].pk}
    made.refresh_from_db()
    assert str(made.used_by) == first["id"]
    assert made.document == "身份证 末四位 0000"
    assert _send(tablet, _out(world, None, "release")) == ["no-release"]
    assert list_releases(_scope(world), NOW.date()).get() == made
    assert RefusedPickup.all_rows.count() == 2


def test_a_release_ends_after_half_an_hour(world: World, tablet: Tablet) -> None:
    made = _release(world, _scope(world))
    Release.all_rows.filter(pk=made.pk).update(at=LEFT - timedelta(minutes=31))
    assert _send(tablet, _out(world, None, "release")) == ["no-release"]


def test_a_release_names_bearer_document_and_reason(world: World) -> None:
    for missing in ("bearer", "document", "reason"):
        with pytest.raises(DomainError):
            _release(world, _scope(world), **{missing: " "})
    with pytest.raises(NotFound):
        _release(world, _scope(world, "b1"))
    assert not Release.all_rows.exists()
