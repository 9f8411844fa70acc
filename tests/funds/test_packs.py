"""资金安排：each paying rule has money, each goal its owner; a wrong funds.yaml is refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tuoyu.domains.policies.engine import PackError, load_book

CITIES = ("quanzhou-2024", "yueqing-2025")
SIX = {
    "托育机构奖补",
    "托育券发放",
    "托育服务宣传月系列活动",
    "市托育综合中心提升工程",
    "“融合托育”",
    "人员培训",
}


@pytest.mark.parametrize("city", CITIES)
def test_every_paying_rule_has_its_use(city: str) -> None:
    book = load_book(settings.PACKS_DIR, city)
    paying = {r.id for r in book.rules.values() if r.purpose == "pay"}
    assert paying <= {u.id for u in book.funds.uses}


def test_the_six_uses_of_yueqing() -> None:
    book = load_book(settings.PACKS_DIR, "yueqing-2025")
    cited = {u.group for u in book.funds.uses if u.cite.at == "四(二)"}
    assert cited >= SIX
    assert {"bond", "central", "province"} <= {s.id for s in book.funds.sources}


@pytest.mark.parametrize("city", CITIES)
def test_a_goal_without_a_figure_names_who_must_set_it(city: str) -> None:
    funds = load_book(settings.PACKS_DIR, city).funds
    for use in funds.uses:
        for measure in ("execution", "timeliness", "accuracy"):
            goal = funds.goal(measure, use.id)
            assert goal is not None
            assert goal.set_by
            assert goal.value is None or goal.fictitious


WRONG = [
    ("id: province,", "id: central,", "重复"),
    ("sources: [central]", "sources: [lottery]", "没有来源"),
    ("paid_by: city", "paid_by: nation", "paid_by"),
    ("uses: [class_subsidy], value: 95%", "uses: [no_such], value: 95%", "没有用途"),
    ("value: 95%, document: 示例绩〔2025〕1号（虚构）,", "value: 95%,", "没有写明文件"),
    ("value: 95%,", "value: 195%,", "0% 到 100%"),
    ("days: 15, ", "", "承诺工作日"),
    ("at: 三(三), words: [足额", "at: 九(九), words: [足额", "没有条款"),
    ("group: 人才培养, ", "", "缺少必填的栏"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_plan_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    packs = tmp_path / "packs"
    shutil.copytree(settings.PACKS_DIR, packs)
    path = packs / "quanzhou-2024" / "funds.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError, match=said) as told:
        load_book(packs, "quanzhou-2024")
    assert re.search(r"funds\.yaml 第 \d+ 行", str(told.value))
