"""奖补申请的办理流程：institution → county → city → finance → notice → payment.

Programmes that the city pays itself (二(四)12、13 两项由市级落实) are reviewed and approved by two
persons of the city. Notice and payment move by what happens (公示期满、银行到账), not by a click.
"""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.grants.states import (
    CITY,
    CITY_REVIEW,
    COUNTY,
    DRAFT,
    ENTRY,
    FINANCE,
    NOTICE,
    PAID,
    PAYABLE,
    RECOVER,
    REFUSED,
    SECOND,
    TYPE,
    WITHDRAWN,
)

APPLY, ENTER = "inst:grant:apply", "grant:school:enter"
REVIEW, APPROVE = "grant:application:review", "grant:application:approve"
CHECK, SYSTEM_MOVE = "grant:application:finance", "grant:system:move"

PREPARED = ("open", "submit", "submit_city", "submit_school", "resubmit_school")
REVIEWED = (*PREPARED, "accept", "accept_city", "accept_school")
APPROVED = (*REVIEWED, "approve", "approve_first", "approve_second")


def _back(label: str, source: str, target: str, permission: str) -> Move:
    return Move(label, source, target, permission, needs_opinion=True)


GRANT = register(
    CaseType(
        code=TYPE,
        title="奖补申请",
        first=DRAFT,
        states={
            DRAFT: State("待申报", APPLY, 0, "info"),
            ENTRY: State("待补录", ENTER, 5, "info"),
            COUNTY: State("待县级审核", REVIEW, 5, "accent"),
            CITY_REVIEW: State("待市级审核", APPROVE, 5, "accent"),
            CITY: State("待市级审批", APPROVE, 5, "accent"),
            SECOND: State("待市级复批", APPROVE, 3, "accent"),
            FINANCE: State("待财政复核", CHECK, 5, "warn"),
            NOTICE: State("公示中", SYSTEM_MOVE, 0, "info"),
            PAYABLE: State("待拨付", SYSTEM_MOVE, 0, "warn"),
            PAID: State("已拨付", tone="ok"),
            REFUSED: State("不予奖补", tone="danger"),
            WITHDRAWN: State("已撤回"),
            RECOVER: State("已认定追回", tone="warn"),
        },
        moves={
            "submit": Move("机构申报", DRAFT, COUNTY, APPLY),
            "submit_city": Move("机构申报", DRAFT, CITY_REVIEW, APPLY),
            "submit_school": Move("代办申报", DRAFT, CITY_REVIEW, ENTER),
            "resubmit_school": Move("补录重报", ENTRY, CITY_REVIEW, ENTER),
            "withdraw": Move("撤回", DRAFT, WITHDRAWN, APPLY),
            "withdraw_county": Move("撤回", COUNTY, WITHDRAWN, APPLY),
            "withdraw_city": Move("撤回", CITY_REVIEW, WITHDRAWN, APPLY),
            "withdraw_school": Move("撤回", CITY_REVIEW, WITHDRAWN, ENTER),
            "withdraw_entry": Move("撤回", ENTRY, WITHDRAWN, ENTER),
            "accept": Move("县级审核", COUNTY, CITY, REVIEW, apart_from=PREPARED),
            "accept_city": Move("市级审核", CITY_REVIEW, CITY, APPROVE, apart_from=PREPARED),
            # 学校由市级代办录入：another person of the city decides, then finance.
            "accept_school": Move("市级审批", CITY_REVIEW, FINANCE, APPROVE, apart_from=PREPARED),
            "return": _back("退回补正", COUNTY, DRAFT, REVIEW),
            "return_city": _back("退回补正", CITY_REVIEW, DRAFT, APPROVE),
            "return_school": _back("退回补正", CITY_REVIEW, ENTRY, APPROVE),
            "return_county": _back("退回县级", CITY, COUNTY, APPROVE),
            "return_review": _back("退回审核", CITY, CITY_REVIEW, APPROVE),
            "return_first": _back("退回审批", SECOND, CITY, APPROVE),
            "return_finance": _back("退回市级", FINANCE, CITY, CHECK),
            "return_entered": _back("退回市级", FINANCE, CITY_REVIEW, CHECK),
            "approve": Move("市级审批", CITY, FINANCE, APPROVE, apart_from=REVIEWED),
            "approve_first": Move("市级审批", CITY, SECOND, APPROVE, apart_from=REVIEWED),
            "approve_second": Move(
                "市级复批", SECOND, FINANCE, APPROVE, apart_from=(*REVIEWED, "approve_first")
            ),
            "check": Move("财政复核", FINANCE, NOTICE, CHECK, apart_from=APPROVED),
            "refuse_county": _back("不予奖补", COUNTY, REFUSED, REVIEW),
            "refuse_review": _back("不予奖补", CITY_REVIEW, REFUSED, APPROVE),
            "refuse_city": _back("不予奖补", CITY, REFUSED, APPROVE),
            "refuse_finance": _back("不予奖补", FINANCE, REFUSED, CHECK),
            "claw": Move("认定追回", DRAFT, RECOVER, REVIEW, needs_opinion=True),
            "claw_city": Move("认定追回", DRAFT, RECOVER, APPROVE, needs_opinion=True),
            "clear": Move("公示无异议", NOTICE, PAYABLE, SYSTEM_MOVE),
            "object": Move("公示异议成立", NOTICE, REFUSED, SYSTEM_MOVE),
            "fail": Move("银行未付成", PAYABLE, PAYABLE, SYSTEM_MOVE),
            "settle": Move("银行到账", PAYABLE, PAID, SYSTEM_MOVE),
            "bounce": Move("银行退票", PAID, PAYABLE, SYSTEM_MOVE),
        },
        path=(DRAFT, COUNTY, CITY, FINANCE, NOTICE, PAYABLE, PAID),
    )
)
# What a person asks for → the move that it is in the present state.
ACTIONS: dict[str, dict[str, str]] = {
    "withdraw": {DRAFT: "withdraw", COUNTY: "withdraw_county", CITY_REVIEW: "withdraw_city"},
    "withdraw_school": {CITY_REVIEW: "withdraw_school", ENTRY: "withdraw_entry"},
    "accept": {COUNTY: "accept", CITY_REVIEW: "accept_city"},
    "refuse": {
        COUNTY: "refuse_county",
        CITY_REVIEW: "refuse_review",
        CITY: "refuse_city",
        FINANCE: "refuse_finance",
    },
}
