"""总账：the ways of the money, replay, refusal, reversal, and the walls of the database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tests.world import NOW
from tuoyu.core import rls
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.funds import rules, services
from tuoyu.domains.funds.models import Account, Entry, Position, Transfer, TransferKind
from tuoyu.domains.funds.tests.purse import CLERK, put_budget, take, totals

pytestmark = pytest.mark.django_db


def move(kind: str, subject: str, fen: int, key: str = "") -> int:
    return services.post(
        key=key or f"{subject}/{kind}",
        kind=kind,
        subject=subject,
        amount_fen=fen,
        by=CLERK,
        at=NOW,
    )


def test_a_budget_is_drawn_in_the_order_of_its_sources() -> None:
    put_budget("b1", "county", 50_000, rank=4)
    put_budget("b2", "central", 30_000, rank=1)
    take("grant:1", 40_000)
    drawn = Entry.all_rows.filter(transfer__kind="reserve").order_by("id")
    assert [(e.credit.line.source, e.amount_fen) for e in drawn] == [
        ("central", 30_000),
        ("county", 10_000),
    ]
    assert totals() == {"source": -80_000, "available": 40_000, "reserved": 40_000}


def test_over_budget_writes_nothing_and_says_how_much_is_missing() -> None:
    put_budget("b1", "county", 100)
    with pytest.raises(DomainError, match=r"还差 0.01 元") as told:
        take("grant:1", 101)
    assert told.value.code == "over-budget"
    assert "追加预算" in told.value.text
    assert not Transfer.all_rows.filter(kind="reserve").exists()
    take("grant:1", 100)


def test_no_budget_at_all_is_over_budget() -> None:
    with pytest.raises(DomainError, match=r"可用 0.00 元"):
        take("grant:1", 1)


def test_the_whole_way_and_back() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 800)
    services.commit(key="grant:1", amount_fen=700, by=CLERK, at=NOW)
    assert totals() == {"source": -1_000, "available": 300, "committed": 700}
    move("order", "grant:1", 700)
    move("settle", "grant:1", 700)
    move("claim", "grant:1", 200)
    move("recover", "grant:1", 150)
    move("restore", "grant:1", 150)
    assert totals() == {"source": -1_000, "available": 450, "paid": 500, "receivable": 50}
    assert services.balances_of("grant:1") == {"paid": 500, "receivable": 50}


def test_the_same_key_and_content_is_the_same_answer() -> None:
    put_budget("b1", "county", 1_000)
    for _ in range(2):
        put_budget("b1", "county", 1_000)
        take("grant:1", 800)
        services.commit(key="grant:1", amount_fen=700, by=CLERK, at=NOW)
    assert move("order", "grant:1", 700) == move("order", "grant:1", 700)
    assert totals() == {"source": -1_000, "available": 300, "ordered": 700}


def test_the_same_key_with_another_content_is_refused() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 100)
    for act in (
        lambda: put_budget("b1", "county", 999),
        lambda: take("grant:1", 101),
    ):
        with pytest.raises(DomainError, match="内容不同") as told:
            act()
        assert told.value.code == "key-used"
    services.commit(key="grant:1", amount_fen=100, by=CLERK, at=NOW)
    with pytest.raises(DomainError, match="内容不同"):
        services.commit(key="grant:1", amount_fen=90, by=CLERK, at=NOW)
    assert totals() == {"source": -1_000, "available": 900, "committed": 100}


def test_freed_and_reserved_afresh() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 300)
    assert services.free(key="grant:1", by=CLERK, at=NOW) == 300
    assert services.free(key="grant:1", by=CLERK, at=NOW) == 0
    take("grant:1", 400)  # sent back, mended and accepted again with another amount
    services.commit(key="grant:1", amount_fen=400, by=CLERK, at=NOW)
    assert services.free(key="grant:1", by=CLERK, at=NOW) == 400
    with pytest.raises(DomainError) as told:
        services.commit(key="grant:1", amount_fen=400, by=CLERK, at=NOW)
    assert told.value.code == "not-reserved"
    assert totals() == {"source": -1_000, "available": 1_000}


def test_what_is_ordered_is_not_freed() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 300)
    services.commit(key="grant:1", amount_fen=300, by=CLERK, at=NOW)
    move("order", "grant:1", 300)
    with pytest.raises(DomainError) as told:
        services.free(key="grant:1", by=CLERK, at=NOW)
    assert told.value.code == "ordered"
    move("cancel", "grant:1", 300)
    assert services.free(key="grant:1", by=CLERK, at=NOW) == 300


def test_more_than_reserved_is_not_committed() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 300)
    with pytest.raises(DomainError, match=r"多 0.01 元"):
        services.commit(key="grant:1", amount_fen=301, by=CLERK, at=NOW)


def test_one_subject_cannot_use_what_belongs_to_another() -> None:
    put_budget("b1", "county", 1_000)
    for key in ("grant:1", "grant:2"):
        take(key, 300)
        services.commit(key=key, amount_fen=300, by=CLERK, at=NOW)
    with pytest.raises(DomainError, match=r"还差 0.01 元"):
        move("order", "grant:1", 301)


def test_a_batch_is_all_or_nothing() -> None:
    put_budget("b1", "county", 1_000)
    for key in ("grant:1", "grant:2"):
        take(key, 300)
        services.commit(key=key, amount_fen=300, by=CLERK, at=NOW)
    moves = [
        services.Move("o1", "order", "grant:1", 300),
        services.Move("o2", "order", "grant:2", 301),
    ]
    with pytest.raises(DomainError):
        services.post_all(moves, by=CLERK, at=NOW)
    assert "ordered" not in totals()


def test_reversed_once() -> None:
    put_budget("b1", "county", 1_000)
    services.reverse(key="r1", of_key="b1", reason="文号录错", by=CLERK, at=NOW)
    services.reverse(key="r1", of_key="b1", reason="文号录错", by=CLERK, at=NOW)
    assert totals() == {}
    with pytest.raises(DomainError):
        services.reverse(key="r2", of_key="b1", reason="再来一次", by=CLERK, at=NOW)
    assert Transfer.all_rows.count() == 2


def test_a_reversal_cannot_take_what_is_used() -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 300)
    with pytest.raises(DomainError, match="余额为负"):
        services.reverse(key="r1", of_key="b1", reason="文号录错", by=CLERK, at=NOW)
    assert totals() == {"source": -1_000, "available": 700, "reserved": 300}


@pytest.mark.parametrize("fen", [0, -1])
def test_only_a_positive_amount(fen: int) -> None:
    with pytest.raises(DomainError, match="大于零"):
        take("grant:1", fen)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE funds_entry SET amount_fen = amount_fen + 1",
        "DELETE FROM funds_entry",
        "UPDATE funds_transfer SET memo = '改'",
        "DELETE FROM funds_transfer",
        "UPDATE funds_account SET balance_fen = 0",
        "DELETE FROM funds_account",
        "UPDATE funds_position SET balance_fen = 0",
        "DELETE FROM funds_position",
        "UPDATE funds_budgetline SET year = 2024",
        "DELETE FROM funds_budgetline",
    ],
)
def test_nothing_is_edited_even_by_the_owner(sql: str) -> None:
    put_budget("b1", "county", 1_000)
    take("grant:1", 300)
    refused = pytest.raises(DatabaseError, match=r"只增不改|不能直接改")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", rls.FUNCTION_ONLY)
@pytest.mark.parametrize("verb", ["INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_role_of_the_application_writes_the_ledger(table: str, verb: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rls.enter(Scope(kind="region", region_prefix="3505"))
        with connection.cursor() as cursor:
            cursor.execute(verb.format(table))


def test_any_end_can_move_money_through_the_functions_only() -> None:
    put_budget("b1", "county", 1_000)
    rls.enter(Scope(kind="family", child_ids=frozenset({1})))
    take("voucher-claim:1", 300)
    assert services.balances_of("voucher-claim:1") == {"reserved": 300}
    assert Account.all_rows.count() == 0  # a family sees nothing of the ledger
    rls.leave()


def test_an_entry_against_its_kind_is_refused() -> None:
    line = put_budget("b1", "county", 1_000)
    put_budget("b2", "central", 1_000)
    a = {x.kind: x.pk for x in Account.all_rows.filter(line_id=line)}
    foreign = Account.all_rows.exclude(line_id=line).get(kind="reserved")
    for debit in (a["paid"], foreign.pk):
        with pytest.raises(DatabaseError, match="不符"), transaction.atomic():
            transfer = Transfer.all_rows.create(
                key="x", kind="reserve", subject="s", amount_fen=5, request={}, at=NOW, by_name="x",
                region_code="350582",
            )  # fmt: skip
            Entry.all_rows.create(
                transfer=transfer, debit_id=debit, credit_id=a["available"], amount_fen=5,
                subject="s", region_code="350582",
            )  # fmt: skip


def test_a_transfer_and_its_entries_add_up() -> None:
    line = put_budget("b1", "county", 1_000)
    a = {x.kind: x.pk for x in Account.all_rows.filter(line_id=line)}

    def transfer() -> Transfer:
        return Transfer.all_rows.create(
            key="x", kind="reserve", subject="s", amount_fen=5, request={}, at=NOW, by_name="x",
            region_code="350582",
        )  # fmt: skip

    with pytest.raises(DatabaseError, match="分录之和"), transaction.atomic():
        Entry.all_rows.create(
            transfer=transfer(), debit_id=a["reserved"], credit_id=a["available"], amount_fen=4,
            subject="s", region_code="350582",
        )  # fmt: skip
    with pytest.raises(DatabaseError, match="没有分录"), transaction.atomic():
        transfer()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_positions_add_up_to_their_accounts() -> None:
    put_budget("b1", "county", 1_000)
    put_budget("b2", "central", 500, rank=0)
    for n in range(4):
        take(f"grant:{n}", 300)
    services.commit(key="grant:3", amount_fen=100, by=CLERK, at=NOW)
    for account in Account.all_rows.exclude(kind__in=rules.WITHOUT_SUBJECT):
        held = Position.all_rows.filter(account=account).values_list("balance_fen", flat=True)
        assert sum(held) == account.balance_fen


def test_python_and_sql_have_the_same_ways() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, leaves, enters FROM funds_ways()")
        found = {kind: (leaves, enters) for kind, leaves, enters in cursor.fetchall()}
    assert found == {kind: (way.leaves, way.enters) for kind, way in rules.WAYS.items()}
    assert {k.value: k.label for k in TransferKind} == rules.KIND_NAMES


def test_every_function_that_runs_as_its_owner_fixes_its_search_path() -> None:
    sql = (Path(rules.__file__).parent / "sql" / "ledger.sql").read_text()
    definers = re.findall(r"SECURITY DEFINER\s+(SET search_path = public, pg_temp)?", sql)
    assert definers
    assert all(definers)
