"""每月草稿：computed from filed prices, enrolments, statuses and attendance; nothing is stored.

The digest names exactly what was shown, so that what is issued is what was looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from tuoyu.core import workdays
from tuoyu.core.money import yuan
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.billing import rules
from tuoyu.domains.billing.models import Bill, BillLine, Choice, ItemKind, LineKind, Unit
from tuoyu.domains.billing.selectors.caps import Cap, Caps, is_capped
from tuoyu.domains.billing.selectors.days import days_of, minutes_and_days
from tuoyu.domains.billing.selectors.late import charged_in, late_price
from tuoyu.domains.billing.selectors.prices import (
    Price,
    Tariff,
    refund_tiers,
    tariff_of,
    waiver_rules,
)
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.institutions.models import Institution, Recognition

USED = (ServiceForm.HOURLY, ServiceForm.TEMPORARY)


@dataclass(frozen=True)
class PlannedLine:
    """草稿的一行。"""

    kind: str
    item_kind: str
    label: str
    amount_fen: int
    why: str
    for_month: date
    unit: str = ""
    quantity: int | None = None
    unit_fen: int | None = None
    filed_fen: int | None = None
    cap_fen: int | None = None


@dataclass
class PlannedBill:
    """一名儿童的草稿。``problems`` hold it back; ``changes`` are the difference to last month."""

    child_id: int
    name: str
    class_group_id: int | None
    class_name: str
    class_type: str
    form: str
    lines: list[PlannedLine] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    last_fen: int | None = None
    bill_id: int | None = None

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def diff_fen(self) -> int | None:
        """比上月多（少）多少；None without a bill last month."""
        return None if self.last_fen is None else self.total_fen - self.last_fen

    @property
    def is_ready(self) -> bool:
        return not self.problems and self.bill_id is None and bool(self.lines)


@dataclass(frozen=True)
class Draft:
    """一个月的草稿。"""

    month: date
    rows: list[PlannedBill]
    cap: Cap

    @property
    def ready(self) -> list[PlannedBill]:
        return [r for r in self.rows if r.is_ready]

    @property
    def digest(self) -> str:
        """所见即所发：over every line that would be issued."""
        told: list[Any] = [
            [r.child_id, r.class_group_id, r.form, [_told(line) for line in r.lines]]
            for r in sorted(self.ready, key=lambda r: r.child_id)
        ]
        text = json.dumps([self.month.isoformat(), told], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _told(line: PlannedLine) -> list[Any]:
    return [line.kind, line.item_kind, line.amount_fen, line.for_month.isoformat()]


def is_inclusive(institution_id: int, on: date) -> bool:
    """某日是否普惠机构。"""
    rows = Recognition.objects.unscoped(reason="机构信息公开")
    return rows.filter(institution_id=institution_id, period__contains=on).exists()


def draft_month(scope: Scope, institution: Institution, month: date, today: date) -> Draft:
    """本机构一个月的草稿。"""
    return _Desk(scope, institution, month, today).draft()


class _Desk:
    """编草稿：everything read once for the whole institution."""

    def __init__(self, scope: Scope, institution: Institution, month: date, today: date) -> None:
        self.scope, self.institution, self.month, self.today = scope, institution, month, today
        self.end, self.before = add_months(month, 1), add_months(month, -1)
        self.workdays = workdays.days_of(month)
        self.tariff: Tariff = tariff_of(institution.pk, month)
        self.cap = Caps(month, today).of(
            inclusive=is_inclusive(institution.pk, month), unit_code=institution.unit_code
        )
        self.stays = self._stays()
        self.issued = self._bills(month)
        self.last = self._bills(self.before)
        self.last_lines = self._lines(self.last)
        ids = set(self.stays) | set(self.last)
        self.names = names_of_enrolled(scope, ids)
        self.chosen = self._chosen(ids)
        self.statuses = self._statuses(ids)
        self.waivers = waiver_rules(institution.pk, month)
        self.tiers = refund_tiers(institution.pk, self.before) if month <= today else {}
        self.refunded = self._refunded()
        self.days = days_of(institution.pk, self.before, today) if self.tiers else {}
        used = any(e.form in USED for e in self.stays.values())
        self.usage = minutes_and_days(institution.pk, month) if used else {}
        self.late = charged_in(institution.pk, month)

    def draft(self) -> Draft:
        """全部儿童，by class and name; one who has left is there only with a refund."""
        rows = [self._child(e) for e in self.stays.values()]
        for child, bill in self.last.items():
            if child not in self.stays:
                row = self._left(bill)
                if row.lines or row.problems:
                    rows.append(row)
        rows.sort(key=lambda r: (r.class_group_id or 0, r.name, r.child_id))
        return Draft(self.month, rows, self.cap)

    def _stays(self) -> dict[int, Enrolment]:
        """当月在托：the first enrolment of the month at this institution."""
        rows = Enrolment.objects.visible_to(self.scope).filter(
            institution_id=self.institution.pk, period__overlap=(self.month, self.end)
        )
        out: dict[int, Enrolment] = {}
        for e in rows.select_related("class_group").order_by("period", "id"):
            out.setdefault(e.child_id, e)
        return out

    def _bills(self, month: date) -> dict[int, Bill]:
        rows = Bill.objects.visible_to(self.scope).filter(
            institution_id=self.institution.pk, month=month
        )
        return {b.child_id: b for b in rows}

    def _lines(self, bills: dict[int, Bill]) -> dict[int, list[BillLine]]:
        out: dict[int, list[BillLine]] = defaultdict(list)
        rows = BillLine.objects.visible_to(self.scope)
        for line in rows.filter(bill__in=[b.pk for b in bills.values()]).order_by("id"):
            out[line.child_id].append(line)
        return out

    def _chosen(self, ids: set[int]) -> dict[int, dict[str, date]]:
        rows = Choice.objects.visible_to(self.scope).filter(
            institution_id=self.institution.pk, child_id__in=ids, from_on__lt=self.end
        )
        out: dict[int, dict[str, date]] = defaultdict(dict)
        for c in rows.filter(Q(to_on=None) | Q(to_on__gt=self.month)):
            out[c.child_id][c.kind] = c.from_on
        return out

    def _statuses(self, ids: set[int]) -> dict[int, list[str]]:
        """已核验、当月有效的特殊家庭身份。"""
        rows = SpecialStatus.objects.visible_to(self.scope).filter(
            child_id__in=ids, verified_at__isnull=False, from_on__lt=self.end
        )
        out: dict[int, list[str]] = defaultdict(list)
        for s in rows.filter(Q(to_on=None) | Q(to_on__gt=self.month)):
            out[s.child_id].append(s.kind)
        return out

    def _refunded(self) -> set[tuple[int, str]]:
        """上月已退过的项目，whichever bill it stands in."""
        rows = BillLine.objects.visible_to(self.scope).filter(
            institution_id=self.institution.pk, for_month=self.before, kind=LineKind.REFUND
        )
        sums = rows.order_by().values_list("child_id", "item_kind").annotate(n=Sum("amount_fen"))
        return {(child, kind) for child, kind, _ in sums}

    def _child(self, e: Enrolment) -> PlannedBill:
        group = e.class_group
        row = self._row(e.child_id, group.pk, group.name, group.class_type, e.form)
        if row.bill_id is not None:
            return row
        self._care(row, e)
        chosen = self.chosen.get(e.child_id, {})
        for price in self.tariff.others(group.class_type, e.form, frozenset(chosen)):
            self._other(row, e, price, chosen.get(price.kind))
        self._late(row)
        self._waive(row)
        self._refund(row)
        row.changes = self._changes(row)
        return row

    def _left(self, bill: Bill) -> PlannedBill:
        row = self._row(bill.child_id, bill.class_group_id, "已离园", bill.class_type, bill.form)
        if row.bill_id is None:
            self._refund(row)
        return row

    def _row(
        self, child: int, group: int | None, class_name: str, class_type: str, form: str
    ) -> PlannedBill:
        issued, last = self.issued.get(child), self.last_lines.get(child)
        row = PlannedBill(child, self.names.get(child, "儿童"), group, class_name, class_type, form)
        row.bill_id = None if issued is None else issued.pk
        if last:
            kept = (LineKind.CHARGE, LineKind.WAIVER, LineKind.REFUND)
            row.last_fen = sum(line.amount_fen for line in last if line.kind in kept)
        return row

    def _care(self, row: PlannedBill, e: Enrolment) -> None:
        price = self.tariff.care(row.class_type, e.form)
        form = ServiceForm(e.form).label
        if price is None:
            row.problems.append(f"没有备案的{form}保育费，不能收费；请先办理收费备案")
            return
        if e.form in USED:
            self._used(row, price)
            return
        late = ""
        if e.period.lower and e.period.lower > self.month:
            late = f"；{e.period.lower:%m-%d} 入托，没有备案不足月的办法，按整月计"
        self._charge(row, price, e.monthly_fen, 1, late)

    def _used(self, row: PlannedBill, price: Price) -> None:
        """计时托、临时托：by what was used, once the month is over."""
        if self.today < self.end:
            row.problems.append(f"{price.form_title}按实际使用计费，{self.end:%m-%d} 起出账")
            return
        use = self.usage.get(row.child_id)
        if use is None:
            return
        if use.open_days:
            row.problems.append(f"有 {use.open_days} 天没有完整的到离时间，请先更正考勤")
            return
        quantity = use.minutes if price.unit == Unit.HOUR else use.days
        if quantity:
            self._charge(row, price, price.price_fen, quantity)

    def _other(self, row: PlannedBill, e: Enrolment, price: Price, since: date | None) -> None:
        if price.unit == Unit.ONCE and (since is None or since < self.month):
            return
        quantity = 1
        if price.unit == Unit.DAY:
            quantity = sum(day in e.period for day in self.workdays)
        if price.unit == Unit.HOUR or not quantity:
            return
        self._charge(row, price, price.price_fen, quantity)

    def _late(self, row: PlannedBill) -> None:
        """晚接：the minutes that a person decided to charge, with their days."""
        found, price = self.late.get(row.child_id, []), late_price(self.tariff, row.class_type)
        if found and price is None:
            row.problems.append("有已决定收取的晚接，但没有按小时或按次备案的延时服务费")
        elif price is not None and found:
            quantity = sum(x.minutes or 0 for x in found) if price.unit == Unit.HOUR else len(found)
            days = "、".join(f"{x.day:%m-%d} {x.minutes} 分" for x in found)
            self._charge(row, price, price.price_fen, quantity, f"；晚接 {days}")

    def _charge(
        self, row: PlannedBill, price: Price, unit_fen: int, quantity: int, more: str = ""
    ) -> None:
        cap = self.cap if is_capped(price.kind, price.form, price.unit) else None
        label = price.title
        if unit_fen > price.price_fen:
            row.problems.append(rules.above_filed(label, unit_fen, price.price_fen))
        if cap is not None and cap.fen is not None and unit_fen > cap.fen:
            row.problems.append(rules.above_cap(label, unit_fen, cap.fen))
        found = rules.charge(price.unit, unit_fen, quantity)
        filed = f"备案价 {price.words}，{price.from_on:%Y-%m-%d} 起"
        row.lines.append(
            PlannedLine(
                kind=LineKind.CHARGE,
                item_kind=price.kind,
                label=f"{price.form_title}{label}" if price.form != "full_day" else label,
                amount_fen=found.fen,
                why=f"{found.why}（{filed}{more}）",
                for_month=self.month,
                unit=price.unit,
                quantity=quantity,
                unit_fen=unit_fen,
                filed_fen=price.price_fen,
                cap_fen=cap.fen if cap else None,
            )
        )

    def _waive(self, row: PlannedBill) -> None:
        """特殊家庭减免：of several statuses the one with the largest waiver, once a month."""
        care = sum(line.amount_fen for line in row.lines if line.item_kind == ItemKind.CARE)
        open_to = [
            self.waivers[s] for s in self.statuses.get(row.child_id, ()) if s in self.waivers
        ]
        if not open_to:
            return
        rule = max(open_to, key=lambda r: (r.monthly_fen, r.status_kind))
        reason = SpecialStatus.Kind(rule.status_kind).label
        found = rules.waive(care, rule.monthly_fen, f"{reason}，身份已核验；{rule.document}")
        if found is not None:
            row.lines.append(
                PlannedLine(
                    LineKind.WAIVER,
                    ItemKind.CARE,
                    f"{reason}减免",
                    found.fen,
                    found.why,
                    self.month,
                )
            )

    def _refund(self, row: PlannedBill) -> None:
        """上月退费：by the filed table; with days still open the whole bill waits."""
        last = self.last_lines.get(row.child_id, [])
        for charge in (c for c in last if c.kind == LineKind.CHARGE):
            tiers = self.tiers.get(charge.item_kind)
            if tiers is None or (row.child_id, charge.item_kind) in self.refunded:
                continue
            days = self.days.get(row.child_id)
            if days is None or days.open_days:
                n = days.open_days if days else "若干"
                text = f"{self.before.month} 月有 {n} 天考勤待核，核清后才能算退费"
                if text not in row.problems:
                    row.problems.append(text)
                continue
            owed = sum(c.amount_fen for c in last if c.item_kind == charge.item_kind
                       and c.for_month == self.before)  # fmt: skip
            found = rules.refund(
                tiers, days, unit=charge.unit, unit_fen=charge.unit_fen or 0, owed_fen=owed
            )
            if found is not None:
                row.lines.append(
                    PlannedLine(
                        LineKind.REFUND,
                        charge.item_kind,
                        f"{self.before.month} 月{charge.label}退费",
                        found.fen,
                        found.why,
                        self.before,
                    )
                )

    def _changes(self, row: PlannedBill) -> list[str]:
        """与上月的差异，item by item."""
        last = self.last_lines.get(row.child_id)
        if not last:
            return ["上月没有账单"]
        old: dict[str, int] = defaultdict(int)
        for line in last:
            if line.kind in (LineKind.CHARGE, LineKind.WAIVER):
                old[line.label] += line.amount_fen
        new: dict[str, int] = defaultdict(int)
        for planned in row.lines:
            new[planned.label] += planned.amount_fen
        out = []
        for label in dict.fromkeys([*old, *new]):
            a, b = old.get(label), new.get(label)
            if a == b:
                continue
            if a is None:
                out.append(f"新增 {label} {yuan(b or 0)}")
            elif b is None:
                out.append(f"不再有 {label}（上月 {yuan(a)}）")
            else:
                out.append(f"{label} {yuan(a)} → {yuan(b)}")
        return out
