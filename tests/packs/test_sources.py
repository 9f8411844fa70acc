"""对照原文：数字紧跟字样，小数点错位、张冠李戴、用词不符都拒绝。"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packs.conftest import SOURCES, Edit
from tuoyu.domains.policies.engine import Book, load_book
from tuoyu.domains.policies.engine.clause_text import figures_of, split_clauses
from tuoyu.domains.policies.engine.lint import Quoted, check_figure, lint_sources
from tuoyu.domains.policies.engine.model import Cite
from tuoyu.domains.policies.engine.source import Spot

Q = "quanzhou-2024"
PARAMS = f"{Q}/params.yaml"
HERE = Spot("x.yaml", 1)
needs_sources = pytest.mark.skipif(
    not SOURCES.is_dir(), reason=f"没有原文文件夹 {SOURCES.name}，跳过对照原文"
)
TEXT = "“明厨亮灶”补助不高于1万元/家，“消防包”补助不高于5万元/家，“人防包”补助不高于0.05万元/家"
PARALLEL = "分别按照乳儿班、托小班不高于300元、200元每人每月"


@needs_sources
@pytest.mark.parametrize("slug", ["quanzhou-2024", "yueqing-2025"])
def test_packs_agree_with_the_sources(slug: str, books: dict[str, Book]) -> None:
    assert [str(problem) for problem in lint_sources(books[slug], SOURCES)] == []


@needs_sources
@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("fire: {figure: 5万元", "fire: {figure: 1万元", "之后的数是“5万元”，不是“1万元”"),
        ("guard: {figure: 0.05万元", "guard: {figure: 5万元", "之后的数是“0.05万元”"),
        ("toddler: {figure: 200元", "toddler: {figure: 300元", "之后的数是“200元”"),
        ("city: {figure: 10万元", "city: {figure: 20万元", "之后的数是“10万元”"),
        ("label: 明厨亮灶改建包", "label: 托育园消防包", "之后的数是“5万元”"),
        ("label: 每个特色托育园", "label: 每家特色托育园", "没有字样"),
        ("words: [用水用电按照", "words: [用水用电依照", "里没有“用水用电依照"),
    ],
)
def test_a_slip_or_a_swap_is_found(old: str, new: str, why: str, copy: Path, edit: Edit) -> None:
    line = edit(PARAMS, old, new)
    problems = lint_sources(load_book(copy, Q), SOURCES)
    assert [problem.line for problem in problems] == [line]
    assert why in problems[0].why


@needs_sources
def test_a_changed_register_is_found(copy: Path, edit: Edit) -> None:
    line = edit(f"{Q}/clauses.yaml", "figures: ['3000元', '2万元']", "figures: ['2万元', '3000元']")
    problems = lint_sources(load_book(copy, Q), SOURCES)
    assert "登记的数字与原文不同" in problems[0].why
    assert abs(problems[0].line - line) <= 4


def test_missing_sources_are_named(quanzhou: Book, tmp_path: Path) -> None:
    assert lint_sources(quanzhou, tmp_path)[0].why.startswith("找不到原文")


def quoted(kind: str, figure: str, label: str, word: str, order: tuple[str, ...] = ()) -> Quoted:
    return Quoted(kind, figure, label, Cite("二(三)9", word, (), order, HERE), HERE)


@pytest.mark.parametrize(
    ("one", "text", "fine"),
    [
        (quoted("ceiling", "5万元", "消防包", "不高于"), TEXT, True),
        (quoted("ceiling", "1万元", "消防包", "不高于"), TEXT, False),
        (quoted("ceiling", "0.5万元", "人防包", "不高于"), TEXT, False),
        (quoted("ceiling", "05万元", "人防包", "不高于"), TEXT, False),
        (quoted("floor", "5万元", "消防包", "不低于"), TEXT, False),
        (quoted("exact", "5万元", "消防包", ""), TEXT, False),
        (quoted("ceiling", "200元", "托小班", "不高于", ("乳儿班", "托小班")), PARALLEL, True),
        (quoted("ceiling", "300元", "托小班", "不高于", ("乳儿班", "托小班")), PARALLEL, False),
        (quoted("ceiling", "200元", "乳儿班", "不高于", ("乳儿班", "托小班")), PARALLEL, False),
    ],
)
def test_figure_beside_its_label(one: Quoted, text: str, fine: bool) -> None:
    assert (list(check_figure(one, text)) == []) is fine


def test_broken_lines_are_joined_and_items_found() -> None:
    text = "标题\n一、总则\n(一)目标\n到2025\n年建成\n5.第一项\n6. 改建\n0.05万元/家\n"
    text += "本文件由某委解释\n"
    clauses = split_clauses(text)
    assert clauses["一(一)"] == "(一)目标到2025年建成5.第一项6.改建0.05万元/家"
    numbered = split_clauses(text.replace("5.第一项\n6.", "1.第一项\n2."))
    assert numbered["一(一)2"] == "改建0.05万元/家"
    assert numbered["文尾"] == "本文件由某委解释"
    assert figures_of("不高于0.05万元，100个托位") == ("0.05万元", "100个托位")
