"""资金测试的共用件：one clerk, one programme, and its figures."""

from __future__ import annotations

from tests.world import NOW
from tuoyu.core.access import Actor
from tuoyu.core.scope import SYSTEM

CLERK = Actor(
    7, "财政甲（虚构）", "finance_officer", "财政拨付岗", "government", frozenset(), SYSTEM
)
UNIT = "350582"
PROGRAMME = "class_subsidy"


def put_budget(
    key: str, source: str, fen: int, *, rank: int = 1, unit: str = UNIT, year: int = 2025
) -> int:
    """下达一笔预算。"""
    from tuoyu.domains.funds import services

    return services.allot(
        key=key,
        year=year,
        unit_code=unit,
        programme=PROGRAMME,
        source=source,
        rank=rank,
        document_no="示例财指〔2025〕1号（虚构）",
        amount_fen=fen,
        by=CLERK,
        at=NOW,
    )


def take(key: str, fen: int, *, unit: str = UNIT) -> None:
    """预留一笔。"""
    from tuoyu.domains.funds import services

    services.reserve(
        programme=PROGRAMME,
        unit_code=unit,
        year=2025,
        amount_fen=fen,
        key=key,
        subject="专项奖补（虚构）",
        by=CLERK,
        at=NOW,
    )


def totals() -> dict[str, int]:
    """各种账户的余额，零的不列。"""
    from tuoyu.domains.funds.models import Account

    found: dict[str, int] = {}
    for kind, fen in Account.all_rows.values_list("kind", "balance_fen"):
        found[kind] = found.get(kind, 0) + fen
    return {k: v for k, v in found.items() if v}
