"""命令行：settle and replay, for people and for programs."""

from __future__ import annotations

import json

from click.testing import CliRunner

from tests.settlement.month import june, line_of
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.subsidies.cli import replay, settle
from tuoyu.domains.subsidies.models import Line, Run


def test_settle_twice_and_replay(world: World) -> None:
    june(world, close=("a1", "a2"))
    run = CliRunner().invoke(settle, ["--month", "2025-06", "--json"])
    said = json.loads(run.stdout)
    assert run.exit_code == 0
    assert (said["changed"], said["number"], said["lines"]) == (True, 0, 7)
    assert (said["paid"], said["zero"], said["undetermined"]) == (4, 2, 1)
    assert (said["total_fen"], said["known"]) == (72_000, "2025-07-10")
    assert said["left_out"] == [world.institutions["b1"].pk]
    assert AuditEvent.objects.filter(action="月度结算").count() == 1
    again = CliRunner().invoke(settle, ["--month", "2025-06", "--rule", "class_subsidy"])
    assert "没有变化" in again.stdout
    assert "未月结的 1 家机构" in again.stdout
    assert "读取日考勤" in again.stderr
    checked = CliRunner().invoke(replay, ["--month", "2025-06", "--json"])
    assert [r["ok"] for r in json.loads(checked.stdout)] == [True]
    line = line_of(world, Run.all_rows.get(), "miao")
    Line.all_rows.filter(pk=line.pk).update(amount_fen=24_001)
    broken = CliRunner().invoke(replay, ["--month", "2025-06"])
    assert broken.exit_code == 1
    assert f"儿童 {line.child_id}：amount_fen 存为 24001，重算为 24000" in broken.stdout


def test_refusals_have_a_reason_and_an_exit_code(world: World) -> None:
    early = CliRunner().invoke(settle, ["--month", "2025-10"])
    assert early.exit_code == 1
    assert "2025-10 尚未结束，2025-11-01 起可以结算" in early.stderr
    unknown = CliRunner().invoke(settle, ["--month", "2025-06", "--rule", "x", "--json"])
    assert unknown.exit_code == 1
    assert json.loads(unknown.stdout)["error"] == "no-rule"
    assert CliRunner().invoke(settle, ["--month", "25-6"]).exit_code == 2
    future = CliRunner().invoke(settle, ["--month", "2025-06", "--known", "2025-11-01"])
    assert "晚于今天" in future.stderr
