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
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.children.services.consents import grant_consent, withdraw_consent
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


def test_a_consent_is_per_guardian_and_leaves_its_history(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    father = Guardian.all_rows.create(name="示例爸爸")
    now = clock.now()
    first = grant_consent(child=he, guardian=lin, purpose="photo", at=now)
    grant_consent(child=he, guardian=father, purpose="photo", at=now)
    assert grant_consent(child=he, guardian=lin, purpose="photo", at=now) == first
    withdraw_consent(child=he, guardian=lin, purpose="photo", at=now + timedelta(days=1))
    rows = {c.guardian_id: c.withdrawn_at for c in Consent.all_rows.all()}
    assert rows == {lin.pk: now + timedelta(days=1), father.pk: None}


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
