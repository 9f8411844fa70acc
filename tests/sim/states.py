"""项目 × 状态：how many cases a built city has, and what was paid to the bank and reconciled.

By hand, for a database that a city was built in::

    TUOYU_DATA=/path/to/data TUOYU_DEMO=1 python -m tests.sim.states
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    import django

    from tuoyu.config import postgres

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
    postgres.ensure(Path(os.environ["TUOYU_DATA"]))
    django.setup()

from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.domains.funds.models import Order
from tuoyu.domains.funds.models.payments import OrderState
from tuoyu.domains.grants.models import Application

Table = dict[str, Counter[str]]


def table() -> Table:
    """奖补各项目 → 状态 → 件数；a draft that was sent back counts as returned as well."""
    states = dict(Case.all_rows.filter(type="grant").values_list("subject_id", "state"))
    found: Table = {}
    for pk, programme in Application.all_rows.order_by("pk").values_list("pk", "programme"):
        found.setdefault(programme, Counter())[states[pk]] += 1
    back = CaseStep.objects.filter(case__type="grant", move__startswith="return")
    whose = dict(Application.all_rows.values_list("pk", "programme"))
    for subject in back.values_list("case__subject_id", flat=True):
        found[whose[subject or 0]]["returned"] += 1
    return found


def others() -> Table:
    """其余办件：种类 → 状态 → 件数。"""
    found: Table = {}
    for kind, state in Case.all_rows.exclude(type="grant").values_list("type", "state"):
        found.setdefault(kind, Counter())[state] += 1
    return found


def paid_through(programme: str) -> list[int]:
    """从申报到银行回单都走完的：the order paid, in a released batch, its line answered."""
    orders = Order.all_rows.filter(
        programme=programme,
        state=OrderState.PAID,
        settled_on__isnull=False,
        instructions__batch__released_at__isnull=False,
        instructions__state="paid",
    )
    return list(orders.order_by("pk").values_list("source_id", flat=True))


def print_table(found: Table, *, with_paid: bool) -> None:
    """一行一个项目。"""
    states = list(dict.fromkeys(state for row in found.values() for state in row))
    head = ["programme", *states, *(["reconciled"] if with_paid else [])]
    lines = [head, ["---"] * len(head)]
    for name, row in found.items():
        cells = [name, *(str(row[s] or "—") for s in states)]
        lines.append([*cells, *([str(len(paid_through(name)))] if with_paid else [])])
    for line in lines:
        sys.stdout.write(f"| {' | '.join(line)} |\n")


if __name__ == "__main__":
    print_table(table(), with_paid=True)
    sys.stdout.write("\n")
    for name in ("class_subsidy", "insurance"):
        sys.stdout.write(f"{name}: reconciled {len(paid_through(name))}\n")
    for kind, row in sorted(others().items()):
        told = "、".join(f"{state} {n}" for state, n in row.items())
        sys.stdout.write(f"{kind}: {told}\n")
