"""出账：what was looked at is issued, once a month a child, never above the filed price."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.domains.billing.events import BillsIssued
from tuoyu.domains.billing.models import Bill, BillLine
from tuoyu.domains.billing.rules import proposed_due
from tuoyu.domains.billing.selectors.planning import Draft, PlannedBill, draft_month
from tuoyu.domains.billing.services.locking import lock
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import access_institution

ISSUE = "inst:fee:issue"


@dataclass(frozen=True)
class Issued:
    """发出的账单。"""

    count: int
    total_fen: int


@transaction.atomic
def issue_month(
    *,
    institution_id: int,
    month: date,
    child_ids: Collection[int],
    digest: str,
    by: Actor,
    at: datetime,
    due_on: date | None = None,
) -> Issued:
    """发出一个月的账单。``digest`` is that of the draft looked at; another one is refused.

    ``due_on`` is the last day on which to pay; None takes the proposed one.
    """
    if not by.may(ISSUE):
        raise NotFound
    institution = access_institution(by.scope, institution_id)
    today = clock.day_of(at)
    if month > today:  # last month's refunds are known only when it is over
        raise DomainError("too-early", f"{month:%Y-%m} 的账单 {month:%m-%d} 起可以发出")
    if due_on is not None and due_on < today:
        raise DomainError("due", f"缴费截止日 {due_on} 已过，没有发出；请改为今天或以后")
    lock("bills", institution.pk, month)
    draft = draft_month(by.scope, institution, month, today)
    rows = _wanted(draft, child_ids)
    if digest != draft.digest:
        raise DomainError(
            "stale",
            "草稿在您查看以后有变化（价格、在托、考勤，或同事刚刚出了账），没有发出；"
            "请刷新页面核对后再发",
        )
    return _write(institution, draft.month, rows, due_on or proposed_due(today), by, at)


def _wanted(draft: Draft, child_ids: Collection[int]) -> list[PlannedBill]:
    """选中的儿童；the first that may not be issued says why."""
    found = {r.child_id: r for r in draft.rows}
    if not child_ids:
        raise DomainError("nothing", "没有选中要出账的儿童，请勾选后再发")
    out = []
    for child in dict.fromkeys(child_ids):
        row = found.get(child)
        if row is None:
            raise NotFound
        if row.bill_id is not None:
            raise DomainError(
                "issued", f"{row.name} {draft.month:%Y-%m} 的账单已经发出，没有重复出账；请刷新页面"
            )
        if row.problems:
            raise DomainError("held", f"{row.name}：{row.problems[0]}")
        if row.is_ready:
            out.append(row)
    return out


def _write(
    institution: Institution,
    month: date,
    rows: list[PlannedBill],
    due_on: date,
    by: Actor,
    at: datetime,
) -> Issued:
    place = {"institution_id": institution.pk, "region_code": institution.region_code}
    bills = Bill.all_rows.bulk_create(
        Bill(
            child_id=r.child_id,
            class_group_id=r.class_group_id,
            class_type=r.class_type,
            form=r.form,
            month=month,
            due_on=due_on,
            issued_at=at,
            issued_by=by.user_id,
            issued_by_name=by.name,
            **place,
        )
        for r in rows
    )
    BillLine.all_rows.bulk_create(
        BillLine(
            bill=bill,
            child_id=row.child_id,
            for_month=line.for_month,
            kind=line.kind,
            item_kind=line.item_kind,
            label=line.label,
            unit=line.unit,
            quantity=line.quantity,
            unit_fen=line.unit_fen,
            filed_fen=line.filed_fen,
            cap_fen=line.cap_fen,
            amount_fen=line.amount_fen,
            why=line.why[:300],
            made_at=at,
            made_by=by.user_id,
            made_by_name=by.name,
            **place,
        )
        for bill, row in zip(bills, rows, strict=True)
        for line in row.lines
    )
    publish(BillsIssued(institution.pk, month, tuple(r.child_id for r in rows)))
    return Issued(len(rows), sum(r.total_fen for r in rows))
