"""儿童的写入：consents, guardians, special status, revealing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.world import World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM, Scope
from tuoyu.domains.children.models import Consent, Guardian, Guardianship, SpecialStatus
from tuoyu.domains.children.selectors import (
    consenting,
    list_consent_entries,
    own_child_ids,
)
from tuoyu.domains.children.services.consents import (
    decide_consent,
    grant_consent,
    withdraw_consent,
)
from tuoyu.domains.children.services.guardians import (
    block_pickup,
    end_relation,
    lift_block,
    relate_guardian,
)
from tuoyu.domains.children.services.reveal import reveal_child
from tuoyu.domains.children.services.special import declare_status, verify_status

pytestmark = pytest.mark.django_db
TODAY = date(2025, 10, 15)


def county(prefix: str) -> Scope:
    return Scope(kind="region", region_prefix=prefix)


def test_what_one_guardian_withdraws_stands_and_the_ledger_tells_all(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    father = Guardian.all_rows.create(name="示例爸爸")
    now = clock.now()
    first = grant_consent(child=he, guardian=lin, purpose="photo", at=now)
    assert grant_consent(child=he, guardian=father, purpose="photo", at=now) == first
    withdraw_consent(child=he, guardian=father, purpose="photo", at=now + timedelta(days=1))
    assert consenting([he.pk], "photo", TODAY) == frozenset()
    row = Consent.all_rows.get()
    assert (row.guardian_id, row.withdrawn_by_id) == (lin.pk, father.pk)
    told = [(e.guardian.name, e.act) for e in list_consent_entries(SYSTEM, he.pk)]
    assert told == [("示例爸爸", "withdraw"), (lin.name, "grant")]


def test_a_consent_ends_with_its_term(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    end = TODAY + timedelta(days=90)
    grant_consent(child=he, guardian=lin, purpose="photo", at=clock.now(), until=end)
    assert he.pk in consenting([he.pk], "photo", end - timedelta(days=1))
    assert he.pk not in consenting([he.pk], "photo", end)
    with pytest.raises(DomainError, match="已经过去"):
        grant_consent(child=he, guardian=lin, purpose="photo", at=clock.now(), until=TODAY)


def test_two_guardians_at_once_are_both_written_and_the_stricter_holds(world: World) -> None:
    """Both pages showed 「同意」; the father withdraws, the mother gives it a new term."""
    he, lin = world.children["he"], world.guardians["lin"]
    father = Guardian.all_rows.create(name="示例爸爸")
    now = clock.now()
    shown = grant_consent(child=he, guardian=lin, purpose="photo", at=now).pk
    his = decide_consent(
        child=he, guardian=father, purpose="photo", act="withdraw", at=now, seen=shown
    )
    hers = decide_consent(
        child=he,
        guardian=lin,
        purpose="photo",
        act="grant",
        at=now,
        until=TODAY + timedelta(days=90),
        seen=shown,
    )
    assert (his.took_effect, hers.took_effect, hers.unseen) == (True, False, his)
    assert consenting([he.pk], "photo", TODAY) == frozenset()
    again = decide_consent(
        child=he, guardian=lin, purpose="photo", act="grant", at=now, seen=hers.pk
    )
    assert again.took_effect
    assert consenting([he.pk], "photo", TODAY) == {he.pk}
    assert list_consent_entries(SYSTEM, he.pk).count() == 4


def test_a_withdrawal_counts_though_a_new_grant_was_not_seen(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    father = Guardian.all_rows.create(name="示例爸爸")
    now = clock.now()
    grant_consent(child=he, guardian=father, purpose="photo", at=now)
    done = decide_consent(child=he, guardian=lin, purpose="photo", act="withdraw", at=now, seen=0)
    assert done.took_effect
    assert done.unseen is not None
    assert consenting([he.pk], "photo", TODAY) == frozenset()


def test_consent_refusals(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    with pytest.raises(DomainError, match="没有这项用途"):
        grant_consent(child=he, guardian=lin, purpose="sale", at=clock.now())
    with pytest.raises(DomainError, match="没有生效的同意"):
        withdraw_consent(child=he, guardian=lin, purpose="photo", at=clock.now())


def test_a_block_takes_the_child_out_of_sight_and_back(world: World) -> None:
    user = world.users["sibling-parent"].pk
    row = Guardianship.all_rows.get(guardian__user_id=user)
    with pytest.raises(DomainError, match="须写明依据"):
        block_pickup(scope=SYSTEM, guardianship_id=row.pk, reason=" ")
    block_pickup(scope=SYSTEM, guardianship_id=row.pk, reason="示例裁定（虚构）1 号")
    assert own_child_ids(user, TODAY) == frozenset()
    lift_block(scope=SYSTEM, guardianship_id=row.pk, reason="示例裁定（虚构）2 号")
    assert own_child_ids(user, TODAY) == {row.child_id}


def test_a_foreign_relation_is_not_found(world: World) -> None:
    row = Guardianship.all_rows.get(child=world.children["feng"])
    with pytest.raises(NotFound):
        block_pickup(scope=county("350582"), guardianship_id=row.pk, reason="越界")
    with pytest.raises(NotFound):
        end_relation(scope=county("350582"), guardianship_id=row.pk, on=TODAY)


def test_relating_again_updates_but_never_lifts_a_block(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    row = Guardianship.all_rows.get(child=he, guardian=lin)
    block_pickup(scope=SYSTEM, guardianship_id=row.pk, reason="示例裁定（虚构）")
    again = relate_guardian(child=he, guardian=lin, relation="other", from_on=TODAY)
    assert (again.pk, again.relation, again.is_blocked) == (row.pk, "other", True)
    with pytest.raises(DomainError, match="没有这种关系"):
        relate_guardian(child=he, guardian=lin, relation="friend", from_on=TODAY)


def test_an_ended_relation_sees_nothing_from_that_day(world: World) -> None:
    user = world.users["sibling-parent"].pk
    row = Guardianship.all_rows.get(guardian__user_id=user)
    end_relation(scope=SYSTEM, guardianship_id=row.pk, on=TODAY)
    assert own_child_ids(user, TODAY) == frozenset()
    assert own_child_ids(user, TODAY - timedelta(days=1)) == {row.child_id}


def test_special_status_counts_after_verification_once(world: World) -> None:
    he = world.children["he"]
    made = declare_status(child=he, kind="third_child", evidence="示例证（虚构）", from_on=TODAY)
    assert SpecialStatus.all_rows.get().verified_at is None
    with pytest.raises(NotFound):
        verify_status(scope=county("350502"), status_id=made.pk, by=1, at=clock.now())
    verify_status(scope=county("350582"), status_id=made.pk, by=1, at=clock.now())
    with pytest.raises(DomainError, match="已核验"):
        verify_status(scope=county("350582"), status_id=made.pk, by=2, at=clock.now())
    bad: list[tuple[dict[str, Any], str]] = [
        ({"kind": "rich"}, "没有这类"),
        ({"evidence": ""}, "佐证材料"),
        ({"to_on": TODAY}, "应晚于起日"),
    ]
    for fields, why in bad:
        good: dict[str, Any] = {"kind": "disabled", "evidence": "示例证（虚构）", "from_on": TODAY}
        with pytest.raises(DomainError, match=why):
            declare_status(child=he, **(good | fields))


def test_revealing_needs_scope_field_and_reason(world: World) -> None:
    he = world.children["he"]
    he.allergy = "牛奶（示例）"
    he.save(update_fields=["allergy"])
    lin = world.guardians["lin"]
    lin.phone = "00000000000"
    lin.save(update_fields=["phone"])
    seen = reveal_child(scope=county("350582"), child_id=he.pk, field="allergy", reason="备餐核对")
    assert (seen.text, seen.note) == ("牛奶（示例）", "看过敏与忌口：备餐核对")
    assert "牛奶" not in seen.note
    phone = reveal_child(scope=county("350582"), child_id=he.pk, field="phone", reason="电话回访")
    assert phone.text == "妈妈 00000000000"
    with pytest.raises(DomainError, match="须写明理由"):
        reveal_child(scope=county("350582"), child_id=he.pk, field="allergy", reason=" ")
    with pytest.raises(DomainError, match="没有这一项"):
        reveal_child(scope=county("350582"), child_id=he.pk, field="code_secret", reason="试试")
    with pytest.raises(NotFound):
        reveal_child(scope=county("350502"), child_id=he.pk, field="allergy", reason="越界查看")
