"""一件核验事项的办理：run, ask, answer, decide; by the right people, kept with reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.checks import plants
from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.cases.services import todo
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import DaySheet
from tuoyu.domains.checks.models import CheckHit, CheckRun, Finding, ParamChange
from tuoyu.domains.checks.rules import RULES
from tuoyu.domains.checks.selectors import open_hits, values_of
from tuoyu.domains.checks.services import (
    CLERK,
    Planted,
    answer,
    ask,
    decide,
    follow_up,
    measure,
    run_month,
    set_param,
)

pytestmark = pytest.mark.django_db


def who(world: World, slug: str) -> Actor:
    return actor_for_user(world.users[slug])


@pytest.fixture
def finding(world: World) -> Finding:
    """青禾六月人数超过托位。"""
    plants.over_the_places(world)
    run_month(month=plants.JUNE, by=CLERK, at=NOW)
    return Finding.all_rows.get()


def case_of(finding: Finding) -> Case:
    return Case.all_rows.get(type="check", subject_id=finding.pk)


def test_running_again_changes_nothing(world: World, finding: Finding) -> None:
    before = (list(CheckHit.all_rows.values()), list(Case.all_rows.values()))
    done = run_month(month=plants.JUNE, by=CLERK, at=NOW + timedelta(days=1))
    assert (done.opened, done.vanished) == (0, 0)
    assert (list(CheckHit.all_rows.values()), list(Case.all_rows.values())) == before
    assert CheckRun.all_rows.count() == 2


def test_what_is_corrected_before_anybody_asked_vanishes(world: World, finding: Finding) -> None:
    DaySheet.all_rows.filter(class_group_id=world.classes["a1.infant"].pk).update(status=3)
    done = run_month(month=plants.JUNE, by=CLERK, at=NOW)
    assert done.vanished == 1
    assert case_of(finding).state == "gone"
    assert Finding.all_rows.filter(pk=finding.pk).exists(), "what was once found is kept"


def test_evidence_stays_as_it_was_asked(world: World, finding: Finding) -> None:
    before = list(CheckHit.all_rows.values())
    ask(finding_id=finding.pk, question="请说明", by=who(world, "county-officer"), at=NOW)
    DaySheet.all_rows.filter(class_group_id=world.classes["a1.infant"].pk).update(status=3)
    done = run_month(month=plants.JUNE, by=CLERK, at=NOW)
    assert done.vanished == 0
    assert list(CheckHit.all_rows.values()) == before


def test_a_month_under_way_is_refused(world: World) -> None:
    with pytest.raises(DomainError, match="还没有结束"):
        run_month(month=NOW.date(), by=CLERK, at=NOW)


def test_ask_answer_decide(world: World, finding: Finding) -> None:
    officer, director = who(world, "county-officer"), who(world, "director")
    assert case_of(finding) in todo(officer)
    ask(finding_id=finding.pk, question="请说明六月两日的人数", by=officer, at=NOW)
    assert case_of(finding).url == f"/inst/checks/{finding.pk}/"
    assert case_of(finding) in todo(director)
    paper = SimpleUploadedFile("合班单.pdf", samples.pdf())
    answer(finding_id=finding.pk, text="临时合班", upload=paper, by=director, at=NOW)
    decide(finding_id=finding.pk, conclusion="true", reason="监控核对不符", by=officer, at=NOW)
    finding.refresh_from_db()
    assert (finding.conclusion, finding.reason) == ("true", "监控核对不符")
    assert finding.answer_file_id is not None
    steps = list(CaseStep.objects.filter(case=case_of(finding)).values_list("move", "opinion"))
    assert steps[1:] == [
        ("ask", "请说明六月两日的人数"), ("answer", "临时合班"), ("true", "监控核对不符")
    ]  # fmt: skip
    follow_up(finding_id=finding.pk, follow="clawback", note="下月抵扣", link="/gov/settlements/",
              by=officer, at=NOW)  # fmt: skip
    finding.refresh_from_db()
    assert finding.note == "下月抵扣"


def test_nobody_is_judged_unheard(world: World, finding: Finding) -> None:
    officer = who(world, "county-officer")
    with pytest.raises(DomainError, match="先问询"):
        decide(finding_id=finding.pk, conclusion="true", reason="显然", by=officer, at=NOW)
    ask(finding_id=finding.pk, question="请说明", by=officer, at=NOW)
    with pytest.raises(DomainError, match="时限未到"):
        decide(finding_id=finding.pk, conclusion="true", reason="显然", by=officer, at=NOW)
    late = NOW + timedelta(days=14)
    decide(finding_id=finding.pk, conclusion="doubt", reason="逾期未答", by=officer, at=late)
    assert case_of(finding).state == "doubt"
    ask(finding_id=finding.pk, question="再问一次", by=officer, at=late)
    assert case_of(finding).state == "asked"


def test_a_decision_needs_its_reason(world: World, finding: Finding) -> None:
    officer = who(world, "county-officer")
    with pytest.raises(DomainError, match="意见"):
        decide(finding_id=finding.pk, conclusion="false", reason=" ", by=officer, at=NOW)
    decide(finding_id=finding.pk, conclusion="false", reason="已现场查明", by=officer, at=NOW)
    with pytest.raises(DomainError, match="属实的事项"):
        follow_up(finding_id=finding.pk, follow="correction", note="更正", link="", by=officer,
                  at=NOW)  # fmt: skip


@pytest.mark.parametrize("slug", ["other-county-officer", "director", "city-officer", "auditor"])
def test_others_may_not_ask(world: World, finding: Finding, slug: str) -> None:
    with pytest.raises(NotFound):
        ask(finding_id=finding.pk, question="请说明", by=who(world, slug), at=NOW)


@pytest.mark.parametrize("slug", ["other-director", "teacher", "county-officer", "parent"])
def test_others_may_not_answer(world: World, finding: Finding, slug: str) -> None:
    ask(finding_id=finding.pk, question="请说明", by=who(world, "county-officer"), at=NOW)
    with pytest.raises(NotFound):
        answer(finding_id=finding.pk, text="答", upload=None, by=who(world, slug), at=NOW)


def test_open_hits_warn_until_decided(world: World, finding: Finding) -> None:
    a1, b1 = world.institutions["a1"].pk, world.institutions["b1"].pk
    assert [h.title for h in open_hits(a1, plants.JUNE)] == ["人数超过托位"]
    assert open_hits(b1, plants.JUNE) == []
    decide(finding_id=finding.pk, conclusion="false", reason="已现场查明",
           by=who(world, "county-officer"), at=NOW)  # fmt: skip
    assert open_hits(a1, plants.JUNE) == []


def test_a_parameter_changes_with_a_reason_and_holds_from_then_on(world: World) -> None:
    city = who(world, "city-officer")
    plants.over_the_places(world)
    with pytest.raises(DomainError, match="理由"):
        set_param(rule="over_places", code="over", value=3, reason=" ", by=city, at=NOW)
    with pytest.raises(DomainError, match="应在"):
        set_param(rule="over_places", code="over", value=0, reason="试", by=city, at=NOW)
    with pytest.raises(NotFound):
        set_param(rule="over_places", code="over", value=3, reason="县里想改",
                  by=who(world, "county-officer"), at=NOW)  # fmt: skip
    set_param(rule="over_places", code="over", value=3, reason="合班常见两人", by=city, at=NOW)
    assert values_of(RULES["over_places"])["over"] == 3
    assert ParamChange.all_rows.get().reason == "合班常见两人"
    run_month(month=plants.JUNE, by=CLERK, at=NOW)
    assert Finding.all_rows.count() == 0


def test_precision_and_recall_are_counted_in_cases(world: World, finding: Finding) -> None:
    a1, b1 = world.institutions["a1"].pk, world.institutions["b1"].pk
    told = {
        "frauds": [
            {"rule": "over_places", "institution_ids": [b1], "months": ["2025-06"]},
            {"rule": "over_places", "institution_ids": [b1], "months": ["2025-05"]},
        ],
        "near_misses": [{"rule": "over_places", "institution_ids": [a1], "months": ["2025-06"]}],
    }
    rows = {r.rule: r for r in measure(planted=Planted.of(told), at=NOW)}
    row = rows["over_places"]
    assert (row.cases, row.true_cases, row.planted, row.found) == (1, 0, 1, 0)
    assert (row.near, row.near_found) == (1, 1)
    assert "no_trace" not in rows, "a rule that did not apply is not measured"
