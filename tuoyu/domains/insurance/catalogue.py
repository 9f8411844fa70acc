"""保险的办理流程：保费由县级核对、市级审核后付保险机构；理赔由机构报告；到期续保提醒。"""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register
from tuoyu.domains.insurance import states as s

PREMIUM_CASE = register(
    CaseType(
        code=s.BILL,
        title="统一保险保费",
        first=s.COUNTY,
        states={
            s.COUNTY: State("待县级核对", s.REVIEW, 5, "accent"),
            s.CITY: State("待市级审核", s.APPROVE, 5, "accent"),
            s.PAYABLE: State("待拨付", s.SYSTEM_MOVE, 0, "warn"),
            s.PAID: State("已拨付", tone="ok"),
        },
        moves={
            "review": Move("县级核对", s.COUNTY, s.CITY, s.REVIEW, apart_from=("open",)),
            "approve": Move("市级审核", s.CITY, s.PAYABLE, s.APPROVE,
                            apart_from=("open", "review")),
            "return": Move("退回县级", s.CITY, s.COUNTY, s.APPROVE, needs_opinion=True),
            "paid": Move("银行到账", s.PAYABLE, s.PAID, s.SYSTEM_MOVE),
        },
        path=(s.COUNTY, s.CITY, s.PAYABLE, s.PAID),
    )
)  # fmt: skip
CLAIM_CASE = register(
    CaseType(
        code=s.CLAIM,
        title="保险理赔",
        first=s.REPORTED,
        states={
            s.REPORTED: State("待报保险机构", s.REPORT, 2, "warn"),
            s.WITH_INSURER: State("保险机构办理中", s.REPORT, 30, "info"),
            s.PAID: State("已赔付", tone="ok"),
            s.REFUSED: State("不予赔付", tone="danger"),
        },
        moves={
            "hand_over": Move("已报保险机构", s.REPORTED, s.WITH_INSURER, s.REPORT),
            "paid": Move("已赔付", s.WITH_INSURER, s.PAID, s.REPORT),
            "refused": Move("不予赔付", s.WITH_INSURER, s.REFUSED, s.REPORT, needs_opinion=True),
        },
        path=(s.REPORTED, s.WITH_INSURER, s.PAID),
    )
)
RENEWAL_CASE = register(
    CaseType(
        code=s.RENEWAL,
        title="续保提醒",
        first=s.OPEN,
        states={
            s.OPEN: State("待招标续保", s.TENDER, 20, "warn"),
            s.DONE: State("已续保", tone="ok"),
        },
        moves={"renew": Move("登记续保", s.OPEN, s.DONE, s.TENDER)},
        path=(s.OPEN, s.DONE),
    )
)
