"""按月的项目：运营补助、房租减免、特殊家庭减免；报销只作测算。"""

from __future__ import annotations

from tuoyu.core.money import yuan
from tuoyu.core.periods import month_of
from tuoyu.domains.grants.declaration import Paper, Programme, Subject
from tuoyu.domains.grants.facts import Facts

RECOGNITION = Paper(
    "recognition",
    "普惠认定",
    known=lambda f: f"认定文号 {f.recognition.document}" if f.recognition else "",
)
CLOSED = Paper(
    "month_close",
    "月结考勤",
    known=lambda f: f"{month_of(f.month)} 已月结，折算在托 {f.enrolled} 人" if f.is_closed else "",
)


def _whole(name: str, facts: Facts) -> list[Subject]:
    once = f"{name}:{facts.inst.pk}:{month_of(facts.month)}"
    if once in facts.held:
        return []
    label = f"{facts.month.year} 年 {facts.month.month} 月"
    return [Subject("institution", label, once, facts.inst.pk)]


def _lease(facts: Facts) -> str:
    found = facts.lease
    return f"{found.landlord}，每月 {yuan(found.monthly_fen)} 元" if found else ""


def masked(name: str) -> str:
    """江*苗。"""
    plain = name.partition("（")[0]
    return f"{plain[:1]}{'*' * max(len(plain) - 2, 1)}{plain[-1:] if len(plain) > 2 else ''}"


def _special(facts: Facts) -> list[Subject]:
    """特殊家庭婴幼儿；a child with two statuses is one line."""
    return [
        Subject("child", masked(facts.child_names.get(child, "")), once, child)
        for child in dict.fromkeys(s.child_id for s in facts.statuses)
        if (once := f"special:{child}:{month_of(facts.month)}") not in facts.held
    ]


def _enrolled(facts: Facts) -> list[Subject]:
    month = month_of(facts.month)
    return [
        Subject("child", masked(facts.child_names.get(child, "")), f"reimburse:{child}:{month}",
                child)
        for child in dict.fromkeys(e.child_id for e in facts.enrolments)
    ]  # fmt: skip


MONTHLY = (
    Programme(
        rule="special_family",
        who="为三孩、计生特殊家庭再生育、残疾婴幼儿减免保育费的机构",
        subjects=_special,
        unit="每人每月",
        papers=(
            CLOSED,
            Paper(
                "status",
                "特殊家庭身份核验",
                known=lambda f: (
                    f"已核验 {sum(bool(s.verified_at) for s in f.statuses)} 项，"
                    f"待县级核验 {sum(not s.verified_at for s in f.statuses)} 项"
                    if f.statuses
                    else ""
                ),
            ),
            Paper("waiver", "减免凭证", hint="减免通知或收费收据的照片或 PDF"),
        ),
        is_monthly=True,
        needs_close=True,
        typed=("reduced_fen",),
        is_low_risk=True,
    ),
    Programme(
        rule="operating_subsidy",
        who="持续运营、已备案、收托达标的普惠机构",
        subjects=lambda f: _whole("operating", f),
        unit="每家每月",
        papers=(RECOGNITION, CLOSED),
        is_monthly=True,
        needs_close=True,
        is_low_risk=True,
    ),
    Programme(
        rule="rent_relief",
        who="租用场地的普惠机构",
        subjects=lambda f: _whole("rent", f),
        unit="每家每月",
        papers=(RECOGNITION, CLOSED, Paper("lease", "场地租约", known=_lease)),
        is_monthly=True,
        needs_close=True,
        records=("lease",),
        is_low_risk=True,
    ),
    Programme(
        rule="reimbursement",
        who="职工子女入托的家庭，由职工单位报销",
        subjects=_enrolled,
        unit="每人每月",
        is_monthly=True,
        simulates_only=True,
    ),
)
