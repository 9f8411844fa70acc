"""公示的规则：what may stand on a public sheet, and how long it stands there. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.errors import DomainError

MOST_CELL = 120
MOST_OPINION = 500
MOST_CONTACT = 80
# A city writes other figures as well: only the two shapes that name a person are refused.
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_FORBIDDEN = ("身份证", "证件号", "住址", "地址", "手机", "联系电话", "银行账号", "账号")
_NOTE = re.compile(r"[（(][^（）()]*[）)]$")


def mask(name: str) -> str:
    """姓名脱敏：王**; the surname stays, a note such as （虚构） is left off."""
    plain = _NOTE.sub("", name.strip())
    if not plain:
        return ""
    return plain[0] + "*" * max(len(plain) - 1, 1)


def clean_cell(text: str, person: str) -> str:
    """表中一格：the person's own name is masked here too; numbers of persons are refused."""
    cell = " ".join(str(text).split())
    plain = _NOTE.sub("", person.strip())
    if len(plain) > 1:
        cell = cell.replace(plain, mask(plain))
    if _ID.search(cell) or _MOBILE.search(cell):
        raise DomainError(
            "personal",
            "公示表里有证件号或手机号，公示出去就收不回，所以没有发布；请去掉这一列后再发布",
        )
    if len(cell) > MOST_CELL:
        raise DomainError("cell", f"公示表的一格最多 {MOST_CELL} 字，请写短后再发布")
    return cell


def check_columns(columns: Sequence[str]) -> None:
    """表头：columns that would name a person or where they live are refused."""
    for title in columns:
        if not title.strip():
            raise DomainError("column", "公示表有一列没有列名，读的人不知是什么；请补上后再发布")
        if any(word in title for word in _FORBIDDEN):
            raise DomainError("personal", f"公示表不得有「{title}」一列，请去掉后再发布")


def first_day(published_at: datetime) -> date:
    """公示期首日：the first working day after the day of publishing (当日不计)."""
    return workdays.add(published_at, 1).date()


def last_day(published_at: datetime, working_days: int) -> date:
    """公示期末日（含）。"""
    return workdays.add(published_at, working_days).date()


def ends_at(published_at: datetime, working_days: int) -> datetime:
    """公示结束时刻：the end of the last day (half-open)."""
    return clock.at(last_day(published_at, working_days) + timedelta(days=1))


def days_left(today: date, first: date, last: date) -> int:
    """还剩几个工作日，today included while it counts."""
    return max(workdays.between(max(today, first), last + timedelta(days=1)), 0)


def clean_opinion(text: str) -> str:
    """意见正文。"""
    said = text.strip().replace("\r\n", "\n")
    if len(said) < 5:
        raise DomainError("opinion", "意见至少写 5 个字，写明不符的是什么，请补写后再提交")
    if len(said) > MOST_OPINION:
        raise DomainError(
            "opinion", f"意见最多 {MOST_OPINION} 字，现为 {len(said)} 字，请写短后再提交"
        )
    return said


def clean_contact(text: str) -> str:
    """联系方式：may be empty."""
    said = " ".join(text.split())
    if len(said) > MOST_CONTACT:
        raise DomainError("contact", f"联系方式最多 {MOST_CONTACT} 字，请写短后再提交")
    return said


def is_number(column: str) -> bool:
    """这一列是不是数：sums and counts stand to the right."""
    return column.endswith("（元）") or column in ("项数", "评审总分", "人数", "笔数")
