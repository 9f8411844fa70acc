"""公示异议的办理流程：answered by another than the one who published."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.publicity.states import ANSWER, REJECTED, TYPE, UPHELD

HOLDS = "publicity:objection:answer"

OBJECTION = register(
    CaseType(
        code=TYPE,
        title="公示异议",
        first=ANSWER,
        states={
            ANSWER: State("待核查答复", HOLDS, 5, "warn"),
            UPHELD: State("异议成立", tone="danger"),
            REJECTED: State("异议不成立", tone="ok"),
        },
        moves={
            "uphold": Move("异议成立", ANSWER, UPHELD, HOLDS, needs_opinion=True),
            "reject": Move("异议不成立", ANSWER, REJECTED, HOLDS, needs_opinion=True),
        },
        path=(ANSWER, REJECTED),
    )
)
