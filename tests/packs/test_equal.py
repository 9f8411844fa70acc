"""两种算法：逐个计算与整列计算，对任意输入逐分相同。"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.packs.conftest import PACKS
from tuoyu.domains.policies.engine import Book, evaluate, evaluate_one, load_book, resolve
from tuoyu.domains.policies.engine.examples import frame_of
from tuoyu.domains.policies.engine.model import Input
from tuoyu.domains.policies.engine.resolve import Resolved
from tuoyu.domains.policies.engine.scalar import Scalar

BOOKS = {slug: load_book(PACKS, slug) for slug in ("quanzhou-2024", "yueqing-2025")}
ALL = [(slug, rule) for slug, book in BOOKS.items() for rule in book.rules]
COLUMNS = ("state", "amount_fen", "gate", "binding", "limit_fen", "set_fen")


def values(item: Input) -> st.SearchStrategy[Scalar]:
    """一个输入可能的值，缺数也在内。"""
    if item.type == "bool":
        return st.sampled_from([True, True, False, None])
    if item.type == "code":
        return st.sampled_from([*item.codes, None])
    if item.type == "fen":
        return st.one_of(st.none(), st.integers(0, 60000), st.integers(0, 2_000_000_000))
    return st.one_of(st.none(), st.integers(0, 40), st.integers(0, 3000))


def lines(resolved: Resolved) -> st.SearchStrategy[list[dict[str, Scalar]]]:
    inputs = {item.id: values(item) for item in resolved.rule.inputs}
    return st.lists(st.fixed_dictionaries(inputs), min_size=1, max_size=40)


@pytest.mark.parametrize(("slug", "rule"), ALL)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_columns_equal_one_by_one(slug: str, rule: str, data: st.DataObject) -> None:
    book = BOOKS[slug]
    months = ["2024-11", "2025-01", "2025-05", "2025-07", "2025-12", "2026-01"]
    month = data.draw(st.sampled_from(months))
    known = data.draw(st.dates(date(2024, 12, 1), date(2026, 2, 1)))
    same(resolve(book, rule, month, known), data)


def same(resolved: Resolved, data: st.DataObject) -> None:
    facts = data.draw(lines(resolved))
    fast = evaluate(resolved, frame_of(resolved, facts))
    for fact, row in zip(facts, fast.iter_rows(named=True), strict=True):
        one = evaluate_one(resolved, fact)
        assert tuple(row[name] for name in COLUMNS) == (
            one.state,
            one.amount_fen,
            one.gate,
            one.binding,
            one.limit_fen,
            one.set_fen,
        )
        for name, used in one.rows.items():
            place = row[f"row:{name}"]
            assert (None if place is None else resolved.rows[place]) is used
        assert (one.amount_fen is None) == (one.state == 2)
        if one.amount_fen is not None and one.limit_fen is not None:
            assert 0 <= one.amount_fen <= one.limit_fen


def test_books_are_not_changed_by_use() -> None:
    fresh: Book = load_book(PACKS, "quanzhou-2024")
    assert fresh.sha256 == BOOKS["quanzhou-2024"].sha256
