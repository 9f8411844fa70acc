"""奖补的页面：from the draft to the notice by clicks, by the right people; marks at the fields."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.files import samples
from tests.grants.town import AT, UNIT, again, become, fund, state_of, submitted, upload, who
from tests.pages.checks import faults_of
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application, FeaturePark, School
from tuoyu.domains.grants.programmes import offered
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.policies.books import current_book

RULE = "community_slot"


@pytest.fixture
def town(world: World) -> World:
    become(world, "a1", Kind.COMMUNITY)
    fund(world, RULE)
    return world


def key() -> dict[str, str]:
    return {"submit_key": str(uuid.uuid4())}


def test_from_the_list_to_the_notice_by_clicks(town: World) -> None:
    director = town.client("director")
    page = director.get("/inst/grants/").content.decode()
    assert "邻里中心与社区托育点新增托位奖补" in page
    assert "核定金额由县级审核时填定" in page
    assert "只受理公立医院办托" in page
    director.post(f"/inst/grants/new/{RULE}/", key())
    made = Application.all_rows.get()
    base = f"/inst/grants/{made.pk}/"
    shown = director.get(base).content.decode()
    assert "等 10 个" in shown
    assert "平台已有" in shown
    refused = director.post(f"{base}submit/", key())
    assert refused.status_code == 422
    assert "还缺建设或改造验收材料" in refused.content.decode()
    director.post(f"{base}evidence/", key() | {"code": "acceptance", "file": upload()})
    assert director.post(f"{base}submit/", key()).status_code == 302
    county, at = town.client("county-officer"), f"/gov/grants/{made.pk}/"
    assert "不高于 10,000.00 元；上限不是金额" in county.get(at).content.decode()
    over = county.post(f"{at}assess/", key() | {"approved": "10000.01", "basis": "决算"})
    assert over.status_code == 422
    assert "超过上限：每个托位不高于 10,000.00 元" in over.content.decode()
    assert "泉卫规〔2024〕2号 二(一)1" in over.content.decode()
    county.post(f"{at}assess/", key() | {"approved": "9,000", "basis": "工程决算"})
    county.post(f"{at}accept/", key() | {"reason": "属实"})
    assert again(made).amount_fen == 9_000_000
    town.client("city-officer").post(f"{at}approve/", key() | {"reason": "同意"})
    town.client("finance-officer").post(f"{at}check/", key() | {"reason": "无误"})
    assert state_of(made) == "notice"
    shown = director.get(base).content.decode()
    assert "公示中" in shown
    assert "工程决算" in shown


def test_how_it_was_computed_is_one_click_away_for_both(town: World) -> None:
    made = submitted(town, RULE)
    item = made.items.order_by("pk")[0]
    for client, end in ((town.client("director"), "inst"), (town.client("county-officer"), "gov")):
        told = client.get(
            f"/{end}/grants/{made.pk}/items/{item.pk}/", headers={"HX-Request": "true"}
        )
        assert "缺“核定金额”" in told.content.decode()
        assert "二(一)1" in told.content.decode()


def test_marks_stand_at_the_fields(town: World) -> None:
    made = submitted(town, RULE)
    county = town.client("county-officer")
    form = county.get(f"/gov/grants/{made.pk}/return/").content.decode()
    assert 'name="mark-acceptance"' in form
    county.post(
        f"/gov/grants/{made.pk}/return/",
        key() | {"opinion": "请补清晰的验收单", "mark-acceptance": "看不清公章"},
    )
    shown = town.client("director").get(f"/inst/grants/{made.pk}/").content.decode()
    row = next(r for r in re.split(r"<tr", shown) if "建设或改造验收材料" in r)
    assert "看不清公章" in row


def test_strangers_find_nothing(town: World) -> None:
    made = submitted(town, RULE)
    item, paper = made.items.order_by("pk")[0], made.evidence.get()
    for slug, end in (("other-director", "inst"), ("other-county-officer", "gov")):
        client = town.client(slug)
        for path in ("", f"items/{item.pk}/", f"evidence/{paper.pk}/"):
            assert client.get(f"/{end}/grants/{made.pk}/{path}").status_code == 404
    assert town.client("teacher").get("/inst/grants/").status_code == 404
    assert town.client("inspector").get("/gov/grants/").status_code == 404


def test_the_evidence_is_seen_in_place_and_the_look_is_logged(town: World) -> None:
    made = submitted(town, RULE)
    at = f"/gov/grants/{made.pk}/evidence/{made.evidence.get().pk}/"
    county = town.client("county-officer")
    page = county.get(at)
    shown = page.content.decode()
    assert f'<img src="{at}file/"' in shown
    assert "建设或改造验收材料" in shown
    assert "等 10 个" in shown  # what it has to prove stands beside it
    policy = page.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "unsafe" not in policy
    assert not AuditEvent.objects.filter(action="查看申报材料").exists()
    got = county.get(f"{at}file/")
    assert got.headers["Content-Type"] == "image/jpeg"
    assert got.headers["Content-Disposition"] == "inline"
    assert "default-src 'none'" in got.headers["Content-Security-Policy"]
    assert county.get(f"{at}file/?save=1").headers["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(action="查看申报材料").count() == 2


def test_a_pdf_is_framed_and_may_do_nothing(town: World) -> None:
    made = submitted(town, RULE)
    paper = services.add_evidence(
        application_id=returned(town, made).pk, code="acceptance",
        upload=SimpleUploadedFile("验收单.pdf", samples.pdf()), by=who(town, "director"), at=AT,
    )  # fmt: skip
    at = f"/gov/grants/{made.pk}/evidence/{paper.pk}/"
    county = town.client("county-officer")
    assert f'<iframe src="{at}file/"' in county.get(at).content.decode()
    got = county.get(f"{at}file/")
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in got.headers["Content-Security-Policy"]
    for slug, code in (("other-county-officer", 404), ("inspector", 404), ("auditor", 200)):
        assert town.client(slug).get(f"{at}file/").status_code == code


def returned(town: World, made: Application) -> Application:
    """退回补正，机构可以换材料。"""
    services.send_back(
        application_id=made.pk, by=who(town, "county-officer"), at=AT, opinion="请补 PDF"
    )
    return again(made)


def test_the_county_verifies_a_family_and_nobody_else(world: World) -> None:
    kid = world.children["miao"]
    status = SpecialStatus.all_rows.create(
        child=kid, institution_id=kid.institution_id, region_code=UNIT, kind="disabled",
        evidence="残疾证（示例）", from_on=kid.born_on,
    )  # fmt: skip
    url = f"/gov/special/{status.pk}/verify/"
    for slug in ("other-county-officer", "city-officer", "director"):
        assert world.client(slug).post(url, key()).status_code == 404
    county = world.client("county-officer")
    assert "江*苗" in county.get("/gov/special/").content.decode()
    assert county.post(url, key()).status_code == 302
    status.refresh_from_db()
    assert status.verified_by == world.users["county-officer"].pk


def test_the_city_enters_schools_and_names_parks(world: World) -> None:
    fund(world, "school_grant", unit="350500")
    city = world.client("city-officer")
    city.post(
        "/gov/grants/schools/",
        key() | {"name": "示例职校", "major": "婴幼儿托育", "basis": "示例文"},
    )
    school = School.all_rows.get()
    assert city.get("/gov/grants/schools/").status_code == 200
    city.post(f"/gov/grants/schools/{school.pk}/apply/", key())
    made = Application.all_rows.get()
    assert (made.amount_fen, state_of(made)) == (5_000_000, "city_review")
    same = city.post(f"/gov/grants/{made.pk}/accept/", key() | {"reason": "x"})
    assert "您已在本件中办过" in same.content.decode()
    other = world.client("city-officer-2")
    assert (
        other.post(f"/gov/grants/{made.pk}/accept/", key() | {"reason": "属实"}).status_code == 302
    )
    a1 = world.institutions["a1"]
    city.post(
        "/gov/grants/feature/",
        key() | {"institution": str(a1.pk), "document": "示例评审", "named_on": "2025-09-01"},
    )
    assert FeaturePark.all_rows.get().institution_id == a1.pk
    assert city.get("/gov/grants/feature/").status_code == 200


def test_each_page_is_sound_and_keeps_its_queries(town: World) -> None:
    made = submitted(town, RULE)
    item, paper = made.items.order_by("pk")[0], made.evidence.get()
    rules = [o.rule for o in offered(current_book()) if o.applicant == "institution"]
    seen = {
        "director": [
            "/inst/grants/", "/inst/grants/lease/", "/inst/grants/works/",
            f"/inst/grants/{made.pk}/", f"/inst/grants/{made.pk}/items/{item.pk}/",
            *(f"/inst/grants/new/{rule}/" for rule in rules),
        ],
        "county-officer": [
            "/gov/grants/", f"/gov/grants/{made.pk}/", f"/gov/grants/{made.pk}/return/",
            f"/gov/grants/{made.pk}/items/{item.pk}/", "/gov/special/",
            f"/gov/grants/{made.pk}/evidence/{paper.pk}/",
        ],
        "city-officer": ["/gov/grants/", "/gov/grants/schools/", "/gov/grants/feature/"],
    }  # fmt: skip
    for slug, paths in seen.items():
        client = town.client(slug)
        for path in paths:
            with CaptureQueriesContext(connection) as few:
                response = client.get(path)
            assert response.status_code == 200, path
            assert len(few) <= 40, path
            assert not faults_of(response.content.decode()), path
