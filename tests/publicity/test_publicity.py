"""公示：published, objected to, answered, ended by itself; nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock, events
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.publicity import rules, services
from tuoyu.domains.publicity.events import NoticeEnded
from tuoyu.domains.publicity.models import Notice, NoticeRow, Objection, RowState
from tuoyu.domains.publicity.services import Row, announce, answer, close_due, object_to

CLERK = Actor(None, "系统", "system", "系统", "system", frozenset(), SYSTEM)
ROWS = [
    Row(11, ["青禾托育园（虚构）", "10.00"], "王小明"),
    Row(12, ["小满托育园（虚构）", "20.00"], "欧阳雨"),
    Row(13, ["海风托育园（虚构）", "30.00"]),
]


def notice(at: datetime = NOW, rows: list[Row] | None = None, **given: object) -> Notice:
    rows = ROWS if rows is None else rows
    kept: dict[str, object] = {
        "title": "示例奖补公示（虚构）",
        "document_no": "示例〔2025〕1号（虚构）",
        "source_type": "sample",
        "source_ids": [r.source_id for r in rows],
        "columns": ["机构", "金额（万元）"],
        "rows": rows,
        "region_code": "350582",
        "working_days": 5,
        "by": CLERK,
        "at": at,
    }
    return announce(**(kept | given))  # type: ignore[arg-type]


@pytest.fixture
def told() -> Iterator[list[NoticeEnded]]:
    heard: list[NoticeEnded] = []
    events.on(NoticeEnded)(heard.append)
    yield heard
    events._handlers[NoticeEnded].remove(heard.append)


def test_days_are_counted_over_the_october_holiday() -> None:
    at = datetime(2025, 9, 29, 16, tzinfo=clock.ZONE)
    assert rules.first_day(at) == date(2025, 9, 30)
    assert rules.last_day(at, 5) == date(2025, 10, 13)  # 10-11 is a made-up working Saturday
    assert rules.ends_at(at, 5) == clock.at(date(2025, 10, 14))
    span = (rules.first_day(at), rules.last_day(at, 5))
    days = [(9, 29), (9, 30), (10, 3), (10, 9), (10, 11), (10, 12), (10, 13), (10, 14)]
    found = [rules.days_left(date(2025, *day), *span) for day in days]
    assert found == [5, 5, 4, 4, 2, 1, 1, 0]


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王小明", "王**"), ("王明", "王*"), ("王小明（虚构）", "王**"), ("", ""), ("王", "王*")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert rules.mask(name) == masked


@pytest.mark.django_db
def test_no_full_name_is_stored(world: World) -> None:
    made = notice(rows=[Row(1, ["王小明之子", "10.00"], "王小明")])
    row = NoticeRow.all_rows.get(notice=made)
    assert (row.person, row.cells) == ("王**", ["王**之子", "10.00"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"rows": []}, "empty"),
        ({"columns": ["机构", "家庭住址"]}, "personal"),
        ({"columns": ["机构"]}, "cells"),
        ({"rows": [Row(1, ["甲", "11010519491231002X"])]}, "personal"),
        ({"rows": [Row(1, ["甲", "电话13812345678"])]}, "personal"),
        ({"rows": [Row(1, ["甲", "x" * 121])]}, "cell"),
        ({"source_ids": [11, 12]}, "rows"),
        ({"rows": [Row(1, ["甲", "1"]), Row(1, ["乙", "1"])]}, "rows"),
        ({"working_days": 0}, "days"),
    ],
)
def test_what_may_not_be_published(world: World, given: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as error:
        notice(**given)  # type: ignore[arg-type]
    assert error.value.code == code
    assert not Notice.all_rows.exists()


@pytest.mark.django_db
def test_it_ends_by_itself_once(world: World, told: list[NoticeEnded]) -> None:
    made = notice()
    assert made.last_on == date(2025, 10, 22)
    assert close_due(made.ends_at - timedelta(seconds=1)) == 0
    assert close_due(made.ends_at) == 1
    assert close_due(made.ends_at + timedelta(hours=1)) == 0
    assert told == [NoticeEnded("sample", (11, 12, 13), (), made.pk, made.ends_at)]
    rows = NoticeRow.all_rows.filter(notice=made)
    assert {r.person for r in rows} == {""}
    assert {r.state for r in rows} == {RowState.CLEAR}


def _objection(
    made: Notice, source: int | None, text: str = "名单上的托位数与实际不符"
) -> Objection:
    row = NoticeRow.all_rows.get(notice=made, source_id=source).pk if source else None
    return object_to(notice_id=made.pk, row_id=row, opinion=text, contact="", at=NOW)


@pytest.mark.django_db
def test_an_open_objection_keeps_its_row_open(world: World, told: list[NoticeEnded]) -> None:
    made = notice()
    first, second = _objection(made, 11), _objection(made, 12)
    officer = actor_for_user(world.users["county-officer"])
    answer(objection_id=first.pk, upheld=True, reason="核查属实，撤下", by=officer, at=NOW)
    end = made.ends_at
    close_due(end)
    assert [(e.clear_ids, e.objected_ids) for e in told] == [((13,), (11,))]
    answer(objection_id=second.pk, upheld=False, reason="核查与实际相符", by=officer, at=end)
    assert [(e.clear_ids, e.objected_ids) for e in told[1:]] == [((12,), ())]
    states = dict(NoticeRow.all_rows.filter(notice=made).values_list("source_id", "state"))
    assert states == {11: "withdrawn", 12: "clear", 13: "clear"}


@pytest.mark.django_db
def test_upheld_after_the_end_is_told_too(world: World, told: list[NoticeEnded]) -> None:
    made = notice()
    one, two = _objection(made, 11), _objection(made, 11, "另一件：场地已经停用了")
    close_due(made.ends_at)
    told.clear()
    officer = actor_for_user(world.users["city-officer"])
    answer(objection_id=one.pk, upheld=False, reason="不属实", by=officer, at=made.ends_at)
    assert told == []  # another still waits on the row
    answer(objection_id=two.pk, upheld=True, reason="属实", by=officer, at=made.ends_at)
    assert [(e.clear_ids, e.objected_ids) for e in told] == [((), (11,))]


@pytest.mark.django_db
def test_an_opinion_on_the_whole_holds_nothing(world: World, told: list[NoticeEnded]) -> None:
    made = notice()
    said = _objection(made, None, "公示的标题写错了年份")
    close_due(made.ends_at)
    assert told[0].clear_ids == (11, 12, 13)
    officer = actor_for_user(world.users["county-officer"])
    answer(objection_id=said.pk, upheld=True, reason="已更正说明", by=officer, at=made.ends_at)
    assert len(told) == 1


@pytest.mark.django_db
def test_who_may_answer(world: World) -> None:
    county = actor_for_user(world.users["county-officer"])
    made = notice(by=county)
    said = _objection(made, 11)
    case = Case.all_rows.get(type="objection", subject_id=said.pk)
    assert case.due_at is not None
    with pytest.raises(NotFound):
        answer(objection_id=said.pk, upheld=True, reason="x" * 9, at=NOW,
               by=actor_for_user(world.users["other-county-officer"]))  # fmt: skip
    with pytest.raises(DomainError) as error:
        answer(objection_id=said.pk, upheld=True, reason="核查属实", by=county, at=NOW)
    assert error.value.code == "same-person"
    city = actor_for_user(world.users["city-officer"])
    with pytest.raises(DomainError) as error:
        answer(objection_id=said.pk, upheld=True, reason=" ", by=city, at=NOW)
    assert error.value.code == "opinion"
    answer(objection_id=said.pk, upheld=True, reason="核查属实", by=city, at=NOW)
    with pytest.raises(DomainError) as error:
        answer(objection_id=said.pk, upheld=False, reason="改主意", by=city, at=NOW)
    assert error.value.code == "moved-on"


@pytest.mark.django_db
def test_what_an_objection_may_be(world: World) -> None:
    made, other = notice(), notice(title="另一份（虚构）")
    _objection(made, 11)
    said_on = NoticeRow.all_rows.get(notice=made, source_id=11)
    foreign = NoticeRow.all_rows.get(notice=other, source_id=11)
    for opinion, contact, row, code in [
        ("短", "", None, "opinion"),
        ("长" * 501, "", None, "opinion"),
        ("名单上的托位数与实际不符", "电" * 81, None, "contact"),
        ("名单上的托位数与实际不符", "", said_on.pk, "repeat"),
        ("名单上的托位数与实际不符", "", foreign.pk, "row"),
    ]:  # fmt: skip
        with pytest.raises(DomainError) as error:
            object_to(notice_id=made.pk, row_id=row, opinion=opinion, contact=contact, at=NOW)
        assert error.value.code == code
    with pytest.raises(DomainError) as error:
        object_to(
            notice_id=made.pk, row_id=None, opinion="迟到的意见一件", contact="", at=made.ends_at
        )
    assert error.value.code == "ended"
    with pytest.raises(NotFound):
        object_to(notice_id=made.pk + 9, row_id=None, opinion="没有这份公示", contact="", at=NOW)


@pytest.mark.django_db
def test_the_contact_is_sealed(world: World) -> None:
    made = notice()
    said = object_to(
        notice_id=made.pk, row_id=None, opinion="请核查一下名单", contact="13812345678", at=NOW
    )
    raw = (
        Objection.all_rows.filter(pk=said.pk)
        .extra(select={"raw": "contact"})
        .values("raw")[0]["raw"]
    )
    assert b"138" not in bytes(raw)
    assert Objection.all_rows.get(pk=said.pk).contact == "13812345678"


@pytest.mark.django_db
def test_the_telephone_of_the_issuer(world: World) -> None:
    assert notice().phone == ""
    services.name_issuer(region_code="350582", name="晋江示例单位（虚构）", phone="0595-00000000")
    later = notice(title="另一份（虚构）")
    assert (later.issuer, later.phone) == ("晋江示例单位（虚构）", "0595-00000000")
