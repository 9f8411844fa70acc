"""页面检查：what each page promises whatever it shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SVG_SELF = {"path", "circle", "rect", "line", "use", "ellipse", "text", "polygon", "polyline"}


class Page(HTMLParser):
    """读一页：headings, ids, fields, labels, inline code, open and closed tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.h1 = 0
        self.ids: list[str] = []
        self.fields: list[dict[str, str]] = []
        self.labels: set[str] = set()
        self.labelled_depth = 0
        self.faults: list[str] = []
        self.stack: list[str] = []
        self.title = ""
        self._in_title = False
        self.feed(html)
        self.close()
        if self.stack:
            self.faults.append(f"未闭合的标签 {self.stack[-5:]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self._inline(tag, given)
        if tag == "h1":
            self.h1 += 1
        if tag == "title":
            self._in_title = "svg" not in self.stack
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label":
            self.labelled_depth += 1
            self.labels.add(given.get("for", ""))
        is_field = tag in ("input", "select", "textarea")
        if is_field and given.get("type") not in ("hidden", "submit") and not self.labelled_depth:
            self.fields.append(given)
        if tag == "button" and not given.get("type"):
            self.faults.append(f"button 缺 type：{given}")
        if tag == "form" and given.get("method", "").lower() == "post":
            self.faults += [] if given.get("action", "x") else ["表单 action 为空"]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if tag == "label":
            self.labelled_depth -= 1
        if tag in VOID:
            return
        if tag in self.stack:
            while self.stack and self.stack.pop() != tag:
                pass
        else:
            self.faults.append(f"多余的 </{tag}>")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def _inline(self, tag: str, given: dict[str, str]) -> None:
        if "style" in given:
            self.faults.append(f"<{tag}> 有 style 属性")
        self.faults += [f"<{tag}> 有 {k}" for k in given if re.fullmatch(r"on[a-z]+", k)]
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.faults.append("内联脚本")
        if tag == "style":
            self.faults.append("内联样式")


def faults_of(html: str) -> list[str]:
    """一页的全部问题；empty when the page is sound."""
    page = Page(html)
    out = list(page.faults)
    if page.h1 != 1:
        out.append(f"应有一个 h1，现有 {page.h1} 个")
    if not page.title.strip():
        out.append("没有标题")
    twice = {i for i in page.ids if page.ids.count(i) > 1}
    if twice:
        out.append(f"重复的 id：{sorted(twice)}")
    for f in page.fields:
        if not (f.get("aria-label") or f.get("aria-labelledby") or f.get("id") in page.labels):
            out.append(f"没有标签的输入框：{f.get('name')}")
    for raw in ("<c-", "{{", "{%", "None</", "TODO"):
        if raw in html:
            out.append(f"漏出 {raw}")
    return out
