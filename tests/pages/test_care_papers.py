"""喂药与伤害记录的页面：the forms people use, from the parent's phone to the county's desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.care_papers import care_paper_subjects
from tests.files import samples
from tests.world import NOW, World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.care.services import set_pin
from tuoyu.domains.incidents.models import Incident, MandatoryReport
from tuoyu.domains.medicine.models import Dose, MedicineRequest

TODAY = NOW.date()


def form(**more: Any) -> dict[str, Any]:
    return {
        "medicine": "示例糖浆", "illness": "咳嗽", "dose": "2.5 ml", "route": "mouth",
        "time": ["08:20", ""], "first": f"{TODAY}", "last": f"{TODAY}", "agreed": "yes",
        "photo": SimpleUploadedFile("标签.jpg", samples.photo()),
    } | more  # fmt: skip


def test_a_medicine_from_the_phone_to_the_receipt(world: World) -> None:
    he = world.children["he"]
    came = NewEvent(he.pk, EventKind.IN, NOW, Method.WALL)
    record(institution_id=he.institution_id or 0, events=[came], at=NOW)
    parent, teacher = world.client("parent"), world.client("teacher")
    fault = parent.post("/family/medicine/new/", form(dose="适量", child=he.pk))
    assert fault.status_code == 422
    assert "没有数量" in fault.content.decode()
    assert "示例糖浆" in fault.content.decode(), "what was typed is kept"
    sham = SimpleUploadedFile("药.jpg", b"%PDF-1.4 not a photo")
    assert "不是照片" in parent.post(
        "/family/medicine/new/", form(photo=sham, child=he.pk)
    ).content.decode()  # fmt: skip
    assert parent.post("/family/medicine/new/", form(child=he.pk)).status_code == 302
    made = MedicineRequest.all_rows.get()
    shown = teacher.get(f"/inst/medicine/{made.pk}/").content.decode()
    assert "接受" in shown
    assert teacher.get(f"/inst/medicine/{made.pk}/photo/")["Content-Type"] == "image/jpeg"
    assert parent.get(f"/family/medicine/{made.pk}/photo/").status_code == 200
    assert world.client("other-parent").get(f"/family/medicine/{made.pk}/").status_code == 404
    teacher.post(f"/inst/medicine/{made.pk}/decide/", {"answer": "accept"})
    assert "到时间了" in teacher.get("/inst/medicine/").content.decode()
    assert "2.5 ml" in teacher.get("/inst/medicine/due/").content.decode()
    due = f"{TODAY}T08:20:00+08:00"
    director = world.users["director"]
    set_pin(institution_id=he.institution_id or 0, user_id=director.pk, pin="4826", again="4826",
            at=NOW)  # fmt: skip
    give = f"/inst/medicine/{made.pk}/give/"
    teacher.post(give, {"due": due, "second": director.pk, "pin": "0000"})
    assert not Dose.all_rows.exists(), "a wrong PIN signs nothing"
    teacher.post(give, {"due": due, "second": director.pk, "pin": "4826"})
    assert Dose.all_rows.get().second_name == director.name
    again = teacher.post(give, {"due": due})
    assert again.status_code == 422
    assert "已经有人喂过" in again.content.decode()
    assert "核对" in parent.get(f"/family/medicine/{made.pk}/").content.decode()
    assert parent.get(f"/family/medicine/{made.pk}/change/").status_code == 422


def test_an_incident_from_the_draft_to_the_signatures(world: World) -> None:
    he, teacher, director = world.children["he"], world.client("teacher"), world.client("director")
    sent = {
        "child": he.pk, "at": f"{NOW - timedelta(minutes=9):%Y-%m-%dT%H:%M}", "place": "户外场地",
        "kind": "fall", "mark": ["head", "hand-r"], "fact": ["wound"], "what": "跑动时绊倒擦破",
        "first_aid": "清洗消毒", "inner": "与别的孩子相撞",
    }  # fmt: skip
    assert "请先选" in teacher.post("/inst/incidents/new/", sent | {"child": ""}).content.decode()
    teacher.post("/inst/incidents/new/", sent)
    it = Incident.all_rows.get()
    url, family = f"/inst/incidents/{it.pk}/", f"/family/incidents/{it.pk}/"
    assert "轻微" in teacher.get(url).content.decode()
    assert world.client("parent").get(family).status_code == 404, "a draft is private"
    teacher.post(f"{url}submit/", {"grade": "minor"})
    teacher.post(f"{url}sign/")
    director.post(f"{url}sign/")
    director.post(f"{url}share/")
    assert "缺 家长 签字" in director.get("/inst/incidents/?show=missing").content.decode()
    parent = world.client("parent")
    seen = parent.get(family).content.decode()
    assert "清洗消毒" in seen
    assert "相撞" not in seen
    parent.post(f"{family}sign/", {"note": "知道了"})
    assert "签字都齐了" in director.get("/inst/incidents/?show=missing").content.decode()
    assert "知道了" in director.get(url).content.decode()
    assert "（电子签）" in director.get(f"{url}print/").content.decode()


@pytest.fixture
def pairs(world: World) -> dict[str, tuple[Any, Any]]:
    return care_paper_subjects(world)


def test_the_county_receives_what_is_grave(world: World, pairs: dict[str, tuple[Any, Any]]) -> None:
    own, other = pairs["incident_id"]
    county = world.client("county-officer")
    assert "时限待定" in county.get("/gov/incidents/").content.decode()
    assert county.get(f"/gov/incidents/{other}/").status_code == 404
    page = county.get(f"/gov/incidents/{own}/").content.decode()
    assert "林小禾" not in page, "names are masked for the county"
    county.post(f"/gov/incidents/{own}/act/", {"act": "receive"})
    assert "县级跟进中" in county.get(f"/gov/incidents/{own}/").content.decode()
    county.post("/gov/incidents/clock/", {"minutes": "120", "document": "示例 1 号（虚构）"})
    assert "120 分钟" in county.get("/gov/incidents/").content.decode()


def test_a_mandatory_report_is_read_by_few_and_each_reading_is_logged(
    world: World, pairs: dict[str, tuple[Any, Any]]
) -> None:
    he, teacher = world.children["he"], world.client("teacher")
    sent = {"child": he.pk, "kind": ["violence"], "at": f"{NOW:%Y-%m-%dT%H:%M}",
            "what": "更衣时看到多处旧伤"}  # fmt: skip
    assert teacher.post("/inst/protection/new/", sent).status_code == 302
    found = MandatoryReport.all_rows.exclude(pk__in=pairs["protection_id"]).get()
    url = f"/inst/protection/{found.pk}/"
    assert teacher.get(url).status_code == 404
    assert teacher.get("/inst/protection/").status_code == 404
    for slug in ("county-officer", "city-officer", "inspector"):
        assert world.client(slug).get(f"/gov/protection/{found.pk}/").status_code == 404
    officer, director = world.client("protection-officer"), world.client("director")
    assert (
        "还没有登记向公安机关报案" in officer.get(f"/gov/protection/{found.pk}/").content.decode()
    )
    assert "旧伤" in director.get(url).content.decode()
    director.post(f"{url}steps/", {"kind": "police", "at": f"{NOW:%Y-%m-%dT%H:%M}",
                                   "detail": "示例派出所，回执 1（虚构）"})  # fmt: skip
    assert "已向公安机关报案" in officer.get(f"/gov/protection/{found.pk}/").content.decode()
    reads = AuditEvent.objects.filter(action="查看强制报告", target__contains=str(found.pk))
    assert reads.filter(result="完成").count() == 3
    assert not any(he.pk in r.persons for r in reads), "so it is not among who saw the child's file"
    for path in ("/family/access/", "/family/", "/family/messages/"):
        assert "强制报告" not in world.client("parent").get(path).content.decode()
