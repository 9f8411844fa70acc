"""认定、评定与摘牌的办理流程。"""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.quality.states import (
    APPLY,
    AWARDED,
    COUNTY,
    DECIDE,
    DECIDE_BY,
    DRAFT,
    DRAW,
    ENTER,
    JUDGE,
    KEPT,
    NOTICE,
    PANEL,
    REFUSED,
    RETRACTED,
    REVIEW,
    SCORING,
    SETTLE,
    STATEMENT,
    WITHDRAWN,
)

_STATES = {
    DRAFT: State("机构自评", APPLY, 20, "info"),
    COUNTY: State("待县级初审", REVIEW, 10, "accent"),
    PANEL: State("待抽取专家", DRAW, 5, "accent"),
    SCORING: State("专家评审中", ENTER, 10, "accent"),
    DECIDE: State("待市级复评", DECIDE_BY, 10, "accent"),
    NOTICE: State("公示中", SETTLE, tone="info"),
    AWARDED: State("已授牌", tone="ok"),
    REFUSED: State("未通过", tone="danger"),
    RETRACTED: State("已撤回"),
}


def _moves(after_county: str) -> dict[str, Move]:
    return {
        "submit": Move("提交", DRAFT, COUNTY, APPLY),
        "retract": Move("撤回申请", DRAFT, RETRACTED, APPLY),
        "return": Move("退回补正", COUNTY, DRAFT, REVIEW, needs_opinion=True),
        "accept": Move("初审通过", COUNTY, after_county, REVIEW, apart_from=("open", "submit")),
        "refuse_county": Move("初审不通过", COUNTY, REFUSED, REVIEW, needs_opinion=True),
        "refuse": Move("不予通过", DECIDE, REFUSED, DECIDE_BY, needs_opinion=True),
        "award": Move("授牌", NOTICE, AWARDED, SETTLE),
        "object": Move("异议成立", NOTICE, REFUSED, SETTLE),
    }


STAR = register(
    CaseType(
        code="star",
        title="星级评定",
        first=DRAFT,
        states=_STATES,
        moves=_moves(PANEL)
        | {
            "draw": Move("抽取专家", PANEL, SCORING, DRAW, apart_from=("open", "submit")),
            "finish": Move("评审完成", SCORING, DECIDE, ENTER),
            "pass": Move(
                "复评通过",
                DECIDE,
                NOTICE,
                DECIDE_BY,
                apart_from=("open", "submit", "accept", "draw", "finish"),
            ),
        },
        path=(DRAFT, COUNTY, PANEL, SCORING, DECIDE, NOTICE, AWARDED),
    )
)

INCLUSIVE = register(
    CaseType(
        code="inclusive",
        title="普惠认定",
        first=DRAFT,
        states={k: v for k, v in _STATES.items() if k not in (PANEL, SCORING)},
        moves=_moves(DECIDE)
        | {
            "pass": Move(
                "认定通过",
                DECIDE,
                NOTICE,
                DECIDE_BY,
                apart_from=("open", "submit", "accept"),
            ),
        },
        path=(DRAFT, COUNTY, DECIDE, NOTICE, AWARDED),
    )
)

TYPES = {"star": STAR, "inclusive": INCLUSIVE}

WITHDRAWAL = register(
    CaseType(
        code="plaque_withdrawal",
        title="摘牌",
        first=STATEMENT,
        states={
            STATEMENT: State("待机构陈述申辩", APPLY, 5, "warn"),
            DECIDE: State("待决定是否摘牌", JUDGE, 10, "warn"),
            WITHDRAWN: State("已摘牌", tone="danger"),
            KEPT: State("不予摘牌", tone="ok"),
        },
        moves={
            "state": Move("陈述申辩", STATEMENT, DECIDE, APPLY),
            "lapse": Move("逾期未陈述", STATEMENT, DECIDE, JUDGE),
            "withdraw": Move(
                "摘牌", DECIDE, WITHDRAWN, JUDGE, needs_opinion=True, apart_from=("open",)
            ),
            "keep": Move("不予摘牌", DECIDE, KEPT, JUDGE, needs_opinion=True, apart_from=("open",)),
        },
        path=(STATEMENT, DECIDE, WITHDRAWN),
    )
)
