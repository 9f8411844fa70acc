"""同一个包在 Spark 集群上算：equal to the fen to the local engine, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reforms.frames import KNOWN, RULE, city_rows, quanzhou
from tests.spark.cluster import SETTINGS, standalone
from tests.spark.plans import plans_of
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.reforms import spark
from tuoyu.domains.reforms.parquet import GROUPS, SUMS, answer_here, write_bundle

pytest.importorskip(
    "pyspark", reason="没有安装 pyspark（extra spark）；make spark-test 会装好并运行"
)
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def book() -> Book:
    return quanzhou()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with standalone(tmp_path_factory.mktemp("spark")) as master:
        session = spark.session(master, **SETTINGS)
        yield session
        session.stop()


def test_the_cluster_equals_the_local_engine_to_the_fen(
    book: Book, cluster: Any, tmp_path: Path
) -> None:
    months = ("2024-10", *(f"2025-{n:02d}" for n in range(1, 13)), "2026-01")
    rows = city_rows(book, children=2_000, institutions=60, months=months)
    write_bundle(tmp_path, book, rows, plans_of(book), KNOWN)
    local = answer_here(tmp_path, book, RULE, plans_of(book), KNOWN)
    found = [tuple(row) for row in spark.answer(cluster, tmp_path).collect()]
    assert found == local.select(*GROUPS, *SUMS).rows()
    assert local["undetermined"].sum() > 0
    assert local["fen"].sum() > 0
    assert len(found) == 4 * 14 * local["unit"].n_unique()
    executors = cluster.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    assert len(executors) == 3  # 驱动与两个工作节点


def test_the_comparison_can_fail(book: Book, cluster: Any, tmp_path: Path) -> None:
    rows = city_rows(book, children=200, institutions=10, months=("2025-07",))
    write_bundle(tmp_path, book, rows, {"现行": None}, KNOWN)
    local = answer_here(tmp_path, book, RULE, {"现行": plans_of(book)["都跟到上限"]}, KNOWN)
    found = [tuple(row) for row in spark.answer(cluster, tmp_path).collect()]
    assert found != local.select(*GROUPS, *SUMS).rows()
