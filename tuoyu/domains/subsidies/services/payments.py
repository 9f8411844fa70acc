"""拨付批：prepared with declared totals, released by another who enters them again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases.batch import move_all
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.subsidies.catalogue import STATEMENT
from tuoyu.domains.subsidies.models import PaymentBatch, Statement
from tuoyu.domains.subsidies.selectors.payments import (
    Totals,
    access_batch,
    find_payable,
    sum_of_lines,
    totals_of,
)


@transaction.atomic
def prepare(
    *,
    rule_id: str,
    month: date,
    declared_count: int,
    declared_total_fen: int,
    region_code: str,
    by: Actor,
    at: datetime,
) -> PaymentBatch:
    """编制拨付批：all approved statements up to the month; the declared totals must agree."""
    if by.user_id is None or not by.may("subsidy:payment:prepare"):
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["payment"])
    payable = find_payable(by.scope, rule_id, month)
    if not payable.statements:
        raise DomainError("nothing", f"截至 {month:%Y-%m} 没有待拨付的结算单，请先完成市级审批")
    _agree(payable.totals, declared_count, declared_total_fen)
    batch = PaymentBatch.all_rows.create(
        rule=rule_id,
        month=month,
        region_code=region_code,
        number=_number(month),
        prepared_at=at,
        prepared_by=by.user_id,
        prepared_by_name=by.name,
        declared_count=declared_count,
        declared_total_fen=declared_total_fen,
    )
    ids = [s.pk for s in payable.statements]
    taken = Statement.all_rows.filter(pk__in=ids, batch=None).update(batch=batch)
    if taken != len(ids):
        raise DomainError("taken", "有结算单刚被编入另一批，本次没有编制，请刷新后重做")
    return batch


@transaction.atomic
def release(*, batch_id: int, count: int, total_fen: int, by: Actor, at: datetime) -> PaymentBatch:
    """拨付：another person enters the totals again; they must agree with batch and lines."""
    if by.user_id is None or not by.may("subsidy:payment:release"):
        raise NotFound
    batch = access_batch(by.scope, batch_id, lock=True)
    if batch.released_at is not None:
        raise DomainError("released", f"批次 {batch.number} 已经拨付，没有重复处理")
    if batch.prepared_by == by.user_id:
        raise DomainError("same-person", "编制人不能拨付自己编制的批次，请由另一位拨付岗办理")
    totals = totals_of(batch)
    _agree(totals, count, total_fen)
    if (totals.count, totals.total_fen) != (batch.declared_count, batch.declared_total_fen):
        raise DomainError("changed", f"批次 {batch.number} 的内容与编制时申报不符，请重新编制")
    if sum_of_lines(batch) != totals.total_fen:
        raise DomainError("lines", f"批次 {batch.number} 的合计与逐人明细之和不符，请先重放核对")
    found = Case.objects.visible_to(by.scope).filter(
        type=STATEMENT.code, subject_id__in=batch.statements.values("pk")
    )
    move_all(
        type_code=STATEMENT.code,
        case_ids=list(found.values_list("pk", flat=True)),
        name="pay",
        by=by,
        at=at,
        opinion=f"批次 {batch.number}",
    )
    batch.released_at, batch.released_by, batch.released_by_name = at, by.user_id, by.name
    batch.save(update_fields=["released_at", "released_by", "released_by_name"])
    return batch


@transaction.atomic
def withdraw(*, batch_id: int, by: Actor) -> None:
    """撤回未拨付的批次：its statements wait again."""
    if not by.may("subsidy:payment:prepare"):
        raise NotFound
    batch = access_batch(by.scope, batch_id, lock=True)
    if batch.released_at is not None:
        raise DomainError("released", f"批次 {batch.number} 已经拨付，不能撤回")
    batch.statements.update(batch=None)
    batch.delete()


def _agree(totals: Totals, count: int, total_fen: int) -> None:
    """The figure in the books is not given away: the clerk must find his own mistake."""
    if totals.count != count:
        raise DomainError(
            "count", f"申报 {count} 笔，与应付机构数不符，没有办理；请核对结算单后重新填写"
        )
    if totals.total_fen != total_fen:
        raise DomainError(
            "total",
            f"申报合计 {yuan_grouped(total_fen)} 元，与结算单合计不符，没有办理；请核对后重新填写",
        )


def _number(month: date) -> str:
    made = PaymentBatch.all_rows.filter(number__startswith=f"BF{month:%Y%m}-")
    last = made.order_by("-number").values_list("number", flat=True).first()
    return f"BF{month:%Y%m}-{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03d}"
