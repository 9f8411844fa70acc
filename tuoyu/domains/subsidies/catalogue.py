"""补助结算单的办理流程：confirmed by the institution, reviewed, approved, paid."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.subsidies.states import (
    APPROVE,
    CONFIRM,
    NOTHING,
    PAID,
    PAY,
    RECOVER,
    RECOVERED,
    REVIEW,
    TYPE,
)

# Held by nobody who signs in: only the ledger's own news moves a case on from 待拨付.
BOOK = "funds:news:book"

STATEMENT = register(
    CaseType(
        code=TYPE,
        title="补助结算",
        first=CONFIRM,
        states={
            CONFIRM: State("待机构确认", "inst:statement:confirm", 5, "info"),
            REVIEW: State("待县级审核", "subsidy:statement:review", 5, "accent"),
            APPROVE: State("待市级审批", "subsidy:statement:approve", 5, "accent"),
            PAY: State("待拨付", "funds:batch:prepare", 10, "warn"),
            PAID: State("已拨付", tone="ok"),
            RECOVER: State("应收回", "funds:batch:prepare", 20, "danger"),
            RECOVERED: State("已收回", tone="ok"),
            NOTHING: State("无须拨付"),
        },
        moves={
            "confirm": Move("机构确认", CONFIRM, REVIEW, "inst:statement:confirm"),
            "review": Move(
                "县级审核",
                REVIEW,
                APPROVE,
                "subsidy:statement:review",
                apart_from=("open", "confirm"),
            ),
            "return_inst": Move(
                "退回补正", REVIEW, CONFIRM, "subsidy:statement:review", needs_opinion=True
            ),
            "approve": Move(
                "市级审批",
                APPROVE,
                PAY,
                "subsidy:statement:approve",
                apart_from=("open", "confirm", "review"),
            ),
            "return_county": Move(
                "退回县级", APPROVE, REVIEW, "subsidy:statement:approve", needs_opinion=True
            ),
            "pay": Move("银行付讫", PAY, PAID, BOOK),
            "claim": Move("认定应收回", PAY, RECOVER, BOOK),
            "recover": Move("收清", RECOVER, RECOVERED, BOOK),
            "nothing": Move("无须拨付", PAY, NOTHING, BOOK),
        },
        path=(CONFIRM, REVIEW, APPROVE, PAY, PAID),
    )
)

__all__ = ["APPROVE", "BOOK", "CONFIRM", "PAID", "PAY", "RECOVER", "REVIEW", "STATEMENT"]
