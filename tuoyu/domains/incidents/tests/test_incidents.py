"""伤害记录与强制报告。"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from tests.world import NOW, World
from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import todo
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.identity.selectors import actor_of, list_assignments
from tuoyu.domains.incidents import rules, services
from tuoyu.domains.incidents.models import Incident, MandatoryReport
from tuoyu.domains.incidents.selectors.incidents import family_view, list_missing
from tuoyu.domains.incidents.selectors.protection import access_report, list_reports, opened
from tuoyu.domains.messages.models import Message

AGO = NOW - timedelta(minutes=20)


def actor(w: World, slug: str) -> Actor:
    user, today = w.users[slug], NOW.date()
    return actor_of(user, list_assignments(user, today)[0], own_child_ids(user.pk, today))


def note(**more: object) -> services.Note:
    given: dict[str, object] = {
        "happened_at": AGO, "place": "户外场地", "kind": "fall", "marks": ["head"],
        "facts": ["head_hit"], "what": "跑动时绊倒，前额着地", "first_aid": "冷敷 10 分钟",
        "inner": "与另一名孩子相撞",
    }  # fmt: skip
    return services.Note(**(given | more))  # type: ignore[arg-type]


def made(w: World, **more: object) -> Incident:
    child = w.children["he"]
    return services.draft(child_id=child.pk, note=note(**more), by=actor(w, "teacher"), at=NOW)


def filed(w: World, grade: str = "moderate", **more: object) -> Incident:
    it, teacher = made(w, **more), actor(w, "teacher")
    reason = "" if grade == it.proposed else "观察后判断"
    return services.file(incident_id=it.pk, grade=grade, grade_note=reason, by=teacher, at=NOW)


@pytest.mark.parametrize(
    ("kind", "facts", "grade"),
    [
        ("bump", ["wound"], "minor"),
        ("bump", ["none"], "minor"),
        ("fall", ["head_hit"], "moderate"),
        ("fall", ["head_hit", "unconscious"], "grave"),
        ("choke", ["none"], "moderate"),
        ("choke", ["swallowed"], "grave"),
        ("bite", ["clinic"], "moderate"),
    ],
)
def test_the_facts_suggest_a_grade(kind: str, facts: list[str], grade: str) -> None:
    assert rules.propose(kind, facts) == grade
    assert rules.why(kind, facts)


def test_a_draft_is_private_and_filing_says_what_is_missing(world: World) -> None:
    it = made(world, marks=[], what="摔了", first_aid="")
    with pytest.raises(NotFound):
        family_view(actor(world, "parent").scope, it.pk)
    with pytest.raises(DomainError, match=r"部位.*经过.*处置"):
        services.file(
            incident_id=it.pk, grade="minor", grade_note="", by=actor(world, "teacher"), at=NOW
        )
    with transaction.atomic():
        rls.enter(actor(world, "parent").scope)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM incidents_incident")
            assert cursor.fetchone() == (0,), "the database keeps a draft from the family"
        rls.leave()


def test_deciding_otherwise_than_suggested_asks_why(world: World) -> None:
    it, teacher = made(world), actor(world, "teacher")
    with pytest.raises(DomainError, match="须写明理由"):
        services.file(incident_id=it.pk, grade="minor", grade_note="", by=teacher, at=NOW)
    with pytest.raises(DomainError, match="不能再改"):
        filed_one = filed(world)
        services.revise(incident_id=filed_one.pk, note=note(), by=teacher, at=NOW)


def test_call_before_push_then_the_family_sees_only_what_was_chosen(world: World) -> None:
    it, director = filed(world), actor(world, "director")
    with pytest.raises(DomainError, match="先打电话"):
        services.share(incident_id=it.pk, by=director, at=NOW)
    services.call(incident_id=it.pk, note="妈妈，已接通", by=director, at=NOW)
    services.choose_shown(incident_id=it.pk, shows=["what"], by=director)
    services.share(incident_id=it.pk, by=director, at=NOW)
    seen = family_view(actor(world, "parent").scope, it.pk)
    assert seen.what
    assert seen.grade is None
    assert "相撞" not in repr(seen), "the inner note never reaches the family"
    with pytest.raises(NotFound):
        family_view(actor(world, "other-parent").scope, it.pk)
    assert Message.all_rows.filter(user_id=world.users["parent"].pk, kind="incident").count() == 1


def test_three_signatures_each_once_by_different_people(world: World) -> None:
    it = filed(world, grade="moderate")
    teacher, director = actor(world, "teacher"), actor(world, "director")
    assert list_missing(teacher.scope)[0].missing == ["当班老师", "园长", "家长"]
    services.sign_staff(incident_id=it.pk, by=teacher, at=NOW)
    with pytest.raises(DomainError, match="签过字"):
        services.sign_staff(incident_id=it.pk, by=teacher, at=NOW)
    services.sign_staff(incident_id=it.pk, by=director, at=NOW)
    with pytest.raises(DomainError, match="另一位同事"):
        services.tell_in_person(
            incident_id=it.pk, told_name="林妈妈", witness_id=teacher.user_id or 0, note="",
            by=teacher, at=NOW,
        )  # fmt: skip
    services.tell_in_person(
        incident_id=it.pk, told_name="林妈妈", witness_id=director.user_id or 0, note="",
        by=teacher, at=NOW,
    )  # fmt: skip
    assert not list_missing(teacher.scope)


def test_a_grave_one_stands_in_the_countys_list_with_its_own_clock_or_none(world: World) -> None:
    county = actor(world, "county-officer")
    first = filed(world, grade="grave", facts=["fracture"])
    case = Case.all_rows.get(subject_id=first.pk, type="incident_report")
    assert case.due_at is None
    assert "待定" in case.detail
    with pytest.raises(DomainError, match="依据文件"):
        services.set_clock(minutes=120, document=" ", by=county, at=NOW - timedelta(hours=1))
    services.set_clock(
        minutes=120, document="示例〔2025〕1号（虚构）", by=county, at=NOW - timedelta(hours=1)
    )
    second = filed(world, grade="grave", facts=["unconscious"])
    case = Case.all_rows.get(subject_id=second.pk, type="incident_report")
    assert case.due_at == AGO + timedelta(minutes=120)
    assert {c.subject_id for c in todo(county)} >= {first.pk, second.pk}
    assert not todo(actor(world, "other-county-officer")).filter(type="incident_report").exists()
    services.receive(incident_id=second.pk, by=county, at=NOW)
    services.close(incident_id=second.pk, by=county, at=NOW, opinion="已到场")


@pytest.fixture
def reported(world: World) -> MandatoryReport:
    return services.report_mandatory(
        child_id=world.children["he"].pk, kinds=["violence"], found_at=AGO,
        what="更衣时看到多处旧伤", by=actor(world, "teacher"), at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM incidents_mandatoryreport",
        "UPDATE incidents_mandatoryreport SET kinds = '{}'",
        "TRUNCATE incidents_mandatoryreport CASCADE",
        "DELETE FROM incidents_mandatorystep",
    ],
)
def test_the_database_itself_keeps_a_mandatory_report(
    world: World, reported: MandatoryReport, statement: str
) -> None:
    director = actor(world, "director")
    services.add_step(
        report_id=reported.pk, kind="police", happened_at=NOW, detail="示例派出所，回执 1（虚构）",
        by=director, at=NOW,
    )  # fmt: skip
    with (
        pytest.raises(Error, match="不得修改或删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)  # as the owner, who is bound by no policy
    assert MandatoryReport.all_rows.count() == 1


def test_few_may_read_it_and_the_database_asks_too(world: World, reported: MandatoryReport) -> None:
    director, officer = actor(world, "director"), actor(world, "protection-officer")
    assert access_report(director, reported.pk).what == "更衣时看到多处旧伤"
    assert [r.pk for r, _ in list_reports(officer)] == [reported.pk]
    for slug in ("teacher", "county-officer", "city-officer", "inspector", "parent", "doctor"):
        with pytest.raises(NotFound):
            list_reports(actor(world, slug))
    assert list_reports(actor(world, "other-director")) == []
    for slug in ("teacher", "director", "county-officer", "parent"):
        with transaction.atomic():
            rls.enter(actor(world, slug).scope)
            assert _count() == 0, "not even its maker, nor a director who did not open it"
            rls.leave()
    with transaction.atomic():
        rls.enter(director.scope)
        with opened(director):
            assert _count() == 1
        assert _count() == 0
        rls.leave()


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM incidents_mandatoryreport")
        row = cursor.fetchone()
        return int(row[0]) if row else -1


def test_no_trace_of_it_for_family_or_others(world: World, reported: MandatoryReport) -> None:
    assert not Case.all_rows.exists(), "it is no case, so it stands in no list of cases"
    told = Message.all_rows.all()
    assert {m.user_id for m in told} == {
        world.users["director"].pk, world.users["protection-officer"].pk
    }  # fmt: skip
    assert all(m.child_id is None and "小禾" not in f"{m.title}{m.body}" for m in told)
    teacher = actor(world, "teacher")
    with transaction.atomic():
        rls.enter(teacher.scope)  # a teacher writes one under row-level security, unread
        services.report_mandatory(
            child_id=world.children["he"].pk, kinds=["other"], found_at=AGO, what="听到孩子说起",
            by=teacher, at=NOW,
        )  # fmt: skip
        rls.leave()
    assert MandatoryReport.all_rows.count() == 2
