"""Same seed, same city; another seed, another; another city, the same code."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from tuoyu.core.progress import progress
from tuoyu.domains.attendance.models import DaySheet
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.models import Region
from tuoyu.domains.subsidies.models import Run
from tuoyu.sim import history
from tuoyu.sim.build import build
from tuoyu.sim.digest import digest
from tuoyu.sim.draws import bits, share, uuids
from tuoyu.sim.geography import spread
from tuoyu.sim.state import Built

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEMO", True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_same_seed_same_city_to_the_byte(
    city: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = digest()
    build("tiny", 1, again=True, truth=tmp_path / "again.json")
    assert digest() == first
    monkeypatch.setattr(history, "FINISH", [])  # its people and days are enough to tell
    build("tiny", 2, again=True, truth=tmp_path / "other.json")
    other = digest()
    assert other["children_child"] != first["children_child"]
    assert other["attendance_event"] != first["attendance_event"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_yueqing_is_built_by_the_same_code(
    city: Built, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "CITY", "yueqing-2025")
    current_book.cache_clear()
    try:
        built = build("tiny", 1, again=True, truth=tmp_path / "truth.json")
    finally:
        current_book.cache_clear()
    units = Region.objects.filter(is_unit=True, code__startswith="330382")
    codes = set(units.values_list("code", flat=True))
    assert {i.unit.code for i in built.institutions} == codes
    assert len(codes) == 25
    assert DaySheet.all_rows.count() > 5_000
    assert Run.all_rows.count() == 0, "a draft never pays"


def test_a_draw_is_splitmix64_whatever_the_order() -> None:
    keys = pl.Series("k", [0, 1, 2, 10**9], dtype=pl.Int64)
    got = pl.DataFrame(keys).select(bits(pl.col("k"), 12345)).to_series().to_list()

    def plain(x: int) -> int:
        m = 2**64 - 1
        z = (x * 0x9E3779B97F4A7C15 + 12345) & m
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & m
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & m
        return z ^ z >> 31

    assert got == [plain(k) for k in keys]
    many = pl.select(u=share(pl.int_range(20_000), 9))["u"]
    assert 0.49 < float(many.mean() or 0) < 0.51  # type: ignore[arg-type]


def test_event_ids_are_uuid7_in_time_order() -> None:
    ms = pl.Series([1_750_000_000_000, 1_750_000_000_001])
    first, second = uuids(ms, pl.Series([1, 2]), 5).to_list()
    assert first < second
    assert first[12] == "7"
    assert first[16] in "89ab"
    assert int(first[:12], 16) == ms[0]


def test_spread_gives_every_unit_its_least_and_loses_nothing() -> None:
    assert spread(60, [100, 1, 1], 2) == [55, 3, 2]
    assert sum(spread(61, [3, 3, 3, 2], 1)) == 61
    with pytest.raises(ValueError, match="少于"):
        spread(2, [1, 1, 1], 1)


def test_progress_speaks_plain_lines_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("试算", 3) as step:
        step()
        step(2, "晋江")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "试算：1/3"
    assert lines[1] == "试算：3/3 晋江"
    assert lines[2].startswith("试算：完成，用时")
