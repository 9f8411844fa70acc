"""核验事项的办理流程：asked, answered, decided with a reason. It never blocks a payment."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.checks.states import (
    ANSWERED,
    ASKED,
    DECIDE,
    DOUBT,
    FALSE,
    GONE,
    OPEN,
    REPLY,
    TRUE,
    TYPE,
)

CHECK = register(
    CaseType(
        code=TYPE,
        title="奖补核验",
        first=OPEN,
        states={
            OPEN: State("待县级核查", DECIDE, 5, "accent"),
            ASKED: State("待机构答复", REPLY, 5, "info"),
            ANSWERED: State("待县级认定", DECIDE, 5, "accent"),
            TRUE: State("属实", tone="danger"),
            FALSE: State("不属实", tone="ok"),
            DOUBT: State("存疑", tone="warn"),
            GONE: State("复核已无命中"),
        },
        moves={
            "ask": Move("问询机构", OPEN, ASKED, DECIDE, needs_opinion=True),
            "answer": Move("机构答复", ASKED, ANSWERED, REPLY, needs_opinion=True),
            "true": Move("认定属实", ANSWERED, TRUE, DECIDE, needs_opinion=True),
            "false": Move("认定不属实", ANSWERED, FALSE, DECIDE, needs_opinion=True),
            "doubt": Move("认定存疑", ANSWERED, DOUBT, DECIDE, needs_opinion=True),
            # When the time to answer has run out, the county may decide on what it has.
            "late_true": Move("逾期认定属实", ASKED, TRUE, DECIDE, needs_opinion=True),
            "late_false": Move("逾期认定不属实", ASKED, FALSE, DECIDE, needs_opinion=True),
            "late_doubt": Move("逾期认定存疑", ASKED, DOUBT, DECIDE, needs_opinion=True),
            "dismiss": Move("认定不属实", OPEN, FALSE, DECIDE, needs_opinion=True),
            "ask_again": Move("再次问询", DOUBT, ASKED, DECIDE, needs_opinion=True),
            "vanish": Move("复核已无命中", OPEN, GONE, DECIDE, needs_opinion=True),
        },
        path=(OPEN, ASKED, ANSWERED, TRUE),
    )
)
