"""按预算测速：``python -m tests.perf`` measures everything in one run, prints a table, writes JSON.

A missed budget is printed as missed; nothing is retried. Timings are ratios within one run where
the budget is a ratio. Names after the command choose benches: ``python -m tests.perf door pages``.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("TUOYU_DATA") or ROOT / ".data" / "bench").resolve()
BENCHES = ("engine", "settlement", "door", "pages", "sandbox", "checks", "vouchers", "browser")
# bench → [(what is measured, key of the figure, key of the budget, ≥ or ≤)]
ROWS = {
    "engine": [
        ("政策引擎 ÷ 惯用写法 OpenFisca", "ratio_idiomatic", "budget_idiomatic", "≥"),
        ("政策引擎（含理由和参数行）÷ 查表写法 OpenFisca", "ratio_look_up", "budget_look_up", "≥"),
        (
            "政策引擎（含理由）÷ 查表写法 OpenFisca",
            "ratio_look_up_without_rows",
            "budget_look_up",
            "≥",
        ),
    ],
    "settlement": [("月度结算 ÷ 裸 INSERT … SELECT", "ratio", "budget", "≤")],
    "door": [
        ("HTTP 打卡 ÷ pgbench（单个）", "ratio_single", "budget_single", "≥"),
        ("HTTP 打卡 ÷ pgbench（整班，每事件）", "ratio_class", "budget_class", "≥"),
    ],
    "pages": [],
    "browser": [
        ("无障碍：严重与致命的发现（每个能点到的页面）", "grave", "grave_budget", "≤"),
        ("手机页首次流量（KB，不含图片）", "first_kb", "first_budget_kb", "≤"),
        ("手机页再次流量（KB）", "next_kb", "next_budget_kb", "≤"),
        ("手机页首屏（毫秒，slow 4G、处理器慢四倍）", "paint_ms", "paint_budget_ms", "≤"),
    ],
    "vouchers": [("一千人同时抢五百张托育券（秒，恰好发出 500）", "seconds", "budget", "≤")],
    "checks": [("奖补核验全市一个月（毫秒）", "run_ms", "budget_ms", "≤")],
    "sandbox": [("政策沙盘 100 个情景（全市一年，含读考勤，秒）", "seconds", "budget", "≤")],
}


def main(names: list[str]) -> int:
    _prepare()
    results: dict[str, Any] = {"machine": f"{platform.platform()}，{os.cpu_count()} 核"}
    for name in names or BENCHES:
        print(f"—— {name}", flush=True)
        results[name] = _run(name)
    out = ROOT / "bench.json"
    out.write_text(json.dumps(results, ensure_ascii=False, indent=1, default=str))
    _table(results)
    print(f"已写 {out.name}")
    return 0


def _prepare() -> None:
    """A durable database of the bench's own (fsync on), and Django set up on it."""
    from tuoyu.config import postgres
    from tuoyu.core.crypto import make_key_file

    DATA.mkdir(parents=True, exist_ok=True)
    os.environ["TUOYU_DATA"] = str(DATA)
    os.environ["TUOYU_DEMO"] = "1"
    os.environ.setdefault("TUOYU_CITY", "quanzhou-2024")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tuoyu.config.settings"
    postgres.ensure(DATA)
    make_key_file(DATA / "keys" / "fields.key")
    import django

    django.setup()


def _run(name: str) -> dict[str, Any]:
    import importlib

    module = importlib.import_module(f"tests.perf.{name}_bench")
    found: dict[str, Any] = module.run()
    return found


def _table(results: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="按预算测速（同一次运行）")
    for head in ("项目", "实测", "预算", "结果"):
        table.add_column(head, justify="left" if head == "项目" else "right")
    for name, rows in ROWS.items():
        found = results.get(name)
        if found is None:
            continue
        if "skipped" in found:
            table.add_row(name, "未测", "—", found["skipped"])
            continue
        for title, figure, budget, sign in rows:
            good = found[figure] >= found[budget] if sign == "≥" else found[figure] <= found[budget]
            table.add_row(title, str(found[figure]), f"{sign} {found[budget]}", _word(good))
        for row in found.get("rows", []):
            table.add_row(
                row["title"], f"{row['p95_ms']} ms", f"≤ {row['budget_ms']} ms", _word(row["met"])
            )
    Console(width=110).print(table)
    for row in results.get("checks", {}).get("accuracy", []):
        exact = f"查准 {row['true']}/{row['cases']}，查全 {row['found']}/{row['planted']}"
        alarms = f"相近而正当误报 {row['near_found']}/{row['near']}"
        print(f"核验规则 {row['title']}：{exact}，{alarms}")


def _word(good: bool) -> str:
    return "达到" if good else "未达到"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
