"""政策沙盘在小世界里：「300 改成 400」 by hand, to the fen."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from tests.settlement.month import add_day, june, run_june
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine.model import Key
from tuoyu.domains.reforms import tasks
from tuoyu.domains.reforms.models import Scenario, State
from tuoyu.domains.reforms.rules.plans import Axis, Plan
from tuoyu.domains.reforms.selectors import inputs
from tuoyu.domains.reforms.selectors.scenarios import access_scenario, institution_rows
from tuoyu.domains.reforms.services import check_again, propose, propose_sweep, proposing

RULE = "class_subsidy"
CEILING, AMOUNT, DAYS = (
    "class_subsidy.ceiling",
    "class_subsidy.amount",
    "class_subsidy.min_days",
)
TO_400: dict[str, dict[Key, int]] = {CEILING: {("infant",): 40_000}}


@pytest.fixture
def city(world: World) -> World:
    """六月：苗 240、禾 160、笑 160、知 160 paid; 诺、辰 not; 穗 待核; 海风 has no notice."""
    june(world)
    return world


def actor(world: World, slug: str) -> Actor:
    return actor_for_user(world.users[slug])


def ask(world: World, plan: Plan, slug: str = "city-officer") -> Scenario:
    return propose(book=current_book(), rule_id=RULE, plan=plan, by=actor(world, slug), at=NOW)


def totals(scenario: Scenario) -> dict[str, Any]:
    scenario.refresh_from_db()
    return dict(scenario.results["totals"])


def test_raising_the_ceiling_alone_changes_nothing(city: World) -> None:
    done = ask(city, Plan("上限 400", TO_400))
    t = totals(done)
    assert done.state == State.DONE
    assert done.months == ["2025-06"]
    assert t["base_fen"] == t["new_fen"] == 24_000 + 3 * 16_000
    assert (t["up"], t["down"], t["children"]) == (0, 0, 0)
    # 空间：苗 400 − 240；禾、笑、知 200 − 160
    assert t["new_limit_fen"] - t["new_set_fen"] == 16_000 + 3 * 4_000
    # 都跟到上限：苗 400，禾、笑、知 200
    assert t["move_fen"] == 40_000 + 3 * 20_000


def test_the_counties_move_as_well(city: World) -> None:
    plan = Plan("县定 400", {**TO_400, AMOUNT: {("350582", "infant"): 40_000}})
    done = ask(city, plan)
    t = totals(done)
    assert t["new_fen"] - t["base_fen"] == 16_000 == t["up_fen"]
    assert (t["up"], t["down"], t["children"]) == (1, 0, 1)
    assert (t["institutions_up"], t["institutions_down"]) == (1, 0)
    [row] = [r for r in done.results["by"]["cls"] if r["cls"] == "infant"]
    assert (row["base_fen"], row["new_fen"], row["children"]) == (24_000, 40_000, 1)
    [mine] = [r for r in institution_rows(done) if r["delta_fen"]]
    assert mine["name"] == city.institutions["a1"].name


def test_undetermined_months_are_counted_apart_and_never_zero(city: World) -> None:
    done = ask(city, Plan("上限 400", TO_400))
    t = totals(done)
    # 穗：有一天待核；海风：鲤城没有通知
    assert (t["base_open"], t["new_open"], t["move_open"]) == (2, 2, 2)
    assert t["base_paid"] + t["base_zero"] + t["base_open"] == t["n"] == 8
    assert done.results["open_why"] == {"fact": 1, "notice": 1}


def test_a_county_without_notice_is_filled_only_when_asked(city: World) -> None:
    cells: dict[str, dict[Key, int]] = {
        AMOUNT: {("350502", "toddler"): 15_000},
        DAYS: {("350502",): 10},
    }
    quiet = totals(ask(city, Plan("不补", cells)))
    assert (quiet["new_fen"] - quiet["base_fen"], quiet["settled"]) == (0, 0)
    filled = totals(ask(city, Plan("补", cells, fills=True)))
    assert (filled["settled"], filled["settled_fen"], filled["new_open"]) == (1, 15_000, 1)
    assert (filled["up"], filled["children"]) == (0, 1)


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (Plan("高", {AMOUNT: {("350582", "infant"): 40_000}}), "高于上限 300 元"),
        (Plan("空"), "没有改动"),
        (Plan("定值", {"class_subsidy.mixed_under": {(): 36}}), "不能在沙盘里改"),
    ],
)
def test_a_plan_that_cannot_stand_is_refused(city: World, plan: Plan, why: str) -> None:
    with pytest.raises(DomainError, match=why):
        ask(city, plan)
    assert not Scenario.all_rows.exists()


def test_a_lower_ceiling_binds_and_is_marked(city: World) -> None:
    done = ask(city, Plan("上限 200", {CEILING: {("infant",): 20_000}}))
    t = totals(done)
    assert (t["new_fen"] - t["base_fen"], t["down"]) == (-4_000, 1)
    assert [AMOUNT, "350582,infant"] in done.results["above_limit"]


def test_the_receipt_is_stable_and_tells_a_correction(city: World) -> None:
    plan = Plan("上限 400", TO_400)
    one, two = ask(city, plan), ask(city, Plan("换个名字", TO_400))
    assert one.receipt == two.receipt
    assert one.output_sha256 == two.output_sha256
    assert one.receipt != ask(city, Plan("上限 401", {CEILING: {("infant",): 40_100}})).receipt
    assert check_again(one, book=current_book()).is_same
    add_day(city, "nuo", date(2025, 6, 30), NOW)
    again = check_again(one, book=current_book())
    assert not again.same_inputs
    assert again.same_pack
    assert again.receipt != one.receipt


def test_the_baseline_is_what_the_settlement_pays(city: World) -> None:
    run = run_june().run
    assert run is not None
    assert totals(ask(city, Plan("上限 400", TO_400)))["base_fen"] == run.total_fen


def money_rows() -> dict[str, int]:
    """凡与钱有关的表各有多少行。"""
    found = {}
    for name in ("subsidies", "funds", "grants", "vouchers"):
        if not apps.is_installed(f"tuoyu.domains.{name}"):
            continue
        for model in apps.get_app_config(name).get_models():
            found[model._meta.db_table] = model._default_manager.count()
    assert "subsidies_line" in found
    return found


def test_nobody_is_paid_by_a_scenario(city: World) -> None:
    before = money_rows()
    ask(city, Plan("县定 400", {**TO_400, AMOUNT: {("350582", "infant"): 40_000}}))
    assert money_rows() == before
    scenario = Scenario.all_rows.get()
    scenario.purpose = "pay"
    with pytest.raises(IntegrityError, match="scenario_never_pays"), transaction.atomic():
        scenario.save()


def test_a_county_officer_replays_the_own_county_only(city: World) -> None:
    by = actor(city, "county-officer")
    with transaction.atomic():
        rls.enter(by.scope)
        done = propose(
            book=current_book(), rule_id=RULE, plan=Plan("上限 400", TO_400), by=by, at=NOW
        )
        rls.leave()
    t = totals(done)
    assert t["n"] == 7
    assert [r["unit"] for r in done.results["by"]["unit"]] == ["350582"]
    whole = ask(city, Plan("上限 400", TO_400))
    assert access_scenario(by.scope, done.pk) == done
    for foreign in (whole.pk, 0):
        with pytest.raises(NotFound):
            access_scenario(by.scope, foreign)
    with pytest.raises(NotFound):
        access_scenario(actor(city, "other-county-officer").scope, done.pk)


def test_a_sweep_answers_each_point(city: World) -> None:
    axes = [Axis(AMOUNT, (("350582", "infant"),), 20_000, 40_000, 10_000)]
    done = propose_sweep(
        book=current_book(),
        rule_id=RULE,
        plan=Plan("扫", TO_400),
        axes=axes,
        by=actor(city, "city-officer"),
        at=NOW,
    )
    done.refresh_from_db()
    assert [(p["at"], p["new_fen"]) for p in done.results["points"]] == [
        ([20_000], 68_000),
        ([30_000], 78_000),
        ([40_000], 88_000),
    ]
    assert done.results["base"]["base_fen"] == 72_000
    assert check_again(done, book=current_book()).is_same


@pytest.mark.django_db(transaction=True)
def test_a_long_one_is_computed_by_the_worker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    june(world)
    monkeypatch.setattr(proposing, "AT_ONCE", 0)
    waiting = ask(world, Plan("上限 400", TO_400))
    assert (waiting.state, waiting.done, waiting.receipt) == (State.WAITING, 0, "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [proposing.TASK])
        assert [json.loads(row[0]) for row in cursor] == [{"scenario_id": waiting.pk}]
    tasks.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.done) == (State.DONE, waiting.total)
    assert waiting.receipt == ask_at_once(world, monkeypatch).receipt


def ask_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    monkeypatch.setattr(proposing, "AT_ONCE", 30_000)
    return ask(world, Plan("上限 400", TO_400))


def test_a_failure_keeps_its_reason(
    city: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(proposing, "AT_ONCE", 0)
    waiting = ask(city, Plan("上限 400", TO_400))
    Scenario.all_rows.filter(pk=waiting.pk).update(rule="gone")
    tasks.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.receipt) == (State.FAILED, "")
    assert "请稍后重新提出" in waiting.why


def test_another_rule_with_stored_inputs(city: World) -> None:
    """运营补助：鲤城 has no notice, so it stays 待定 until the plan fills it."""
    rule = "operating_subsidy"
    assert rule in [r.id for r in inputs.list_rules(current_book())]
    cells: dict[str, dict[Key, int]] = {
        "operating_subsidy.amount": {("350502",): 200_000},
        "operating_subsidy.min_months": {("350502",): 3},
        "operating_subsidy.min_occupancy": {("350502",): 1},
    }
    done = propose(
        book=current_book(),
        rule_id=rule,
        plan=Plan("鲤城 2000", cells, fills=True),
        by=actor(city, "city-officer"),
        at=NOW,
    )
    t = totals(done)
    assert t["n"] == 3
    assert (t["settled"], t["settled_fen"]) == (1, 200_000)
