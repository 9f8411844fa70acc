"""逐条核对：clauses.csv 的每一行每一个数都在政策包里，并注明依据。"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tuoyu.domains.policies.engine import Book

ROWS = list(csv.DictReader((Path(__file__).parent / "clauses.csv").open(encoding="utf-8")))
INDICATOR = re.compile(r"^(\w+)(>=|<=|>|<|=)(.+)$")
PARAM = re.compile(r"^([\w.]+)(?:\[(\w+)\])?=(\d+)$")


@pytest.mark.parametrize("row", ROWS, ids=[row["row"] for row in ROWS])
def test_every_clause_and_number_is_encoded(row: dict[str, str], books: dict[str, Book]) -> None:
    book = books[row["pack"]]
    for item in row["items"].split("|"):
        kind, _, rest = item.partition(":")
        assert CHECKS[kind](book, rest), f"{row['row']}：{item}"


def test_checklist_is_complete() -> None:
    names = [row["row"] for row in ROWS]
    assert len(names) == len(set(names))
    assert sum(name.startswith("A-") for name in names) == 34
    assert sum(name.startswith("B-") for name in names) == 32


def test_every_encoded_thing_is_on_the_checklist(books: dict[str, Book]) -> None:
    listed = {(row["pack"], word) for row in ROWS for word in re.findall(r"[\w.]+", row["items"])}
    for slug, book in books.items():
        for name in (*book.rules, *book.duties):
            assert (slug, name) in listed, f"{slug} 的 {name} 没有列入核对表"


def check_doc(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    document = book.pack.document
    found = {
        "number": document.number,
        "signed_on": str(document.signed_on),
        "printed_on": str(document.printed_on),
        "valid_from": str(document.valid.start),
        "valid_to": str(document.valid.last_day),
        "status": book.pack.status,
    }
    return found[name] == wanted


def check_indicator(book: Book, rest: str) -> bool:
    found = INDICATOR.match(rest)
    assert found is not None
    indicator = book.indicators[found.group(1)]
    if found.group(3) == "track":
        return indicator.comparison == "track" and indicator.target is None
    return indicator.comparison == found.group(2) and indicator.target == Fraction(found.group(3))


def check_param(book: Book, rest: str) -> bool:
    found = PARAM.match(rest)
    assert found is not None
    key = (found.group(2),) if found.group(2) else ()
    return book.params[found.group(1)].cells[key].value == int(found.group(3))


def check_kind(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return book.params[name].kind == wanted


def check_sum(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return sum(cell.value for cell in book.params[name].cells.values()) == int(wanted)


def check_figure(book: Book, rest: str) -> bool:
    at, _, wanted = rest.partition("=")
    return wanted in book.clauses[at].figures


def check_ends(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return len(book.duties[name].ends) == int(wanted)


def check_times(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return book.duties[name].times_per_year == int(wanted)


def check_due(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return book.duties[name].due == date.fromisoformat(wanted)


def check_deadline(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return book.indicators[name].deadline == date.fromisoformat(wanted)


def check_words(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return len(book.words[name]) == int(wanted)


def check_who(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return len(book.duties[name].who) == int(wanted)


def check_units(book: Book, rest: str) -> bool:
    return sum(unit.counted for unit in book.city.units) == int(rest.partition("=")[2])


def check_norm(book: Book, rest: str) -> bool:
    name, _, wanted = rest.partition("=")
    return book.national.norm(name) == int(wanted)


CHECKS: dict[str, Callable[[Book, str], bool]] = {
    "doc": check_doc,
    "indicator": check_indicator,
    "param": check_param,
    "kind": check_kind,
    "sum": check_sum,
    "figure": check_figure,
    "ends": check_ends,
    "times": check_times,
    "due": check_due,
    "deadline": check_deadline,
    "words": check_words,
    "who": check_who,
    "units": check_units,
    "norm": check_norm,
    "rule": lambda book, rest: rest in book.rules,
    "duty": lambda book, rest: rest in book.duties,
    "ask": lambda book, rest: rest in book.interpretations,
    "related": lambda book, rest: rest in [number for number, _ in book.pack.document.related],
}
