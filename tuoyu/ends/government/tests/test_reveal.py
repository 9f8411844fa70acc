"""看原值：with a reason, one field at a time, and the log names the child."""

from __future__ import annotations

import pytest

from tests.pages.checks import faults_of
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.children.models import Child

ID_NUMBER = "11010119900101001X"  # 虚构


def url(world: World, child: str) -> str:
    return f"/gov/children/{world.children[child].pk}/reveal/"


def test_the_eye_asks_first_and_shows_nothing(world: World) -> None:
    answer = world.client("county-officer").get(url(world, "miao"), headers={"HX-Request": "true"})
    found = answer.content.decode()
    assert "理由" in found
    assert "江*苗" in found
    assert "江小苗" not in found
    assert not AuditEvent.objects.filter(action="看儿童原值").exists()


def test_with_a_reason_one_field_opens_and_is_logged(world: World) -> None:
    child = Child.all_rows.get(pk=world.children["miao"].pk)
    child.id_number = ID_NUMBER
    child.save()
    answer = world.client("county-officer").post(
        url(world, "miao"), {"field": "id_number", "reason": "核对补助名单"}
    )
    found = answer.content.decode()
    assert ID_NUMBER in found
    assert faults_of(found) == []
    event = AuditEvent.objects.get(action="看儿童原值")
    assert event.persons == [child.pk]
    assert "核对补助名单" in event.note
    assert ID_NUMBER not in f"{event.note}{event.target}{event.result}"


@pytest.mark.parametrize("reason", ["", "  ", "看"])
def test_without_a_reason_nothing_opens(world: World, reason: str) -> None:
    answer = world.client("county-officer").post(
        url(world, "miao"), {"field": "name", "reason": reason}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "江小苗" not in answer.content.decode()
    assert "理由" in answer.content.decode()


def test_a_health_field_is_not_for_officers(world: World) -> None:
    answer = world.client("county-officer").post(
        url(world, "miao"), {"field": "health_note", "reason": "想看看"}
    )
    assert answer.status_code == 422


def test_a_child_of_another_county_is_not_found_and_the_try_is_logged(world: World) -> None:
    answer = world.client("county-officer").post(
        url(world, "feng"), {"field": "name", "reason": "核对补助名单"}
    )
    assert answer.status_code == 404
    assert "洪海风" not in answer.content.decode()
    assert AuditEvent.objects.filter(action="看儿童原值", result__startswith="拒绝").exists()


@pytest.mark.parametrize("who", ["inspector", "finance-officer", "auditor", "director", "parent"])
def test_others_have_no_eye(world: World, who: str) -> None:
    assert world.client(who).get(url(world, "miao")).status_code == 404
