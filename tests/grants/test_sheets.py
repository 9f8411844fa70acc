"""申请表与导出：what leaves the platform on paper or in a workbook runs nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from tests.grants.town import AT, assessed, become, fund, submitted, who
from tests.pages.checks import faults_of
from tests.publicity.test_publicity import notice
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.grants.models import Application
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.publicity.services import Row, announce, object_to

RULE = "community_slot"
FORMULA = "=HYPERLINK(1)"


def cells(body: bytes) -> list[Any]:
    sheet = load_workbook(BytesIO(body)).active
    assert sheet is not None
    found = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert all(c.data_type != "f" for c in found)
    return [c.value for c in found]


def test_the_sheet_says_who_what_how_much_and_why(world: World) -> None:
    become(world, "a1", Kind.COMMUNITY)
    made = submitted(world, RULE)
    assessed(world, made, approved_fen=900_000)
    for slug, end in (("director", "inst"), ("county-officer", "gov")):
        page = world.client(slug).get(f"/{end}/grants/{made.pk}/print/").content.decode()
        assert not faults_of(page)
        for words in (
            "青禾托育园（虚构）", "邻里中心与社区托育点新增托位奖补", "90,000.00", "9,000.00",
            "泉卫规〔2024〕2号 二(一)1", "取低", "建设或改造验收材料", "材料.jpg",
            "申报单位（签章）", "财政复核（签章）", "机构申报", "pr-portrait",
        ):  # fmt: skip
            assert words in page, words
    assert AuditEvent.objects.filter(action="打印奖补申请表").count() == 2
    for slug, end in (("other-director", "inst"), ("other-county-officer", "gov")):
        assert world.client(slug).get(f"/{end}/grants/{made.pk}/print/").status_code == 404


def test_the_list_of_grants_as_a_workbook(world: World) -> None:
    become(world, "a1", Kind.COMMUNITY)
    fund(world, RULE)
    made = submitted(world, RULE)
    assessed(world, made, approved_fen=900_000)
    Application.all_rows.filter(pk=made.pk).update(applicant_name=FORMULA)
    found = cells(world.client("county-officer").get("/gov/grants/export/").content)
    assert f"'{FORMULA}" in found
    assert {9_000_000, "90,000.00", "待县级审核"} <= set(found)
    none = cells(world.client("county-officer").get("/gov/grants/export/?state=paid").content)
    assert 9_000_000 not in none
    assert 9_000_000 not in cells(
        world.client("other-county-officer").get("/gov/grants/export/").content
    )
    assert world.client("inspector").get("/gov/grants/export/").status_code == 404
    assert AuditEvent.objects.filter(action="导出奖补申请", result="完成").count() == 3


def test_notices_as_a_workbook_name_nobody(world: World) -> None:
    made = announce(
        title="示例公示（虚构）", document_no=FORMULA, source_type="test", source_ids=[1],
        columns=["享受对象", "拟拨付（元）"], rows=[Row(1, ["王小明", "1,234.00"], "王小明")],
        region_code="350582", working_days=5, by=who(world, "county-officer"), at=AT,
    )  # fmt: skip
    foreign = notice(title="别县的（虚构）", region_code="350502")
    row = made.rows.get()
    object_to(notice_id=made.pk, row_id=row.pk, opinion="这一项请再核查一次", contact="", at=AT)
    officer = world.client("county-officer")
    found = cells(officer.get("/gov/publicity/export/").content)
    assert f"'{FORMULA}" in found
    assert "别县的（虚构）" not in found
    found = cells(officer.get(f"/gov/publicity/{made.pk}/export/").content)
    assert {"王**", "1,234.00", "收到异议", 1} <= set(found)
    assert "王小明" not in found
    assert officer.get(f"/gov/publicity/{foreign.pk}/export/").status_code == 404
    assert world.client("auditor").get("/gov/publicity/export/").status_code == 404
