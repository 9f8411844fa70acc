"""资金绩效：execution, timeliness and accuracy against the goals that somebody has set.

All three are read off the ledger: what was paid of the budget; how many working days lay between
the commitment (承诺) and the bank's payment; how many payments had to be claimed back in part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import connection

from tuoyu.core import clock, workdays
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.engine import FundGoal, Funds

QUARTERS = ((1, 1), (2, 4), (3, 7), (4, 10))
_SCOPE = "l.year = %(year)s AND l.region_code >= %(lo)s AND l.region_code < %(hi)s"
_MONEY = f"""
SELECT l.programme, l.unit_code,
    coalesce(sum(CASE WHEN d.kind = 'available' AND c.kind = 'source' THEN e.amount_fen
        WHEN d.kind = 'source' AND c.kind = 'available' THEN -e.amount_fen END), 0)::bigint,
    coalesce(sum(CASE WHEN d.kind = 'paid' THEN e.amount_fen
        WHEN c.kind = 'paid' THEN -e.amount_fen END), 0)::bigint
FROM funds_entry e
JOIN funds_transfer t ON t.id = e.transfer_id
JOIN funds_account d ON d.id = e.debit_id
JOIN funds_account c ON c.id = e.credit_id
JOIN funds_budgetline l ON l.id = d.line_id
WHERE {_SCOPE} AND t.at < %(until)s
GROUP BY l.programme, l.unit_code
"""  # noqa: S608 – only the constant above is put in
_PAYMENTS = f"""
WITH paid AS (
    SELECT t.subject, max(t.at) AS at, sum(t.amount_fen) AS fen FROM funds_transfer t
    WHERE t.kind = 'settle' GROUP BY t.subject
), promised AS (
    SELECT t.subject, max(t.at) AS at FROM funds_transfer t WHERE t.kind = 'commit' GROUP BY 1
), claimed AS (
    SELECT t.subject, sum(CASE t.kind WHEN 'claim' THEN t.amount_fen ELSE -t.amount_fen END) AS fen
    FROM funds_transfer t WHERE t.kind IN ('claim', 'unclaim') GROUP BY 1
), owner AS (
    SELECT DISTINCT p.subject, l.programme, l.unit_code FROM funds_position p
    JOIN funds_account a ON a.id = p.account_id AND a.kind = 'paid'
    JOIN funds_budgetline l ON l.id = a.line_id WHERE {_SCOPE}
)
SELECT o.programme, o.unit_code, (m.at AT TIME ZONE 'Asia/Shanghai')::date,
    coalesce(r.settled_on, (p.at AT TIME ZONE 'Asia/Shanghai')::date) AS settled_on,
    count(*), sum(p.fen)::bigint, count(*) FILTER (WHERE c.fen > 0),
    coalesce(sum(c.fen), 0)::bigint
FROM owner o
JOIN paid p ON p.subject = o.subject
JOIN promised m ON m.subject = o.subject
LEFT JOIN claimed c ON c.subject = o.subject
LEFT JOIN funds_order r ON r.key = o.subject
WHERE p.at >= %(since)s AND p.at < %(until)s
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 – only the constant above is put in


@dataclass(frozen=True)
class Span:
    """统计期：a year or one of its quarters, half-open."""

    year: int
    quarter: int = 0

    @property
    def start(self) -> datetime:
        return clock.at(date(self.year, dict(QUARTERS).get(self.quarter, 1), 1))

    @property
    def end(self) -> datetime:
        if self.quarter in (0, 4):
            return clock.at(date(self.year + 1, 1, 1))
        return clock.at(date(self.year, dict(QUARTERS)[self.quarter + 1], 1))


@dataclass
class Score:
    """一个项目（或单位）的绩效；missing parts are None, never zero."""

    programmes: set[str] = field(default_factory=set)
    budget_fen: int = 0
    paid_fen: int = 0
    payments: int = 0
    settled_fen: int = 0
    corrected: int = 0
    corrected_fen: int = 0
    days: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def execution(self) -> Fraction | None:
        """预算执行率：已付 ÷ 预算。"""
        return Fraction(self.paid_fen, self.budget_fen) if self.budget_fen else None

    @property
    def accuracy(self) -> Fraction | None:
        """准确率：付后没有更正的笔数 ÷ 付讫笔数。"""
        return 1 - Fraction(self.corrected, self.payments) if self.payments else None

    @property
    def average_days(self) -> Fraction | None:
        """从承诺到付讫的平均工作日。"""
        if not self.payments:
            return None
        return Fraction(sum(d * n for (_, d), n in self.days.items()), self.payments)

    def timeliness(self, funds: Funds) -> Fraction | None:
        """及时率：在承诺工作日内付讫的笔数 ÷ 有承诺的笔数；nobody promised: None."""
        promised = within = 0
        for (programme, days), count in self.days.items():
            goal = funds.goal("timeliness", programme)
            if goal is not None and goal.days is not None:
                promised += count
                within += count if days <= goal.days else 0
        return Fraction(within, promised) if promised else None

    def goal(self, funds: Funds, measure: str) -> FundGoal | None:
        """适用的目标：only when all programmes of the row share it."""
        found = [funds.goal(measure, p) for p in sorted(self.programmes)]
        first = found[0] if found else None
        return first if all(g is first for g in found) else None


def scores(scope: Scope, span: Span, by: str) -> dict[str, Score]:
    """绩效，按项目或单位。Money is counted to the end of the span, payments within it."""
    if scope.kind not in ("region", "system"):
        return {}
    params: dict[str, Any] = {
        "year": span.year,
        "since": span.start,
        "until": span.end,
        "lo": scope.region_prefix,
        "hi": scope.region_upper if scope.region_prefix else "~",
    }
    out: dict[str, Score] = defaultdict(Score)
    place = 0 if by == "programme" else 1
    for row in _rows(_MONEY, params):
        score = out[row[place]]
        score.programmes.add(row[0])
        score.budget_fen += row[2]
        score.paid_fen += row[3]
    for row in _rows(_PAYMENTS, params):
        score = out[row[place]]
        score.programmes.add(row[0])
        score.payments += row[4]
        score.settled_fen += row[5]
        score.corrected += row[6]
        score.corrected_fen += row[7]
        score.days[row[0], workdays.between(row[2], row[3])] += row[4]
    return dict(sorted(out.items()))


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
