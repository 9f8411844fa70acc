"""政策沙盘的页面：an officer asks 「300 改成 400」 and reads the answer; others find nothing."""

from __future__ import annotations

import uuid
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.pages.checks import faults_of
from tests.settlement.month import june
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.reforms.models import Scenario, State

NEW = "/gov/sandbox/new/class_subsidy/"
SWEEP = "/gov/sandbox/sweep/class_subsidy/"
CEILING = "c:class_subsidy.ceiling:infant"
AMOUNT = "c:class_subsidy.amount:350582,infant"


@pytest.fixture
def city(world: World) -> World:
    june(world)
    return world


def post(client: Client, path: str = NEW, **fields: str) -> str:
    """提交并跟到结果页。"""
    data = {"name": "上限 400", "submit_key": str(uuid.uuid4()), **fields}
    answer = client.post(path, data)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert faults_of(html) == []
    return html


def test_300_becomes_400_in_pages(city: World) -> None:
    client = city.client("city-officer")
    form = page(client, NEW)
    assert "现 300" in form
    assert "示例〔2025〕1号（虚构）" in form
    assert "待定：没有通知" in form
    here = post(client, **{CEILING: "400"})
    html = page(client, here)
    assert "只改上限，应付不变：仍为 720.00 元" in html
    assert "上限与县定之间的空间为 280.00 元" in html
    assert "应付为 1,000.00 元，比现行多 280.00 元" in html
    assert Scenario.all_rows.get().receipt in html
    assert AuditEvent.objects.filter(action="政策测算").exists()
    for by in ("unit", "kind", "cls", "month", "nonsense"):
        page(client, f"{here}?by={by}")
    assert "青禾托育园（虚构）" in page(client, f"{here}institutions/?unit=350582")
    assert "核对一致" in client.get(f"{here}replay/").content.decode()


def test_bad_values_come_back_with_what_was_typed(city: World) -> None:
    client = city.client("city-officer")
    fields = {CEILING: "四百", AMOUNT: "999"}
    answer = client.post(NEW, {"name": "坏", **fields, "submit_key": str(uuid.uuid4())})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert faults_of(html) == []
    assert "“四百”不是金额" in html
    assert 'value="999"' in html
    answer = client.post(NEW, {"name": "高", AMOUNT: "400", "submit_key": str(uuid.uuid4())})
    assert "高于上限 300 元" in answer.content.decode()
    answer = client.post(NEW, {"name": "空", "submit_key": str(uuid.uuid4())})
    assert "没有改动任何参数" in answer.content.decode()
    for bad in ("-1", "1.234", "1e3", "＝1", "99999999999"):
        answer = client.post(NEW, {"name": "坏", CEILING: bad, "submit_key": str(uuid.uuid4())})
        assert answer.status_code == 422, bad
    assert not Scenario.all_rows.exists()


def test_a_whole_column_and_the_follow_box(city: World) -> None:
    client = city.client("city-officer")
    column = {"a:class_subsidy.amount:infant": "300"}
    html = page(client, post(client, **column))
    assert "应付由 720.00 元变为 780.00 元，多 60.00 元" in html
    html = page(client, post(client, follow="on"))
    assert "应付由 720.00 元变为 900.00 元" in html


def test_a_sweep_is_read_as_chart_and_table(city: World) -> None:
    client = city.client("city-officer")
    page(client, SWEEP)
    axis = {
        "x_param": "class_subsidy.amount|infant", "x_first": "200", "x_last": "400",
        "x_step": "100", "x_county": "350582", CEILING: "400",
    }  # fmt: skip
    second = {"y_param": "class_subsidy.min_days|", "y_first": "10", "y_last": "20", "y_step": "5"}
    html = page(client, post(client, SWEEP, **axis, **second))
    assert "9 个方案" in html
    assert "880.00" in html
    answer = client.post(SWEEP, {"name": "坏", "x_param": "class_subsidy.amount|infant",
                                 "x_first": "4", "submit_key": str(uuid.uuid4())})  # fmt: skip
    assert "没有填" in answer.content.decode()
    assert answer.status_code == 422


