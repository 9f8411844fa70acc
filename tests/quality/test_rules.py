"""评定的规则：the national facts add up; seeds replay; missing cut-offs leave it open."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from tuoyu.core.errors import DomainError
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.standard import FILE, read_standard, star_levels

ORDER = ["city", "province"]
CUT = {"city": 8000, "province": 9000}


def test_seven_dimensions_add_up_to_a_thousand() -> None:
    found = read_standard(Path(settings.PACKS_DIR))
    assert [(d.name, d.points) for d in found.dimensions] == [
        ("办托条件", 100), ("托育队伍", 140), ("保育照护", 200), ("卫生保健", 210),
        ("养育支持", 80), ("安全保障", 200), ("机构管理", 70),
    ]  # fmt: skip
    assert sum(d.points or 0 for d in found.dimensions) == found.total == 1000
    assert found.veto_items == 16
    assert [c.name for c in found.conditions] == ["达标", "面向社会", "协商价格"]
    assert list(star_levels()) == ORDER


def test_a_slip_in_the_facts_is_refused(tmp_path: Path) -> None:
    text = (Path(settings.PACKS_DIR) / FILE).read_text()
    (tmp_path / "national").mkdir()
    (tmp_path / FILE).write_text(text.replace("points: 210", "points: 201"))
    with pytest.raises(ValueError, match="991"):
        read_standard(tmp_path)


@pytest.mark.parametrize(
    ("total", "wanted", "vetoed", "level"),
    [
        (7999, "city", False, "none"), (8000, "city", False, "city"), (9000, "city", False, "city"),
        (8999, "province", False, "city"), (9000, "province", False, "province"),
        (10000, "province", True, "none"), (9000, "unknown", False, "none"),
    ],
)  # fmt: skip
def test_levels(total: int, wanted: str, vetoed: bool, level: str) -> None:
    assert rules.level_of(total, CUT, ORDER, wanted, vetoed) == level


def test_without_cut_offs_it_is_undetermined_not_none() -> None:
    assert rules.level_of(9999, None, ORDER, "city", False) is None
    assert rules.level_of(9999, {"city": 8000}, ORDER, "province", False) is None
    assert rules.level_of(9999, None, ORDER, "city", True) == "none"  # a veto needs no cut-off


@pytest.mark.parametrize(
    ("scores", "method", "result"),
    [
        ([800, 900, 1000], "median", 900), ([800, 901], "median", 851), ([7], "median", 7),
        ([10, 10, 11], "mean", 10), ([10, 11], "mean", 11), ([1000, 0, 0], "mean", 333),
    ],
)  # fmt: skip
def test_combining(scores: list[int], method: rules.Method, result: int) -> None:
    assert rules.combine(scores, method) == result


@pytest.mark.parametrize(
    "text", ["", "八十", "86.55", "-1", "1e2", "100.1", "1000", "\uff18\uff16"]
)
def test_a_score_that_cannot_be_read_or_is_too_high(text: str) -> None:
    with pytest.raises(DomainError):
        rules.read_tenths(text, 100, "办托条件")


def test_reading_scores() -> None:
    assert [rules.read_tenths(t, 100, "x") for t in ("86.5", " 100 ", "0", "7.0")] == [
        865,
        1000,
        0,
        70,
    ]
    assert [rules.show_tenths(t) for t in (865, 0, None)] == ["86.5", "0.0", "—"]


@pytest.mark.parametrize(
    "bad",
    [{"city": 8000}, {"city": 9000, "province": 9000}, {"city": 0, "province": 9000},
     {"city": 8000, "province": 10001}, {"city": 8000, "province": 9000, "moon": 1}],
)  # fmt: skip
def test_bad_cut_offs(bad: dict[str, int]) -> None:
    with pytest.raises(DomainError):
        rules.check_cutoffs(bad, ORDER, 1000)


def test_the_same_seed_draws_the_same_panel() -> None:
    seed, pool = "ab" * 32, list(range(1, 40))
    first = rules.order_of(seed, pool)
    assert first == rules.order_of(seed, reversed(pool))
    assert sorted(first) == pool
    assert first != rules.order_of("cd" * 32, pool)
    assert rules.seed_hash(seed) == hashlib.sha256(seed.encode()).hexdigest()
    # anybody can do it again with a common tool: the smallest digest comes first
    digests = {n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest() for n in pool}
    assert first[0] == min(pool, key=lambda n: digests[n])


def test_one_removed_leaves_the_others_in_order() -> None:
    whole = rules.order_of("ef" * 32, range(1, 20))
    without = rules.order_of("ef" * 32, [n for n in range(1, 20) if n != whole[1]])
    assert without == [whole[0], *whole[2:]]


def test_seeds_are_not_guessable() -> None:
    assert len({rules.new_seed() for _ in range(50)}) == 50
    assert len(rules.new_seed()) == 64


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [("青禾托育园（虚构）", "青禾托育园", True), ("青禾 托育园", "青禾托育园（虚构）", True),
     ("青禾托育园", "小满托育园", False), ("", "", False)],
)  # fmt: skip
def test_employers(a: str, b: str, same: bool) -> None:
    assert rules.same_employer(a, b) is same
