"""预算：allot → reserve → commit, and give back. No interleaving can overspend a line."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds.services.ledger import ShortOfMoney, call, check_amount
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import FundUse


def allot(
    *,
    key: str,
    year: int,
    unit_code: str,
    programme: str,
    source: str,
    rank: int,
    document_no: str,
    amount_fen: int,
    by: Actor,
    at: datetime,
    memo: str = "",
    kind: str = "allot",
) -> int:
    """下达预算（``kind="withdraw"``：收回未用的预算）。Answers the budget line's id."""
    check_amount(amount_fen)
    if not document_no.strip():
        raise DomainError("document", "下达预算须写明文号，请补写后再提交")
    return int(
        call(
            "SELECT funds_allot(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                key,
                kind,
                year,
                unit_code,
                unit_code,
                programme,
                source,
                rank,
                document_no.strip(),
                amount_fen,
                memo.strip(),
                at,
                by.user_id,
                by.name,
            ],
        )
    )


def change_budget(
    *,
    key: str,
    kind: str,
    year: int,
    unit_code: str,
    programme: str,
    source: str,
    document_no: str,
    amount_fen: int,
    by: Actor,
    at: datetime,
    memo: str = "",
) -> int:
    """追加（allot）或收回（withdraw）预算，by a person, within what the pack declares."""
    if not by.may("funds:budget:manage") or kind not in ("allot", "withdraw"):
        raise NotFound
    book = current_book()
    use, origin = book.funds.use(programme), book.funds.source(source)
    if use is None or origin is None or not _spends(use, unit_code):
        raise DomainError("budget", "政策包没有这个项目、来源或单位，没有下达；请重新选择")
    if by.scope.kind == "region" and not unit_code.startswith(by.scope.region_prefix):
        raise NotFound
    if source not in use.sources:
        allowed = "、".join(s.name for s in book.funds.sources if s.id in use.sources)
        raise DomainError(
            "source", f"“{use.name}”不能用{origin.name}资金，没有下达；可用来源：{allowed}"
        )
    if not at.year - 1 <= year <= at.year + 1:
        raise DomainError("year", "预算年度只能是去年、今年或明年，没有下达；请核对年度")
    try:
        return allot(
            key=key,
            kind=kind,
            year=year,
            unit_code=unit_code,
            programme=programme,
            source=source,
            rank=origin.rank,
            document_no=document_no,
            amount_fen=amount_fen,
            memo=memo,
            by=by,
            at=at,
        )
    except ShortOfMoney as short:
        raise DomainError(
            "in-use",
            f"可收回的预算少 {yuan_grouped(short.short_fen)} 元，没有收回；"
            "已预留、承诺和付出的不能收回，请核对金额",
        ) from short


def _spends(use: FundUse, unit_code: str) -> bool:
    """县区支出的项目下达到单位，市本级支出的下达到市。"""
    city = current_book().city
    if use.paid_by == "city":
        return unit_code == city.code
    unit = city.unit(unit_code)
    return unit is not None and unit.counted


def reserve(
    *,
    programme: str,
    unit_code: str,
    year: int,
    amount_fen: int,
    key: str,
    subject: str,
    by: Actor,
    at: datetime,
) -> None:
    """预留：available → reserved, from the sources in their declared order; it may split.

    ``key`` is the thing whose money it is ("grant:12"); ``subject`` says in words what for. The
    same key and content again is the same reservation; after ``free`` the key may reserve afresh.
    """
    check_amount(amount_fen)
    try:
        call(
            "SELECT funds_reserve(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [key, programme, unit_code, year, amount_fen, subject, at, by.user_id, by.name],
        )
    except ShortOfMoney as short:
        raise _over(programme, unit_code, year, amount_fen, short.short_fen) from short


def commit(*, key: str, amount_fen: int, by: Actor, at: datetime) -> None:
    """承诺：reserved → committed; a smaller amount frees the rest, a larger one is refused."""
    check_amount(amount_fen)
    try:
        call("SELECT funds_commit(%s, %s, %s, %s, %s)", [key, amount_fen, at, by.user_id, by.name])
    except ShortOfMoney as short:
        raise DomainError(
            "over-reserved",
            f"核定金额比预留多 {yuan_grouped(short.short_fen)} 元，没有办理；"
            "请核对金额，确需增加的先释放后重新预留",
        ) from short


def free(*, key: str, by: Actor, at: datetime, reason: str = "") -> int:
    """释放：gives back what is reserved or committed; answers the fen given back (0: nothing)."""
    return int(
        call("SELECT funds_free(%s, %s, %s, %s, %s)", [key, reason, at, by.user_id, by.name])
    )


def hold_lines(*, programme: str, year: int, unit_codes: list[str]) -> None:
    """一批办理前先锁住要用的预算：a loop over many things takes its locks at once, in one order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT funds_hold(funds_lines_for(%s, %s, %s))", [programme, year, unit_codes]
        )


def _over(programme: str, unit_code: str, year: int, need: int, short: int) -> DomainError:
    book = current_book()
    use = book.funds.use(programme)
    unit = book.city.unit(unit_code)
    return DomainError(
        "over-budget",
        f"{unit.name if unit else book.city.name} {year} 年"
        f"“{use.name if use else programme}”预算不足：本次需 {yuan_grouped(need)} 元，"
        f"可用 {yuan_grouped(need - short)} 元，还差 {yuan_grouped(short)} 元，没有预留；"
        "请财政拨付岗在“资金”页追加预算后再办",
    )
