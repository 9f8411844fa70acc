"""付款单：a committed sum becomes an order that waits to be batched; a failed one may wait anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.funds.models import Order
from tuoyu.domains.funds.models.payments import OrderState, PayeeKind
from tuoyu.domains.funds.selectors.payments import account_of
from tuoyu.domains.funds.services.clawback import set_off_order
from tuoyu.domains.funds.services.ledger import balances_of, check_amount
from tuoyu.domains.policies.books import current_book


@dataclass(frozen=True)
class Payee:
    """收款方：``kind`` is institution, person, school or insurer."""

    kind: str
    id: int
    name: str


def check_pays() -> None:
    """征求意见稿只能测算：no order, no batch, no bank file comes of a draft."""
    document = current_book().pack.document
    if current_book().pack.is_draft:
        raise DomainError(
            "draft", f"《{document.title}》是征求意见稿，只能测算，不能支付；请待正式印发后再办"
        )


@transaction.atomic
def propose_order(
    *,
    key: str,
    amount_fen: int,
    payee: Payee,
    programme: str,
    unit_code: str,
    region_code: str,
    institution_id: int | None,
    purpose: str,
    source_type: str,
    source_id: int,
    by: Actor,
    at: datetime,
) -> Order:
    """提出付款单：the same key and content again is the same order."""
    check_pays()
    check_amount(amount_fen)
    if payee.kind not in PayeeKind.values or payee.kind == PayeeKind.TREASURY:
        raise DomainError("payee", "收款方种类不对，应为托育机构、个人、院校或保险机构")
    asked = {
        "amount_fen": amount_fen,
        "payee_kind": payee.kind,
        "payee_id": payee.id,
        "programme": programme,
        "unit_code": unit_code,
        "source_type": source_type,
        "source_id": source_id,
    }
    before = Order.all_rows.filter(key=key).first()
    if before is not None:
        return _same(before, asked)
    if balances_of(key).get("committed", 0) < amount_fen:
        raise DomainError(
            "not-committed", "这件事承诺的资金少于要付的金额，没有提出付款；请先完成审批承诺"
        )
    try:
        with transaction.atomic():
            order = Order.all_rows.create(
                key=key,
                payee_name=payee.name[:80],
                region_code=region_code,
                institution_id=institution_id,
                purpose=purpose[:120],
                proposed_at=at,
                proposed_by=by.user_id,
                proposed_by_name=by.name,
                **asked,
            )
    except IntegrityError as error:
        raced = Order.all_rows.filter(key=key).first()
        if raced is None:
            raise DomainError("source", "这件事已经有另一张付款单，没有重复提出") from error
        return _same(raced, asked)
    set_off_order(order, by=by, at=at)
    return order


def _same(order: Order, asked: dict[str, object]) -> Order:
    if any(getattr(order, name) != value for name, value in asked.items()):
        raise DomainError(
            "key-used", "这件事的付款单已经提出过，且内容不同，没有重复提出；请刷新页面核对"
        )
    return order


@transaction.atomic
def redo(*, order_id: int, note: str, by: Actor, at: datetime) -> Order:
    """重新付款：a failed order waits again, with a mended account or a reason why not."""
    if by.user_id is None or not by.may("funds:batch:prepare"):
        raise NotFound
    rows = Order.objects.visible_to(by.scope).select_for_update()
    order = rows.filter(pk=order_id).first()
    if order is None:
        raise NotFound
    if order.state != OrderState.FAILED:
        raise DomainError("state", f"这张付款单现为「{order.title}」，不用重新付款；请刷新页面查看")
    last = order.instructions.select_related("payee_account").order_by("-pk").first()
    account = account_of(order.payee_kind, order.payee_id)
    unchanged = last is not None and account is not None and last.payee_account_id == account.pk
    if unchanged and not note.strip():
        raise DomainError(
            "account", "收款账户没有更正，再付还会不成；请先更正账户，或写明可以再付的原因"
        )
    order.state, order.note = OrderState.WAITING, note.strip()[:200]
    order.save(update_fields=["state", "note"])
    set_off_order(order, by=by, at=at)
    return order
