"""核验的页面：each by whom it is made for; sound HTML; nothing of a child in an address."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.checks import plants
from tests.files import samples
from tests.pages.checks import faults_of
from tests.settlement.month import june, made, run_june
from tests.world import NOW, World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.core.cases.models import Case
from tuoyu.domains.checks.models import Finding
from tuoyu.domains.checks.services import CLERK, run_month
from tuoyu.domains.subsidies.catalogue import CONFIRM, STATEMENT

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def finding(world: World) -> Finding:
    plants.alike_in_two_places(world)
    run_month(month=plants.JUNE, by=CLERK, at=NOW)
    return Finding.all_rows.get(institution_id=world.institutions["a1"].pk)


def test_the_way_through_the_pages(world: World, finding: Finding) -> None:
    officer, director = world.client("county-officer"), world.client("director")
    page = f"/gov/checks/{finding.pk}/"
    assert "一孩同日两处" in text_of(officer.get("/gov/checks/"))
    assert director.get(f"/inst/checks/{finding.pk}/").status_code == 404, "not asked yet"
    said = officer.post(f"{page}ask/", {"reason": "请核对两份档案"})
    assert said["Location"] == page
    listed = director.get("/inst/checks/")
    assert "一孩同日两处" in text_of(listed)
    opened = director.get(f"/inst/checks/{finding.pk}/")
    assert "请核对两份档案" in text_of(opened)
    answered = director.post(
        f"/inst/checks/{finding.pk}/answer/",
        {"text": "系重复建档", "file": SimpleUploadedFile("说明.pdf", samples.pdf())},
    )
    assert answered.status_code == 302
    shown = text_of(officer.get(page))
    assert "系重复建档" in shown
    assert officer.get(f"{page}evidence/")["Content-Type"] == "application/pdf"
    officer.post(f"{page}decide/true/", {"reason": "两处确为一人"})
    officer.post(f"{page}follow/", {"follow": "correction", "note": "由海风更正", "link": ""})
    end = text_of(officer.get(page))
    assert "认定：属实" in end
    assert "由海风更正" in end
    assert AuditEvent.objects.filter(action="核验认定").exists()


def test_pages_are_sound_and_bounded(world: World, finding: Finding) -> None:
    Finding.all_rows.filter(pk=finding.pk).update(question="请说明")
    for who, path in [
        ("county-officer", "/gov/checks/"),
        ("city-officer", "/gov/checks/?rule=two_places&month=2025-06&county=350582&state=open"),
        ("county-officer", f"/gov/checks/{finding.pk}/"),
        ("auditor", "/gov/checks/rules/"),
        ("city-officer", "/gov/checks/rules/two_places/"),
        ("director", "/inst/checks/"),
        ("director", f"/inst/checks/{finding.pk}/"),
    ]:
        client = world.client(who)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(path)
        assert response.status_code == 200, path
        assert faults_of(response.content.decode()) == [], path
        assert len(asked) <= 40, path


def test_foreign_ids_are_not_found(world: World, finding: Finding) -> None:
    other = Finding.all_rows.get(institution_id=world.institutions["b1"].pk)
    Finding.all_rows.update(question="请说明")
    assert world.client("county-officer").get(f"/gov/checks/{other.pk}/").status_code == 404
    assert world.client("director").get(f"/inst/checks/{other.pk}/").status_code == 404
    for path in (f"/gov/checks/{finding.pk}/", "/gov/checks/", "/gov/checks/rules/"):
        assert world.client("parent").get(path).status_code == 404
        assert world.client("finance-officer").get(path).status_code == 404
    assert world.client("teacher").get("/inst/checks/").status_code == 404
    assert world.client("city-officer").post(f"/gov/checks/{finding.pk}/ask/").status_code == 404


def test_the_other_institutions_child_is_not_named(world: World, finding: Finding) -> None:
    """童一 of the other place: the institution learns where, not who, and no id in an address."""
    Finding.all_rows.filter(pk=finding.pk).update(question="请说明")
    answer = world.client("director").get(f"/inst/checks/{finding.pk}/")
    assert "同时在海风托育园（虚构）" in text_of(answer)
    assert "童一" not in answer.content.decode()
    for link in re.findall(r'(?:href|action)="([^"]+)"', answer.content.decode()):
        assert not re.search(r"\d{9,}", link), link


def test_each_read_of_evidence_is_written_down(world: World, finding: Finding) -> None:
    world.client("county-officer").get(f"/gov/checks/{finding.pk}/")
    assert AuditEvent.objects.filter(action="查看核验证据").exists()


def test_parameters_are_changed_by_the_city_only(world: World) -> None:
    path = "/gov/checks/rules/fast_codes/tune/"
    form = {"code": "least", "value": "25", "reason": "门口两台平板"}
    assert world.client("county-officer").post(path, form).status_code == 404
    assert world.client("city-officer").post(path, {**form, "value": "很多"}).status_code == 422
    assert world.client("city-officer").post(path, form).status_code == 302
    shown = text_of(world.client("auditor").get("/gov/checks/rules/fast_codes/"))
    assert "25 人次" in shown
    assert "门口两台平板" in shown


def test_the_city_runs_a_month(world: World) -> None:
    plants.over_the_places(world)
    client = world.client("city-officer")
    assert client.post("/gov/checks/run/", {"month": "六月"}).status_code == 422
    assert client.post("/gov/checks/run/", {"month": "2025-06"}).status_code == 302
    assert Finding.all_rows.count() == 1
    assert world.client("county-officer").post("/gov/checks/run/").status_code == 404


def test_the_reviewer_of_a_statement_is_warned(world: World) -> None:
    june(world)
    statement = made(run_june()).statements.get(institution_id=world.institutions["a1"].pk)
    page = f"/gov/settlements/{statement.pk}/"
    assert "核验事项未办结" not in text_of(world.client("county-officer").get(page))
    plants.over_the_places(world)
    run_month(month=plants.JUNE, by=CLERK, at=NOW)
    shown = text_of(world.client("county-officer").get(page))
    assert "件核验事项未办结" in shown
    assert "人数超过托位（待县级核查" in shown
    case = Case.all_rows.get(type=STATEMENT.code, subject_id=statement.pk)
    assert case.state == CONFIRM, "it warns and blocks nothing"
