"""样册逐页：every component is rendered once and the page rules hold in what a browser gets."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from tuoyu.core import clock
from tuoyu.ui import icons, lint
from tuoyu.ui.catalogue import PAGES, catalogue


class Page(HTMLParser):
    """读出标签、编号与标题。"""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.described: list[str] = []
        self.names: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        if "id" in given:
            self.ids.append(given["id"])
        self.described += given.get("aria-describedby", "").split()
        self.described += given.get("aria-labelledby", "").split()


def show(page: str) -> str:
    with clock.fixed(clock.at(clock.day_of(clock.now()).replace(2025, 10, 15), 8, 10)):
        return catalogue(RequestFactory().get("/_ui/"), page).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_page_rules_hold(page: str) -> None:
    text = show(page)
    seen = Page(text)
    assert seen.tags["h1"] == 1
    assert seen.tags["main"] == 1
    assert [name for name, count in Counter(seen.ids).items() if count > 1] == []
    assert set(seen.described) <= set(seen.ids)
    used = set(re.findall(r'href="#i-([^"]+)"', text))
    assert used <= icons.drawn_names()


@pytest.mark.parametrize("page", PAGES)
def test_what_the_browser_gets_is_clean(page: str) -> None:
    data = r'<script id="[^"]+-option" type="application/json">.*?</script>'
    problems = lint.check(re.sub(data, "", show(page)))
    assert [p for p in problems if "图标" not in p.reason] == []


@pytest.mark.parametrize("page", PAGES)
def test_demo_pages_say_so_with_the_clock(page: str) -> None:
    text = show(page)
    assert "演示数据" in text
    assert "10-15 08:10" in text


def test_a_shell_stands_without_any_context() -> None:
    for name in ("desk", "phone", "kiosk", "screen", "public", "login", "print"):
        text = render_to_string(f"ui/{name}.html", {"page_title": "空页"})
        assert "托育云" in text
        assert "演示数据" not in text
    assert "没有找到" in render_to_string("404.html")
    assert "没能打开" in render_to_string("500.html")


def test_form_errors_are_tied_to_their_field() -> None:
    text = show("form")
    field = re.search(r'<input[^>]*name="code"[^>]*>', text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="id_code-error"' in field[0]
    assert "现为 17 位" in text
    assert 'value="9135058200000000X"' in field[0]


def test_text_is_escaped() -> None:
    text = render_to_string(
        "ui/c/alert.html", {"kind": "ok", "text": "<script>x</script>", "items": ["<b>"]}
    )
    assert "<script>" not in text
    assert "&lt;b&gt;" in text


def test_undecided_amount_is_said_not_zeroed() -> None:
    text = render_to_string("ui/c/why.html", {"who": "叶*知", "fen": None, "gates": []})
    assert "待定" in text
    assert "0.00" not in text
    three = render_to_string("ui/c/three.html", {"limit_fen": 20000, "paid_fen": None})
    assert "200.00" in three
    assert "—" in three


def test_missing_figure_reads_as_not_reported() -> None:
    context = {"name": "轮训率", "text": None, "value": None, "target": 100, "full": 100}
    text = render_to_string("ui/c/stat.html", context)
    assert "未报" in text
    assert 'class="v' not in text


def test_a_name_that_is_not_there_is_missing_not_an_error() -> None:
    source = (
        "{% load ty %}{{ no|yuan }}{{ no|age }}{% clock no no no no %}{% target_bar no no no %}"
    )
    assert Template(source).render(Context({})).startswith("——")
