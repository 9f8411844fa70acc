"""机构端的名册与设备：files, enrolment, imports, tablets, and how many queries a page takes."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.world import NOW, World
from tuoyu.core import clock, workdays
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.attendance.models import (
    EventKind,
    Method,
)
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.devices.models import Device
from tuoyu.domains.devices.services import pair_device
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.ends.institution.tests.helpers import HX, TODAY, enrol_many, key, url
from tuoyu.ui import words

# ── 儿童 ──


def test_teacher_sees_no_number_and_director_sees_one_with_a_reason(world: World) -> None:
    kid = world.children["he"]
    Child.all_rows.filter(pk=kid.pk).update(search="林小禾 linxiaohe lxh")
    kid.refresh_from_db()
    kid.id_number = "110101202403150010"
    kid.save(update_fields=["id_number"])
    director, teacher = world.client("director"), world.client("teacher")
    masked = director.get(url("child", kid.pk)).content.decode()
    assert "110101202403150010" not in masked
    assert words.mask_id("110101202403150010") in masked
    hidden = teacher.get(url("child", kid.pk)).content.decode()
    assert "身份证号" not in hidden
    assert words.mask_id("110101202403150010") not in hidden
    assert teacher.get(url("reveal_form", kid.pk, "id_number")).status_code == 404
    bare = director.post(url("reveal", kid.pk, "id_number"), {"reason": ""})
    assert bare.status_code == 422
    shown = director.post(url("reveal", kid.pk, "id_number"), {"reason": "核对医保"}, headers=HX)
    assert "110101202403150010" in shown.content.decode()
    row = AuditEvent.objects.get(action="看原值", result="完成")
    assert row.persons == [kid.pk]
    assert "核对医保" in row.note
    assert "110101202403150010" not in row.note
    for text in ("lxh", "linxiaohe", "小禾"):
        assert "林小禾" in teacher.get(url("children") + f"?q={text}").content.decode()


def test_blocked_person_is_shown_to_all_and_the_reason_to_the_director(world: World) -> None:
    kid, director = world.children["he"], world.client("director")
    sent = {"name": "示例某人", "relation": "other", "role": "blocked"}
    bare = director.post(url("guardian_add", kid.pk), sent)
    assert bare.status_code == 422
    assert Guardianship.all_rows.filter(child=kid).count() == 1
    director.post(url("guardian_add", kid.pk), sent | {"reason": "示例法院 1 号"})
    row = Guardianship.all_rows.get(child=kid, is_blocked=True)
    teacher = world.client("teacher").get(url("child", kid.pk)).content.decode()
    assert "禁止接走" in teacher
    assert "示例法院" not in teacher
    assert "示例法院 1 号" in director.get(url("child", kid.pk)).content.decode()
    director.post(url("relation", row.pk, "lift"), {"reason": "法院撤销"})
    row.refresh_from_db()
    assert not row.is_blocked


NEW = {
    "name": "新来甲",
    "sex": "女",
    "born_on": "2024-03-15",
    "class_name": "托小班",
    "from_on": "2025-10-15",
    "monthly_fen": "1500.00",
    "guardian": "新来妈妈",
    "relation": "妈妈",
    "phone": "19900000031",
}


def test_director_enrols_moves_and_takes_out_a_child(world: World) -> None:
    director = world.client("director")
    young = director.post(url("child_new"), NEW | {"born_on": "2025-06-01"})
    assert young.status_code == 422
    assert "4 个月" in young.content.decode()
    bad = director.post(url("child_new"), NEW | {"phone": "123"})
    assert "11 位" in bad.content.decode()
    assert not Child.all_rows.filter(name="新来甲").exists()
    director.post(url("child_new"), NEW)
    kid = Child.all_rows.get(name="新来甲")
    move = {"class_group": world.classes["a1.infant"].pk, "on": "2025-11-01", "yuan": "1500"}
    refused = director.post(url("child_move", kid.pk), move)
    assert "乳儿班收不满 12 个月" in refused.content.decode()
    assert Enrolment.all_rows.get(child=kid).period.upper is None  # nothing half done
    move["class_group"] = world.classes["a1.mixed"].pk
    assert director.post(url("child_move", kid.pk), move).status_code == 302
    assert Enrolment.all_rows.filter(child=kid).count() == 2
    world.client("teacher").post(url("child_leave", kid.pk), {"on": "2025-12-01"})
    assert Enrolment.all_rows.filter(child=kid, period__endswith=date(2025, 12, 1)).count() == 0


def test_a_full_class_says_so(world: World) -> None:
    world.classes["a1.toddler"].capacity = 2
    world.classes["a1.toddler"].save(update_fields=["capacity"])
    answer = world.client("director").post(url("child_new"), NEW)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "本班核定 2 人" in text
    assert "第 1 行" not in text


# ── 导入、设备 ──


def filled(client: Client, rows: list[list[Any]]) -> io.BytesIO:
    blank = client.get(url("import_template", "children"))
    book = load_workbook(io.BytesIO(blank.content))
    for n, row in enumerate(rows, 3):
        for i, value in enumerate(row, 1):
            book["数据"].cell(n, i, value)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "花名册.xlsx"
    return out


def roster_row(name: str, phone: str = "19900000041") -> list[Any]:
    care = ["托小班", "2025-10-01", "1500.00", None, None]
    return [name, "女", "2024-03-15", None, *care, "导入妈妈", "妈妈", phone]


def test_roster_goes_from_template_to_undo_through_the_pages(world: World) -> None:
    director = world.client("director")
    file = filled(director, [roster_row("导入甲"), roster_row("导入乙", "123")])
    page = director.post(url("import_upload", "children"), {"file": file}, follow=True)
    (batch_url, _) = page.redirect_chain[-1]
    html = page.content.decode()
    assert "只导入正确的 1 行" in html
    assert "11 位" in html
    assert not Child.all_rows.filter(name__startswith="导入").exists()
    errors = load_workbook(io.BytesIO(director.get(batch_url + "errors/").content))
    assert "11 位" in str([c.value for c in errors["数据"][2]])
    whole = director.post(batch_url + "run/")
    assert whole.status_code == 422
    assert "1 行有错误" in whole.content.decode()
    done = director.post(batch_url + "run/", {"partial": "yes"}, follow=True).content.decode()
    assert "已导入 1 行" in done
    assert Child.all_rows.filter(name="导入甲").exists()
    assert world.client("other-director").get(batch_url).status_code == 404
    assert world.client("other-director").post(batch_url + "undo/").status_code == 404
    director.post(batch_url + "undo/")
    assert not Child.all_rows.filter(name="导入甲").exists()


def test_upload_without_or_with_a_wrong_file_says_why(world: World) -> None:
    director = world.client("director")
    none = director.post(url("import_upload", "children"))
    assert none.status_code == 422
    assert "还没有选文件" in none.content.decode()
    junk = io.BytesIO(b"not a workbook")
    junk.name = "x.xlsx"
    wrong = director.post(url("import_upload", "children"), {"file": junk})
    assert "打不开这个文件" in wrong.content.decode()
    assert director.get(url("import_template", "institutions")).status_code == 404


def test_pairing_code_is_shown_once_and_pairs_one_tablet(world: World) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    director = world.client("director")
    page = director.post(url("device_code"), {"submit_key": key()}).content.decode()
    found = re.search(r"in-pin\">(\d{4}) (\d{4})<", page)
    assert found is not None
    assert "in-pin" not in director.get(url("devices")).content.decode()
    raw = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = raw.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    device = pair_device(
        code=found[1] + found[2], name="前门平板", public_key=point, source="t", at=NOW
    )
    assert device.institution_id == world.institutions["a1"].pk
    assert "前门平板" in director.get(url("devices")).content.decode()
    stranger = world.client("other-director")
    assert stranger.post(url("device_revoke", device.pk)).status_code == 404
    assert world.client("teacher").post(url("device_code")).status_code == 404
    director.post(url("device_revoke", device.pk))
    assert Device.all_rows.get().revoked_at == NOW


# ── 快慢 ──


@pytest.mark.parametrize(
    "name", ["home", "wall", "sheets", "sheets_month", "month", "children", "waiting", "staff"]
)
def test_queries_do_not_grow_with_the_children(world: World, name: str) -> None:
    director = world.client("director")

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert director.get(url(name)).status_code == 200
        return len(seen)

    enrol_many(world, 3)
    days = workdays.days_of(TODAY)[:3]
    fill(world, days[:1])
    count()  # what is read once and kept
    few = count()
    enrol_more(world)
    fill(world, days)
    assert count() == few
    assert few <= 45


def enrol_more(world: World) -> None:
    Child.all_rows.filter(name__startswith="测试").update(name="先来")
    enrol_many(world, 27)


def fill(world: World, days: list[date]) -> None:
    """Days, corrections and flagged arrivals for everybody."""
    a1 = world.institutions["a1"].pk
    kids = list(Enrolment.all_rows.filter(institution_id=a1).values_list("child_id", flat=True))
    for day in days:
        at = clock.at(day, 8, 5)
        events = [NewEvent(k, EventKind.IN, at, Method.WALL) for k in kids]
        events += [
            NewEvent(k, EventKind.CORRECT, at, Method.DESK, day=day, reason="核对", set_status=2)
            for k in kids
        ]
        record(institution_id=a1, events=events, at=at)
