"""限额：the worked examples, the fen at the border, and what is missing stays 待定."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings

from tuoyu.domains.billing.selectors.caps import Caps
from tuoyu.domains.policies.engine import Book, Overlay, load_book

MAY, KNOWN = date(2025, 5, 1), date(2025, 10, 15)


@pytest.fixture(scope="module")
def yueqing() -> Book:
    return load_book(settings.PACKS_DIR, "yueqing")


@pytest.mark.parametrize(
    ("income_yuan", "cap_yuan"), [(60_000, 1500), (65_000, 1625), (70_000, 1750), (75_000, 1875)]
)
def test_thirty_percent_of_income_by_twelve(yueqing: Book, income_yuan: int, cap_yuan: int) -> None:
    cells = {"price.income": dict.fromkeys(_keys(yueqing), income_yuan * 100)}
    overlay = Overlay("算例", cells)
    cap = Caps(MAY, KNOWN, book=yueqing, overlay=overlay).of(inclusive=True)
    assert (cap.state, cap.fen) == ("set", cap_yuan * 100)


def _keys(book: Book) -> list[tuple[str, ...]]:
    return [row.key for row in book.rows_of("price.income")]


def test_at_the_cap_is_allowed_and_one_fen_above_is_not(yueqing: Book) -> None:
    cap = Caps(MAY, KNOWN, book=yueqing).of(inclusive=True)
    assert cap.fen == 175_000
    assert not cap.refuses(175_000)
    assert cap.refuses(175_001)


def test_it_binds_inclusive_institutions_only(yueqing: Book) -> None:
    cap = Caps(MAY, KNOWN, book=yueqing).of(inclusive=False)
    assert (cap.state, cap.fen) == ("exempt", None)
    assert not cap.refuses(10**9)


def test_missing_income_is_undetermined_never_zero(yueqing: Book) -> None:
    book = replace(yueqing, notices=())
    cap = Caps(MAY, KNOWN, book=book).of(inclusive=True)
    assert (cap.state, cap.fen) == ("open", None)
    assert "待定" in cap.why
    assert "人均可支配收入" in cap.why
    assert not cap.refuses(1)


def test_not_yet_known_is_undetermined(yueqing: Book) -> None:
    cap = Caps(date(2025, 2, 1), date(2025, 1, 31), book=yueqing).of(inclusive=True)
    assert cap.state == "open"


def test_outside_the_pilot_nothing_holds(yueqing: Book) -> None:
    cap = Caps(date(2026, 1, 1), date(2026, 1, 2), book=yueqing).of(inclusive=True)
    assert cap.state == "open"
    assert "施行期" in cap.why


def test_a_city_without_the_rule_has_no_cap() -> None:
    book = load_book(settings.PACKS_DIR, "quanzhou")
    cap = Caps(MAY, KNOWN, book=book).of(inclusive=True)
    assert (cap.state, cap.fen) == ("none", None)


def test_sources_carry_value_document_and_date(yueqing: Book) -> None:
    told = {s["param"]: s for s in Caps(MAY, KNOWN, book=yueqing).sources()}
    assert told["price.income"]["value"] == 7_000_000
    assert told["price.income"]["document"]
    assert told["price.ratio"]["value"] == 30
