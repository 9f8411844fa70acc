"""付款断电演练：kill -9 of the worker or of its database backend between reservation and payment.

Runs by itself on a database server of its own and prints what it saw as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

STEPS = ("reserve", "commit", "propose", "prepare", "release", "return")
FEN = 5_000


def counts() -> dict[str, object]:
    """现在账上与单上有什么。"""
    from django.db import connection

    from tests.payments.purse import ledger
    from tests.settlement.crash import wait_for_server
    from tuoyu.domains.funds.models import Batch, Instruction, Order, Transfer

    wait_for_server()
    seen: dict[str, object] = {
        "money": {k: v for k, v in ledger().items() if k != "available"},
        "orders": list(Order.all_rows.order_by("pk").values_list("state", flat=True)),
        "instructions": list(Instruction.all_rows.order_by("pk").values_list("state", flat=True)),
        "batches": Batch.all_rows.count(),
        "transfers": Transfer.all_rows.exclude(kind="allot").count(),
    }
    connection.close()
    return seen


def act(step: str) -> None:
    """一步，各在一个事务里，像页面那样。"""
    from tests.payments.purse import AT, RULE, bank_says, take
    from tests.world import World
    from tuoyu.config.actors import actor_for_user
    from tuoyu.domains.funds import services
    from tuoyu.domains.funds.models import Batch
    from tuoyu.domains.identity.models import User
    from tuoyu.domains.institutions.models import Institution

    world = World(users={u.username: u for u in User.objects.all()})
    inst = Institution.all_rows.order_by("pk")[0]
    by = {s: actor_for_user(world.users[s])
          for s in ("city-officer", "payment-clerk", "finance-officer")}  # fmt: skip
    one: dict[str, Any] = {"key": "grant:1", "amount_fen": FEN, "by": by["city-officer"], "at": AT}
    if step == "reserve":
        services.reserve(programme=RULE, unit_code=inst.unit_code, year=2025, subject="x", **one)
    elif step == "commit":
        services.commit(**one)
    elif step == "propose":
        services.propose_order(
            payee=services.Payee("institution", inst.pk, inst.name), programme=RULE,
            unit_code=inst.unit_code, region_code=inst.region_code, institution_id=inst.pk,
            purpose="x", source_type="grant", source_id=1, **one,
        )  # fmt: skip
    elif step == "prepare":
        services.prepare(
            programme=RULE, declared_count=1, declared_total_fen=FEN, region_code="350500",
            by=by["payment-clerk"], at=AT,
        )  # fmt: skip
    elif step == "release":
        services.release(
            batch_id=Batch.all_rows.get().pk, count=1, total_fen=FEN, by=by["finance-officer"],
            at=AT,
        )  # fmt: skip
    else:
        batch = Batch.all_rows.get()
        assert take(world, batch, bank_says(batch)) == []


def stopped(step: str) -> tuple[int, int]:
    """办完一步、尚未提交时停住的子进程：its pid and that of its database backend."""
    from tests.settlement.crash import forked

    read, write = os.pipe()

    def work() -> None:
        from django.db import connection, transaction

        connection.close()
        with transaction.atomic():
            act(step)
            os.write(write, f"{connection.connection.info.backend_pid}\n".encode())
            os.kill(os.getpid(), signal.SIGSTOP)

    pid = forked(work)
    os.close(write)
    backend = int(os.read(read, 32))
    os.close(read)
    os.waitpid(pid, os.WUNTRACED)
    return pid, backend


def whole(step: str) -> int:
    """办完并提交；answers the exit code."""
    from tests.settlement.crash import forked

    def work() -> None:
        from django.db import connection

        connection.close()
        act(step)

    return os.waitstatus_to_exitcode(os.waitpid(forked(work), 0)[1])


def end_backend(backend: int) -> None:
    """kill -9 of a backend restarts the whole server: seen when another's connection is cut too."""
    with contextlib.closing(psycopg.connect(os.environ["DATABASE_URL"])) as witness:
        os.kill(backend, signal.SIGKILL)
        cut, _, _ = select.select([witness.fileno()], [], [], 30)
        assert cut, "数据库没有重启"


def drill() -> list[dict[str, object]]:
    """每一步：the worker killed before commit, then its backend, then done twice."""
    told: list[dict[str, object]] = []
    for n, step in enumerate(STEPS):
        before = counts()
        pid, backend = stopped(step)
        if n % 2:
            os.kill(pid, signal.SIGKILL)
        else:
            end_backend(backend)
            os.kill(pid, signal.SIGCONT)
        os.waitpid(pid, 0)
        after = counts()
        first = whole(step)
        done = counts()
        again = whole(step)
        told.append({"step": step, "undone": before == after, "first": first, "again": again,
                     "done": done, "same": counts() == done})  # fmt: skip
    return told


def main(home: Path) -> None:
    from tests.settlement import crash

    prepare: Callable[[Path], str] = crash.prepare
    prepare(home)
    from django.db import connection

    connection.close()
    print(json.dumps(drill()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
