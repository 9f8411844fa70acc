"""收款账户：entered by one, confirmed by another; a changed account never pays by one hand."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.funds.models import PayeeAccount
from tuoyu.domains.funds.models.payments import AccountState
from tuoyu.domains.funds.services.orders import Payee


@transaction.atomic
def propose_account(
    *,
    payee: Payee,
    holder: str,
    bank: str,
    bank_code: str,
    account: str,
    region_code: str,
    institution_id: int | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> PayeeAccount:
    """登记收款账户（首次或更正），待另一人复核。"""
    if by.user_id is None or not by.may("funds:batch:prepare"):
        raise NotFound
    number = re.sub(r"[\s-]", "", account)
    _check(holder, bank, bank_code, number)
    try:
        with transaction.atomic():
            return PayeeAccount.all_rows.create(
                payee_kind=payee.kind,
                payee_id=payee.id,
                holder=holder.strip(),
                bank=bank.strip(),
                bank_code=bank_code,
                account=number,
                tail=number[-4:],
                region_code=region_code,
                institution_id=institution_id,
                reason=reason.strip()[:120],
                proposed_at=at,
                proposed_by=by.user_id,
                proposed_by_name=by.name,
            )
    except IntegrityError as error:
        raise DomainError(
            "waiting", "这个收款方已有一个待复核的账户，没有重复登记；请先复核或退回"
        ) from error


def _check(holder: str, bank: str, bank_code: str, number: str) -> None:
    if not holder.strip() or not bank.strip():
        raise DomainError("account", "户名和开户行都要填，请补写后再提交")
    if not re.fullmatch(r"[0-9]{8,34}", number):
        raise DomainError("account", "账号应为 8 到 34 位数字，请按账户证明核对后改正")
    if not re.fullmatch(r"[0-9]{12}", bank_code):
        raise DomainError("account", "支付系统行号应为 12 位数字，请向开户行问清后改正")


@transaction.atomic
def confirm_account(*, account_id: int, by: Actor, at: datetime) -> PayeeAccount:
    """复核收款账户：from now on it is the one that is paid to; the one before ends."""
    if by.user_id is None or not by.may("funds:batch:release"):
        raise NotFound
    found = _proposed(account_id, by)
    if found.proposed_by == by.user_id:
        raise DomainError("same-person", "登记人不能复核自己登记的账户，请由另一位办理")
    PayeeAccount.all_rows.filter(
        payee_kind=found.payee_kind, payee_id=found.payee_id, state=AccountState.IN_USE
    ).update(state=AccountState.ENDED, ended_at=at)
    found.state = AccountState.IN_USE
    found.confirmed_at, found.confirmed_by, found.confirmed_by_name = at, by.user_id, by.name
    found.save(update_fields=["state", "confirmed_at", "confirmed_by", "confirmed_by_name"])
    return found


@transaction.atomic
def refuse_account(*, account_id: int, by: Actor, at: datetime) -> PayeeAccount:
    """退回待复核的账户。"""
    if by.user_id is None or not by.may("funds:batch:release"):
        raise NotFound
    found = _proposed(account_id, by)
    found.state, found.ended_at = AccountState.ENDED, at
    found.save(update_fields=["state", "ended_at"])
    return found


def _proposed(account_id: int, by: Actor) -> PayeeAccount:
    rows = PayeeAccount.objects.visible_to(by.scope).select_for_update()
    found = rows.filter(pk=account_id).first()
    if found is None:
        raise NotFound
    if found.state != AccountState.PROPOSED:
        raise DomainError("state", "这个账户已经复核或退回过，没有重复办理；请刷新页面查看")
    return found
