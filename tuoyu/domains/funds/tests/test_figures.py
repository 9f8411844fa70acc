"""总表、试算与绩效：figures that come from the entries, and say when something is missing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from click.testing import CliRunner
from django.db import connection

from tests.world import NOW
from tuoyu.core import workdays
from tuoyu.core.scope import SYSTEM, Scope
from tuoyu.domains.funds import services
from tuoyu.domains.funds.cli import funds
from tuoyu.domains.funds.selectors.balance import trial_balance
from tuoyu.domains.funds.selectors.ledger import list_years, sum_by, total_of
from tuoyu.domains.funds.selectors.performance import Span, scores
from tuoyu.domains.funds.selectors.subjects import name_subjects
from tuoyu.domains.funds.tests.purse import CLERK, PROGRAMME, put_budget, take
from tuoyu.domains.policies.books import current_book

pytestmark = pytest.mark.django_db
YEAR = Span(2025)


def pay(key: str, fen: int, *, settled: datetime = NOW, unit: str = "350582") -> None:
    """从预留到付讫。"""
    take(key, fen, unit=unit)
    services.commit(key=key, amount_fen=fen, by=CLERK, at=NOW)
    for kind, at in (("order", NOW), ("settle", settled)):
        services.post(key=f"{key}/{kind}", kind=kind, subject=key, amount_fen=fen, by=CLERK, at=at)


def test_figures_by_each_dimension_add_up_to_the_same() -> None:
    put_budget("b1", "central", 900, rank=0)
    put_budget("b2", "county", 300, rank=3)
    put_budget("b3", "county", 500, rank=3, unit="350502")
    pay("statement:1", 1_000)
    take("grant:2", 100)
    for by, rows in (("programme", 1), ("unit", 2), ("source", 2)):
        found = sum_by(SYSTEM, 2025, by)
        assert len(found) == rows
        total = total_of(found)
        assert (total.budget, total.paid, total.reserved, total.left) == (1_700, 1_000, 100, 600)
    county = {r.key: r.figures for r in sum_by(SYSTEM, 2025, "source", unit="350582")}
    assert (county["central"].paid, county["county"].paid) == (900, 100)
    assert list_years(SYSTEM) == [2025]
    assert sum_by(SYSTEM, 2024, "unit") == []


def test_a_county_counts_its_own() -> None:
    put_budget("b1", "county", 300)
    put_budget("b2", "county", 500, unit="350502")
    scope = Scope(kind="region", region_prefix="350582")
    assert total_of(sum_by(scope, 2025, "unit")).budget == 300
    assert list(scores(scope, YEAR, "unit")) == ["350582"]
    assert scores(Scope(kind="family"), YEAR, "unit") == {}


def test_performance_is_counted_from_the_ledger() -> None:
    put_budget("b1", "county", 10_000)
    put_budget("b2", "county", 5_000, unit="350502")
    pay("statement:1", 3_000, settled=workdays.add(NOW, 15))
    pay("statement:2", 1_000, settled=workdays.add(NOW, 16))
    services.post(key="c", kind="claim", subject="statement:1", amount_fen=500, by=CLERK, at=NOW)
    score = scores(SYSTEM, YEAR, "programme")[PROGRAMME]
    assert score.execution == Fraction(3_500, 15_000)
    assert score.average_days == Fraction(31, 2)
    assert score.timeliness(current_book().funds) == Fraction(1, 2)  # promised: 15 working days
    assert score.accuracy == Fraction(1, 2)
    assert (score.payments, score.corrected, score.corrected_fen) == (2, 1, 500)
    idle = scores(SYSTEM, YEAR, "unit")["350502"]
    assert idle.execution == 0
    assert idle.accuracy is None
    assert idle.timeliness(current_book().funds) is None


def test_a_quarter_holds_its_own_payments() -> None:
    put_budget("b1", "county", 10_000)
    pay("statement:1", 3_000, settled=NOW)
    assert scores(SYSTEM, Span(2025, 4), "programme")[PROGRAMME].payments == 1
    assert scores(SYSTEM, Span(2025, 3), "programme") == {}
    assert scores(SYSTEM, Span(2026), "programme") == {}


def test_what_came_back_from_the_bank_is_not_executed() -> None:
    put_budget("b1", "county", 10_000)
    pay("statement:1", 3_000)
    services.post(
        key="b", kind="bounce", subject="statement:1", amount_fen=3_000, by=CLERK,
        at=NOW + timedelta(hours=1),
    )  # fmt: skip
    assert scores(SYSTEM, YEAR, "programme")[PROGRAMME].execution == 0


def test_a_subject_without_its_own_page_keeps_the_words_of_its_reservation() -> None:
    put_budget("b1", "county", 10_000)
    take("unknown-thing:9", 100)
    found = name_subjects(SYSTEM, ["unknown-thing:9", ""])
    assert found["unknown-thing:9"].title == "专项奖补（虚构）"
    assert found["unknown-thing:9"].url == ""


def test_the_trial_balance_is_nought() -> None:
    put_budget("b1", "county", 10_000)
    pay("statement:1", 3_000)
    found = trial_balance()
    assert found.balances
    assert sum(k.balance_fen for k in found.kinds) == 0
    assert sum(k.debit_fen for k in found.kinds) == sum(k.credit_fen for k in found.kinds)
    done = CliRunner().invoke(funds, ["balance"])
    assert done.exit_code == 0
    assert "试算平衡" in done.output
    assert json.loads(CliRunner().invoke(funds, ["balance", "--json"]).output)["balances"] is True


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE funds_account SET balance_fen = balance_fen + 1 WHERE kind = 'paid'", "账户"),
        ("UPDATE funds_position SET balance_fen = 2999 WHERE balance_fen = 3000", "事项"),
        ("UPDATE funds_transfer SET amount_fen = 1 WHERE kind = 'settle'", "收支"),
    ],
)
def test_what_was_changed_behind_the_ledger_is_found(sql: str, said: str) -> None:
    put_budget("b1", "county", 10_000)
    pay("statement:1", 3_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute(sql)
    found = trial_balance()
    assert any(said in fault for fault in found.faults)
    done = CliRunner().invoke(funds, ["balance"])
    assert done.exit_code == 1
