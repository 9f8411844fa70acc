"""并发：real threads, real connections. No interleaving overspends, nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from tests.world import NOW
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import services
from tuoyu.domains.funds.models import Transfer
from tuoyu.domains.funds.selectors.balance import trial_balance
from tuoyu.domains.funds.tests.purse import CLERK, put_budget, take, totals

pytestmark = pytest.mark.django_db(transaction=True)


def together(acts: list[Callable[[], object]]) -> list[str]:
    """All at once, each on a connection of its own; answers what each of them came to."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            gate.wait()
            act()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_sixteen_at_once_for_the_money_of_ten() -> None:
    put_budget("b1", "central", 700, rank=0)
    put_budget("b2", "county", 300, rank=3)
    came = together([lambda n=n: take(f"grant:{n}", 100) for n in range(16)])  # type: ignore[misc]
    assert came == ["done"] * 10 + ["over-budget"] * 6
    assert totals() == {"source": -1_000, "reserved": 1_000}
    assert trial_balance().balances


def test_the_same_act_at_once_is_one_act() -> None:
    put_budget("b1", "county", 1_000)

    def act() -> None:
        take("grant:1", 600)
        services.commit(key="grant:1", amount_fen=500, by=CLERK, at=NOW)

    assert together([act] * 6) == ["done"] * 6
    assert totals() == {"source": -1_000, "available": 500, "committed": 500}
    assert Transfer.all_rows.count() == 4  # the budget, the reservation, its commitment, the rest


def test_the_same_key_with_two_contents_at_once_is_one_of_them() -> None:
    put_budget("b1", "county", 1_000)
    came = together([lambda n=n: take("grant:1", 100 + n) for n in range(4)])  # type: ignore[misc]
    assert came == ["done", "key-used", "key-used", "key-used"]
    assert trial_balance().balances


def test_freed_and_committed_at_once_is_either() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 600)
    came = together(
        [
            lambda: services.free(key="grant:1", by=CLERK, at=NOW),
            lambda: services.commit(key="grant:1", amount_fen=600, by=CLERK, at=NOW),
        ]
    )
    assert came in (["done", "done"], ["done", "not-reserved"])
    assert totals() == {"source": -1_000, "available": 1_000}


@pytest.mark.parametrize("is_kept", [True, False])
def test_who_comes_second_waits_for_the_first(is_kept: bool) -> None:
    """The second reads the balance after the first has decided, not before."""
    put_budget("b1", "county", 100)
    holds, go = Event(), Event()

    def first() -> None:
        with transaction.atomic():
            take("grant:1", 100)
            holds.set()
            assert go.wait(10)
            transaction.set_rollback(not is_kept)
        connection.close()

    def second() -> str:
        assert holds.wait(10)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
            asked.set()
            take("grant:2", 100)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    pids: list[int] = []
    asked = Event()
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(first), pool.submit(second)
        assert asked.wait(10)
        _until_waiting(pids[0])
        go.set()
        one.result(10)
        assert two.result(10) == ("over-budget" if is_kept else "done")
    assert totals() == {"source": -100, "reserved": 100}


def _until_waiting(pid: int) -> None:
    """Until PostgreSQL says that this backend waits for a lock."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [pid])
            if cursor.fetchone() == ("Lock",):
                return


def test_two_batches_over_the_same_budgets_in_opposite_order() -> None:
    """All locks are taken first and in one order, so that they never deadlock."""
    put_budget("b1", "county", 10_000)
    put_budget("b2", "county", 10_000, unit="350502")
    keys = [(f"grant:{n}", unit) for n in range(8) for unit in ("350582", "350502")]
    for key, unit in keys:
        take(f"{key}-{unit}", 100, unit=unit)
        services.commit(key=f"{key}-{unit}", amount_fen=100, by=CLERK, at=NOW)
    subjects = [f"{key}-{unit}" for key, unit in keys]

    def send(mine: list[str]) -> None:
        moves = [services.Move(f"{s}/order", "order", s, 100) for s in mine]
        services.post_all(moves, by=CLERK, at=NOW)

    came = together([lambda: send(subjects), lambda: send(subjects[::-1])] * 2)
    assert came == ["done"] * 4
    assert totals() == {"source": -20_000, "available": 18_400, "ordered": 1_600}
