"""投诉的办理流程：the institution first or the county at once; overdue goes up.

No deadline stands here: no public source gives one for these complaints, so each county sets its
own (``Term``); until it does, the deadline is 待定 and nothing goes up by the clock.
"""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.complaints.states import (
    ANSWERED,
    CLOSED,
    COUNTY,
    COUNTY_ANSWER,
    DESK,
    DESK_ANSWER,
    FILE,
    SYSTEM,
    TYPE,
    WITHDRAWN,
)

COMPLAINT = register(
    CaseType(
        code=TYPE,
        title="投诉与意见",
        first=DESK,
        states={
            DESK: State("待机构答复", DESK_ANSWER, tone="warn"),
            COUNTY: State("待县级答复", COUNTY_ANSWER, tone="warn"),
            ANSWERED: State("已答复", tone="info"),
            CLOSED: State("已办结", tone="ok"),
            WITHDRAWN: State("已撤回"),
        },
        moves={
            "to_county": Move("直接送县级", DESK, COUNTY, SYSTEM),
            "answer": Move("机构答复", DESK, ANSWERED, DESK_ANSWER, needs_opinion=True),
            "overdue": Move("逾期上报县级", DESK, COUNTY, SYSTEM),
            "raise": Move("申请县级处理", DESK, COUNTY, FILE),
            "raise_answered": Move("不满意，申请县级处理", ANSWERED, COUNTY, FILE),
            "county_answer": Move("县级答复", COUNTY, CLOSED, COUNTY_ANSWER, needs_opinion=True),
            "accept": Move("认可答复", ANSWERED, CLOSED, FILE),
            "withdraw": Move("撤回", DESK, WITHDRAWN, FILE),
            "withdraw_county": Move("撤回", COUNTY, WITHDRAWN, FILE),
        },
        path=(DESK, ANSWERED, CLOSED),
    )
)
