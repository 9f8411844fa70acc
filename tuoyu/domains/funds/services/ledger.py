"""记账：calls the ledger's SQL functions and tells their refusals in plain words.

``key`` makes an act happen once; ``subject`` is the thing whose money it is (``grant:12``). Both
are kept for ever with the entries, so that any yuan can be followed by them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan_grouped

SHORT, OTHER_CONTENT, NOT_RESERVED, ORDERED, UNKNOWN = "TY001", "TY002", "TY003", "TY004", "TY005"
OVERDRAWN = "23514"  # a CHECK of the ledger's tables


class ShortOfMoney(DomainError):
    """余额不足：``short_fen`` is what lacks."""

    def __init__(self, short_fen: int) -> None:
        super().__init__(
            "over-budget", f"余额不足，还差 {yuan_grouped(short_fen)} 元，没有记账；请核对金额"
        )
        self.short_fen = short_fen


@dataclass(frozen=True)
class Move:
    """一次收支：kinds of rules.WAYS after the commitment (order, settle, bounce, claim…)."""

    key: str
    kind: str
    subject: str
    fen: int
    memo: str = ""


def post(
    *, key: str, kind: str, subject: str, amount_fen: int, by: Actor, at: datetime, memo: str = ""
) -> int:
    """记一笔：moves a subject's own money along the way of its kind. Answers the transfer's id."""
    return post_all([Move(key, kind, subject, amount_fen, memo)], by=by, at=at)[0]


def post_all(moves: Sequence[Move], *, by: Actor, at: datetime) -> list[int]:
    """记一批：all or nothing, with every lock taken at the beginning and in one order."""
    if not moves:
        return []
    for move in moves:
        check_amount(move.fen)
    body = json.dumps([asdict(m) for m in moves])
    found = call("SELECT funds_post(%s::jsonb, %s, %s, %s)", [body, at, by.user_id, by.name])
    return list(found)


def reverse(*, key: str, of_key: str, reason: str, by: Actor, at: datetime) -> int:
    """冲正：a reversing entry; the first one stays as it is."""
    if not reason.strip():
        raise DomainError("reason", "冲正须写明原因，请补写后再提交")
    params = [key, of_key, reason, at, by.user_id, by.name]
    return int(call("SELECT funds_reverse(%s, %s, %s, %s, %s, %s)", params))


def balances_of(subject: str) -> dict[str, int]:
    """一件事的钱现在在哪些账户：account kind → fen, only what is not zero."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, fen FROM funds_of(%s)", [subject])
        return dict(cursor.fetchall())


def check_amount(fen: int) -> None:
    """金额须为正整数分。"""
    if not isinstance(fen, int) or isinstance(fen, bool) or fen <= 0:
        raise DomainError("amount", "金额须大于零，请核对后重新填写")


def call(sql: str, params: Sequence[Any]) -> Any:
    """调用总账函数，一行一列；a refusal leaves nothing behind."""
    with _refusals(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        row = cursor.fetchone()
        return row[0] if row else None


@contextmanager
def _refusals() -> Iterator[None]:
    """The ledger's own SQLSTATEs become sentences; anything else is a fault and passes."""
    try:
        yield
    except DatabaseError as error:
        diag = getattr(error.__cause__, "diag", None)
        told = _refusal(getattr(diag, "sqlstate", None), getattr(diag, "message_detail", None))
        if told is None:
            raise
        raise told from error


def _refusal(sqlstate: str | None, detail: str | None) -> DomainError | None:
    if sqlstate == SHORT:
        return ShortOfMoney(int(detail or 0))
    if sqlstate == OTHER_CONTENT:
        return DomainError(
            "key-used", "这笔收支已经记过，且内容不同，没有重复记账；请刷新页面核对后再办"
        )
    if sqlstate == NOT_RESERVED:
        return DomainError("not-reserved", "这件事还没有预留资金，请先完成受理预留再办理")
    if sqlstate == ORDERED:
        return DomainError(
            "ordered", "资金已编入付款或已经付出，不能直接释放；请先撤回付款，或走退款、抵扣"
        )
    if sqlstate == UNKNOWN:
        return DomainError("ledger", "总账里没有这条预算或这种收支，没有记账；请核对后重试")
    if sqlstate == OVERDRAWN:
        return DomainError(
            "overdrawn",
            "这样记账会使账户余额为负，没有记账；这笔钱已经被后续环节使用，请先撤回后续",
        )
    return None
