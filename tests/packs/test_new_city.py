"""新增城市：只加数据，不改代码。"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from tests.packs.conftest import Edit
from tuoyu.domains.policies.engine import explain, load_book, may_settle
from tuoyu.domains.policies.engine.cli import PACKS as DEFAULT
from tuoyu.domains.policies.engine.scalar import Scalar


def test_a_city_is_added_by_data_alone(copy: Path, edit: Edit) -> None:
    shutil.copytree(copy / "quanzhou-2024", copy / "newtown-2026")
    shutil.rmtree(copy / "newtown-2026/examples")
    new = "newtown-2026"
    edit(f"{new}/document.yaml", "pack: cn-350500/childcare", "pack: cn-990100/childcare")
    edit(f"{new}/city.yaml", "slug: quanzhou", "slug: newtown")
    edit(f"{new}/city.yaml", "name: 泉州市", "name: 新城市")
    for name in ("newtown", "newtown-2026", "cn-990100/childcare"):
        book = load_book(copy, name)
        assert (book.slug, book.city.name) == (new, "新城市")
    given: dict[str, Scalar] = {
        "county": "350582",
        "cls": "toddler",
        "age_months": 20,
        "inclusive": True,
        "days": 12,
        "fee": 90000,
    }
    assert explain(book, "class_subsidy", "2025-05", date(2025, 6, 10), given)["pays"] == 16000
    assert may_settle(book, "class_subsidy", "2025-05", date(2025, 6, 10))[0]


def test_the_packs_stand_beside_the_code() -> None:
    assert (DEFAULT / "national" / "classes.yaml").is_file()
