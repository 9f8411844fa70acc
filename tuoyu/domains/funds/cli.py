"""资金的命令：``tuoyu funds balance``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds.selectors.balance import TrialBalance, trial_balance


@click.group(short_help="资金：试算平衡")
def funds() -> None:
    """资金总账。"""


@funds.command(short_help="试算平衡，不平时退出码为 1")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def balance(as_json: bool) -> None:
    """试算平衡：按账户种类列借方、贷方、余额，并逐账户、逐事项与分录核对。

    \b
    例：tuoyu funds balance
        tuoyu funds balance --json
    """
    found = trial_balance()
    click.echo(json.dumps(_facts(found), ensure_ascii=False) if as_json else _words(found))
    if not found.balances:
        sys.exit(1)


def _facts(found: TrialBalance) -> dict[str, object]:
    return {
        "balances": found.balances,
        "kinds": [asdict(k) for k in found.kinds],
        "faults": found.faults,
    }


def _words(found: TrialBalance) -> str:
    rows: list[tuple[str, ...]] = [("账户", "个数", "借方", "贷方", "余额")]
    for k in found.kinds:
        figures = (yuan_grouped(f) for f in (k.debit_fen, k.credit_fen, k.balance_fen))
        rows.append((k.name, f"{k.accounts:,}", *figures))
    width = [max(_width(r[i]) for r in rows) for i in range(5)]
    out = ["  ".join(_padded(r[i], width[i], left=i == 0) for i in range(5)) for r in rows]
    out += found.faults or ["试算平衡：借贷相等，各账户与各事项的余额都与分录一致"]
    return "\n".join(out)


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text
