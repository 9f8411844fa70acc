"""退票与抵扣：a payment comes back after part of the order had been set off; every sum holds."""

from __future__ import annotations

import pytest

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
from tests.payments.test_clawback import claim
from tests.world import World
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import services
from tuoyu.domains.funds.files.returns import ReturnLine
from tuoyu.domains.funds.models import Batch, Order, Receivable

ALL = len(UNITS) * BUDGET
Paid = tuple[Batch, ReturnLine]


def pay(world: World, fen: int) -> Paid:
    """送银行并付讫一笔。"""
    batch = released(world, 1, fen)
    file = bank_says(batch)
    assert take(world, batch, file) == []
    return batch, file.lines[0]


def bounce(world: World, paid: Paid) -> None:
    batch, line = paid
    assert take(world, batch, returned(line)) == []


def again(world: World, key: str) -> Order:
    """重新付款。"""
    found = Order.all_rows.get(key=key)
    return services.redo(
        order_id=found.pk, note="户主已恢复", by=who(world, "payment-clerk"), at=AT
    )


@pytest.fixture
def second(world: World) -> Paid:
    """10 元付讫，其中 3 元应收回；下一张 10 元抵扣 3 元，银行付了 7 元。"""
    endow(world)
    order(world, "grant:1", 1_000)
    pay(world, 1_000)
    claim(world, "delta:1", 300, "grant:1")
    order(world, "grant:2", 1_000)
    return pay(world, 700)


def test_only_what_the_bank_had_moved_comes_back(world: World, second: Paid) -> None:
    bounce(world, second)
    found = Order.all_rows.get(key="grant:2")
    assert (found.state, found.offset_fen, found.net_fen) == ("failed", 300, 700)
    assert Receivable.all_rows.get().left_fen == 0  # the debt was paid out of the claim: it stays
    assert ledger() == {"available": ALL - 1_700, "committed": 700, "paid": 1_000}
    assert services.balances_of("grant:2") == {"committed": 700, "paid": 300}
    assert again(world, "grant:2").net_fen == 700
    pay(world, 700)
    assert ledger() == {"available": ALL - 1_700, "paid": 1_700}


def test_what_was_claimed_from_it_and_set_off_later_is_given_up_again(
    world: World, second: Paid
) -> None:
    """9 of its 10 yuan are owed back, 6 of them set off against a third order; then 7 return."""
    claim(world, "delta:2", 900, "grant:2")
    third = order(world, "grant:3", 600)
    assert (third.state, third.offset_fen) == ("offset", 600)
    bounce(world, second)
    assert services.balances_of("grant:2") == {"committed": 700}
    # 银行实付 10 元，账上已付也是 10 元
    assert ledger() == {"available": ALL - 1_700, "committed": 700, "paid": 1_000}
    assert Order.all_rows.get(key="grant:3").state == "offset"  # they were told so, and it holds
    anew = again(world, "grant:2")
    assert (anew.net_fen, Receivable.all_rows.get(key="delta:2").left_fen) == (400, 0)
    pay(world, 400)
    # 应付 26 元，减应收回 12 元 = 14 元；银行两次付的也是 14 元
    assert ledger() == {"available": ALL - 1_400, "paid": 1_400}


def test_twice_returned_is_twice_money_again(world: World, second: Paid) -> None:
    claim(world, "delta:2", 900, "grant:2")
    order(world, "grant:3", 600)
    bounce(world, second)
    again(world, "grant:2")
    bounce(world, pay(world, 400))
    assert ledger() == {"available": ALL - 1_400, "committed": 400, "paid": 1_000}
    again(world, "grant:2")
    pay(world, 400)
    assert ledger() == {"available": ALL - 1_400, "paid": 1_400}


def test_what_the_payee_had_paid_back_by_himself_is_cleared_up_first(
    world: World, second: Paid
) -> None:
    (owed,) = claim(world, "delta:2", 900, "grant:2")
    services.repaid(
        receivable_id=owed.pk, amount_fen=800, bank_ref="T1", on=AT.date(),
        by=who(world, "payment-clerk"), at=AT,
    )  # fmt: skip
    before = ledger()
    with pytest.raises(DomainError, match=r"5\.00 元对方此前已另行退回，没有入账"):
        bounce(world, second)
    assert ledger() == before
    assert Order.all_rows.get(key="grant:2").state == "paid"
