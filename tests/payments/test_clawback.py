"""应收回与抵扣：both lines are shown, the bank moves the difference, the ledger the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.payments.purse import (
    AT,
    BUDGET,
    UNITS,
    bank_says,
    endow,
    ledger,
    order,
    released,
    returned,
    take,
    who,
)
from tests.world import World, build_world
from tuoyu.core import events
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import services
from tuoyu.domains.funds.events import OrderSettled, ReceivableCleared
from tuoyu.domains.funds.files.returns import ReturnLine
from tuoyu.domains.funds.models import Batch, Instruction, Order, Receivable, Recovery


def claim(world: World, key: str, fen: int, *against: str) -> list[Receivable]:
    source_type, source_id = key.split(":")
    return services.claim_back(
        key=key, amount_fen=fen, against=against, purpose=f"多付 {key}", source_type=source_type,
        source_id=int(source_id), by=who(world, "city-officer"), at=AT,
    )  # fmt: skip


@pytest.fixture
def paid(world: World) -> Order:
    """Ten yuan were paid to 青禾."""
    endow(world)
    first = order(world, "grant:1", 1_000)
    batch = released(world, 1, 1_000)
    assert take(world, batch, bank_says(batch)) == []
    first.refresh_from_db()
    return first


def test_the_next_order_is_paid_less_and_both_lines_are_shown(world: World, paid: Order) -> None:
    (owed,) = claim(world, "delta:1", 300, paid.key)
    assert ledger()["receivable"] == 300
    after = order(world, "grant:2", 1_000)
    owed.refresh_from_db()
    assert (after.amount_fen, after.offset_fen, after.net_fen) == (1_000, 300, 700)
    assert (owed.left_fen, owed.cleared_on) == (0, AT.date())
    made = Recovery.all_rows.get()
    assert (made.order_id, made.receivable_id, made.amount_fen) == (after.pk, owed.pk, 300)
    batch = released(world, 1, 700)
    assert take(world, batch, bank_says(batch)) == []
    assert ledger() == {"available": len(UNITS) * BUDGET - 1_700, "paid": 1_700}


def test_an_order_wholly_set_off_needs_no_bank(
    world: World, paid: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(world, "delta:1", 900, paid.key)
    heard: list[object] = []
    monkeypatch.setattr(events, "publish", heard.append)
    small = order(world, "grant:2", 400)
    assert (small.state, small.net_fen) == ("offset", 0)
    assert Receivable.all_rows.get().left_fen == 500
    assert [e.amount_fen for e in heard if isinstance(e, OrderSettled)] == [400]
    assert not any(isinstance(e, ReceivableCleared) for e in heard)
    assert order(world, "grant:3", 600).net_fen == 100
    assert [e.amount_fen for e in heard if isinstance(e, ReceivableCleared)] == [900]
    assert ledger() == {
        "available": len(UNITS) * BUDGET - 1_000 - 100, "committed": 100, "paid": 1_000,
    }  # fmt: skip


def test_only_the_same_payee_pays_for_it(world: World, paid: Order) -> None:
    claim(world, "delta:1", 300, paid.key)
    assert order(world, "grant:2", 1_000, "a2").offset_fen == 0


def test_a_waiting_order_is_reduced_at_once(world: World) -> None:
    endow(world)
    first = order(world, "grant:1", 1_000)
    (owed,) = claim(world, "delta:1", 300, first.key)
    first.refresh_from_db()
    assert (first.net_fen, owed.left_fen) == (700, 300)
    owed.refresh_from_db()
    assert owed.left_fen == 0
    batch = released(world, 1, 700)
    assert take(world, batch, bank_says(batch)) == []
    assert ledger() == {"available": len(UNITS) * BUDGET - 700, "paid": 700}


def test_a_claim_on_money_in_the_bank_waits_for_the_answer(world: World) -> None:
    endow(world)
    first = order(world, "grant:1", 1_000)
    batch = released(world, 1, 1_000)
    (owed,) = claim(world, "delta:1", 300, first.key)
    assert not owed.is_claimed
    second = order(world, "grant:2", 1_000)
    assert second.offset_fen == 0
    assert take(world, batch, bank_says(batch)) == []
    second.refresh_from_db()
    owed.refresh_from_db()
    assert (second.offset_fen, owed.left_fen, owed.is_claimed) == (300, 0, True)


def test_a_claim_on_a_failed_payment_reduces_the_next_try(world: World) -> None:
    endow(world)
    first = order(world, "grant:1", 1_000)
    batch = released(world, 1, 1_000)
    claim(world, "delta:1", 300, first.key)
    assert take(world, batch, bank_says(batch, {f"{batch.number}-0001": "销户"})) == []
    again = services.redo(order_id=first.pk, note="已核实", by=who(world, "payment-clerk"), at=AT)
    assert (again.net_fen, Receivable.all_rows.get().left_fen) == (700, 0)


def test_paid_back_with_a_bank_reference(world: World, paid: Order) -> None:
    (owed,) = claim(world, "delta:1", 300, paid.key)
    clerk = who(world, "payment-clerk")
    given: dict[str, Any] = {"receivable_id": owed.pk, "on": AT.date(), "by": clerk, "at": AT}
    with pytest.raises(DomainError, match="多于尚未收回"):
        services.repaid(amount_fen=301, bank_ref="T1", **given)
    with pytest.raises(DomainError, match="银行流水号"):
        services.repaid(amount_fen=300, bank_ref=" ", **given)
    services.repaid(amount_fen=100, bank_ref="T1", **given)
    with pytest.raises(DomainError, match="已经登记过"):
        services.repaid(amount_fen=100, bank_ref="T1", **given)
    services.repaid(amount_fen=200, bank_ref="T2", **given)
    owed.refresh_from_db()
    assert owed.left_fen == 0
    assert ledger() == {"available": len(UNITS) * BUDGET - 700, "paid": 700}


def test_no_more_comes_back_than_was_ever_owed(world: World, paid: Order) -> None:
    claim(world, "delta:1", 300, paid.key)
    with pytest.raises(DomainError, match=r"多 0\.01 元"):
        claim(world, "delta:2", 701, paid.key)
    assert claim(world, "delta:1", 300, paid.key)[0].amount_fen == 300
    with pytest.raises(DomainError, match="金额不同"):
        claim(world, "delta:1", 299, paid.key)
    assert Receivable.all_rows.count() == 1


def test_the_latest_is_taken_back_first(world: World, paid: Order) -> None:
    later = order(world, "grant:2", 200)
    made = claim(world, "delta:1", 500, later.key, paid.key)
    assert [(r.order_id, r.amount_fen) for r in made] == [(later.pk, 200), (paid.pk, 300)]


@dataclass
class Book:
    """独立的账：what should have happened, in plain sums."""

    due: int = 0
    claimed: int = 0
    bank: int = 0
    back: int = 0


class Histories(RuleBasedStateMachine):
    """Random histories: the ledger, the orders and the bank agree at every step."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        from django.db import transaction

        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.world, self.book, self.n = build_world(), Book(), 0
        self.paid: list[tuple[Batch, ReturnLine]] = []
        endow(self.world)

    def teardown(self) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule(fen=st.integers(1, 900))
    def owe(self, fen: int) -> None:
        self.n += 1
        order(self.world, f"grant:{self.n}", fen)
        self.book.due += fen

    @rule(fen=st.integers(1, 900), which=st.integers(0, 50))
    def too_much(self, fen: int, which: int) -> None:
        keys = list(Order.all_rows.order_by("pk").values_list("key", flat=True))
        if not keys:
            return
        self.n += 1
        try:
            claim(self.world, f"delta:{self.n}", fen, keys[which % len(keys)])
        except DomainError as error:
            assert error.code == "nothing-paid"  # noqa: PT017
        else:
            self.book.claimed += fen

    @rule(ok=st.booleans())
    def pay(self, ok: bool) -> None:
        rows = Order.all_rows.filter(state="waiting")
        if not rows:
            return
        batch = released(self.world, len(rows), sum(o.net_fen for o in rows))
        wrong = {} if ok else {f"{batch.number}-0001": "销户"}
        file = bank_says(batch, wrong)
        assert take(self.world, batch, file) == []
        self.book.bank += sum(x.amount_fen for x in file.lines if x.reference not in wrong)
        self.paid += [(batch, x) for x in file.lines if x.reference not in wrong]

    @precondition(lambda self: self.paid)
    @rule(which=st.integers(0, 50))
    def bounces(self, which: int) -> None:
        """退票：whatever was claimed and set off meanwhile."""
        batch, line = self.paid.pop(which % len(self.paid))
        try:
            assert take(self.world, batch, returned(line)) == []
        except DomainError as error:
            assert error.code == "repaid"  # noqa: PT017  paid back by themselves before
        else:
            self.book.bank -= line.amount_fen

    @precondition(lambda self: Order.all_rows.filter(state="failed").exists())
    @rule()
    def again(self) -> None:
        failed = Order.all_rows.filter(state="failed").first()
        assert failed
        services.redo(order_id=failed.pk, note="可付", by=who(self.world, "payment-clerk"), at=AT)

    @precondition(lambda self: Receivable.all_rows.filter(is_claimed=True, left_fen__gt=0).exists())
    @rule()
    def pay_back(self) -> None:
        owed = Receivable.all_rows.filter(is_claimed=True, left_fen__gt=0).first()
        assert owed
        self.n += 1
        self.book.back += owed.left_fen
        services.repaid(
            receivable_id=owed.pk, amount_fen=owed.left_fen, bank_ref=f"T{self.n}",
            on=AT.date(), by=who(self.world, "payment-clerk"), at=AT,
        )  # fmt: skip

    @invariant()
    def sums_hold(self) -> None:
        money = ledger()
        orders = list(Order.all_rows.all())
        owed = sum(Receivable.all_rows.values_list("left_fen", flat=True))
        assert sum(money.values()) == len(UNITS) * BUDGET
        # 银行付出的，减去退回的，等于账上已付与应收
        assert money.get("paid", 0) + money.get("receivable", 0) == self.book.bank - self.book.back
        # 该付的 = 银行付的 + 抵扣的 + 还没付的
        open_fen = sum(o.net_fen for o in orders if o.state in ("waiting", "failed"))
        offset = sum(o.offset_fen for o in orders)
        assert self.book.due == self.book.bank + offset + open_fen
        assert money.get("committed", 0) == open_fen
        # 应收回的 = 抵扣的 + 退回的 + 还欠的
        assert self.book.claimed == offset + self.book.back + owed
        paid_once = Instruction.all_rows.filter(state="paid").values_list("order", flat=True)
        assert len(paid_once) == len(set(paid_once))


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.django_db
def test_random_histories_keep_every_sum() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Histories, settings=settings(max_examples=12, stateful_step_count=14, deadline=None)
    )