def test_scenarios_stand_beside_each_other(city: World) -> None:
    client = city.client("city-officer")
    assert "还没有测算方案" in page(client, "/gov/sandbox/")
    post(client, **{CEILING: "400"})
    post(client, **{CEILING: "400", AMOUNT: "400"})
    ids = "&".join(f"id={s.pk}" for s in Scenario.all_rows.all())
    assert "上限 400" in page(client, "/gov/sandbox/")
    html = page(client, f"/gov/sandbox/compare/?{ids}")
    assert "880.00" in html
    assert "请至少选两个方案" in page(client, "/gov/sandbox/compare/?id=1&id=x")


def test_the_export_carries_its_receipt(city: World) -> None:
    client = city.client("city-officer")
    here = post(client, name="=1+1", **{CEILING: "400"})
    book = load_workbook(BytesIO(client.get(f"{here}export/").content))
    facts = {row[0]: row[1] for row in book["凭据"].iter_rows(values_only=True)}
    assert facts["凭据"] == Scenario.all_rows.get().receipt
    assert facts["用途"] == "测算，不据此支付"
    assert facts["名称"] == "'=1+1"
    rows = {row[0]: row[1:] for row in book["按单位"].iter_rows(values_only=True)}
    assert rows["晋江"][:4] == (720, 720, 1000, 0)
    assert "凭据" in load_workbook(BytesIO(_sweep_book(client))).sheetnames


def _sweep_book(client: Client) -> bytes:
    here = post(client, SWEEP, x_param="class_subsidy.ceiling|infant", x_first="300",
                x_last="400", x_step="50", follow="on")  # fmt: skip
    return client.get(f"{here}export/").content


def test_a_county_officer_sees_the_own_county_only(city: World) -> None:
    mine, theirs = city.client("county-officer"), city.client("other-county-officer")
    form = page(mine, NEW)
    assert "350582,infant" in form
    assert "350502,infant" not in form
    here = post(mine, **{CEILING: "400"})
    assert "720.00" in page(mine, here)
    whole = post(city.client("city-officer"), **{CEILING: "400"})
    for client, path in ((theirs, here), (mine, whole)):
        for tail in ("", "institutions/", "export/", "replay/", "progress/"):
            assert client.get(f"{path}{tail}").status_code == 404
    foreign = {"c:class_subsidy.amount:350502,infant": "100", CEILING: "400"}
    page(mine, post(mine, **foreign))
    made = Scenario.all_rows.order_by("-pk")[0]
    assert "class_subsidy.amount" not in made.spec["cells"]


@pytest.mark.parametrize("who", ["director", "parent", "inspector", "finance-officer", "auditor"])
def test_others_do_not_find_it(city: World, who: str) -> None:
    for path in ("/gov/sandbox/", NEW, SWEEP, "/gov/sandbox/1/"):
        assert city.client(who).get(path).status_code == 404


def test_a_long_one_shows_its_progress(city: World) -> None:
    client = city.client("city-officer")
    here = post(client, **{CEILING: "400"})
    Scenario.all_rows.update(state=State.RUNNING, done=1, receipt="")
    assert "已完成 1 / " in page(client, here)
    assert "已完成 1 / " in client.get(f"{here}progress/").content.decode()
    Scenario.all_rows.update(state=State.FAILED, why="县里没有月结")
    assert "县里没有月结" in page(client, here)
    assert client.get(f"{here}progress/")["HX-Redirect"] == here
    assert client.get(f"{here}export/").status_code == 404


def test_an_unknown_rule_is_not_found(city: World) -> None:
    client = city.client("city-officer")
    for rule in ("nothing", "star_grant"):
        assert client.get(f"/gov/sandbox/new/{rule}/").status_code == 404
