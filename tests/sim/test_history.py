"""What happened on top of the days: settled months, late corrections, the command line."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner
from django.conf import settings

from tuoyu.core.cases.models import Case
from tuoyu.domains.attendance.models import Event, Flag
from tuoyu.domains.indicators.models import MeasureFact
from tuoyu.domains.subsidies.models import Line, LineState, Run, Statement
from tuoyu.sim.cli import city as city_command
from tuoyu.sim.history import correct_late, settle_history
from tuoyu.sim.state import Built

pytestmark = pytest.mark.django_db


def test_the_last_closed_but_one_month_waits_for_the_institutions(city: Built) -> None:
    run = Run.all_rows.get()
    assert run.month == date(2025, 8, 1)
    assert Line.all_rows.filter(run=run, state=LineState.PAID).exists()
    cases = Case.all_rows.filter(
        type="subsidy_statement", subject_id__in=Statement.all_rows.values("pk")
    )
    assert set(cases.values_list("state", flat=True)) == {"confirm"}


def test_late_corrections_reached_closed_months_and_are_flagged(city: Built) -> None:
    late = [e for e in Event.all_rows.filter(kind=4) if e.flags & Flag.CLOSED]
    assert len(late) == 8
    assert all(e.reason and e.day.month == 8 and e.at.month == 10 for e in late)


def test_steps_are_in_the_order_in_which_things_happened(city: Built) -> None:
    from tuoyu.sim.history import FINISH

    assert FINISH.index(settle_history) < FINISH.index(correct_late)
    assert MeasureFact.all_rows.filter(on=city.city.now.date()).exists()


def test_the_command_refuses_in_plain_words_outside_demo_mode(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "DEMO", False)
    answer = CliRunner().invoke(city_command, ["build", "--scale", "tiny"])
    assert answer.exit_code == 1
    assert "只能在演示模式下生成模拟城市" in answer.output
    assert "Traceback" not in answer.output


def test_the_help_is_chinese() -> None:
    answer = CliRunner().invoke(city_command, ["build", "--help"])
    assert "同一种子，同一城市" in answer.output
    assert "1000 家" in answer.output
