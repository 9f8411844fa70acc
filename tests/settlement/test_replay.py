"""重放：the same bytes, and a line that was tampered with is found and named."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tests.settlement.month import SETTLED_AT, add_day, june, line_of, made, run_june
from tests.world import World
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import resolve
from tuoyu.domains.subsidies import rules, services
from tuoyu.domains.subsidies.models import Line, Run, Statement
from tuoyu.domains.subsidies.selectors import gather
from tuoyu.domains.subsidies.services import Replay


def _replay(run: Run) -> Replay:
    return services.replay(run.pk, book=current_book())


def test_replay_gives_the_same_bytes(world: World) -> None:
    june(world)
    run = made(run_june())
    stored = gather.read_lines(run.pk)
    resolved = resolve(current_book(), run.rule, "2025-06", run.known_on)
    again = rules.recompute(resolved, stored.select(list(rules.INPUTS)), stored["gate"] == "x")
    assert rules.canonical(again) == rules.canonical(stored)
    assert rules.digest_lines(again) == run.output_sha256
    result = _replay(run)
    assert (result.ok, result.same_pack, result.lines) == (True, True, 8)


def test_a_delta_run_replays_too(world: World) -> None:
    june(world)
    first = made(run_june())
    add_day(world, "nuo", date(2025, 6, 26), SETTLED_AT)
    from tuoyu.domains.enrolment.models import Enrolment

    Enrolment.all_rows.filter(child=world.children["miao"]).delete()
    second = made(run_june())
    assert second.lines == 2
    assert _replay(second).ok
    assert _replay(first).ok


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"amount_fen": 30_000}, "amount_fen 存为 30000，重算为 24000"),
        ({"delta_fen": 1}, "delta_fen"),
        ({"days": 22}, "输入与其散列不符"),
        ({"fee_fen": None}, "输入与其散列不符"),
        ({"gate": "attended"}, "gate"),
        ({"params": "0"}, "params"),
        ({"binding": "市级上限"}, "binding"),
    ],
)
def test_a_tampered_line_is_named(world: World, change: dict[str, object], what: str) -> None:
    june(world)
    run = made(run_june())
    line = line_of(world, run, "miao")
    Line.all_rows.filter(pk=line.pk).update(**change)
    result = _replay(run)
    named = {fault.child_id for fault in result.faults if fault.child_id}
    assert named == {world.children["miao"].pk}
    assert any(what in fault.what for fault in result.faults)


def test_a_missing_line_and_a_changed_total_are_found(world: World) -> None:
    june(world)
    run = made(run_june())
    Statement.all_rows.filter(run=run, institution_id=world.institutions["a1"].pk).update(
        total_fen=1
    )
    assert [f.what for f in _replay(run).faults] == ["机构结算单合计与各行之和不符"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subsidies_line WHERE child_id = %s", [world.children["he"].pk])
    found = {f.what for f in _replay(run).faults}
    assert "结果散列与结算时不同" in found
    assert "结算合计与各行之和不符" in found


def test_a_changed_receipt_is_found(world: World) -> None:
    june(world)
    run = made(run_june())
    Run.all_rows.filter(pk=run.pk).update(known_on=date(2025, 7, 9))
    assert any(f.what == "凭据与其内容不符" for f in _replay(run).faults)
