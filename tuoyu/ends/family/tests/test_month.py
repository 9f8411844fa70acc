"""考勤月表：confirm with one tap, dispute a day, corrections with both values."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.world import World, month_of_days
from tuoyu.core import clock
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DayStatus, Dispute, GuardianConfirmation, MonthClose
from tuoyu.domains.attendance.services import answer_dispute, correct
from tuoyu.domains.messages.services.door import tell_door

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2025, 9, 1)
URL = "/family/month/2025-09/"


@pytest.fixture
def attended(world: World) -> World:
    with clock.fixed(clock.at(date(2025, 9, 30), 18, 0)):
        month_of_days(world, "he", SEPTEMBER, 12)
    return world


def child(world: World) -> dict[str, int]:
    return {"child": world.children["he"].pk}


def page(client: Client, world: World, url: str = URL) -> str:
    response = client.get(url, child(world))
    assert response.status_code == 200
    return response.content.decode()


def test_a_closed_month_shows_its_lock(parent: Client, attended: World) -> None:
    assert "已月结" not in page(parent, attended)
    inst = attended.institutions["a1"]
    MonthClose.all_rows.create(
        institution_id=inst.pk,
        region_code=inst.region_code,
        month=SEPTEMBER,
        closed_at=clock.at(date(2025, 10, 9), 18, 0),
        closed_by_name="园长甲（虚构）",
        children=1,
        days=12,
        sheets_hash="0" * 64,
    )
    shown = page(parent, attended)
    assert "已月结 10-09" in shown
    assert "园长甲" not in shown  # that it is locked, not who locked it
    assert "已月结" not in page(parent, attended, "/family/month/2025-10/")


def test_one_tap_confirms(parent: Client, attended: World) -> None:
    assert "确认林小禾 9 月考勤" in page(parent, attended, "/family/messages/")
    assert "确认 9 月到托 12 天" in page(parent, attended)
    told = parent.post(f"{URL}confirm/", child(attended), follow=True).content.decode()
    assert "已确认林小禾 9 月考勤" in told
    row = GuardianConfirmation.all_rows.get()
    assert (row.child_id, row.month) == (attended.children["he"].pk, SEPTEMBER)
    assert "确认林小禾 9 月考勤" not in page(parent, attended, "/family/messages/")
    assert "您已于 10-15 08:10 确认本月考勤" in page(parent, attended)


def test_the_running_month_waits(parent: Client, world: World) -> None:
    month_of_days(world, "he", date(2025, 10, 1), 3)
    found = page(parent, world, "/family/month/2025-10/")
    assert "11-01 起可以确认本月考勤" in found
    assert "确认 10 月到托" not in found
    assert parent.post("/family/month/2025-10/confirm/", child(world)).status_code == 422


def test_dispute_and_answer(parent: Client, attended: World) -> None:
    url = f"{URL}dispute/2025-09-25/"
    assert "没有记录" in page(parent, attended, url)
    data = {**child(attended), "says": "1", "reason": "当天 8 点到园，外婆送的"}
    told = parent.post(url, data, follow=True).content.decode()
    assert "已提出 09-25 的异议" in told
    assert "待园方答复" in page(parent, attended)
    assert "确认林小禾 9 月" not in page(parent, attended, "/family/messages/")
    made = Dispute.all_rows.get()
    assert (made.says, made.day) == (DayStatus.PRESENT, date(2025, 9, 25))
    answer_dispute(
        scope=SYSTEM,
        dispute_id=made.pk,
        accept=True,
        answer="已核对门口记录，更正为到托",
        by=attended.users["director"].pk,
        at=clock.now(),
    )
    inbox = page(parent, attended, "/family/messages/")
    assert "园方已答复您对 09-25 的异议" in inbox
    assert '消息<span class="ty-count">1</span>' in inbox
    found = page(parent, attended)
    assert "已采纳" in found
    assert "原记录：没有记录" in found
    assert "更正为：到托" in found
    assert "确认 9 月到托 13 天" in found


def test_corrections_show_both_values(parent: Client, attended: World) -> None:
    kid = attended.children["he"]
    correct(
        child_id=kid.pk,
        institution_id=kid.institution_id or 0,
        day=date(2025, 9, 3),
        status=DayStatus.LEAVE,
        reason="当天请病假，误点",
        user_id=attended.users["director"].pk,
        at=clock.now(),
    )
    found = page(parent, attended)
    assert "已更正" in found
    assert "原记录：到托 08:05–17:05" in found
    assert "更正为：请假，当天请病假，误点" in found
    tell_door([kid.pk], clock.now())
    assert "09-03 考勤已更正为「请假」" in page(parent, attended, "/family/messages/")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"says": "", "reason": "在"}, "请先点您认为"),
        ({"says": "9", "reason": "在"}, "请先点您认为"),
        ({"says": "1", "reason": " "}, "请简单说一下情况"),
    ],
)
def test_a_dispute_needs_a_claim_and_words(
    parent: Client, attended: World, data: dict[str, str], why: str
) -> None:
    response = parent.post(f"{URL}dispute/2025-09-25/", {**child(attended), **data})
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not Dispute.all_rows.exists()


@pytest.mark.parametrize(
    "url",
    [
        "/family/month/2025-13/",
        "/family/month/x/",
        f"{URL}dispute/2025-10-01/",
        f"{URL}dispute/2025-09-31/",
        "/family/month/2025-10/dispute/2025-10-16/",
    ],
)
def test_days_that_are_none_are_not_found(parent: Client, attended: World, url: str) -> None:
    assert parent.get(url, child(attended)).status_code == 404


def test_a_month_without_records_says_so(parent: Client, world: World) -> None:
    assert "这个月没有考勤记录" in page(parent, world, "/family/month/2025-01/")


def test_a_working_day_without_a_record_can_be_disputed(parent: Client, attended: World) -> None:
    """Missing is shown as missing, and the parent may say what it was."""
    found = page(parent, attended)
    assert "没有记录" in found
    assert "/family/month/2025-09/dispute/2025-09-25/" in found
    assert "/family/month/2025-09/dispute/2025-09-27/" not in found  # a Saturday
