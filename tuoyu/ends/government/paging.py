"""分页与查询串。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

SIZES = (20, 50, 100)


def page_of(request: HttpRequest, rows: Any, size: int = 20) -> Page[Any]:
    """当前页；a page number beyond the end shows the last."""
    wanted = request.GET.get("size", "")
    size = int(wanted) if wanted.isdigit() and int(wanted) in SIZES else size
    return Paginator(rows, size).get_page(request.GET.get("page"))


def day_of(text: str) -> date | None:
    """日期；an unreadable one counts as not given."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def options(pairs: Sequence[tuple[str, str]], chosen: str) -> list[dict[str, Any]]:
    """下拉项。"""
    return [{"value": v, "title": t, "chosen": v == chosen} for v, t in pairs]
