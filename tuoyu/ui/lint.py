"""模板检查：what a strict CSP and the page rules forbid, found by reading the templates.

``python -m tuoyu.ui.lint`` prints file, line and reason, and fails when there is any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from tuoyu.ui import icons

ROOT = Path(__file__).resolve().parents[1]

_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_COMMENT_BLOCK = re.compile(r"\{% comment.*?endcomment %\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_SAFE = re.compile(r"\|\s*safe(?![a-z_])|\{%\s*autoescape\s+off|\|\s*safeseq")
_ICON_TAG = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']""")
_ICON_PARAM = re.compile(r"""\{%[^%]*\bicon=["']([^"']+)["']""")
_USE = re.compile(r"""<use\b[^>]*?href=["']([^"'{]*)["']""")
_UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


@dataclass(frozen=True)
class Problem:
    """一处问题。"""

    line: int
    reason: str


def check_all(root: Path = ROOT) -> Iterator[tuple[Path, Problem]]:
    """检查全部模板。"""
    for path in sorted(root.rglob("templates/**/*.html")):
        for problem in check(path.read_text("utf-8")):
            yield path, problem


def check(text: str) -> list[Problem]:
    """检查一份模板。"""
    text = _COMMENT_BLOCK.sub(_blank, text)
    found = [*_names(text), *_markup(text)]
    return sorted(found, key=lambda problem: problem.line)


def _names(text: str) -> Iterator[Problem]:
    for match in _SAFE.finditer(text):
        yield Problem(_line(text, match), "不得关闭转义（safe、autoescape off）")
    for pattern in (_ICON_TAG, _ICON_PARAM):
        for match in pattern.finditer(text):
            if match[1] not in icons.icon_names():
                yield Problem(_line(text, match), f"没有名为 {match[1]} 的图标")
    for match in _USE.finditer(text):
        name = match[1].removeprefix("#i-")
        if not match[1].startswith("#i-") or name not in icons.drawn_names():
            yield Problem(_line(text, match), f"图标 {match[1]} 不在图标表中")


def _markup(text: str) -> list[Problem]:
    """Template tags give way to spaces and variables to underscores: lines and offsets stay."""
    plain = _VARIABLE.sub(lambda m: re.sub(r"[^\n]", "_", m[0]), _TAG.sub(_blank, text))
    reader = _Reader()
    reader.feed(plain)
    reader.close()
    return reader.problems + reader.unlabelled()


class _Reader(HTMLParser):
    """逐个标签查看。"""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[Problem] = []
        self.labelled: set[str] = set()
        self.waiting: list[tuple[int, str]] = []
        self.depth = 0

    def _say(self, reason: str) -> None:
        self.problems.append(Problem(self.getpos()[0], reason))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag.startswith("c-"):
            self._say(f"未展开的组件 <{tag}>")
        if tag == "script" and "src" not in given:
            self._say("不得有行内脚本")
        if tag == "style":
            self._say("不得有行内样式表")
        self._attributes(given)
        if tag == "label":
            self.depth += 1
            self.labelled.add(given.get("for", ""))
        if tag in ("input", "select", "textarea"):
            self._control(given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag == "label":
            self.depth -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.depth = max(0, self.depth - 1)

    def _attributes(self, given: dict[str, str]) -> None:
        for name, value in given.items():
            if name == "style":
                self._say("不得有 style 属性；长度用 SVG 属性，样式用类")
            elif re.fullmatch(r"on[a-z]+", name):
                self._say(f"不得有行内处理 {name}；行为用 data-behaviour")
            elif name.startswith(("hx-on", "data-hx-on")) or ("hx-vals" in name and "js:" in value):
                self._say(f"不得有 {name}（要执行行内脚本）")
            elif value.strip().lower().startswith("javascript:"):
                self._say("不得有 javascript: 链接")

    def _control(self, given: dict[str, str]) -> None:
        if given.get("type", "").lower() in _UNLABELLED or self.depth:
            return
        if given.get("aria-label") or given.get("aria-labelledby"):
            return
        self.waiting.append((self.getpos()[0], given.get("id", "")))

    def unlabelled(self) -> list[Problem]:
        """标签可写在控件之后，所以读完再判。"""
        return [
            Problem(line, "输入项没有标签（label、for 或 aria-label）")
            for line, name in self.waiting
            if not name or name not in self.labelled
        ]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def main() -> int:
    """入口：prints what is wrong; the count decides the exit code."""
    count = 0
    for path, problem in check_all():
        count += 1
        print(f"{path.relative_to(ROOT.parent)}:{problem.line}: {problem.reason}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
