"""当前城市的政策包：loaded once per process from the packs folder."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from tuoyu.domains.policies.engine import Book


@cache
def current_book() -> Book:
    """当前城市的政策包（国家包 + 城市包 + 县级通知）。"""
    from tuoyu.domains.policies.engine import load_book

    return load_book(settings.PACKS_DIR, settings.CITY)
