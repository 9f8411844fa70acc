"""付款的读取：what waits, what a batch holds, who is paid and what is owed back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Q, Sum

from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.funds.models import (
    BankReturn,
    Batch,
    Instruction,
    Order,
    PayeeAccount,
    Receivable,
)
from tuoyu.domains.funds.models.payments import (
    AccountState,
    InstructionState,
    OrderState,
    PayeeKind,
)
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.regions.selectors import city_region

TREASURY_ID = 0  # the city pays from one account


@dataclass(frozen=True)
class Totals:
    """控制总数：笔数与合计。"""

    count: int
    total_fen: int


@dataclass(frozen=True)
class Payable:
    """可编批的付款单及其账户。"""

    order: Order
    account_id: int


@dataclass(frozen=True)
class Waiting:
    """待拨付：``blocked`` orders have no confirmed account yet."""

    payable: list[Payable]
    blocked: list[Order]

    @property
    def totals(self) -> Totals:
        return Totals(len(self.payable), sum(p.order.net_fen for p in self.payable))


# ── 收款账户 ──


def account_of(kind: str, payee_id: int) -> PayeeAccount | None:
    """在用的账户。"""
    return PayeeAccount.all_rows.filter(
        payee_kind=kind, payee_id=payee_id, state=AccountState.IN_USE
    ).first()


def account_ids(owners: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """在用账户的编号，按收款方。"""
    wanted = set(owners)
    rows = PayeeAccount.all_rows.filter(
        state=AccountState.IN_USE, payee_id__in={owner_id for _, owner_id in wanted}
    )
    found = rows.values_list("payee_kind", "payee_id", "pk")
    return {(kind, owner): pk for kind, owner, pk in found if (kind, owner) in wanted}


def list_accounts(scope: Scope) -> models.QuerySet[PayeeAccount]:
    """收款账户，待复核的在前（账号不取出）。"""
    rows = PayeeAccount.objects.visible_to(scope).exclude(state=AccountState.ENDED)
    return rows.defer("account").order_by(
        models.Case(models.When(state=AccountState.PROPOSED, then=0), default=1),
        "region_code",
        "holder",
        "pk",
    )


# ── 付款单 ──


def list_orders(
    scope: Scope, *, programme: str = "", unit_code: str = "", state: str = "", payee: str = ""
) -> models.QuerySet[Order]:
    """付款单，新的在前。"""
    rows = Order.objects.visible_to(scope)
    if programme:
        rows = rows.filter(programme=programme)
    if unit_code:
        rows = rows.filter(unit_code=unit_code)
    if state:
        rows = rows.filter(state=state)
    if payee:
        rows = rows.filter(payee_name__contains=payee)
    return rows.order_by("-proposed_at", "-pk")


def find_waiting(scope: Scope, programme: str = "", unit_code: str = "") -> Waiting:
    """待编批的付款单。"""
    rows = list(
        list_orders(
            scope, programme=programme, unit_code=unit_code, state=OrderState.WAITING
        ).order_by("unit_code", "payee_name", "pk")
    )
    found = account_ids((o.payee_kind, o.payee_id) for o in rows)
    payable = [
        Payable(o, found[o.payee_kind, o.payee_id])
        for o in rows
        if (o.payee_kind, o.payee_id) in found
    ]
    return Waiting(payable, [o for o in rows if (o.payee_kind, o.payee_id) not in found])


@dataclass(frozen=True)
class Programme:
    """一个项目的付款情况。"""

    programme: str
    waiting: int
    waiting_fen: int
    sent: int
    sent_fen: int
    paid: int
    paid_fen: int
    failed: int


def sum_programmes(scope: Scope) -> list[Programme]:
    """各项目的待拨付、在途、已付（一次查询）。"""
    net = models.F("amount_fen") - models.F("offset_fen")
    waiting = Q(state__in=(OrderState.WAITING, OrderState.BATCHED))
    sent, paid = Q(state=OrderState.SENT), Q(state=OrderState.PAID)
    rows = (
        Order.objects.visible_to(scope)
        .values("programme")
        .order_by("programme")
        .annotate(
            waiting=Count("pk", filter=waiting),
            waiting_fen=Sum(net, filter=waiting, default=0),
            sent=Count("pk", filter=sent),
            sent_fen=Sum(net, filter=sent, default=0),
            paid=Count("pk", filter=paid),
            paid_fen=Sum(net, filter=paid, default=0),
            failed=Count("pk", filter=Q(state=OrderState.FAILED)),
        )
    )
    return [Programme(**row) for row in rows]


def access_order(scope: Scope, order_id: int) -> Order:
    """取一张付款单。"""
    found = Order.objects.visible_to(scope).filter(pk=order_id).first()
    if found is None:
        raise NotFound
    return found


def list_receivables(scope: Scope, *, only_open: bool = False) -> models.QuerySet[Receivable]:
    """应收回，未收清的在前。"""
    rows = Receivable.objects.visible_to(scope).select_related("order")
    if only_open:
        rows = rows.filter(left_fen__gt=0)
    return rows.order_by("-left_fen", "-raised_at", "-pk")


def access_receivable(scope: Scope, receivable_id: int) -> Receivable:
    """取一笔应收回。"""
    rows = Receivable.objects.visible_to(scope).select_related("order")
    found = rows.filter(pk=receivable_id).first()
    if found is None:
        raise NotFound
    return found


# ── 拨付批 ──


def list_batches(scope: Scope) -> models.QuerySet[Batch]:
    """拨付批，新的在前，附各状态的笔数。"""
    answered = Q(
        instructions__state__in=(
            InstructionState.PAID,
            InstructionState.FAILED,
            InstructionState.RETURNED,
        )
    )
    bad = Q(instructions__state__in=(InstructionState.FAILED, InstructionState.RETURNED))
    return (
        Batch.objects.visible_to(scope)
        .annotate(
            answered=Count("instructions", filter=answered), bad=Count("instructions", filter=bad)
        )
        .order_by("-prepared_at", "-pk")
    )


def list_to_release(scope: Scope, user_id: int | None) -> list[Batch]:
    """编好而未送银行、不是本人编制的批，先编的在前。"""
    rows = Batch.objects.visible_to(scope).filter(released_at=None, withdrawn_at=None)
    if user_id is not None:
        rows = rows.exclude(prepared_by=user_id)
    return list(rows.order_by("prepared_at"))


def access_batch(scope: Scope, batch_id: int, *, lock: bool = False) -> Batch:
    """取一批。"""
    rows = Batch.objects.visible_to(scope)
    found = (rows.select_for_update() if lock else rows).filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def list_instructions(batch: Batch) -> list[Instruction]:
    """一批的付款指令，按指令号。"""
    rows = batch.instructions.select_related("order", "payee_account")
    return list(rows.order_by("reference"))


def list_returns(batch: Batch) -> list[BankReturn]:
    """一批收到的回单，新的在前（原文件不取出）。"""
    return list(batch.returns.defer("source").order_by("-uploaded_at", "-pk"))


def access_return(scope: Scope, batch: Batch, return_id: int) -> BankReturn:
    """取一份回单（原文件不取出）。"""
    rows = BankReturn.objects.visible_to(scope).defer("source")
    found = rows.filter(pk=return_id, batch=batch).first()
    if found is None:
        raise NotFound
    return found


def orders_of(scope: Scope, source_type: str, source_ids: Iterable[int]) -> dict[int, Order]:
    """某些来源行的付款单。"""
    rows = Order.objects.visible_to(scope).filter(
        source_type=source_type, source_id__in=list(source_ids)
    )
    return {order.source_id: order for order in rows}


def last_instruction(scope: Scope, order: Order) -> Instruction | None:
    """最近一次付款指令。"""
    rows = Instruction.objects.visible_to(scope).filter(order=order)
    return rows.exclude(state=InstructionState.WITHDRAWN).order_by("-pk").first()


@dataclass(frozen=True)
class Owner:
    """可登记账户的收款方。"""

    kind: str
    id: int
    name: str
    region_code: str
    institution_id: int | None


def find_payee(scope: Scope, name: str) -> Owner:
    """按名称找收款方：an institution, a payee that an order already names, or the payer itself."""
    if name == PayeeKind.TREASURY.label:
        return Owner(PayeeKind.TREASURY, TREASURY_ID, name, city_region().code, None)
    inst = list(Institution.objects.visible_to(scope).filter(name=name)[:2])
    if len(inst) == 1:
        return Owner("institution", inst[0].pk, inst[0].name, inst[0].region_code, inst[0].pk)
    named = (
        Order.objects.visible_to(scope)
        .filter(payee_name=name)
        .exclude(payee_kind=PayeeKind.INSTITUTION)
        .order_by("payee_kind", "payee_id", "pk")
        .distinct("payee_kind", "payee_id")
    )
    found = list(named[:2])
    if len(found) != 1:
        many = len(inst) + len(found) > 1
        raise DomainError(
            "payee",
            f"名称“{name}”对应多个收款方，不能确定" if many
            else f"没有找到收款方“{name}”，请填机构全称，或付款单上写明的收款方名称",
        )  # fmt: skip
    order = found[0]
    return Owner(
        order.payee_kind, order.payee_id, order.payee_name, order.region_code, order.institution_id
    )


def receivables_of(scope: Scope, source_type: str, source_id: int) -> list[Receivable]:
    """某来源行引起的应收回。"""
    rows = Receivable.objects.visible_to(scope)
    return list(rows.filter(source_type=source_type, source_id=source_id).order_by("pk"))
