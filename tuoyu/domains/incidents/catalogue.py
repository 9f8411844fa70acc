"""严重伤害上报：the institution's grave record goes to the county at once, with a clock."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.incidents import states as s

REPORT_CASE = register(
    CaseType(
        code=s.CASE,
        title="严重伤害上报",
        first=s.RECEIVE,
        states={
            s.RECEIVE: State("待县级接收", s.GOV_HANDLE, 0, "danger"),
            s.HANDLING: State("县级跟进中", s.GOV_HANDLE, 0, "warn"),
            s.CLOSED: State("已办结", tone="ok"),
        },
        moves={
            "receive": Move("接收", s.RECEIVE, s.HANDLING, s.GOV_HANDLE),
            "close": Move("办结", s.HANDLING, s.CLOSED, s.GOV_HANDLE, needs_opinion=True),
        },
        path=(s.RECEIVE, s.HANDLING, s.CLOSED),
    )
)
