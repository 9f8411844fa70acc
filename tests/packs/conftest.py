"""政策包测试共用：项目自带的两个城市包，与可任意改坏的副本。"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tuoyu.domains.policies.engine import Book, load_book

REPO = Path(__file__).resolve().parents[2]
PACKS = REPO / "packs"
SOURCES = REPO.parent / "shared" / "policy"

Edit = Callable[[str, str, str], int]


@pytest.fixture(scope="session")
def books() -> dict[str, Book]:
    """两个城市的政策书。"""
    return {slug: load_book(PACKS, slug) for slug in ("quanzhou-2024", "yueqing-2025")}


@pytest.fixture(scope="session")
def quanzhou(books: dict[str, Book]) -> Book:
    """泉州。"""
    return books["quanzhou-2024"]


@pytest.fixture(scope="session")
def yueqing(books: dict[str, Book]) -> Book:
    """乐清。"""
    return books["yueqing-2025"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """政策包的副本。"""
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


@pytest.fixture
def edit(copy: Path) -> Edit:
    """改副本里的一处文字（须恰好出现在文中），返回该处的行号。"""

    def change(file: str, old: str, new: str) -> int:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} 里没有 {old}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return change
