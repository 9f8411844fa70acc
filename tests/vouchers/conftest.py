"""托育券的测试：a small world, a draft book, a paying book, one open campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings

from tests.vouchers.scene import Scene
from tests.world import World
from tuoyu.domains.policies.engine import Book, load_book


@pytest.fixture(scope="session")
def draft() -> Book:
    """乐清：a draft that simulates."""
    return load_book(settings.PACKS_DIR, "yueqing-2025")


@pytest.fixture(scope="session")
def paying(draft: Book) -> Book:
    """The same as if it were in force and signed: for what only a paying city does."""
    asked = {
        k: replace(i, signer="测试", signed_on=date(2025, 2, 1))
        for k, i in draft.interpretations.items()
    }
    return replace(draft, pack=replace(draft.pack, status="issued"), interpretations=asked)


@pytest.fixture
def scene(world: World, draft: Book) -> Scene:
    return Scene(world, draft)
