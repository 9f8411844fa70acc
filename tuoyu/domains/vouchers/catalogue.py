"""托育券的两种办件：opening a campaign, and a month's settlement of one institution."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.vouchers.states import (
    APPROVE,
    CAMPAIGN_CASE,
    CLOSED,
    DRAFT,
    EMPTY,
    OPEN,
    PAID,
    PAYABLE,
    SETTLEMENT_CASE,
    SIMULATED,
)

START, CLOSE = "start", "close"
MAY_OPEN, MAY_APPROVE = "voucher:campaign:open", "voucher:settlement:approve"
MAY_PAY = "voucher:settlement:pay"  # nobody's: the bank's answer and the books themselves
MAY_REVERSE = "voucher:redemption:reverse"

CAMPAIGN = register(
    CaseType(
        code=CAMPAIGN_CASE,
        title="托育券批次",
        first=DRAFT,
        states={
            DRAFT: State("待复核开放", MAY_OPEN, 3, "accent"),
            OPEN: State("发放中", tone="ok"),
            CLOSED: State("已停发"),
        },
        moves={
            START: Move("复核开放", DRAFT, OPEN, MAY_OPEN, apart_from=("open",)),
            CLOSE: Move("停发", OPEN, CLOSED, MAY_OPEN, needs_opinion=True),
        },
        path=(DRAFT, OPEN, CLOSED),
    )
)

SETTLEMENT = register(
    CaseType(
        code=SETTLEMENT_CASE,
        title="托育券核销结算",
        first=APPROVE,
        states={
            APPROVE: State("待市级复核", MAY_APPROVE, 5, "accent"),
            PAYABLE: State("待拨付", tone="warn"),
            PAID: State("已拨付", tone="ok"),
            SIMULATED: State("已测算，不支付", tone="info"),
            EMPTY: State("已全部冲正，不支付"),
        },
        moves={
            "approve": Move("复核", APPROVE, PAYABLE, MAY_APPROVE, apart_from=("open",)),
            "simulate": Move("复核", APPROVE, SIMULATED, MAY_APPROVE, apart_from=("open",)),
            "pay": Move("到账", PAYABLE, PAID, MAY_PAY),
            "fail": Move("银行未付成", PAYABLE, PAYABLE, MAY_PAY, needs_opinion=True),
            "bounce": Move("银行退票", PAID, PAYABLE, MAY_PAY, needs_opinion=True),
            "empty": Move("全部冲正", APPROVE, EMPTY, MAY_PAY, needs_opinion=True),
        },
        path=(APPROVE, PAYABLE, PAID),
    )
)
