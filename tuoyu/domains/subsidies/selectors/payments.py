"""拨付的读取：what may be paid, what a batch holds, control totals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection, models
from django.db.models import OuterRef, Subquery

from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.subsidies.models import PaymentBatch, Statement
from tuoyu.domains.subsidies.states import PAY, TYPE


@dataclass(frozen=True)
class Totals:
    """控制总数：how many institutions are paid, and how much together."""

    count: int
    total_fen: int


@dataclass(frozen=True)
class Payable:
    """可拨付的结算单；``held`` institutions owe more than they are due (待抵扣)."""

    statements: list[Statement]
    totals: Totals
    held: list[Payee]


@dataclass(frozen=True)
class Payee:
    """收款机构。"""

    institution_id: int
    name: str
    region_code: str
    statements: int
    people: int
    net_fen: int


def list_batches(scope: Scope) -> models.QuerySet[PaymentBatch]:
    """拨付批，新的在前。"""
    return PaymentBatch.objects.visible_to(scope).order_by("-prepared_at")


def list_to_release(scope: Scope, user_id: int | None) -> list[PaymentBatch]:
    """编好而未拨付、不是本人编制的批，先编的在前。"""
    rows = PaymentBatch.objects.visible_to(scope).filter(released_at=None)
    if user_id is not None:
        rows = rows.exclude(prepared_by=user_id)
    return list(rows.order_by("prepared_at"))


def access_batch(scope: Scope, batch_id: int, *, lock: bool = False) -> PaymentBatch:
    """取一批。"""
    rows = PaymentBatch.objects.visible_to(scope)
    found = (rows.select_for_update() if lock else rows).filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def find_payable(scope: Scope, rule_id: str, month: date) -> Payable:
    """截至某月待拨付、尚未编批的结算单；an institution that owes is left for later."""
    waiting = Case.objects.visible_to(scope).filter(type=TYPE, state=PAY)
    rows = list(
        _named(
            Statement.objects.visible_to(scope).filter(
                run__rule=rule_id,
                month__lte=month,
                batch=None,
                pk__in=waiting.values("subject_id"),
            )
        )
    )
    owing = [p for p in payees(rows) if p.net_fen < 0]
    held = {p.institution_id for p in owing}
    kept = [s for s in rows if s.institution_id not in held]
    return Payable(kept, _totals(kept), owing)


def latest_payable_month(scope: Scope) -> date | None:
    """有待拨付结算单的最近月份。"""
    waiting = Case.objects.visible_to(scope).filter(type=TYPE, state=PAY)
    rows = Statement.objects.visible_to(scope).filter(
        batch=None, pk__in=waiting.values("subject_id")
    )
    return rows.order_by("-month").values_list("month", flat=True).first()


def totals_of(batch: PaymentBatch) -> Totals:
    """一批的控制总数，由其结算单算得。"""
    return _totals(list(batch.statements.all()))


def list_payees(batch: PaymentBatch) -> list[Payee]:
    """一批的收款机构。"""
    return payees(list(_named(Statement.all_rows.filter(batch=batch))))


def sum_of_lines(batch: PaymentBatch) -> int:
    """一批的逐人明细之和。"""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(l.delta_fen), 0)::bigint FROM subsidies_statement s
            JOIN subsidies_line l ON l.run_id = s.run_id AND l.institution_id = s.institution_id
            WHERE s.batch_id = %s""",
            [batch.pk],
        )
        return int(cursor.fetchone()[0])


def _named(rows: models.QuerySet[Statement]) -> models.QuerySet[Statement]:
    named = Institution.objects.unscoped(reason="机构信息公开").filter(
        pk=OuterRef("institution_id")
    )
    return rows.annotate(institution_name=Subquery(named.values("name")[:1])).order_by(
        "region_code", "institution_id", "pk"
    )


def _totals(rows: list[Statement]) -> Totals:
    net: dict[int, int] = defaultdict(int)
    for s in rows:
        net[s.institution_id] += s.total_fen
    return Totals(sum(fen > 0 for fen in net.values()), sum(net.values()))


def payees(rows: list[Statement]) -> list[Payee]:
    """按机构轧差：one line each, whatever the number of its statements."""
    found: dict[int, list[Statement]] = defaultdict(list)
    for s in rows:
        found[s.institution_id].append(s)
    return [
        Payee(
            institution_id,
            getattr(own[0], "institution_name", ""),
            own[0].region_code,
            len(own),
            sum(s.paid_lines for s in own),
            sum(s.total_fen for s in own),
        )
        for institution_id, own in found.items()
    ]
