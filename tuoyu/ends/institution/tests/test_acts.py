"""机构端的承诺：each told by the person it is made to."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from openpyxl import load_workbook

from tests.world import NOW, World, month_of_days
from tuoyu.core.audit.models import AuditEvent
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    Dispute,
    Event,
    EventKind,
    Method,
    MonthClose,
    RefusedPickup,
    Release,
    StaffShift,
)
from tuoyu.domains.attendance.services import NewEvent, ask_leave, dispute_day, record
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.services.persons import known_person
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.workforce.models import Certificate
from tuoyu.ends.institution.tests.helpers import HX, TODAY, enrol_many, key, of, url

# ── 点名 ──


def test_a_class_comes_in_once_however_often_it_is_sent(world: World) -> None:
    teacher, kids = world.client("teacher"), of(world, "he", "sui")
    sent = {"child": kids, "do": "in", "submit_key": key()}
    assert teacher.post(url("act"), sent).status_code == 302
    again = teacher.post(url("act"), sent)  # the same form once more
    assert again.status_code == 422
    assert "已经提交过" in again.content.decode()
    other = teacher.post(url("act"), sent | {"submit_key": key()}, follow=True)  # a second tab
    assert "没有重复入园" in other.content.decode()
    sheets = DaySheet.all_rows.filter(child_id__in=kids, day=TODAY)
    assert [s.events for s in sheets] == [1, 1]
    event = Event.all_rows.filter(child_id=kids[0]).get()
    assert (event.method, event.user_id) == (Method.WALL, world.users["teacher"].pk)


def test_teacher_sends_children_home_and_only_those_who_are_here(world: World) -> None:
    teacher, kids = world.client("teacher"), of(world, "he", "sui")
    teacher.post(url("act"), {"child": kids[:1], "do": "in"})
    page = teacher.post(url("act"), {"child": kids, "do": "out"}, follow=True).content.decode()
    assert "已登记离园 1 人：林小禾" in page
    assert "另 1 人" in page
    assert not DaySheet.all_rows.filter(child_id=kids[1]).exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"temperature": "51.0"}, "34 至 43"),
        ({"temperature": "热"}, "写成 37.6"),
        ({}, "请填体温或勾选症状"),
    ],
)
def test_morning_check_says_what_is_wrong(world: World, sent: dict[str, str], says: str) -> None:
    data = {"child": of(world, "he"), "do": "check"} | sent
    answer = world.client("teacher").post(url("act"), data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Event.all_rows.exists()


def test_morning_check_is_kept_sealed_with_the_arrival(world: World) -> None:
    data = {"child": of(world, "he"), "do": "in", "temperature": "37.9", "symptom": ["咳嗽"]}
    world.client("teacher").post(url("act"), data)  # typed, then the wrong button: still kept
    event = Event.all_rows.get()
    assert event.kind == EventKind.IN
    assert event.evidence is not None
    assert "37.9" in event.evidence
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence FROM attendance_event")
        assert b"37.9" not in bytes(cursor.fetchone()[0])


def test_missing_child_is_called_or_put_on_leave_with_one_tap(world: World) -> None:
    parent = known_person(name="林妈妈", phone="19900000021")
    relation = world.children["he"].guardianships.get()
    relation.guardian = parent
    relation.save(update_fields=["guardian"])
    teacher, (kid,) = world.client("teacher"), of(world, "he")
    phone = teacher.get(url("call", kid), headers={"user-agent": "Mobile Mobi"})
    assert (phone.status_code, phone["Location"]) == (302, "tel:19900000021")
    assert "19900000021" in teacher.get(url("call", kid)).content.decode()
    seen = AuditEvent.objects.filter(action="联系家长", persons__contains=[kid])
    assert seen.count() == 2
    teacher.post(url("act"), {"child": kid, "do": "leave", "reason": "病假"})
    assert DaySheet.all_rows.get(child_id=kid).status == DayStatus.LEAVE
    gone = teacher.get(url("call", kid))  # no longer missing: no number any more
    assert gone.status_code == 422
    assert "19900000021" not in gone.content.decode()


# ── 师幼比 ──


def test_ratio_counts_only_certified_people_on_duty(world: World) -> None:
    teacher, room = world.client("teacher"), world.classes["a1.infant"]
    carer = world.staff["a1.infant"]
    teacher.post(url("act"), {"child": of(world, "miao", "nuo"), "do": "in"})
    assert "还差 1 名" in teacher.get(url("board")).content.decode()
    teacher.post(url("shift"), {"staff": carer.pk, "room": room.pk})
    board = teacher.get(url("board")).content.decode()
    assert "还差" not in board
    Certificate.all_rows.filter(staff=carer).update(expires_on=TODAY)
    board = teacher.get(url("board")).content.decode()
    assert "还差 1 名" in board
    assert "证件无效，不计" in board
    page = teacher.post(url("shift"), {"staff": carer.pk, "room": "off"}, headers=HX)
    assert "未到岗" in page.content.decode()
    assert StaffShift.all_rows.get().out_at == NOW


def test_one_child_before_the_ratio_breaks_is_told(world: World) -> None:
    enrol_many(world, 7)
    teacher, room = world.client("teacher"), world.classes["a1.toddler"]
    teacher.post(url("shift"), {"staff": world.staff["a1.toddler"].pk, "room": room.pk})
    group = Enrolment.all_rows.filter(child__name__startswith="测试")
    group.update(class_group=room)
    five = list(group.values_list("child_id", flat=True)[:5])
    teacher.post(url("act"), {"child": five, "do": "in"})
    assert "再来 1 个孩子" in teacher.get(url("board")).content.decode()


# ── 更正与月结 ──


def test_correction_keeps_the_first_and_shows_both(world: World) -> None:
    director, (kid,) = world.client("director"), of(world, "he")
    director.post(url("act"), {"child": kid, "do": "in"})
    sent = {"status": DayStatus.LEAVE.value, "reason": "点错了人"}
    answer = director.post(url("correct", kid, TODAY), sent, headers=HX)
    assert answer["HX-Redirect"].startswith(url("sheets"))
    kinds = list(Event.all_rows.order_by("at", "id").values_list("kind", flat=True))
    assert kinds == [EventKind.IN, EventKind.CORRECT]
    trail = director.get(url("trail", kid, TODAY)).content.decode()
    assert '<span class="ty-was">到托</span><span>请假</span>' in trail
    assert "点错了人" in trail
    grid = director.get(url("sheets_month")).content.decode()
    assert "10-15 请假；已更正，原为到托" in grid


def test_correction_without_a_reason_is_refused_and_teacher_cannot(world: World) -> None:
    (kid,) = of(world, "he")
    bare = world.client("director").post(url("correct", kid, TODAY), {"status": 1, "reason": " "})
    assert bare.status_code == 422
    assert "「更正原因」必填" in bare.content.decode()
    sent = {"status": 1, "reason": "补记"}
    assert world.client("teacher").post(url("correct", kid, TODAY), sent).status_code == 404
    assert not Event.all_rows.exists()


def test_month_waits_for_the_dispute_and_then_closes(world: World) -> None:
    month_of_days(world, "he", date(2025, 9, 1), 18)
    dispute = dispute_day(
        scope=SYSTEM,
        child_id=world.children["he"].pk,
        day=date(2025, 9, 30),
        says=DayStatus.PRESENT,
        reason="那天到了",
        guardian_id=world.guardians["lin"].pk,
        at=NOW,
    )
    director = world.client("director")
    page = director.get(url("month_detail", "2025-09")).content.decode()
    assert "先处理这 1 处" in page
    assert "确认月结" not in page
    refused = director.post(url("month_close", "2025-09"))
    assert refused.status_code == 422
    assert "林小禾 09月30日 家长异议未答复" in refused.content.decode()
    answered = {"accept": "yes", "answer": "核对监控，确实到了"}
    director.post(url("dispute_answer", dispute.pk), answered)
    assert DaySheet.all_rows.get(day=date(2025, 9, 30)).status == DayStatus.PRESENT
    page = director.get(url("month_detail", "2025-09")).content.decode()
    assert "确认 9 月 1 人 19 人天" in page
    teacher = world.client("teacher")
    assert teacher.post(url("month_close", "2025-09")).status_code == 404
    assert director.post(url("month_close", "2025-09"), {"submit_key": key()}).status_code == 302
    closed = MonthClose.all_rows.get()
    assert (closed.children, closed.days) == (1, 19)
    page = director.get(url("month_detail", "2025-09")).content.decode()
    assert "园长甲（虚构） 2025-10-15 08:10 已确认" in page


def test_this_month_cannot_be_closed_and_waiting_days_are_listed(world: World) -> None:
    kid = world.children["he"]
    a1 = world.institutions["a1"].pk
    event = NewEvent(kid.pk, EventKind.IN, NOW - timedelta(days=20), Method.WALL)
    record(institution_id=a1, events=[event], at=NOW, skewed=True)
    director = world.client("director")
    assert "尚未结束" in director.post(url("month_close", "2025-10")).content.decode()
    listed = director.get(url("waiting")).content.decode()
    assert "2025-09-25" in listed
    assert "设备时钟偏差" in listed
    assert "待核" in director.post(url("month_close", "2025-09")).content.decode()


def test_declined_dispute_leaves_the_day_as_it_was(world: World) -> None:
    ask_leave(
        child_id=world.children["he"].pk,
        institution_id=world.institutions["a1"].pk,
        days=[date(2025, 10, 14)],
        reason="事假",
        at=NOW,
        method=Method.WALL,
    )
    dispute = dispute_day(
        scope=SYSTEM,
        child_id=world.children["he"].pk,
        day=date(2025, 10, 14),
        says=DayStatus.PRESENT,
        reason="去了",
        guardian_id=world.guardians["lin"].pk,
        at=NOW,
    )
    sent = {"accept": "no", "answer": "当天家长已来电请假"}
    director = world.client("director")
    director.post(url("dispute_answer", dispute.pk), sent)
    assert Dispute.all_rows.get().accepted is False
    assert DaySheet.all_rows.get(day=date(2025, 10, 14)).status == DayStatus.LEAVE
    assert director.post(url("dispute_answer", dispute.pk), sent).status_code == 404


def test_export_is_harmless_and_on_record(world: World) -> None:
    Child.all_rows.filter(pk=world.children["he"].pk).update(name="=1+1")
    answer = world.client("teacher").get(url("sheets_export") + "?month=2025-10")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    names = {row[1].value for row in sheet.iter_rows(min_row=2)}
    assert "'=1+1" in names
    assert "=1+1" not in names
    assert AuditEvent.objects.filter(action="导出考勤表").count() == 1


def test_a_child_that_left_still_stands_in_its_month(world: World) -> None:
    month_of_days(world, "he", date(2025, 9, 1), 5)
    director, (kid,) = world.client("director"), of(world, "he")
    director.post(url("child_leave", kid), {"on": "2025-10-01"})
    assert director.get(url("child", kid)).status_code == 404
    grid = director.get(url("sheets_month") + "?month=2025-09").content.decode()
    assert "林小禾" in grid
    assert "林小禾" in director.get(url("month_detail", "2025-09")).content.decode()
    sent = {"status": 1, "reason": "平板没电，补记"}
    assert director.post(url("correct", kid, "2025-09-30"), sent).status_code == 302
    assert DaySheet.all_rows.get(child_id=kid, day=date(2025, 9, 30)).is_corrected


# ── 放行 ──


def test_director_releases_a_refused_child(world: World) -> None:
    kid, a1 = world.children["he"], world.institutions["a1"].pk
    director = world.client("director")
    director.post(url("act"), {"child": kid.pk, "do": "in"})
    stranger = world.guardians["jiang"].pk
    event = NewEvent(kid.pk, EventKind.OUT, NOW, Method.QR, guardian_id=stranger)
    assert record(institution_id=a1, events=[event], at=NOW)[0].code == "unknown-bearer"
    assert RefusedPickup.all_rows.count() == 1
    assert "今天有人接孩子被拒" in director.get(url("home")).content.decode()
    sent = {"child": kid.pk, "bearer": "示例姑姑", "document": "身份证 1234", "leaves": "on"}
    missing = director.post(url("release"), sent | {"reason": ""})
    assert missing.status_code == 422
    assert not Release.all_rows.exists()
    director.post(url("release"), sent | {"reason": "已与妈妈电话核实"})
    made = Release.all_rows.get()
    assert made.refused_because == "没有接走授权"
    out = Event.all_rows.get(kind=EventKind.OUT)
    assert (out.method, made.used_by) == (Method.RELEASE, out.id)
    listed = director.get(url("releases")).content.decode()
    assert "示例姑姑" in listed
    assert "已放行" in listed
