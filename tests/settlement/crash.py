"""断电演练：kill -9 of the worker and of its database backend in the middle of a settlement.

Runs by itself on a database server of its own (killing a backend restarts the whole server), and
prints what it saw as JSON. Workers are forked, so that each one is a real process to kill.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests import prepared

STAGES_TO_KILL = (0, 3, 4)
BACKEND_AT = (3, 4)
RANDOM_KILLS = 6


def prepare(home: Path) -> str:
    """自己的数据库服务器，一座小城，一个已月结的六月。"""
    url = prepared.for_drill(home)
    from tests.settlement.month import june
    from tests.world import NOW, build_world
    from tuoyu.core import clock

    with clock.fixed(NOW):
        june(build_world())
    return url


def counts() -> dict[str, int]:
    """现在存了什么。"""
    from django.db import connection

    wait_for_server()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM subsidies_run), (SELECT count(*) FROM subsidies_line),
            (SELECT count(*) FROM subsidies_statement), (SELECT count(*) FROM cases_case),
            (SELECT count(*) FROM cases_casestep),
            (SELECT coalesce(sum(delta_fen), 0)::bigint FROM subsidies_line),
            (SELECT coalesce(sum(total_fen), 0)::bigint FROM subsidies_statement)"""
        )
        row = cursor.fetchone()
    connection.close()
    names = ("runs", "lines", "statements", "cases", "steps", "line_fen", "statement_fen")
    return dict(zip(names, row, strict=True))


def start_again() -> None:
    """清空结算，考勤不动。"""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE subsidies_run, cases_case CASCADE")
    connection.close()


def wait_for_server(limit: float = 30) -> None:
    """崩溃恢复之后才接受连接。"""
    import psycopg

    until = time.monotonic() + limit
    while True:
        try:
            psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            select_for(0.05)
        else:
            return


def select_for(seconds: float) -> None:
    import select

    select.select([], [], [], seconds)


def worker(tell: Callable[[int], None]) -> None:
    """子进程：one settlement."""
    from django.db import connection

    connection.close()
    from tests.settlement.month import OPERATOR as operator
    from tests.settlement.month import RULE, SETTLED_AT
    from tuoyu.domains.policies.books import current_book
    from tuoyu.domains.subsidies import services
    from tuoyu.domains.subsidies.services.settling import STAGES

    services.settle(
        book=current_book(),
        rule_id=RULE,
        month="2025-06",
        by=operator,
        at=SETTLED_AT,
        tell=lambda stage: tell(STAGES.index(stage)),
    )


def forked(work: Callable[[], None]) -> int:
    """开一个子进程；its exit code is 3 when the database left it."""
    pid = os.fork()
    if pid:
        return pid
    code = 0
    try:
        work()
    except BaseException:
        code = 3
    os._exit(code)


def stopped_at(stage: int) -> tuple[int, int]:
    """跑到某一步停住的子进程：its pid and that of its database backend."""
    read, write = os.pipe()

    def tell(now: int) -> None:
        if now == stage:
            from django.db import connection

            os.write(write, f"{connection.connection.info.backend_pid}\n".encode())
            os.kill(os.getpid(), signal.SIGSTOP)

    pid = forked(lambda: worker(tell))
    os.close(write)
    backend = int(os.read(read, 32))
    os.close(read)
    os.waitpid(pid, os.WUNTRACED)
    return pid, backend


def drill(seed: int) -> dict[str, object]:
    """演练一遍：two at once, then killed at each stage; answers what was stored each time."""
    pair = [forked(lambda: worker(lambda _: None)) for _ in range(2)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pair]
    together = counts()
    start_again()
    seen: list[dict[str, int]] = []
    for stage in STAGES_TO_KILL:
        pid, _ = stopped_at(stage)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        seen.append(counts())
    for stage in BACKEND_AT:
        pid, backend = stopped_at(stage)
        os.kill(backend, signal.SIGKILL)
        os.kill(pid, signal.SIGCONT)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        seen.append(counts())
    chance, after_random = random.Random(seed), []
    for _ in range(RANDOM_KILLS):
        delay = chance.uniform(0.001, 0.4)

        def work(delay: float = delay) -> None:
            signal.setitimer(signal.ITIMER_REAL, delay)  # SIGALRM ends it as abruptly as -9
            worker(lambda _: None)
            signal.setitimer(signal.ITIMER_REAL, 0)

        os.waitpid(forked(work), 0)
        after_random.append(counts())
    for _ in range(2):
        pid = forked(lambda: worker(lambda _: None))
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    return {
        "together": together,
        "after_kill": seen,
        "after_random": after_random,
        "codes": codes,
        "end": counts(),
    }


if __name__ == "__main__":
    home, chosen = Path(sys.argv[1]), int(sys.argv[2])
    prepare(home)
    from django.db import connection as parent

    parent.close()
    print(json.dumps(drill(chosen)))
