"""隐患的办理流程：发现 → 整改 → 另一人复查 → 销号；复查不合格退回整改。"""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.safety import states as s

HAZARD_CASE = register(
    CaseType(
        code=s.HAZARD,
        title="安全隐患",
        first=s.FOUND,
        states={
            s.FOUND: State("待整改", s.RECORD, 0, "warn"),
            s.FIXED: State("待复查", s.RECORD, 0, "accent"),
            s.CLOSED: State("已销号", tone="ok"),
        },
        moves={
            "fix": Move("整改", s.FOUND, s.FIXED, s.RECORD, needs_opinion=True),
            "close": Move("复查合格", s.FIXED, s.CLOSED, s.RECORD, apart_from=("fix",)),
            "again": Move("复查不合格", s.FIXED, s.FOUND, s.RECORD, needs_opinion=True,
                          apart_from=("fix",)),
        },
        path=(s.FOUND, s.FIXED, s.CLOSED),
    )
)  # fmt: skip
