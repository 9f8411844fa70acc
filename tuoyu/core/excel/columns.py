"""导入表的列：what a cell must be, and the sentence for when it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

from tuoyu.core.identifiers import id_error, normalise, uscc_error

Kind = Literal["text", "date", "time", "id", "uscc", "phone", "choice", "yuan", "count"]


@dataclass(frozen=True)
class Column:
    """一列。``choices`` maps the label a person picks to the stored code."""

    key: str
    title: str
    kind: Kind = "text"
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    sample: str = ""
    longest: int = 80


class CellError(ValueError):
    """单元格问题：the sentence goes into the error workbook."""


def parse(column: Column, raw: Any) -> Any:
    """一格的值；raises ``CellError``. An empty optional cell is None, never zero."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if column.required:
            raise CellError(f"「{column.title}」必填，现为空，请补填")
        return None
    return _PARSERS[column.kind](column, raw)


def _text(column: Column, raw: Any) -> str:
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
    text = text.strip()
    if len(text) > column.longest:
        raise CellError(f"「{column.title}」最多 {column.longest} 字，现为 {len(text)} 字，请精简")
    if any(ord(c) < 32 for c in text):
        raise CellError(f"「{column.title}」含有换行或不可见字符，请删去后重填")
    return text


def _date(column: Column, raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", _text(column, raw))
    if match:
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            pass
    raise CellError(f"「{column.title}」不是日期（现为 {raw}），请写成 2025-03-01 的样子")


def _time(column: Column, raw: Any) -> time:
    if isinstance(raw, time):
        return raw
    match = re.fullmatch(r"(\d{1,2})[:：](\d{2})", _text(column, raw))
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    raise CellError(f"「{column.title}」不是时刻（现为 {raw}），请写成 08:05 的样子")


def _id(column: Column, raw: Any) -> str:
    if isinstance(raw, (int, float)):
        raise CellError(
            f"「{column.title}」是数字格式，超过 15 位会丢尾数，请把该列设为文本后重新填写"
        )
    number = normalise(str(raw))
    if error := id_error(number):
        raise CellError(error)
    return number


def _uscc(column: Column, raw: Any) -> str:
    code = normalise(str(raw))
    if error := uscc_error(code):
        raise CellError(error)
    return code


def _phone(column: Column, raw: Any) -> str:
    number = normalise(_text(column, raw)).replace("-", "")
    if not re.fullmatch(r"1\d{10}|0\d{9,11}", number):
        raise CellError(
            f"「{column.title}」应为 11 位手机号或带区号的座机，现为 {len(number)} 位，请核对"
        )
    return number


def _choice(column: Column, raw: Any) -> str:
    label = _text(column, raw)
    if label not in column.choices:
        known = "、".join(list(column.choices)[:12])
        raise CellError(f"「{column.title}」没有「{label}」这一项，请从字典中选：{known}")
    return column.choices[label]


def _yuan(column: Column, raw: Any) -> int:
    """元 → 分，逐位取，不经过浮点。"""
    text = str(raw).strip().replace(",", "").replace("，", "")
    match = re.fullmatch(r"(\d{1,9})(?:\.(\d{1,2})0*)?", text)
    if not match:
        raise CellError(f"「{column.title}」应为金额（元，最多两位小数），现为 {raw}，请核对")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0") or 0)


def _count(column: Column, raw: Any) -> int:
    text = _text(column, raw)
    if not re.fullmatch(r"\d{1,6}", text):
        raise CellError(f"「{column.title}」应为不小于 0 的整数，现为 {raw}，请核对")
    return int(text)


_PARSERS = {
    "text": _text,
    "date": _date,
    "time": _time,
    "id": _id,
    "uscc": _uscc,
    "phone": _phone,
    "choice": _choice,
    "yuan": _yuan,
    "count": _count,
}
