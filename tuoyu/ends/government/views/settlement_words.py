"""结算页面上的字与数：facts, segments, and the drawer 「怎么算的」 as the components want them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tuoyu.domains.subsidies.models import Statement
from tuoyu.domains.subsidies.selectors import Explained
from tuoyu.domains.subsidies.selectors.statements import MonthTotals
from tuoyu.ui.words import mask_name, yuan, yuan_signed


def month_title(month: date) -> str:
    """2025 年 6 月。"""
    return f"{month.year} 年 {month.month} 月"


def total_words(fen: int) -> str:
    """合计；a negative one is told as what it is."""
    return f"应追回 {yuan(-fen)} 元" if fen < 0 else f"{yuan(fen)} 元"


def month_facts(t: MonthTotals) -> list[dict[str, str]]:
    """当月概要条。"""
    return [
        {"name": "合计（元）", "text": yuan(t.total_fen), "note": ""},
        {"name": "应付人数", "text": f"{t.paid_lines:,}", "note": f"/ {t.lines:,} 人"},
        {
            "name": "不付与待定",
            "text": f"{t.zero_lines:,}",
            "note": f"不付　{t.undetermined_lines:,} 待定",
        },
        {"name": "已拨付", "text": f"{t.done:,}", "note": f"/ {t.statements:,} 张"},
    ]


def detail_facts(s: Statement, change_fen: int | None) -> list[dict[str, str]]:
    """一张结算单的概要条。"""
    return [
        {
            "name": "本次增减（元）" if s.run.is_delta else "本次实付（元）",
            "text": yuan_signed(s.total_fen) if s.run.is_delta else yuan(s.total_fen),
            "note": "应追回，从下次拨付中抵扣" if s.total_fen < 0 else "",
        },
        {"name": "应付人数", "text": str(s.paid_lines), "note": f"/ {s.lines} 人"},
        {
            "name": "不付与待定",
            "text": str(s.zero_lines),
            "note": f"不付　{s.undetermined_lines} 待定",
        },
        {
            "name": "比上月（元）",
            "text": yuan_signed(change_fen),
            "note": "" if change_fen is not None else "上月无结算",
        },
    ]


def segments(s: Statement) -> list[dict[str, Any]]:
    """明细的分段。"""
    return [
        {"key": "", "title": f"全部 {s.lines}", "pressed": "true"},
        {"key": "no", "title": f"不付 {s.zero_lines}", "pressed": "false"},
        {"key": "wait", "title": f"待定 {s.undetermined_lines}", "pressed": "false"},
    ]


def drawer(e: Explained) -> dict[str, Any]:
    """抽屉的抬头与三个数的说明。"""
    word = "本次应付" if e.is_delta else "实付"
    return {
        "who": f"{mask_name(e.child_name)} · {e.class_title} · {month_title(e.month)}{word}",
        "days_title": f"{e.month.month} 月出勤",
        "paid_note": "付给机构" if e.amount_fen else "",
    }
