"""办公室各页：cards equal their lists; a report is filled, sent and locked."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.world import NOW, World, month_of_days
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.services import close_month
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.messages.models import Message
from tuoyu.domains.reports import rules, services
from tuoyu.domains.reports.models import Export, Report
from tuoyu.domains.reports.selectors.exporting import TABLES, read_table
from tuoyu.domains.workforce.models import RotaShift, StaffLeave
from tuoyu.ends.institution.tests.helpers import TODAY, key, url

SEPTEMBER = date(2025, 9, 1)
ANSWERS = {"closed_days": "1", "helpers": "0", "wages": "yes", "needs": "无"}


def close(w: World, month: date = SEPTEMBER) -> None:
    month_of_days(w, "he", month, 12)
    close_month(scope=SYSTEM, institution_id=w.institutions["a1"].pk, month=month, by=1,
                by_name="园长甲", at=NOW)  # fmt: skip


def started(w: World, kind: str = "month") -> Report:
    w.client("director").post(url("report_start"), {"kind": kind, "day": "2025-09-01"})
    return Report.all_rows.get(kind=kind)


def test_today_has_six_cards_and_each_opens_its_list(world: World) -> None:
    client = world.client("director")
    page = client.get(url("home"))
    cards = page.context["cards"]
    assert [c.name for c in cards] == ["已到／应到", "师幼比", "未缴费", "待签字", "将到期", "未读"]
    for card in cards:
        assert client.get(card.url.split("#")[0] or url("home")).status_code == 200
    due = client.get(url("expiring")).context["rows"]
    assert cards[4].text == str(len(due)) == "3"  # nobody was ever checked
    assert world.client("teacher").get(url("expiring")).status_code == 404


def test_the_week_is_planned_on_its_page(world: World) -> None:
    client = world.client("director")
    form = {
        "staff": world.staff["a1.infant"].pk, "class_group": world.classes["a1.infant"].pk,
        "day": "2025-10-15", "from_minute": 450, "to_minute": 720, "submit_key": key(),
    }  # fmt: skip
    assert client.post(url("rota_new"), form).status_code == 302
    page = client.get(url("rota"))
    assert "需 1 人，排了 0 人" in page.content.decode()
    again = client.post(url("rota_new"), form | {"submit_key": key()})
    assert again.status_code == 422
    assert "已排在班上" in again.content.decode()
    assert world.client("teacher").post(url("rota_new"), form).status_code == 404
    shift = RotaShift.all_rows.get()
    assert world.client("other-director").post(url("rota_drop", shift.pk)).status_code == 404


def test_a_teacher_asks_and_the_director_is_told(world: World) -> None:
    me = world.staff["a1.infant"]
    me.user_id = world.users["teacher"].pk
    me.save(update_fields=["user_id"])
    form = {"staff": me.pk, "kind": "sick", "first": "2025-10-16", "last": "2025-10-17",
            "reason": "发热", "submit_key": key()}  # fmt: skip
    assert world.client("teacher").post(url("leave_new"), form).status_code == 302
    leave = StaffLeave.all_rows.get()
    told = Message.all_rows.get(user_id=world.users["director"].pk)
    assert "请病假" in told.title
    assert world.client("teacher").post(url("leave_grant", leave.pk)).status_code == 404
    assert world.client("director").post(url("leave_grant", leave.pk)).status_code == 302
    assert Message.all_rows.filter(user_id=world.users["teacher"].pk).count() == 1


def test_a_month_fills_itself_and_asks_little(world: World) -> None:
    close(world)
    report = started(world)
    client = world.client("director")
    page = client.get(url("report", report.pk))
    cells = {c.item.code: c for c in page.context["sheet"].cells}
    assert cells["children"].value == 6
    assert cells["present"].value == 12
    for cell in cells.values():
        if not cell.item.is_manual:  # a figure is the sum of its lines
            assert cell.value == sum(line.amount for line in cell.lines)
    lines = client.get(url("report_cell", report.pk, "present"))
    assert "林小禾" in lines.content.decode()
    refused = client.post(url("report_submit", report.pk))
    assert refused.status_code == 422
    assert "还没填" in refused.content.decode()
    bad = client.post(url("report", report.pk), ANSWERS | {"helpers": "两个"})
    assert bad.status_code == 422
    assert client.post(url("report", report.pk), ANSWERS).status_code == 302
    assert client.post(url("report_submit", report.pk)).status_code == 302
    report.refresh_from_db()
    assert report.sent is not None
    assert report.sent["present"] == 12


def test_what_was_sent_is_locked_and_a_correction_is_the_next(world: World) -> None:
    close(world)
    report = started(world)
    client = world.client("director")
    client.post(url("report", report.pk), ANSWERS)
    client.post(url("report_submit", report.pk))
    assert client.post(url("report", report.pk), ANSWERS | {"helpers": "5"}).status_code == 422
    month_of_days(world, "sui", SEPTEMBER, 3)  # the records move on
    page = client.get(url("report", report.pk))
    cell = next(c for c in page.context["sheet"].cells if c.item.code == "present")
    assert (cell.shown, cell.now) == ("12", "15")
    client.post(url("report_correct", report.pk), {"reason": "补录三天"})
    newer = Report.all_rows.get(version=2)
    assert newer.answers["closed_days"]["value"] == 1  # asked once
    assert client.post(url("report_submit", newer.pk)).status_code == 302
    assert Report.all_rows.get(pk=report.pk).sent["present"] == 12  # type: ignore[index]


def test_the_workbook_says_what_the_page_says(world: World) -> None:
    close(world)
    report = started(world)
    client = world.client("director")
    client.post(url("report", report.pk), ANSWERS)
    sheet = client.get(url("report", report.pk)).context["sheet"]
    book = load_workbook(io.BytesIO(client.get(url("report_workbook", report.pk)).content))
    rows = list(book.worksheets[0].iter_rows(min_row=2, max_row=len(sheet.cells) + 1,
                                             max_col=5, values_only=True))  # fmt: skip
    assert [[v or "" for v in row] for row in rows] == sheet.table()
    assert world.client("other-director").get(url("report_workbook", report.pk)).status_code == 404


def test_the_year_adds_up_what_the_months_were_told(world: World) -> None:
    close(world)
    month = started(world)
    client = world.client("director")
    year = started(world, "year")
    closed = next(c for c in client.get(url("report", year.pk)).context["sheet"].cells
                  if c.item.code == "closed_days")  # fmt: skip
    assert closed.value is None  # no month was sent: unknown, not zero
    client.post(url("report", month.pk), ANSWERS)
    client.post(url("report_submit", month.pk))
    closed = next(c for c in client.get(url("report", year.pk)).context["sheet"].cells
                  if c.item.code == "closed_days")  # fmt: skip
    assert (closed.value, closed.item.is_manual) == (1, False)


def test_the_month_takes_less_than_ten_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    month, year = (rules.effort_of(rules.items_of(k)) for k in (rules.MONTH, rules.YEAR))
    with capsys.disabled():
        print(f"\n园长填报：月报手填 {month.fields} 项（自动 {month.automatic} 项）约 "
              f"{month.minutes} 分钟，年报手填 {year.fields} 项约 {year.minutes} 分钟，"
              f"目标不超过 {rules.TARGET_MINUTES} 分钟")  # fmt: skip
    assert month.is_within
    assert year.is_within


def test_an_export_holds_nothing_of_another_house(world: World) -> None:
    client = world.client("director")
    form: dict[str, Any] = {"reason": "换用系统前备份", "submit_key": key()}
    assert client.post(url("export_new"), form).status_code == 302
    made = Export.all_rows.get()
    assert client.get(url("export", made.pk)).status_code == 422  # not packed yet
    made = services.pack(export_id=made.pk, at=NOW)
    body = client.get(url("export", made.pk)).content
    text = _everything(body)
    assert "江小苗" in text
    for foreign in ("洪海风", "苏辰星", "海风托育园", "示例老师b1infant"):
        assert foreign not in text
    assert made.counts["儿童"] == 6
    assert world.client("other-director").get(url("export", made.pk)).status_code == 404
    assert world.client("teacher").get(url("exports")).status_code == 404


def _everything(body: bytes) -> str:
    words = []
    with zipfile.ZipFile(io.BytesIO(body)) as pack:
        assert len(pack.namelist()) == len(TABLES) + 1
        for name in pack.namelist():
            if name.endswith(".xlsx"):
                book = load_workbook(io.BytesIO(pack.read(name)), read_only=True)
                for row in book.worksheets[0].iter_rows(values_only=True):
                    words += [str(v) for v in row if v is not None]
    return "\n".join(words)


def test_sealed_words_leave_only_when_asked(world: World) -> None:
    child = world.children["miao"]
    child.allergy = "示例过敏"
    child.save(update_fields=["allergy"])
    table = next(t for t in TABLES if t.label == "children.Child")
    plain = str(read_table(SYSTEM, table, sealed=False))
    assert "示例过敏" not in plain
    assert "已遮盖" in plain
    assert "示例过敏" in str(read_table(SYSTEM, table, sealed=True))


def test_papers_warn_once_at_each_stage(world: World) -> None:
    from tuoyu.domains.workforce.services import add_certificate

    add_certificate(
        scope=SYSTEM, staff_id=world.staff["a1.infant"].pk, kind="health_check", number="示例1",
        issued_on=date(2024, 11, 1), expires_on=date(2025, 11, 1), today=TODAY,
    )  # fmt: skip
    assert services.warn_expiring(at=NOW) == 1  # 17 days left: the 30-day warning
    assert services.warn_expiring(at=NOW) == 0
    told = Message.all_rows.get()
    assert told.user_id == world.users["director"].pk
    assert "还有 17 天到期" in told.title


def test_a_director_of_two_sites_compares_and_steps_over(world: World) -> None:
    user = world.users["director"]
    second = Assignment.objects.create(
        user=user, role="director", region_code="350582", from_on=date(2025, 1, 1),
        institution_ids=[world.institutions["a2"].pk], organisation="小满",
    )  # fmt: skip
    client = world.client("director")
    rows = client.get(url("sites")).context["rows"]
    assert [r.institution.name[:2] for r in rows] == ["青禾", "小满"]
    assert [r.children for r in rows] == [6, 1]
    child = world.children["chen"].pk
    assert client.get(url("child", child)).status_code == 404  # compared, not opened
    client.post(rows[1].switch_url)
    assert client.get(url("child", child)).status_code == 200
    assert client.get(url("child", world.children["miao"].pk)).status_code == 404
    assert second.pk
