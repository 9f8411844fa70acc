"""测速：本机引擎与 Spark 集群 on one bundle at several sizes (``python -m tests.spark.measure``).

Both begin at the Parquet files and end at the sums by plan, month and unit, four plans at once. A
drawn city (41,000 children × 12 months) is copied as often as the size asks.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from tests.reforms.frames import KNOWN, RULE, city_rows, quanzhou
from tests.spark.cluster import SETTINGS, standalone
from tests.spark.plans import plans_of
from tuoyu.domains.reforms import spark
from tuoyu.domains.reforms.parquet import GROUPS, SUMS, answer_here, write_bundle

T = TypeVar("T")


def main(copies: list[int]) -> None:
    """逐个规模测一遍，结果须逐分相同。"""
    book = quanzhou()
    rows = city_rows(book, children=41_000, institutions=1_000)
    plans = plans_of(book)
    home = Path(tempfile.mkdtemp(prefix="tuoyu-spark-"))
    bundles = []
    for count in copies:
        folder = home / str(count)
        write_bundle(folder, book, rows, plans, KNOWN)
        for file in (folder / "inputs").glob("*.parquet"):
            frame = pl.read_parquet(file)
            pl.concat([frame] * count).write_parquet(file)
        bundles.append((count * rows.frame.height, folder))
    with standalone(home) as master:
        began = time.perf_counter()
        session = spark.session(
            master,
            **(
                SETTINGS
                | {"spark_driver_extraJavaOptions": "", "spark_executor_extraJavaOptions": ""}
            ),
        )
        session.range(10).count()
        print(json.dumps({"session_seconds": round(time.perf_counter() - began, 1)}), flush=True)
        for height, folder in bundles:
            here, local = _best(partial(answer_here, folder, book, RULE, plans, KNOWN))
            there, found = _best(partial(_there, session, folder))
            same = found == local.select(*GROUPS, *SUMS).rows()
            told = {
                "rows": height,
                "plans": len(plans),
                "local_seconds": round(here, 2),
                "spark_seconds": round(there, 2),
                "equal_to_the_fen": same,
                "load": round(os.getloadavg()[0], 1),
            }
            print(json.dumps(told), flush=True)
        session.stop()


def _there(session: Any, folder: Path) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in spark.answer(session, folder).collect()]


def _best(work: Callable[[], T], times: int = 2) -> tuple[float, T]:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - began)
    return min(spent), result


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [1, 10, 40])
