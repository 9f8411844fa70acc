"""拨付批：two persons, the same totals, one payment whatever happens at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.payments.purse import AT, endow, ledger, order, prepared, released, set_account, who
from tests.world import World
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.funds import services
from tuoyu.domains.funds.files import pain001
from tuoyu.domains.funds.models import Batch, Instruction, Order, PayeeAccount
from tuoyu.domains.funds.selectors.payments import find_waiting


@pytest.fixture
def rich(world: World) -> World:
    endow(world)
    return world


def test_the_clerk_finds_his_own_mistake(rich: World) -> None:
    order(rich, "grant:1", 5_000)
    for count, fen, why in ((2, 5_000, "2 笔"), (1, 5_001, "合计")):
        with pytest.raises(DomainError, match=why):
            prepared(rich, count, fen)
    assert not Batch.all_rows.exists()
    with pytest.raises(DomainError, match="没有可以编批"):
        services.prepare(
            programme="star_grant", declared_count=1, declared_total_fen=1, region_code="350500",
            by=who(rich, "payment-clerk"), at=AT,
        )  # fmt: skip


def test_release_needs_another_person_and_the_same_totals(rich: World) -> None:
    order(rich, "grant:1", 5_000)
    batch, finance = prepared(rich, 1, 5_000), who(rich, "finance-officer")
    given: dict[str, Any] = {"batch_id": batch.pk, "count": 1, "total_fen": 5_000, "at": AT}
    for slug in ("payment-clerk", "county-officer", "director", "auditor", "city-officer"):
        with pytest.raises(NotFound):
            services.release(**given, by=who(rich, slug))
    with pytest.raises(DomainError, match="编制人不能"):
        services.release(**given, by=replace(finance, user_id=rich.users["payment-clerk"].pk))
    with pytest.raises(DomainError, match="您自己审批"):
        services.release(**given, by=replace(finance, user_id=rich.users["city-officer"].pk))
    with pytest.raises(DomainError, match="不符"):
        services.release(**given | {"total_fen": 4_999}, by=finance)
    assert ledger()["committed"] == 5_000
    done = services.release(**given, by=finance)
    assert ledger()["ordered"] == 5_000
    with pytest.raises(DomainError, match="已经送银行"):
        services.release(**given, by=finance)
    with pytest.raises(DomainError, match="已经送银行"):
        services.withdraw(batch_id=batch.pk, by=who(rich, "payment-clerk"), at=AT)
    assert pain001.read(pain001.write(services.bank_file(done))).total_fen == 5_000


def test_the_database_itself_refuses_what_the_services_do(rich: World) -> None:
    paid = order(rich, "grant:1", 5_000)
    batch = prepared(rich, 1, 5_000)
    with pytest.raises(IntegrityError, match="batch_two_persons"), transaction.atomic():
        Batch.all_rows.filter(pk=batch.pk).update(released_by=batch.prepared_by)
    one = Instruction.all_rows.get()
    with pytest.raises(IntegrityError, match="order_paid_once"), transaction.atomic():
        Instruction.all_rows.create(
            batch=batch, order=paid, payee_account=one.payee_account, reference="二次",
            amount_fen=1, region_code=one.region_code,
        )  # fmt: skip
    account = PayeeAccount.all_rows.first()
    assert account is not None
    with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
        PayeeAccount.all_rows.filter(pk=account.pk).update(confirmed_by=account.proposed_by)


def test_a_withdrawn_batch_leaves_its_orders_waiting(rich: World) -> None:
    paid = order(rich, "grant:1", 5_000)
    first = prepared(rich, 1, 5_000)
    services.withdraw(batch_id=first.pk, by=who(rich, "payment-clerk"), at=AT)
    paid.refresh_from_db()
    assert paid.state == "waiting"
    with pytest.raises(DomainError, match="已经撤回"):
        services.release(
            batch_id=first.pk, count=1, total_fen=5_000, by=who(rich, "finance-officer"), at=AT
        )
    assert released(rich, 1, 5_000).number == "BF20250712-002"


def test_an_order_without_an_account_waits_and_is_named(rich: World) -> None:
    PayeeAccount.all_rows.filter(institution_id=rich.institutions["b1"].pk).delete()
    order(rich, "grant:1", 5_000)
    lacking = order(rich, "grant:2", 7_000, "b1")
    found = find_waiting(who(rich, "payment-clerk").scope)
    assert ([p.order.key for p in found.payable], found.blocked) == (["grant:1"], [lacking])
    assert prepared(rich, 1, 5_000).instructions.count() == 1


def test_an_account_changed_after_preparing_stops_the_release(rich: World) -> None:
    """A changed account never pays by the hand that changed it alone."""
    order(rich, "grant:1", 5_000)
    batch, inst = prepared(rich, 1, 5_000), rich.institutions["a1"]
    payee = services.Payee("institution", inst.pk, inst.name)
    set_account(rich, payee, "6222000000000001", inst.region_code, inst.pk)
    with pytest.raises(DomainError, match="收款账户在编批后变更"):
        services.release(
            batch_id=batch.pk, count=1, total_fen=5_000, by=who(rich, "finance-officer"), at=AT
        )
    assert ledger()["committed"] == 5_000


def test_an_account_takes_two_persons(rich: World) -> None:
    inst, clerk, finance = rich.institutions["a1"], who(rich, "payment-clerk"), who(
        rich, "finance-officer"
    )  # fmt: skip
    given: dict[str, Any] = {
        "payee": services.Payee("institution", inst.pk, inst.name), "holder": inst.name,
        "bank": "示例银行", "bank_code": "105397000010", "region_code": inst.region_code,
        "institution_id": inst.pk, "reason": "变更", "at": AT,
    }  # fmt: skip
    with pytest.raises(DomainError, match="8 到 34 位"):
        services.propose_account(**given, account="62 22 甲", by=clerk)
    with pytest.raises(NotFound):
        services.propose_account(**given, account="6222000000000001", by=who(rich, "director"))
    made = services.propose_account(**given, account="6222 0000 0000 0001", by=clerk)
    with pytest.raises(DomainError, match="待复核的账户"):
        services.propose_account(**given, account="6222000000000002", by=clerk)
    both = replace(finance, user_id=clerk.user_id)
    with pytest.raises(DomainError, match="登记人不能复核"):
        services.confirm_account(account_id=made.pk, by=both, at=AT)
    services.confirm_account(account_id=made.pk, by=finance, at=AT)
    states = PayeeAccount.all_rows.filter(institution_id=inst.pk).order_by("pk")
    assert list(states.values_list("state", "tail")) == [("ended", "0001"), ("in_use", "0001")]


def test_the_account_number_lies_sealed(rich: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT account FROM funds_payeeaccount WHERE payee_kind = 'treasury'")
        (blob,) = cursor.fetchone()
    assert b"95588000009999999" not in bytes(blob)
    assert PayeeAccount.all_rows.get(payee_kind="treasury").account == "95588000009999999"


def test_the_same_order_twice_is_one_order(rich: World) -> None:
    first = order(rich, "grant:1", 5_000)
    assert order(rich, "grant:1", 5_000).pk == first.pk
    inst = rich.institutions["b1"]
    with pytest.raises(DomainError, match="内容不同"):
        services.propose_order(
            key="grant:1", amount_fen=5_000, payee=services.Payee("institution", inst.pk, "他"),
            programme="class_subsidy", unit_code="350582", region_code=inst.region_code,
            institution_id=inst.pk, purpose="别家", source_type="grant", source_id=1,
            by=who(rich, "city-officer"), at=AT,
        )  # fmt: skip


def test_what_is_not_committed_is_not_ordered(rich: World) -> None:
    inst = rich.institutions["a1"]
    with pytest.raises(DomainError, match="承诺的资金少于"):
        services.propose_order(
            key="grant:9", amount_fen=1, payee=services.Payee("institution", inst.pk, inst.name),
            programme="class_subsidy", unit_code="350582", region_code=inst.region_code,
            institution_id=inst.pk, purpose="空", source_type="grant", source_id=9,
            by=who(rich, "city-officer"), at=AT,
        )  # fmt: skip
    assert not Order.all_rows.exists()


def test_a_draft_city_never_pays(rich: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuoyu.domains.funds.services import orders
    from tuoyu.domains.policies.books import current_book

    book = current_book()
    draft = replace(book, pack=replace(book.pack, status="draft_for_comment"))
    monkeypatch.setattr(orders, "current_book", lambda: draft)
    with pytest.raises(DomainError, match="只能测算，不能支付"):
        order(rich, "grant:1", 5_000)
    with pytest.raises(DomainError, match="只能测算，不能支付"):
        prepared(rich, 1, 5_000)


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_pay_once(transactional_db: None) -> None:
    """Both post at the same instant; the loser is told so and nothing is booked twice."""
    from tests.world import build_world

    world = build_world()
    endow(world)
    for n in range(3):
        order(world, f"grant:{n + 1}", 5_000)
    batch, finance = prepared(world, 3, 15_000), who(world, "finance-officer")
    gate, said = threading.Barrier(2), []

    def pay() -> None:
        gate.wait()
        try:
            services.release(batch_id=batch.pk, count=3, total_fen=15_000, by=finance, at=AT)
            said.append("sent")
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=pay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["released", "sent"]
    assert ledger() == {"available": 30_000_000 - 15_000, "ordered": 15_000}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_preparing_at_once_make_one_batch(transactional_db: None) -> None:
    from tests.world import build_world

    world = build_world()
    endow(world)
    order(world, "grant:1", 5_000)
    gate, said = threading.Barrier(2), []

    def make() -> None:
        gate.wait()
        try:
            prepared(world, 1, 5_000)
            said.append("made")
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["made", "nothing"]
    assert Instruction.all_rows.count() == 1
