"""账单的成批写入：the same arithmetic as the draft (``billing.rules``), by COPY."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from tuoyu.core import workdays
from tuoyu.core.periods import add_months
from tuoyu.domains.billing import rules
from tuoyu.domains.billing.models import WaiverRule
from tuoyu.domains.billing.selectors.caps import Cap, Caps
from tuoyu.domains.billing.selectors.prices import Price, Tariff, tariffs
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.sim.tables import copy_rows, set_sequences

_STAYS = """
SELECT DISTINCT ON (e.institution_id, e.child_id) e.institution_id, e.child_id, e.region_code,
    e.class_group_id, g.class_type, e.monthly_fen, lower(e.period), upper(e.period),
    i.unit_code, r.id IS NOT NULL
FROM enrolment_enrolment e
JOIN institutions_classgroup g ON g.id = e.class_group_id
JOIN institutions_institution i ON i.id = e.institution_id
LEFT JOIN institutions_recognition r ON r.institution_id = i.id AND r.period @> %(lo)s::date
WHERE e.period && daterange(%(lo)s, %(hi)s) AND e.form = 'full_day'
    AND e.institution_id = ANY (%(ids)s)
ORDER BY e.institution_id, e.child_id, lower(e.period)
"""
_AWAY = """
SELECT s.institution_id, s.child_id, count(*) FILTER (WHERE s.status = 1),
    count(*) FILTER (WHERE s.status = 2), count(*) FILTER (WHERE s.status = 3),
    count(*) FILTER (WHERE s.status IS NULL)
FROM attendance_daysheet s
WHERE s.day >= %(lo)s AND s.day < %(hi)s AND s.institution_id = ANY (%(ids)s)
GROUP BY 1, 2
"""
_STATUSES = """
SELECT child_id, kind FROM children_specialstatus
WHERE verified_at IS NOT NULL AND from_on < %(hi)s AND (to_on IS NULL OR to_on > %(lo)s)
"""
_LAST = """
SELECT institution_id, child_id, unit_fen, amount_fen FROM billing_billline
WHERE for_month = %(lo)s AND kind = 'charge' AND item_kind = 'meal'
    AND institution_id = ANY (%(ids)s)
"""
_BILL = ("id", "child_id", "institution_id", "region_code", "class_group_id", "class_type", "form",
         "month", "due_on", "issued_at", "issued_by_name")  # fmt: skip
_LINE = ("bill_id", "child_id", "institution_id", "region_code", "for_month", "kind", "item_kind",
         "label", "unit", "quantity", "unit_fen", "filed_fen", "cap_fen", "amount_fen", "why",
         "made_at", "made_by_name")  # fmt: skip
BY = "园长（虚构）"
Row = tuple[Any, ...]


def _all(sql: str, ids: Sequence[int], lo: date) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids), "lo": lo, "hi": add_months(lo, 1)})
        return list(cursor.fetchall())


def write_bills(ids: Sequence[int], month: date, at: datetime, today: date) -> None:
    """一批机构一个月的账单：care, meals, the waiver, last month's meals given back."""
    page = _Month(ids, month, at, today)
    bills: list[Row] = []
    lines: list[Row] = []
    for number, stay in enumerate(_all(_STAYS, ids, month), _next_id()):
        found = page.lines(number, stay)
        if found:
            inst, child, region, group, kind = stay[:5]
            due = rules.proposed_due(at.date())
            bills.append((number, child, inst, region, group, kind, "full_day", month, due, at, BY))
            lines += found
    copy_rows("billing_bill", _BILL, bills)
    copy_rows("billing_billline", _LINE, lines)
    set_sequences(["billing_bill"])


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM billing_bill")
        return int(cursor.fetchone()[0])


class _Month:
    """一个月要用的数，read once."""

    def __init__(self, ids: Sequence[int], month: date, at: datetime, today: date) -> None:
        self.month, self.at, self.before = month, at, add_months(month, -1)
        self.tariffs: dict[int, Tariff] = tariffs(ids, month)
        self.caps = Caps(month, today)
        self.known: dict[tuple[str, bool], Cap] = {}
        self.days = workdays.days_of(month)
        self.planned = len(workdays.days_of(self.before))
        self.statuses: dict[int, list[str]] = defaultdict(list)
        for child, kind in _all(_STATUSES, ids, month):
            self.statuses[child].append(kind)
        self.waivers: dict[int, dict[str, WaiverRule]] = defaultdict(dict)
        for rule in WaiverRule.all_rows.filter(institution_id__in=ids).order_by("id"):
            self.waivers[rule.institution_id][rule.status_kind] = rule
        self.away = {(r[0], r[1]): r[2:] for r in _all(_AWAY, ids, self.before)}
        self.last = {(r[0], r[1]): r[2:] for r in _all(_LAST, ids, self.before)}

    def lines(self, bill: int, stay: Row) -> list[Row]:
        """一张账单的行；none when the price may not be charged or days are still open."""
        inst, child, region, _, kind, fee, start, end, unit, inclusive = stay
        care = self.tariffs[inst].care(kind, "full_day")
        cap = self._cap(unit, inclusive)
        away = self.away.get((inst, child))
        if care is None or fee > care.price_fen or cap.refuses(fee) or (away and away[3]):
            return []
        head = (bill, child, inst, region)
        out = [self._charge(head, care, fee, 1, cap.fen)]
        for price in self.tariffs[inst].others(kind, "full_day", frozenset()):
            count = sum(start <= d and (end is None or d < end) for d in self.days)
            if count:
                out.append(self._charge(head, price, price.price_fen, count, None))
        out += self._waiver(head, fee)
        out += self._refund(head, away)
        return out

    def _cap(self, unit: str, inclusive: bool) -> Cap:
        key = (unit, inclusive)
        if key not in self.known:
            self.known[key] = self.caps.of(inclusive=inclusive, unit_code=unit)
        return self.known[key]

    def _charge(self, head: Row, p: Price, fen: int, count: int, cap: int | None) -> Row:
        found = rules.charge(p.unit, fen, count)
        why = f"{found.why}（备案价 {p.words}，{p.from_on:%Y-%m-%d} 起）"
        return (*head, self.month, "charge", p.kind, p.title, p.unit, count, fen, p.price_fen, cap,
                found.fen, why, self.at, BY)  # fmt: skip

    def _waiver(self, head: Row, fee: int) -> list[Row]:
        mine = self.waivers.get(head[2], {})
        open_to = [mine[s] for s in self.statuses.get(head[1], ()) if s in mine]
        if not open_to:
            return []
        rule = max(open_to, key=lambda r: (r.monthly_fen, r.status_kind))
        reason = SpecialStatus.Kind(rule.status_kind).label
        found = rules.waive(fee, rule.monthly_fen, f"{reason}，身份已核验；{rule.document}")
        if found is None:
            return []
        return [(*head, self.month, "waiver", "care", f"{reason}减免", "", None, None, None, None,
                 found.fen, found.why, self.at, BY)]  # fmt: skip

    def _refund(self, head: Row, away: Row | None) -> list[Row]:
        last = self.last.get((head[2], head[1]))
        if last is None or away is None:
            return []
        days = rules.Days(self.planned, away[0], away[1], away[2], 0)
        tiers = [rules.Tier("absent_day", 100)]
        found = rules.refund(tiers, days, unit="day", unit_fen=last[0], owed_fen=last[1])
        if found is None:
            return []
        return [(*head, self.before, "refund", "meal", f"{self.before.month} 月伙食费退费", "",
                 None, None, None, None, found.fen, found.why, self.at, BY)]  # fmt: skip
