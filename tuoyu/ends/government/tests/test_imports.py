"""导入机构：a county brings in its list through the pages; nobody else does."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.audit.models import AuditEvent
from tuoyu.core.excel.models import ImportBatch
from tuoyu.domains.institutions.models import Institution, Place

CODE = "91350100M000100Y43"


def url(name: str, *args: Any) -> str:
    return reverse(f"government:{name}", args=args)


def row(unit: str = "晋江市", uscc: str = CODE, places: Any = 33) -> list[Any]:
    head = ["导入园（虚构）", uscc, "民办托育机构", "民办", unit, "示例路 2 号"]
    return [*head, None, "示例2", "2025-05-01", 10, places, None, None]


def filled(client: Client, *rows: list[Any]) -> io.BytesIO:
    blank = client.get(url("import_template", "institutions"))
    book = load_workbook(io.BytesIO(blank.content))
    for n, values in enumerate(rows, 3):
        for i, value in enumerate(values, 1):
            book["数据"].cell(n, i, value)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "机构.xlsx"
    return out


def upload(client: Client, *rows: list[Any]) -> tuple[str, str]:
    page = client.post(
        url("import_upload", "institutions"), {"file": filled(client, *rows)}, follow=True
    )
    return page.redirect_chain[-1][0], page.content.decode()


def test_the_county_goes_from_template_to_undo(world: World) -> None:
    county = world.client("county-officer")
    assert url("imports") in county.get(url("institutions")).content.decode()
    unnamed = row(uscc="", places="三十")
    batch_url, html = upload(county, row(), row("鲤城区", "91350582MA00000A1X"), unnamed)
    assert "只导入正确的" in html
    assert "不在您的辖区内" in html
    assert "应为不小于 0 的整数" in html
    errors = load_workbook(io.BytesIO(county.get(batch_url + "errors/").content))
    assert "不在您的辖区内" in str([c.value for c in errors["数据"][2]])
    assert not Institution.all_rows.filter(uscc=CODE).exists()


def test_the_good_rows_come_in_and_go_out_again(world: World) -> None:
    county = world.client("county-officer")
    batch_url, html = upload(county, row(), row("鲤城区", "91350582MA00000A1X"))
    assert "只导入正确的 1 行" in html
    assert county.post(batch_url + "run/").status_code == 422
    assert not Institution.all_rows.filter(uscc=CODE).exists()
    done = county.post(batch_url + "run/", {"partial": "yes"}, follow=True).content.decode()
    assert "已导入 1 行" in done
    made = Institution.all_rows.get(uscc=CODE)
    assert made.region_code == "350582"
    assert Place.all_rows.filter(institution=made).count() == 43
    assert "导入园（虚构）" in county.get(url("institutions")).content.decode()
    assert AuditEvent.objects.filter(action="导入机构名录", note="导入 1 行").exists()
    with clock.fixed(NOW + timedelta(hours=23)):
        county.force_login(
            world.users["county-officer"],
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        undone = county.post(batch_url + "undo/", follow=True)
    assert "已整批撤销 1 行" in undone.content.decode()
    assert not Institution.all_rows.filter(uscc=CODE).exists()
    assert not Place.all_rows.filter(institution_id=made.pk).exists()


def test_undo_ends_after_a_day(world: World) -> None:
    county = world.client("county-officer")
    batch_url, _ = upload(county, row())
    county.post(batch_url + "run/")
    with clock.fixed(NOW + timedelta(hours=25)):
        late = world.client("county-officer").post(batch_url + "undo/")
    assert late.status_code == 422
    assert "24 小时" in late.content.decode()
    assert Institution.all_rows.filter(uscc=CODE).exists()


def test_the_city_brings_in_any_unit(world: World) -> None:
    city = world.client("city-officer")
    batch_url, html = upload(city, row("鲤城区"))
    assert "导入 1 行" in html
    city.post(batch_url + "run/")
    assert Institution.all_rows.get(uscc=CODE).region_code == "350502"
    assert world.client("county-officer").get(batch_url).status_code == 404


@pytest.mark.parametrize(
    "who", ["inspector", "finance-officer", "auditor", "director", "parent", "doctor"]
)
def test_others_find_no_import(world: World, who: str) -> None:
    batch_url, _ = upload(world.client("county-officer"), row())
    client = world.client(who)
    for path in (url("imports"), url("import_template", "institutions"), batch_url):
        assert client.get(path).status_code == 404, path
    for path in (url("import_upload", "institutions"), batch_url + "run/", batch_url + "undo/"):
        assert client.post(path).status_code == 404, path
    assert url("imports") not in client.get(url("institutions")).content.decode()
    assert not Institution.all_rows.filter(uscc=CODE).exists()


def test_another_county_does_not_find_the_batch(world: World) -> None:
    batch_url, _ = upload(world.client("county-officer"), row())
    other = world.client("other-county-officer")
    assert other.get(batch_url).status_code == 404
    assert other.post(batch_url + "run/").status_code == 404
    assert "机构.xlsx" not in other.get(url("imports")).content.decode()


def test_a_county_does_not_touch_an_institutions_roster(world: World) -> None:
    """The row is in its region, but the roster is the institution's own to bring in."""
    director = world.client("director")
    blank = director.get(reverse("institution:import_template", args=["children"]))
    book = load_workbook(io.BytesIO(blank.content))
    good = [
        "导入甲",
        "女",
        "2024-03-15",
        None,
        "托小班",
        "2025-10-01",
        "1500",
        None,
        None,
        "妈妈甲",
    ]
    for i, value in enumerate([*good, "妈妈", "19900000041"], 1):
        book["数据"].cell(3, i, value)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "花名册.xlsx"
    director.post(reverse("institution:import_upload", args=["children"]), {"file": file})
    batch = ImportBatch.all_rows.get()
    county = world.client("county-officer")
    assert "花名册" not in county.get(url("imports")).content.decode()
    assert county.get(url("import_batch", batch.pk)).status_code == 404
    assert county.get(url("import_errors", batch.pk)).status_code == 404
    assert county.post(url("import_run", batch.pk)).status_code == 404
    assert county.get(url("import_template", "children")).status_code == 404
