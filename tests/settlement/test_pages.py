"""结算与拨付的页面：who may see and do what, the same sentence everywhere, bounded queries."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.settlement.month import OPERATOR, SETTLED_AT, june, line_of, made, run_june
from tests.world import World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.core.cases.models import Case
from tuoyu.domains.subsidies.models import Line, Run, Statement
from tuoyu.domains.subsidies.selectors import list_lines

assert OPERATOR.user_id is None


@pytest.fixture
def run(world: World) -> Run:
    june(world)
    return made(run_june())


def of(run: Run, world: World, key: str = "a1") -> Statement:
    return run.statements.get(institution_id=world.institutions[key].pk)


def put(run: Run, world: World, state: str, key: str = "a1") -> Statement:
    statement = of(run, world, key)
    Case.all_rows.filter(subject_id=statement.pk).update(state=state)
    return statement


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", response.content.decode()))


def why_of(response: Any) -> str:
    found = re.search(r"data-why>(.*?)</p>", response.content.decode(), re.S)
    assert found
    said = html.unescape(re.sub(r"<b>.*?</b>", "", found.group(1)))
    return said.replace("　", "", 1).strip()


def test_list_and_detail(world: World, run: Run) -> None:
    client = world.client("county-officer")
    listed = text_of(client.get("/gov/settlements/?month=2025-06"))
    assert "青禾托育园（虚构）" in listed
    assert "海风托育园（虚构）" not in listed
    response = client.get(f"/gov/settlements/{of(run, world).pk}/")
    shown = text_of(response)
    assert response.status_code == 200
    assert "江*苗" in shown
    assert "江小苗" not in shown
    assert "合计（元），待定 1 人未计入" in shown
    assert "720.00" in shown


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("county-officer", 200),
        ("city-officer", 200),
        ("finance-officer", 200),
        ("auditor", 200),
        ("other-county-officer", 404),
        ("inspector", 404),
        ("director", 404),
        ("parent", 404),
    ],
)
def test_who_sees_a_statement(world: World, run: Run, who: str, status: int) -> None:
    statement = of(run, world)
    line = line_of(world, run, "miao")
    client = world.client(who)
    assert client.get(f"/gov/settlements/{statement.pk}/").status_code == status
    drawer = f"/gov/settlements/{statement.pk}/lines/{line.pk}/"
    assert client.get(drawer, headers={"HX-Request": "true"}).status_code == status


def test_a_line_of_another_statement_is_not_found(world: World, run: Run) -> None:
    line = line_of(world, run, "chen")
    client = world.client("county-officer")
    assert client.get(f"/gov/settlements/{of(run, world).pk}/lines/{line.pk}/").status_code == 404
    director = world.client("director")
    assert director.get(f"/inst/subsidies/{of(run, world, 'b1').pk}/").status_code == 404
    own = of(run, world).pk
    assert director.get(f"/inst/subsidies/{own}/lines/{line.pk}/").status_code == 404


@pytest.mark.parametrize("child", ["miao", "nuo", "sui", "he"])
def test_officer_director_and_parent_read_the_same_sentence(
    world: World, run: Run, child: str
) -> None:
    from tuoyu.core.scope import Scope

    line, pk = line_of(world, run, child), of(run, world).pk
    fragment = {"HX-Request": "true"}
    officer = world.client("county-officer").get(
        f"/gov/settlements/{pk}/lines/{line.pk}/", headers=fragment
    )
    director = world.client("director").get(
        f"/inst/subsidies/{pk}/lines/{line.pk}/", headers=fragment
    )
    family = Scope(kind="family", child_ids=frozenset({line.child_id}))
    (own,) = list_lines(family, line.child_id)
    assert why_of(officer) == why_of(director) == own.sentence
    assert own.sentence
    assert list_lines(family, world.children["feng"].pk) == []


def test_looking_at_a_line_is_written_down(world: World, run: Run) -> None:
    line = line_of(world, run, "miao")
    url = f"/gov/settlements/{of(run, world).pk}/lines/{line.pk}/"
    world.client("county-officer").get(url)
    event = AuditEvent.objects.order_by("-at").first()
    assert event is not None
    assert (event.action, event.persons) == ("查看补助怎么算", [line.child_id])


def test_drawer_shows_days_and_amounts(world: World, run: Run) -> None:
    line = line_of(world, run, "miao")
    response = world.client("county-officer").get(
        f"/gov/settlements/{of(run, world).pk}/lines/{line.pk}/", headers={"HX-Request": "true"}
    )
    shown = text_of(response)
    for words in ("机构与班型符合", "出勤满线", "三个数取最小", "实付 240.00 元", "到托 17 天"):
        assert words in shown
    assert "示例〔2025〕1号（虚构）" in shown
    assert response.content.decode().count('class="a"') == 17


MOVES = [
    ("review", "county-officer", "review"),
    ("approve", "city-officer", "approve"),
]


@pytest.mark.parametrize(("route", "right", "state"), MOVES)
def test_only_the_right_one_moves_it(
    world: World, run: Run, route: str, right: str, state: str
) -> None:
    statement = put(run, world, state)
    url = f"/gov/settlements/{statement.pk}/{route}/"
    for who in (
        "auditor",
        "other-county-officer",
        "finance-officer",
        "payment-clerk",
        "director",
        "inspector",
        "parent",
        "teacher",
    ):
        assert world.client(who).post(url).status_code == 404
    assert Case.all_rows.get(subject_id=statement.pk).state == state
    client = world.client(right)
    button = f'action="{url}"'
    assert button in client.get(f"/gov/settlements/{statement.pk}/").content.decode()
    assert client.post(url).status_code == 302
    assert Case.all_rows.get(subject_id=statement.pk).state != state
    assert client.post(url).status_code == 422


def test_the_reviewer_may_not_approve(world: World, run: Run) -> None:
    statement = put(run, world, "review")
    county = world.users["county-officer"]
    world.client("county-officer").post(f"/gov/settlements/{statement.pk}/review/")
    city = world.users["city-officer"]
    Case.all_rows.get(subject_id=statement.pk).steps.filter(by_user_id=county.pk).update(
        by_user_id=city.pk
    )
    response = world.client("city-officer").post(f"/gov/settlements/{statement.pk}/approve/")
    assert response.status_code == 422
    assert "不能再市级审批" in text_of(response)


def test_director_confirms_26_as_one(world: World, run: Run) -> None:
    pk = of(run, world).pk
    client = world.client("director")
    assert f"确认 {of(run, world).lines} 条" in text_of(client.get(f"/inst/subsidies/{pk}/"))
    assert world.client("other-director").post(f"/inst/subsidies/{pk}/confirm/").status_code == 404
    assert world.client("teacher").post(f"/inst/subsidies/{pk}/confirm/").status_code == 404
    assert client.post(f"/inst/subsidies/{pk}/confirm/").status_code == 302
    assert Case.all_rows.get(subject_id=pk).state == "review"
    assert "待县级审核" in text_of(client.get("/inst/subsidies/"))


def test_sent_back_marks_reach_the_institution(world: World, run: Run) -> None:
    statement = put(run, world, "review")
    line = line_of(world, run, "nuo")
    client = world.client("county-officer")
    url = f"/gov/settlements/{statement.pk}/return/"
    assert "方*诺" in text_of(client.get(url))
    assert client.post(url, {"opinion": "", "line": [line.pk]}).status_code == 422
    assert client.post(url, {"opinion": "请核对 6 月出勤", "line": [line.pk]}).status_code == 302
    shown = text_of(world.client("director").get(f"/inst/subsidies/{statement.pk}/"))
    assert "请核对 6 月出勤" in shown
    assert shown.count("请核对标出的行") == 1


def test_city_settles_by_page_and_others_may_not(world: World) -> None:
    june(world)
    form = {"month": "2025-06", "rule": "class_subsidy"}
    for who in ("county-officer", "auditor", "finance-officer", "director"):
        assert world.client(who).post("/gov/settlements/make/", form).status_code == 404
    client = world.client("city-officer")
    response = client.post("/gov/settlements/make/", form)
    run = Run.all_rows.get()
    assert response["Location"] == f"/gov/settlements/runs/{run.pk}/"
    shown = text_of(client.get(response["Location"]))
    assert run.receipt in shown
    assert run.made_by == "市级甲（虚构）"
    again = client.post("/gov/settlements/make/", form, follow=True)
    assert "没有变化" in text_of(again)
    assert Run.all_rows.count() == 1
    bad = client.post("/gov/settlements/make/", {"month": "2025-10", "rule": "class_subsidy"})
    assert bad.status_code == 422
    assert "尚未结束" in text_of(bad)
    statement = put(run, world, "approve")
    url = f"/gov/settlements/{statement.pk}/approve/"
    assert client.post(url).status_code == 422
    assert world.client("city-officer-2").post(url).status_code == 302


def test_replay_from_the_page_even_for_a_county(world: World, run: Run) -> None:
    url = f"/gov/settlements/runs/{run.pk}/replay/"
    for who in ("county-officer", "city-officer", "auditor"):
        assert "重放一致" in text_of(world.client(who).get(url))
    Line.all_rows.filter(pk=line_of(world, run, "feng").pk).update(state=2, amount_fen=0)
    assert str(world.children["feng"].pk) in text_of(world.client("auditor").get(url))


def test_batch_approval_by_page(world: World, run: Run) -> None:
    plain = put(run, world, "approve", "a2")
    held = put(run, world, "approve")
    response = world.client("city-officer").post(
        "/gov/settlements/approve/", {"month": "2025-06", "reason": "同意"}, follow=True
    )
    assert "已批准 1 张结算单；1 张含待定" in text_of(response)
    states = dict(Case.all_rows.values_list("subject_id", "state"))
    assert (states[plain.pk], states[held.pk]) == ("nothing", "approve")


@pytest.mark.parametrize(
    ("url", "most"),
    [
        ("/gov/settlements/?month=2025-06", 22),
        ("/gov/settlements/{s}/", 24),
        ("/gov/settlements/{s}/lines/{l}/", 20),
        ("/inst/subsidies/{s}/", 20),
    ],
)
def test_query_counts_do_not_grow(
    world: World, run: Run, url: str, most: int, client: Client
) -> None:
    who = "director" if url.startswith("/inst") else "city-officer"
    path = url.format(s=of(run, world).pk, l=line_of(world, run, "miao").pk)
    world.enter(client, who)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert client.get(path, headers={"HX-Request": "true"} if "lines" in url else {})
    assert len(few) <= most


def test_settled_at_is_after_the_month(run: Run) -> None:
    assert run.made_at == SETTLED_AT
