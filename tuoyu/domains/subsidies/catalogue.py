"""补助结算单的办理流程：confirmed by the institution, reviewed, approved, paid."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.subsidies.states import APPROVE, CONFIRM, PAID, PAY, REVIEW, TYPE

STATEMENT = register(
    CaseType(
        code=TYPE,
        title="补助结算",
        first=CONFIRM,
        states={
            CONFIRM: State("待机构确认", "inst:statement:confirm", 5, "info"),
            REVIEW: State("待县级审核", "subsidy:statement:review", 5, "accent"),
            APPROVE: State("待市级审批", "subsidy:statement:approve", 5, "accent"),
            PAY: State("待拨付", "subsidy:payment:prepare", 10, "warn"),
            PAID: State("已拨付", tone="ok"),
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
            "pay": Move(
                "拨付",
                PAY,
                PAID,
                "subsidy:payment:release",
                apart_from=("open", "confirm", "review", "approve"),
            ),
        },
        path=(CONFIRM, REVIEW, APPROVE, PAY, PAID),
    )
)

__all__ = ["APPROVE", "CONFIRM", "PAID", "PAY", "REVIEW", "STATEMENT"]
