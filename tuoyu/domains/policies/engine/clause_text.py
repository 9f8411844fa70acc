"""条款原文：把文件正文按条款号切开，去掉空白，供核对数字与字样。

条款号写作 二(二)5：一级“二、”、二级“（二）”、三级“5.”。抽取的文字常在词中断行，
所以一律去掉空白再比；全角括号改成半角。
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

_PART = re.compile(r"^([一二三四五六七八九十]+)、")
_SECTION = re.compile(r"^[（(]([一二三四五六七八九十]+)[)）]")
_ITEM = re.compile(r"^(\d{1,2})[.\uff0e](?!\d)")
_BOOKMARK = re.compile(r"^\[bookmark:[^\]]*\]")
_CLOSING = re.compile(r"^本文件由")
_SPACE = re.compile(r"\s+")
FIGURE = re.compile(
    r"(?<![\d.])\d+(?:\.\d+)?"
    r"(?:万元|元|个托位|个工作日|个月|%|周岁|岁|年|月|日|个|家|场|次|名|项|张|孩|号|托位)?"
)


def squeeze(text: str) -> str:
    """去掉空白，括号统一成半角。"""
    return _SPACE.sub("", text).replace("（", "(").replace("）", ")")


def split_clauses(text: str) -> Mapping[str, str]:
    """正文切成“条款号 → 去掉空白的文字”；标题前的归“文头”，文末的归“文尾”。"""
    found: dict[str, list[str]] = {}
    part = section = item = ""
    number, at = 0, "文头"
    for line in text.splitlines():
        line = _BOOKMARK.sub("", line.strip())
        if heading := _PART.match(line):
            part, section, item = heading.group(1), "", ""
        elif part and (heading := _SECTION.match(line)):
            section, item = f"({heading.group(1)})", ""
        elif part and (heading := _ITEM.match(line)) and _follows(int(heading.group(1)), number):
            number = int(heading.group(1))
            item, line = str(number), line[heading.end() :]
        elif part and _CLOSING.match(line):
            part, section, item = "文尾", "", ""
        if part:
            at = f"{part}{section}{item}"
        found.setdefault(at, []).append(line)
    return {name: squeeze("".join(lines)) for name, lines in found.items()}


def _follows(number: int, before: int) -> bool:
    # 行首的“0.05万元”之类不是条目；条目要么接着上一条，要么从 1 重新开始。
    return number in (1, before + 1)


def figures_of(text: str) -> tuple[str, ...]:
    """条款里出现的数字（连单位），按先后。"""
    return tuple(FIGURE.findall(text))


def clause_digest(text: str) -> str:
    """条款文字（已去空白）的 SHA-256。"""
    return hashlib.sha256(text.encode()).hexdigest()
