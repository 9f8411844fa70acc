"""改参数：with a reason, kept for good; it holds from the next run on."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.checks.models import ParamChange
from tuoyu.domains.checks.rules import RULES
from tuoyu.domains.checks.selectors.params import values_of

TUNE = "gov:check:tune"


def set_param(
    *, rule: str, code: str, value: int, reason: str, by: Actor, at: datetime
) -> ParamChange:
    """改一个参数。"""
    found = RULES.get(rule)
    param = found.param(code) if found else None
    if found is None or param is None or not by.may(TUNE):
        raise NotFound
    if not param.least <= value <= param.most:
        raise DomainError(
            "out-of-range",
            f"「{param.title}」应在 {param.least} 至 {param.most} {param.unit}之间，"
            f"现填 {value}，请改正后再保存",
        )
    if values_of(found)[code] == value:
        raise DomainError("same", f"「{param.title}」现在就是 {value} {param.unit}，没有改动")
    if not reason.strip():
        raise DomainError("reason", "改参数须写明理由，请补写后再保存")
    return ParamChange.all_rows.create(
        rule=rule,
        code=code,
        value=value,
        reason=reason.strip(),
        set_at=at,
        set_by=by.user_id,
        set_by_name=by.name,
    )
