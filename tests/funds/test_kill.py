"""断电：a backend or client that dies between reservation and commitment leaves whole acts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections, transaction

from tests.world import NOW
from tuoyu.domains.funds import services
from tuoyu.domains.funds.selectors.balance import trial_balance
from tuoyu.domains.funds.tests.purse import CLERK, put_budget, take, totals

pytestmark = pytest.mark.django_db(transaction=True)
RESERVED = {"source": -1_000, "available": 700, "reserved": 300}


def commit() -> None:
    services.commit(key="grant:1", amount_fen=300, by=CLERK, at=NOW)


def stopped(work: Callable[[], None]) -> tuple[int, int]:
    """子进程做到一半停住：its pid and that of its backend."""
    connection.close()
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        code = 0
        try:
            # A browser's event loop ends with the fork, and with it the connection in use: what
            # shows instead is one opened before that loop, whose socket is the parent's as well.
            del connections["default"]
            with transaction.atomic():
                work()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    os.write(write, f"{cursor.fetchone()[0]}\n".encode())
                os.kill(os.getpid(), signal.SIGSTOP)
        except OperationalError:
            code = 3
        except BaseException:
            code = 4
        os._exit(code)
    os.close(write)
    backend = int(os.read(read, 32))
    os.close(read)
    os.waitpid(pid, os.WUNTRACED)
    return pid, backend


def kill_backend(pid: int, backend: int) -> int:
    """Ends the backend; the client finds out when it goes on. Answers the client's exit code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert cursor.fetchone() == (True,)
    os.kill(pid, signal.SIGCONT)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def kill_client(pid: int, backend: int) -> int:
    """kill -9 of the client; its backend rolls back by itself."""
    os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    alive = True
    while alive:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [backend])
            alive = cursor.fetchone() != (0,)
    return code


@pytest.mark.parametrize(("kill", "code"), [(kill_backend, 3), (kill_client, -9)])
def test_killed_in_the_reservation_nothing_is_left(
    kill: Callable[[int, int], int], code: int
) -> None:
    put_budget("b1", "county", 1_000)
    assert kill(*stopped(lambda: take("grant:1", 300))) == code
    assert totals() == {"source": -1_000, "available": 1_000}
    assert trial_balance().balances
    take("grant:1", 300)  # the same key again: nothing of it was kept
    assert totals() == RESERVED


@pytest.mark.parametrize(("kill", "code"), [(kill_backend, 3), (kill_client, -9)])
def test_killed_between_reservation_and_commitment_the_reservation_stands(
    kill: Callable[[int, int], int], code: int
) -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 300)
    assert kill(*stopped(commit)) == code
    assert totals() == RESERVED
    take("grant:1", 300)  # the caller cannot know how far it came, and does all of it again
    commit()
    assert totals() == {"source": -1_000, "available": 700, "committed": 300}
    assert trial_balance().balances
