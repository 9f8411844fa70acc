"""缴费截止与催缴：a family is told when the day is past, and no more when it has paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.billing.conftest import director, issue
from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import Bill, Reminder
from tuoyu.domains.billing.rules import proposed_due

pytestmark = pytest.mark.django_db


def day(after: int) -> datetime:
    """Half past nine, so many days after the last day on which to pay."""
    return clock.at(proposed_due(NOW.date()) + timedelta(days=after), 9, 30)


def pay(world: World, fen: int, at: datetime) -> None:
    services.record_payment(
        bill_id=Bill.all_rows.get().pk, amount_fen=fen, method="cash", paid_on=at.date(),
        by=director(world), at=at,
    )  # fmt: skip


def messages(world: World, at: datetime, who: str = "parent") -> str:
    with clock.fixed(at):
        html = world.client(who).get("/family/messages/").content.decode()
    assert faults_of(html) == []
    return html


def test_the_last_day_itself_is_in_time(world: World) -> None:
    issue(world)
    assert Bill.all_rows.get().due_on == date(2025, 10, 25)
    assert services.remind_due(day(0)) == 0
    assert "没有缴" not in messages(world, day(0))
    assert services.remind_due(day(1)) == 1
    html = messages(world, day(1))
    assert "10 月账单还有 1,500.00 元没有缴" in html
    assert "10 月账单过了缴费日，差 1,500.00 元" in html
    assert "没有缴" not in messages(world, day(1), "other-parent")


def test_weekly_three_times_and_never_twice_a_day(world: World) -> None:
    issue(world)
    sent = [services.remind_due(day(n)) for n in (1, 1, 2, 7, 8, 15, 22, 60)]
    assert sent == [1, 0, 0, 0, 1, 1, 0, 0]
    assert list(Reminder.all_rows.values_list("number", flat=True)) == [1, 2, 3]


def test_what_is_paid_is_not_asked_for(world: World) -> None:
    issue(world)
    pay(world, 100_000, day(-1))
    assert services.remind_due(day(1)) == 1
    assert Reminder.all_rows.get().left_fen == 50_000
    pay(world, 50_000, day(2))
    assert services.remind_due(day(9)) == 0
    assert "没有缴" not in messages(world, day(9)), "the todo is gone with the debt"


def test_a_bill_without_a_day_is_never_overdue(world: World) -> None:
    issue(world)
    Bill.all_rows.update(due_on=None)
    assert services.remind_due(day(99)) == 0


def test_the_institution_reminds_once_a_day(world: World) -> None:
    issue(world)
    bill = Bill.all_rows.get()
    by = director(world)
    with pytest.raises(DomainError, match="没有逾期未缴"):
        services.remind(bill_id=bill.pk, by=by, at=day(0))
    with pytest.raises(NotFound):
        services.remind(bill_id=bill.pk, by=director(world, "other-director"), at=day(1))
    with clock.fixed(day(1)):
        desk, path = world.client("director"), f"/inst/fees/bills/{bill.pk}/"
        html = desk.get(path).content.decode()
        assert faults_of(html) == []
        assert "已过缴费截止日 1 天" in html
        assert desk.post(f"{path}remind/").status_code == 302
        assert "第 1 次提醒" in desk.get(path).content.decode()
        assert desk.post(f"{path}remind/").status_code == 422
        listed = desk.get("/inst/fees/bills/").content.decode()
        assert "逾期 1 天" in listed


def test_the_institution_sets_the_day_when_it_issues(world: World) -> None:
    desk = world.client("director")
    html = desk.get("/inst/fees/").content.decode()
    assert 'name="due" value="2025-10-25"' in html
    digest = html.split('name="digest" value="')[1].split('"')[0]
    asked = {"month": "2025-10", "child": world.children["he"].pk, "digest": digest}
    assert desk.post("/inst/fees/issue/", {**asked, "due": "2025-10-14"}).status_code == 422
    assert desk.post("/inst/fees/issue/", {**asked, "due": "下周"}).status_code == 422
    assert desk.post("/inst/fees/issue/", {**asked, "due": "2025-10-31"}).status_code == 302
    assert Bill.all_rows.get().due_on == date(2025, 10, 31)
    family = world.client("parent").get("/family/fees/", {"child": world.children["he"].pk})
    assert "请在 10 月 31 日（含当日）前缴给园里" in family.content.decode()
