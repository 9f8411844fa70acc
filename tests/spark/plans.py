"""测试与测速共用的几个方案。"""

from __future__ import annotations

from tuoyu.domains.policies.engine import Book
from tuoyu.domains.policies.engine.model import Key
from tuoyu.domains.reforms.rules.plans import Plan

CARE = ("infant", "toddler", "mixed_u24m")
CEILING, AMOUNT = "class_subsidy.ceiling", "class_subsidy.amount"


def plans_of(book: Book) -> dict[str, Plan | None]:
    """现行与三个方案。"""
    limit: dict[Key, int] = {(care,): 40_000 for care in CARE}
    counties = [unit.code for unit in book.city.units if unit.counted]
    amounts: dict[Key, int] = {(county, care): 25_000 for county in counties for care in CARE}
    return {
        "现行": None,
        "上限 400": Plan("上限 400", {CEILING: limit}),
        "都跟到上限": Plan("都跟到上限", {CEILING: limit}, follow=True),
        "补齐 250": Plan("补齐 250", {CEILING: limit, AMOUNT: amounts}, fills=True),
    }
