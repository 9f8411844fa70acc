"""银行付款文件：what a released batch tells the bank, as pain.001 and as a plain table."""

from __future__ import annotations

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds.files import pain001
from tuoyu.domains.funds.files.pain001 import BankFile, Line, Party
from tuoyu.domains.funds.files.pain001_check import refuse_faulty
from tuoyu.domains.funds.files.returns import Answer, ReturnFile, ReturnLine, declared
from tuoyu.domains.funds.models import Batch, PayeeAccount
from tuoyu.domains.funds.models.payments import PayeeKind
from tuoyu.domains.funds.selectors.payments import (
    TREASURY_ID,
    account_of,
    list_instructions,
)


def bank_file(batch: Batch) -> BankFile:
    """一批的付款指令；made of the batch's own rows, so that it is the same each time."""
    if batch.released_at is None or batch.execute_on is None:
        raise DomainError("not-released", f"批次 {batch.number} 尚未送银行，没有付款文件")
    payer = account_of(PayeeKind.TREASURY, TREASURY_ID)
    if payer is None:
        raise DomainError("no-payer", "还没有登记付款账户，不能送银行；请先登记并复核财政付款账户")
    return BankFile(
        number=batch.number,
        made_at=batch.released_at.astimezone(clock.ZONE).replace(microsecond=0),
        execute_on=batch.execute_on,
        payer=_party(payer),
        lines=tuple(
            Line(i.reference, i.amount_fen, _party(i.payee_account), i.order.purpose)
            for i in list_instructions(batch)
        ),
    )


def message(batch: Batch) -> bytes:
    """pain.001 报文；what does not hold against the standard is not given out."""
    blob = pain001.write(bank_file(batch))
    refuse_faulty(blob)
    return blob


def _party(account: PayeeAccount) -> Party:
    return Party(account.holder, str(account.account), account.bank, account.bank_code)


def blank_return(batch: Batch) -> ReturnFile:
    """回单模板：every instruction of the batch as paid; the bank's word replaces it."""
    if batch.released_at is None or batch.execute_on is None:
        raise DomainError("not-released", f"批次 {batch.number} 尚未送银行，没有回单")
    lines = (
        ReturnLine(n, i.reference, Answer.PAID, i.amount_fen, batch.execute_on)
        for n, i in enumerate(list_instructions(batch), 1)
        if i.state == "sent"
    )
    return declared(tuple(lines))
