"""核对依据：每个数都要在所引条款的原文里、紧跟在所写的字样之后；小数点错位、张冠李戴都拒绝。"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuoyu.domains.policies.engine.book import Book
from tuoyu.domains.policies.engine.clause_text import (
    FIGURE,
    clause_digest,
    figures_of,
    split_clauses,
    squeeze,
)
from tuoyu.domains.policies.engine.model import Cite
from tuoyu.domains.policies.engine.read_rules import CAP_WORDS
from tuoyu.domains.policies.engine.source import PackError, Spot

_BEFORE, _AFTER, _CLOSE = 45, 4, 7


@dataclass(frozen=True, slots=True)
class Quoted:
    """待核对的一个数：种类、原文写法、旁边的字样、依据与位置。"""

    kind: str
    figure: str
    label: str
    cite: Cite
    spot: Spot


def lint_sources(book: Book, sources: Path) -> list[PackError]:
    """对照原文核对全书，返回全部问题；没有问题即为空。"""
    document = book.pack.document
    path = sources / document.source_file
    spot = Spot(f"{book.slug}/document.yaml", 1)
    if not path.is_file():
        return [PackError(spot, f"找不到原文 {path}", "请把原文放在 --sources 所指的文件夹")]
    raw = path.read_bytes()
    if hashlib.sha256(raw).hexdigest() != document.source_sha256:
        return [PackError(spot, f"原文 {path.name} 与登记的摘要值不同", "请核对是否换了文件")]
    clauses = split_clauses(raw.decode("utf-8"))
    problems = list(_register(book, clauses))
    for cite in _cites(book):
        problems += _words(cite, clauses.get(cite.at, ""))
    for quoted in _quoted(book):
        problems += check_figure(quoted, clauses.get(quoted.cite.at, ""))
    return problems


def _register(book: Book, clauses: Mapping[str, str]) -> Iterator[PackError]:
    for clause in book.clauses.values():
        text = clauses.get(clause.at)
        if text is None:
            yield PackError(clause.spot, f"原文没有条款“{clause.at}”", "请核对条款号")
        elif clause_digest(text) != clause.sha256:
            yield PackError(
                clause.spot,
                f"条款 {clause.at} 的文字与登记的摘要值不同",
                f"核对无误后把 sha256 改为 {clause_digest(text)}",
            )
        elif clause.figures != tuple(dict.fromkeys(figures_of(text))):
            listed = "、".join(dict.fromkeys(figures_of(text))) or "（无）"
            yield PackError(
                clause.spot, f"条款 {clause.at} 登记的数字与原文不同", f"原文为：{listed}"
            )


def _cites(book: Book) -> Iterator[Cite]:
    for param in book.params.values():
        yield param.cite
    for rule in book.rules.values():
        yield rule.cite
    for indicator in book.indicators.values():
        yield indicator.cite
    for duty in book.duties.values():
        yield duty.cite
    yield from book.funds.cites()


def _words(cite: Cite, text: str) -> Iterator[PackError]:
    for word in cite.words:
        if squeeze(word) not in text:
            yield PackError(cite.spot, f"条款 {cite.at} 里没有“{word}”", "请照原文改正字样或条款号")


def _quoted(book: Book) -> Iterator[Quoted]:
    for param in book.params.values():
        for cell in param.cells.values():
            yield Quoted(param.kind, cell.figure, cell.label, param.cite, cell.spot)
    for indicator in book.indicators.values():
        if indicator.figure:
            yield Quoted(
                "target", indicator.figure, indicator.label, indicator.cite, indicator.spot
            )


def check_figure(quoted: Quoted, text: str) -> Iterator[PackError]:
    """核对一个数：字样之后第一个同单位的数必须就是它，上下限用词也要相符。"""
    label, cite = squeeze(quoted.label), quoted.cite
    if label not in text:
        yield PackError(
            quoted.spot, f"条款 {cite.at} 里没有字样“{quoted.label}”", "请照原文改正字样"
        )
        return
    place, found = _located(quoted, label, text)
    if place < 0:
        yield PackError(
            quoted.spot,
            f"条款 {cite.at} 里“{quoted.label}”之后的数是“{found}”，不是“{quoted.figure}”",
            "请核对小数点与对应关系",
        )
        return
    yield from _cap_word(quoted, text, place)


def _located(quoted: Quoted, label: str, text: str) -> tuple[int, str]:
    """数所在的位置；对不上时位置为 -1，并给出原文实际的数。"""
    unit = _unit(quoted.figure)
    order = [squeeze(word) for word in quoted.cite.order]
    skip = 0
    if label in order:
        end, skip = _after_all(order, text), order.index(label)
        starts = [end] if end >= 0 else []
    else:
        starts = [at + len(label) for at in _positions(label, text)]
    found = "（无）"
    for start in starts:
        same = [match for match in FIGURE.finditer(text, start) if _unit(match.group()) == unit]
        if len(same) > skip:
            found = same[skip].group()
            if found == quoted.figure:
                return same[skip].start(), found
    return -1, found


def _after_all(order: list[str], text: str) -> int:
    at = 0
    for word in order:
        place = text.find(word, at)
        if place < 0:
            return -1
        at = place + len(word)
    return at


def _positions(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _unit(figure: str) -> str:
    return figure.lstrip("0123456789.")


def _cap_word(quoted: Quoted, text: str, place: int) -> Iterator[PackError]:
    word, cite = quoted.cite.word, quoted.cite
    end = place + len(quoted.figure)
    near = text[max(0, place - _BEFORE) : place] + text[end : end + _AFTER]
    if word and word not in near:
        yield PackError(
            quoted.spot, f"条款 {cite.at} 里“{quoted.figure}”旁没有“{word}”", "请照原文改正用词"
        )
    close = text[max(0, place - _CLOSE) : place]
    for kind, listed in CAP_WORDS.items():
        if quoted.kind in (kind, "target"):
            continue
        for cap in listed:
            if close.endswith(cap):
                yield PackError(
                    quoted.spot,
                    f"原文“{cap}{quoted.figure}”是 {kind}，包里写作 {quoted.kind}",
                    "请改正 kind：上限不是金额",
                )
