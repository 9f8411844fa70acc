"""模板检查：no inline code, no unknown icon, no field without a label, in any template."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuoyu.config.menu import ENTRIES
from tuoyu.config.menu_groups import GROUPS
from tuoyu.ui import icons, lint

ROOT = Path(lint.ROOT)
TEMPLATES = sorted(ROOT.rglob("templates/**/*.html"))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_template_is_clean(path: Path) -> None:
    problems = [f"{p.line}: {p.reason}" for p in lint.check(path.read_text("utf-8"))]
    assert problems == []


@pytest.mark.parametrize(
    "bad",
    [
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>a{}</style>",
        '<div style="width: 3px"></div>',
        '<div {% if x %}style="width: 3px"{% endif %}></div>',
        '<a onclick="go()">x</a>',
        '<a hx-on:click="go()">x</a>',
        '<a hx-on::after-request="go()">x</a>',
        '<a href="javascript:go()">x</a>',
        "{{ text|safe }}",
        "{% autoescape off %}{{ text }}{% endautoescape %}",
        '<use href="#i-nosuch"/>',
        '<use href="/static/other.svg#i-bell"/>',
        '{% icon "nosuch" %}',
        '{% include "ui/c/badge.html" with text="x" icon="nosuch" %}',
        "<c-card></c-card>",
        '<input name="x">',
        '<label for="y">x</label><input id="x" name="x">',
        "<select></select>",
        "<textarea></textarea>",
    ],
)
def test_planted_fault_is_found(bad: str) -> None:
    assert len(lint.check(f"<main>\n{bad}\n</main>")) >= 1
    assert all(problem.line == 2 for problem in lint.check(f"<main>\n{bad}\n</main>"))


@pytest.mark.parametrize(
    "good",
    [
        '<script src="{% static \'ui/js/ui.js\' %}" type="module"></script>',
        '<label>x <input name="x"></label>',
        '<label for="{{ id }}-a">x</label><input id="{{ id }}-a" name="x">',
        '<input id="x" name="x"><label for="x">后写的标签</label>',
        '<input type="hidden" name="x">',
        '<input name="x" aria-label="x">',
        '{% icon "bell" %}{% icon "close" %}',
        '<use href="#i-bell"/>',
        "{% comment %}<script>旧</script>{% endcomment %}",
        "{{ text|safe_name }}",
        '<input type="date" data-one="1" aria-label="日期">',
    ],
)
def test_good_markup_passes(good: str) -> None:
    assert lint.check(good) == []


def test_aliases_point_at_drawings() -> None:
    assert {icons.resolve(name) for name in icons.ALIASES} <= icons.drawn_names()
    assert not set(icons.ALIASES) & icons.drawn_names()


def test_menu_icons_are_drawn() -> None:
    icons_of_menu = {entry.icon for entry in ENTRIES} | {group.icon for group in GROUPS}
    assert icons_of_menu <= icons.icon_names()
