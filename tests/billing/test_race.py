"""并发：two clerks at once issue each bill once, and take no money twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.billing.conftest import OCTOBER, director, issue
from tests.world import build_world
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import Bill, BillLine, Payment
from tuoyu.domains.billing.selectors import standing_of
from tuoyu.domains.billing.selectors.planning import draft_month

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def together(act: Callable[[], object], count: int) -> list[str]:
    """All at once, each on a connection of its own; what each of them came to."""
    gate = Barrier(count)

    def run(_: int) -> str:
        try:
            connection.ensure_connection()
            gate.wait()
            act()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(run, range(count)))


def test_two_clerks_issuing_at_once_issue_each_bill_once() -> None:
    world = build_world()
    actor, inst = director(world), world.institutions["a1"]
    draft = draft_month(actor.scope, inst, OCTOBER, clock.today())
    ids = [r.child_id for r in draft.ready]

    def act() -> None:
        services.issue_month(
            institution_id=inst.pk, month=OCTOBER, child_ids=ids, digest=draft.digest, by=actor,
            at=clock.now(),
        )  # fmt: skip

    assert together(act, 4) == ["done", "issued", "issued", "issued"]
    assert Bill.all_rows.count() == len(ids) == 6
    assert BillLine.all_rows.count() == 6


def test_two_clerks_recording_the_same_payment_take_it_once() -> None:
    world = build_world()
    issue(world)
    bill, actor = Bill.all_rows.get(), director(world)

    def act() -> None:
        services.record_payment(
            bill_id=bill.pk, amount_fen=150_000, method="cash", paid_on=clock.today(), by=actor,
            at=clock.now(),
        )  # fmt: skip

    assert together(act, 4) == ["done", "paid", "paid", "paid"]
    assert Payment.all_rows.count() == 1


def test_vouchers_and_payments_at_once_never_take_more_than_the_bill() -> None:
    world = build_world()
    issue(world)
    bill, actor = Bill.all_rows.get(), director(world)
    numbers = iter(range(100))

    def act() -> None:
        n = next(numbers)
        if n % 2:
            services.deduct(
                bill_id=bill.pk, amount_fen=40_000, key=f"v:{n}", label="券", by=actor,
                at=clock.now(),
            )  # fmt: skip
        else:
            services.record_payment(
                bill_id=bill.pk, amount_fen=40_000, method="cash", paid_on=clock.today(),
                by=actor, at=clock.now(),
            )  # fmt: skip

    assert together(act, 8).count("done") == 3  # 3 × 400 of 1,500
    found = standing_of(bill.child_id, bill.institution_id, OCTOBER)
    assert found is not None
    assert found.left_fen == 30_000
