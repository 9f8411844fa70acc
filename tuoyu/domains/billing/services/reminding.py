"""催缴：a bill past its day is told to the family; the platform's part ends after three times."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from tuoyu.core.access import Actor
from tuoyu.core.clock import day_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import push_live
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.billing import rules
from tuoyu.domains.billing.models import Bill, Reminder
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.billing.services.locking import lock
from tuoyu.domains.children.models import Child
from tuoyu.domains.messages.selectors import guardian_users
from tuoyu.domains.messages.services import tell

ISSUE, CLERK = "inst:fee:issue", "定时提醒"


@transaction.atomic
def remind_due(at: datetime) -> int:
    """到点提醒：every bill past its day that is not paid; run again the same day, none twice."""
    today = day_of(at)
    lock("reminders", 0)
    rows = (
        Bill.all_rows.filter(due_on__lt=today)
        .annotate(times=Count("reminders"), last=Max("reminders__sent_at"))
        .filter(times__lt=rules.REMIND_MOST)
        .order_by("pk")
    )
    ripe = [
        b for b in rows
        if rules.may_remind(b.times, day_of(b.last) if b.last else None, today)
    ]  # fmt: skip
    found = standings([b.pk for b in ripe])
    made = [
        _reminder(b, b.times + 1, found[b.pk].left_fen, CLERK, at)
        for b in ripe
        if found[b.pk].left_fen > 0
    ]
    Reminder.all_rows.bulk_create(made)
    for one in made:
        _tell(one)
    return len(made)


@transaction.atomic
def remind(*, bill_id: int, by: Actor, at: datetime) -> Reminder:
    """机构再提醒一次：once a day at most, and only when the day is past."""
    if not by.may(ISSUE):
        raise NotFound
    bill = Bill.objects.visible_to(by.scope).filter(pk=bill_id).first()
    if bill is None:
        raise NotFound
    lock("reminders", 0)
    left = standings([bill.pk])[bill.pk].left_fen
    if not rules.is_overdue(bill.due_on, left, day_of(at)):
        raise DomainError("not-due", "这张账单没有逾期未缴的金额，不用提醒；请刷新页面查看")
    last = Reminder.all_rows.filter(bill=bill).order_by("-number").first()
    if last is not None and day_of(last.sent_at) == day_of(at):
        raise DomainError("reminded", "今天已经提醒过这位家长，没有重复提醒；可直接电话联系")
    made = _reminder(bill, last.number + 1 if last else 1, left, by.name, at)
    made.save(force_insert=True)
    _tell(made)
    return made


def _tell(one: Reminder) -> None:
    """告知监护人：in the digest, since money interrupts nobody."""
    bill = one.bill
    name = Child.all_rows.values_list("name", flat=True).get(pk=one.child_id)
    tell(
        kind="fee",
        users=guardian_users(one.child_id, day_of(one.sent_at)),
        title=f"{name}：{bill.month.month} 月账单过了缴费日，差 {yuan_grouped(one.left_fen)} 元",
        body=f"第 {one.number} 次提醒，{one.by_name}",
        url=f"/family/fees/{bill.pk}/",
        at=one.sent_at,
        child_id=one.child_id,
        institution_id=one.institution_id,
        region_code=one.region_code,
        key=f"bill:{bill.pk}:{one.number}",
    )
    push_live([f"child:{one.child_id}"], "bill")


def _reminder(bill: Bill, number: int, left_fen: int, by_name: str, at: datetime) -> Reminder:
    return Reminder(
        bill=bill,
        child_id=bill.child_id,
        institution_id=bill.institution_id,
        region_code=bill.region_code,
        number=number,
        left_fen=left_fen,
        sent_at=at,
        by_name=by_name,
    )
