"""显示格式：how money, ages, names, times and ratios are written on every page.

Pure functions, no request and no database, so that a page, a print form and an export agree.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tuoyu.core import clock

UNDECIDED = "—"  # 未定、未报：missing is never written as zero
Ratio = int | Decimal | Fraction

_SUFFIX = re.compile(r"[（(][^（）()]*[）)]$")


def yuan(fen: int | None) -> str:
    """元：integer fen as 1,234.00; a missing amount is a dash."""
    if fen is None:
        return UNDECIDED
    whole, cents = divmod(abs(_fen(fen)), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def yuan_signed(fen: int | None) -> str:
    """增减额：as `yuan`, with a plus sign for an increase."""
    return f"+{yuan(fen)}" if fen is not None and fen > 0 else yuan(fen)


def wan(fen: int | None) -> str:
    """万元：two decimals, half up on the absolute amount."""
    if fen is None:
        return UNDECIDED
    whole, part = divmod((abs(_fen(fen)) + 5_000) // 10_000, 100)
    sign = "-" if fen < 0 and (whole or part) else ""
    return f"{sign}{whole:,}.{part:02d}"


def _fen(fen: object) -> int:
    """金额只收整数分：a float here would already have lost the fen."""
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError(f"金额应为整数分，现为 {type(fen).__name__}")
    return fen


def months_between(born_on: date, on: date) -> int:
    """满月数：full months from birth to a day; a day the month lacks counts from the next."""
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def age(born_on: date | None, on: date | None = None) -> str:
    """月龄：12天, 9个月, 1岁7个月, 2岁."""
    if born_on is None:
        return UNDECIDED
    on = on or clock.today()
    if on < born_on:
        return "未出生"
    years, months = divmod(months_between(born_on, on), 12)
    if not years and not months:
        return f"{(on - born_on).days}天"
    return (f"{years}岁" if years else "") + (f"{months}个月" if months else "")


def mask_name(name: str | None) -> str:
    """姓名脱敏：江*苗, 江*; a note such as （虚构） is left off."""
    plain = _SUFFIX.sub("", (name or "").strip())
    if not plain:
        return UNDECIDED
    if len(plain) == 1:
        return "*"
    if len(plain) == 2:
        return f"{plain[0]}*"
    return f"{plain[0]}{'*' * (len(plain) - 2)}{plain[-1]}"


def mask_phone(phone: str | None) -> str:
    """电话脱敏：138****5678."""
    plain = (phone or "").strip()
    if not plain:
        return UNDECIDED
    if len(plain) < 8:
        return "*" * len(plain)
    return f"{plain[:3]}{'*' * (len(plain) - 7)}{plain[-4:]}"


def mask_id(number: str | None) -> str:
    """证件号脱敏：keeps too little for the birth date to be read or the number rebuilt."""
    plain = (number or "").strip()
    if not plain:
        return UNDECIDED
    if len(plain) < 8:
        return "*" * len(plain)
    return f"{plain[:3]}{'*' * (len(plain) - 5)}{plain[-2:]}"


def when(value: date | datetime | None, now: datetime | None = None) -> str:
    """时间：今天 07:32, 昨天 17:52, 10-14 16:40, and with the year when it is another year."""
    if value is None:
        return UNDECIDED
    now = now or clock.now()
    time = ""
    day = value
    if isinstance(value, datetime):
        local = value.astimezone(clock.ZONE) if value.tzinfo else value
        day, time = local.date(), f" {local:%H:%M}"
    away = (now.date() - day).days
    if away in (0, 1):
        return f"{'昨天' if away else '今天'}{time}"
    return f"{day:%m-%d}{time}" if day.year == now.year else f"{day:%Y-%m-%d}{time}"


def ratio_text(value: Ratio | None, of: Ratio | None, scale: int, places: int) -> str:
    """比率：cut, never rounded up, so that 59.96 % does not read as a 60 % that was reached."""
    if value is None or (of is not None and not of):
        return UNDECIDED
    if isinstance(value, float) or isinstance(of, float):
        raise TypeError("比率应为整数、Decimal 或 Fraction")
    exact = Fraction(value) / (Fraction(of) if of is not None else 1)
    unit = 10**places
    whole, part = divmod(int(abs(exact) * scale * unit), unit)
    sign = "-" if exact < 0 and (whole or part) else ""
    return f"{sign}{whole:,}.{part:0{places}d}" if places else f"{sign}{whole:,}"


def percent1(value: Ratio | None, of: Ratio | None = None) -> str:
    """百分比：one decimal, without the sign %; `of` is the denominator, else value is a share."""
    return ratio_text(value, of, 100, 1)


def permille2(value: Ratio | None, of: Ratio | None = None) -> str:
    """每千：two decimals, as on the city's screen."""
    return ratio_text(value, of, 1000, 2)


def permille1(value: Ratio | None, of: Ratio | None = None) -> str:
    """每千：one decimal, as on the desks."""
    return ratio_text(value, of, 1000, 1)


def remaining(minutes: int | None) -> str:
    """剩余时限：剩 1 小时 22 分, 剩 1 天 8 小时, 超 10 分 (plain time; 工作日 is the caller's)."""
    if minutes is None:
        return UNDECIDED
    days, rest = divmod(abs(minutes), 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        text = f"{days} 天" + (f" {hours} 小时" if hours else "")
    elif hours:
        text = f"{hours} 小时" + (f" {left} 分" if left else "")
    else:
        text = f"{left} 分"
    return f"{'超' if minutes < 0 else '剩'} {text}"


def clock_level(share: int, minutes: int | None = None) -> str:
    """时限颜色：over half plain, a fifth to a half warn, less or overdue danger.

    With less than two hours left a clock is never plain.
    """
    if share < 20 or (minutes is not None and minutes < 0):
        return "is-danger"
    if share <= 50 or (minutes is not None and minutes < 120):
        return "is-warn"
    return ""
