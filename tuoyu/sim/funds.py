"""预算：fictitious budgets of the year, for each use that the pack declares, unit by unit.

Put by the finance officer early in the year, so that what the months pay has money behind it; a
few are raised in summer and one is taken back in part. A full city has no history to pay.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.domains.funds.services import change_budget
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import FundUse
from tuoyu.sim.draws import stream
from tuoyu.sim.state import Built

WAN = 1_000_000  # fen
# How much of a use each source bears, in parts; the documents say only which may.
PARTS = {"central": 5, "province": 2, "city": 2, "county": 3, "bond": 4, "social": 1}
MONTHLY = ("class_subsidy", "special_family", "operating_subsidy", "rent_relief")


def put_budgets(b: Built) -> None:
    """下达全年预算。"""
    book = current_book()
    if b.scale.until is not None or not book.funds.uses:
        return
    rng = stream(b.seed, "funds")
    by, year = b.people.finance, b.city.now.year
    kids = Counter(k.stays[0].inst.unit.code for k in b.kids if k.stays)
    homes = Counter(i.unit.code for i in b.institutions)
    for n, use in enumerate(book.funds.uses):
        units = [b.city.code] if use.paid_by == "city" else [u.code for u in b.city.units]
        at = workdays.add(clock.at(date(year, 1, 8), 10), n)
        for unit in units:
            whole = unit == b.city.code
            children = sum(kids.values()) if whole else kids[unit]
            places = sum(homes.values()) if whole else homes[unit]
            total = _need(rng, use, children, places)
            for source, wan in _shares(use, total):
                _put(by, at, year, use, unit, source, wan, f"{year}-{n}")
    _change_later(b, rng, by, year)


def _need(rng: random.Random, use: FundUse, children: int, homes: int) -> int:
    """一年要多少（万元）：by the child for what is paid monthly, else by the institution."""
    if use.id == "class_subsidy":
        base = children * 16 // 100
    elif use.id in MONTHLY:
        base = children * 8 // 100 + homes * 4
    elif use.id == "hospital_slot":
        base = homes * 30 + 120
    else:
        base = homes * 12 + 60
    return max(base * rng.randrange(95, 125) // 100, 20)


def _shares(use: FundUse, wan: int) -> list[tuple[str, int]]:
    """各来源的份额，零头归第一个来源。"""
    parts = [PARTS.get(s, 1) for s in use.sources]
    found = [wan * p // sum(parts) for p in parts]
    found[0] += wan - sum(found)
    return [(s, w) for s, w in zip(use.sources, found, strict=True) if w]


def _change_later(b: Built, rng: random.Random, by: Actor, year: int) -> None:
    """年中调整：two units get more, one gives a little back."""
    uses = [u for u in current_book().funds.uses if u.paid_by == "unit"]
    if not uses:
        return
    at = workdays.add(clock.at(date(year, 7, 1), 15), 4)
    chosen = [b.city.largest, *rng.sample(b.city.units, 2)]
    for n, (unit, kind) in enumerate(zip(chosen, ("allot", "allot", "withdraw"), strict=True)):
        use = uses[-1 - n]
        wan = 12 if kind == "allot" else 1
        memo = "年中追加" if kind == "allot" else "年中盘活，调减未动用部分"
        _put(by, at, year, use, unit.code, use.sources[0], wan, f"mid-{n}", kind=kind, memo=memo)


def _put(
    by: Actor,
    at: datetime,
    year: int,
    use: FundUse,
    unit: str,
    source: str,
    wan: int,
    batch: str,
    *,
    kind: str = "allot",
    memo: str = "",
) -> None:
    number = 10 + current_book().funds.uses.index(use)
    change_budget(
        key=f"budget:{batch}:{unit}:{source}",
        kind=kind,
        year=year,
        unit_code=unit,
        programme=use.id,
        source=source,
        document_no=f"示例财指〔{year}〕{number}号（虚构）",
        amount_fen=wan * WAN,
        memo=memo,
        by=by,
        at=at,
    )
