"""收费的算法（纯函数）：what a line comes to, and the arithmetic in words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tuoyu.core.money import yuan, yuan_short

UNIT_WORDS = {"month": "月", "day": "天", "hour": "小时", "once": "次"}
MINUTES = 60
DUE_AFTER = timedelta(days=10)  # what the issuing form proposes; the institution may set another
REMIND_EVERY, REMIND_MOST = timedelta(days=7), 3


@dataclass(frozen=True, slots=True)
class Tier:
    """退费办法的一档。"""

    basis: str
    percent: int
    up_to_days: int | None = None
    up_to_permille: int | None = None
    leave_only: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """一个月的到托：``workdays`` are those of the child's stay; ``open_days`` are not settled."""

    workdays: int
    attended: int
    leave: int
    absent: int
    open_days: int


@dataclass(frozen=True, slots=True)
class Amount:
    """金额与算式。"""

    fen: int
    why: str


def charge(unit: str, unit_fen: int, quantity: int) -> Amount:
    """单价乘数量；hourly care is counted in minutes, a part of a fen is dropped."""
    if unit == "hour":
        fen = unit_fen * quantity // MINUTES
        return Amount(
            fen,
            f"{yuan(unit_fen)} 元/小时 × {quantity // 60} 小时 {quantity % 60} 分 = {yuan(fen)} 元",
        )
    fen = unit_fen * quantity
    word = UNIT_WORDS[unit]
    if quantity == 1:
        return Amount(fen, f"{yuan(unit_fen)} 元/{word}")
    return Amount(fen, f"{yuan(unit_fen)} 元/{word} × {quantity} {word} = {yuan(fen)} 元")


def waive(care_fen: int, rule_fen: int, reason: str) -> Amount | None:
    """减免：never more than the care fee itself."""
    fen = min(care_fen, rule_fen)
    if fen <= 0:
        return None
    cut = "，以保育费为限" if fen < rule_fen else ""
    return Amount(-fen, f"{reason}：每月减免 {yuan(rule_fen)} 元{cut}")


def refund(
    tiers: Sequence[Tier], days: Days, *, unit: str, unit_fen: int, owed_fen: int
) -> Amount | None:
    """退费：by the filed table; ``owed_fen`` is what the family really owed for the item.

    None: no rule applies. Days still open make the refund undetermined; the caller holds it back.
    """
    if not tiers or owed_fen <= 0:
        return None
    if tiers[0].basis == "absent_day":
        found = _by_absence(tiers[0], days, unit, unit_fen, owed_fen)
    else:
        found = _by_tier(tiers, days, owed_fen)
    if found is None or found.fen == 0:
        return None
    if -found.fen > owed_fen:
        return Amount(-owed_fen, f"{found.why}，以实际应缴 {yuan(owed_fen)} 元为限")
    return found


def _by_absence(tier: Tier, days: Days, unit: str, unit_fen: int, owed_fen: int) -> Amount | None:
    count = days.leave if tier.leave_only else days.leave + days.absent
    if count == 0 or days.workdays == 0:
        return None
    which = "请假" if tier.leave_only else "未到托"
    share = "" if tier.percent == 100 else f" × {tier.percent}%"
    if unit == "day":
        fen = unit_fen * count * tier.percent // 100
        return Amount(-fen, f"{which} {count} 天 × {yuan(unit_fen)} 元/天{share} = {yuan(fen)} 元")
    fen = owed_fen * count * tier.percent // (100 * days.workdays)
    return Amount(
        -fen,
        f"{yuan(owed_fen)} 元 ÷ {days.workdays} 个工作日 × {which} {count} 天{share}"
        f" = {yuan(fen)} 元",
    )


def _by_tier(tiers: Sequence[Tier], days: Days, owed_fen: int) -> Amount | None:
    for tier in sorted(tiers, key=lambda t: _bound(t, days)):
        if days.attended * 1000 <= _bound(tier, days):
            fen = owed_fen * tier.percent // 100
            return Amount(
                -fen,
                f"到托 {days.attended} 天，{_said(tier, days)}退 {tier.percent}%："
                f"{yuan(owed_fen)} 元 × {tier.percent}% = {yuan(fen)} 元",
            )
    return None


def _bound(tier: Tier, days: Days) -> int:
    """界限（千分之一天）。"""
    if tier.up_to_days is not None:
        return tier.up_to_days * 1000
    return days.workdays * (tier.up_to_permille or 0)


def _said(tier: Tier, days: Days) -> str:
    if tier.up_to_days is not None:
        return f"不超过 {tier.up_to_days} 天，"
    return f"不超过 {days.workdays} 个工作日的 {permille(tier.up_to_permille or 0)}，"


def permille(value: int) -> str:
    """千分数：500 → 50%，125 → 12.5%。"""
    return f"{value // 10}%" if value % 10 == 0 else f"{value // 10}.{value % 10}%"


def above_filed(label: str, unit_fen: int, filed_fen: int) -> str:
    """高于备案价的说法。"""
    return (
        f"{label} {yuan(unit_fen)} 元高于备案价 {yuan(filed_fen)} 元，不能出账；"
        "请把约定收费改到备案价以内，或先办理收费备案"
    )


def above_cap(label: str, unit_fen: int, cap_fen: int) -> str:
    """高于限额的说法。"""
    return (
        f"{label} {yuan(unit_fen)} 元高于普惠机构月收费限额 {yuan(cap_fen)} 元，不能出账；"
        "请把收费降到限额以内，办理收费备案后再出账"
    )


def tier_words(tier: Tier) -> str:
    """一档退费办法的说法。"""
    if tier.basis == "absent_day":
        which = "请假的" if tier.leave_only else "未到托的"
        return f"{which}每天退当日费用的 {tier.percent}%"
    if tier.up_to_days is not None:
        return f"当月到托不超过 {tier.up_to_days} 天，退当月的 {tier.percent}%"
    return f"当月到托不超过工作日的 {permille(tier.up_to_permille or 0)}，退当月的 {tier.percent}%"


def price_words(unit_fen: int, unit: str) -> str:
    """单价的说法：1,500 元/月。"""
    return f"{yuan_short(unit_fen)} 元/{'日' if unit == 'day' else UNIT_WORDS[unit]}"


def proposed_due(issued_on: date) -> date:
    """建议的缴费截止日。"""
    return issued_on + DUE_AFTER


def is_overdue(due_on: date | None, left_fen: int, today: date) -> bool:
    """逾期：the day itself is still in time; a bill without a day is never overdue."""
    return due_on is not None and left_fen > 0 and today > due_on


def may_remind(count: int, last_on: date | None, today: date) -> bool:
    """该不该自动提醒：the day after, then weekly, three times; after that people talk."""
    if count >= REMIND_MOST:
        return False
    return last_on is None or today - last_on >= REMIND_EVERY
