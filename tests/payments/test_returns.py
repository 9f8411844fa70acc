"""银行回单：booked as a whole or not at all; what failed goes back and is paid again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.payments.purse import (
    AT,
    bank_says,
    endow,
    ledger,
    order,
    prepared,
    released,
    set_account,
    take,
    who,
)
from tests.world import World
from tuoyu.core import events
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.funds import services
from tuoyu.domains.funds.events import OrderFailed, OrderSettled
from tuoyu.domains.funds.files import pain002, tables
from tuoyu.domains.funds.files.returns import Answer, ReturnFile, declared
from tuoyu.domains.funds.models import BankReturn, Batch, Instruction, Order
from tuoyu.domains.funds.selectors import chains


@pytest.fixture
def sent(world: World) -> Batch:
    """Three payments at the bank: 5,000, 7,000 and 9,000 fen."""
    endow(world)
    for n, (inst, fen) in enumerate([("a1", 5_000), ("a2", 7_000), ("b1", 9_000)], 1):
        order(world, f"grant:{n}", fen, inst)
    return released(world, 3, 21_000)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    heard: list[object] = []
    monkeypatch.setattr(events, "publish", heard.append)
    return heard


def states() -> list[str]:
    return list(Order.all_rows.order_by("key").values_list("state", flat=True))


def test_all_paid_and_told_in_the_same_act(world: World, sent: Batch, told: list[object]) -> None:
    assert take(world, sent, bank_says(sent)) == []
    assert states() == ["paid"] * 3
    assert ledger()["paid"] == 21_000
    assert "ordered" not in ledger()
    heard = [e for e in told if isinstance(e, OrderSettled)]
    assert sorted((e.source_type, e.source_id, e.amount_fen) for e in heard) == [
        ("grant", 1, 5_000), ("grant", 2, 7_000), ("grant", 3, 9_000),
    ]  # fmt: skip
    assert {s.verdict for s in chains.reconcile(sent)} == {"相符"}


Wrong = Callable[[ReturnFile], ReturnFile]
WRONG: list[tuple[str, Wrong, str]] = [
    ("total", lambda f: replace(f, total_fen=f.total_fen + 1), "合计不符"),
    ("count", lambda f: replace(f, count=4), "写明 4 笔，实有 3 笔"),
    ("duplicate", lambda f: declared((*f.lines, f.lines[0])), "重复出现"),
    ("unknown", lambda f: declared((*f.lines, replace(f.lines[0], reference="别批"))), "不是本批"),
    (
        "amount",
        lambda f: declared((replace(f.lines[0], amount_fen=1), *f.lines[1:])),
        "回单 0.01 元，送出",
    ),
    (
        "unpaid returned",
        lambda f: declared((replace(f.lines[0], answer=Answer.RETURNED), *f.lines[1:])),
        "尚未付出",
    ),
    (
        "tomorrow",
        lambda f: declared((replace(f.lines[0], on=AT.date() + timedelta(days=1)),)),
        "晚于今天",
    ),
    (
        "before release",
        lambda f: declared((replace(f.lines[0], on=AT.date() - timedelta(days=1)),)),
        "早于送银行日",
    ),
    ("nothing", lambda f: declared(()), "没有一笔"),
]


@pytest.mark.parametrize(("name", "wrong", "why"), WRONG, ids=[w[0] for w in WRONG])
def test_one_fault_and_nothing_of_the_file_is_booked(
    world: World, sent: Batch, told: list[object], name: str, wrong: Wrong, why: str
) -> None:
    before = ledger()
    faults = take(world, sent, wrong(bank_says(sent)))
    assert any(why in fault for fault in faults), faults
    assert (ledger(), states(), told) == (before, ["sent"] * 3, [])
    kept = BankReturn.all_rows.get()
    assert kept.booked_at is None
    assert Instruction.all_rows.filter(state="sent").count() == 3
    assert take(world, sent, bank_says(sent)) == []


def test_an_unreadable_file_is_refused_and_not_kept(world: World, sent: Batch) -> None:
    with pytest.raises(DomainError, match="没有入账"):
        services.take_return(
            batch_id=sent.pk, file_name="x", blob=b"x,y", by=who(world, "payment-clerk"), at=AT
        )
    assert not BankReturn.all_rows.exists()


def test_the_same_file_twice_is_booked_once(world: World, sent: Batch) -> None:
    file = bank_says(sent)
    assert take(world, sent, file) == []
    after = ledger()
    with pytest.raises(DomainError, match="已经入过账"):
        take(world, sent, file)
    again = declared(tuple(replace(line, bank_ref="B") for line in file.lines))
    assert any("已入过账" in f for f in take(world, sent, again))
    assert ledger() == after


def test_part_now_and_the_rest_later(world: World, sent: Batch) -> None:
    whole = bank_says(sent)
    assert take(world, sent, declared(whole.lines[:1])) == []
    verdicts = sorted(s.verdict for s in chains.reconcile(sent))
    assert verdicts == ["相符", "银行未回", "银行未回"]
    assert take(world, sent, declared(whole.lines[1:])) == []
    assert ledger()["paid"] == 21_000


def test_pain_002_is_booked_like_a_table(world: World, sent: Batch) -> None:
    kept = services.take_return(
        batch_id=sent.pk, file_name="r.xml", blob=pain002.write(sent.number, AT, bank_says(sent)),
        by=who(world, "payment-clerk"), at=AT,
    )  # fmt: skip
    assert kept.faults == []
    assert states() == ["paid"] * 3


def test_only_the_clerk_brings_returns_and_only_to_a_released_batch(
    world: World, sent: Batch
) -> None:
    blob = tables.write_csv(bank_says(sent))
    for slug in ("finance-officer", "city-officer", "county-officer", "director", "auditor"):
        with pytest.raises(NotFound):
            services.take_return(
                batch_id=sent.pk, file_name="x", blob=blob, by=who(world, slug), at=AT
            )
    order(world, "grant:9", 100)
    with pytest.raises(DomainError, match="尚未送银行"):
        services.take_return(
            batch_id=prepared(world, 1, 100).pk, file_name="x", blob=blob,
            by=who(world, "payment-clerk"), at=AT,
        )  # fmt: skip


def test_a_failed_payment_goes_back_and_is_paid_with_a_mended_account(
    world: World, sent: Batch, told: list[object]
) -> None:
    wrong = f"{sent.number}-0001"
    assert take(world, sent, bank_says(sent, {wrong: "户名不符"})) == []
    failed = Order.all_rows.get(state="failed")
    assert failed.note == "失败：户名不符"
    assert ledger()["committed"] == failed.amount_fen
    heard = [e for e in told if isinstance(e, OrderFailed)]
    assert [(e.order_id, e.reason) for e in heard] == [(failed.pk, "失败：户名不符")]
    clerk = who(world, "payment-clerk")
    with pytest.raises(DomainError, match="收款账户没有更正"):
        services.redo(order_id=failed.pk, note="", by=clerk, at=AT)
    payee = services.Payee("institution", failed.payee_id, failed.payee_name)
    set_account(world, payee, "6222000000000001", failed.region_code, failed.institution_id)
    services.redo(order_id=failed.pk, note="", by=clerk, at=AT)
    with pytest.raises(DomainError, match="不用重新付款"):
        services.redo(order_id=failed.pk, note="", by=clerk, at=AT)
    second = released(world, 1, failed.amount_fen)
    assert services.bank_file(second).lines[0].payee.account == "6222000000000001"
    assert take(world, second, bank_says(second)) == []
    assert states() == ["paid"] * 3
    assert ledger()["paid"] == 21_000


def test_a_payment_sent_back_later_is_money_again(world: World, sent: Batch) -> None:
    """退票：paid yesterday, returned today; committed again, and no longer counted as paid."""
    whole = bank_says(sent)
    assert take(world, sent, whole) == []
    back = replace(whole.lines[0], answer=Answer.RETURNED, reason="账户已销户")
    assert take(world, sent, declared((back,))) == []
    fen = whole.lines[0].amount_fen
    assert (ledger()["paid"], ledger()["committed"]) == (21_000 - fen, fen)
    again = Order.all_rows.get(state="failed")
    services.redo(order_id=again.pk, note="户主已恢复", by=who(world, "payment-clerk"), at=AT)
    third = released(world, 1, fen)
    assert take(world, third, bank_says(third)) == []
    assert ledger()["paid"] == 21_000
