"""导出：the file opens as a table and runs nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.institutions.models import Institution
from tuoyu.ends.government.export import safe, workbook


def sheet(body: bytes) -> Any:
    return load_workbook(BytesIO(body)).active


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "  =HYPERLINK(1)",
        "＝1+1",
        "|cmd",
        "\u3000=1",
        "\x00=1",
    ],
)
def test_text_that_could_run_is_kept_as_text(text: str) -> None:
    assert str(safe(text)).startswith("'")
    cell = sheet(workbook("表", ["列"], [[text]])).cell(4, 1)
    assert cell.data_type == "s"


@pytest.mark.parametrize("text", ["青禾托育园", "3 号", "a=b", ""])
def test_plain_text_stays(text: str) -> None:
    assert safe(text) == text


def test_a_missing_value_is_a_dash_not_zero() -> None:
    assert safe(None) == "—"
    assert safe(0) == 0


def test_the_county_exports_its_own(world: World) -> None:
    Institution.all_rows.filter(pk=world.institutions["a1"].pk).update(
        name='=HYPERLINK("http://example.invalid","青禾")'
    )
    answer = world.client("county-officer").get("/gov/institutions/export/")
    assert answer.status_code == 200
    rows = list(sheet(answer.content).iter_rows(min_row=4, values_only=True))
    assert len(rows) == 2
    assert rows[0][0].startswith("'=HYPERLINK") or rows[1][0].startswith("'=HYPERLINK")
    event = AuditEvent.objects.get(action="导出机构名单")
    assert event.note == "2 家"


def test_the_query_goes_with_the_export(world: World) -> None:
    answer = world.client("city-officer").get("/gov/institutions/export/?q=海风")
    rows = list(sheet(answer.content).iter_rows(min_row=4, values_only=True))
    assert [r[0] for r in rows] == ["海风托育园（虚构）"]


@pytest.mark.parametrize("who", ["finance-officer", "auditor", "parent"])
def test_others_export_nothing(world: World, who: str) -> None:
    assert world.client(who).get("/gov/institutions/export/").status_code == 404
