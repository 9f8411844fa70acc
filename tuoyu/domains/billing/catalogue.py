"""收费备案的办理流程：the institution declares, the county accepts, returns or refuses."""

from __future__ import annotations

from tuoyu.core.cases.machine import CaseType, Move, State, register

TYPE = "fee_filing"
FIX, COUNTY, ACCEPTED, REFUSED, WITHDRAWN = "fix", "county", "accepted", "refused", "withdrawn"
FILE, ACCEPT = "inst:fee:file", "fee:filing:accept"

FILING = register(
    CaseType(
        code=TYPE,
        title="收费备案",
        first=COUNTY,
        states={
            FIX: State("待机构补正", FILE, 5, "warn"),
            COUNTY: State("待县级受理", ACCEPT, 5, "accent"),
            ACCEPTED: State("已备案", tone="ok"),
            REFUSED: State("不予备案", tone="danger"),
            WITHDRAWN: State("已撤回"),
        },
        moves={
            "accept": Move("受理备案", COUNTY, ACCEPTED, ACCEPT, apart_from=("open", "resend")),
            "return": Move("退回补正", COUNTY, FIX, ACCEPT, needs_opinion=True),
            "refuse": Move("不予备案", COUNTY, REFUSED, ACCEPT, needs_opinion=True),
            "resend": Move("补正后重新提交", FIX, COUNTY, FILE),
            "withdraw": Move("撤回", COUNTY, WITHDRAWN, FILE),
            "drop": Move("撤回", FIX, WITHDRAWN, FILE),
        },
        path=(COUNTY, ACCEPTED),
    )
)
