"""认定评定的页面：one application from the institution to its plaque, by each desk's people."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.files import samples
from tests.pages.checks import faults_of
from tests.quality.world import (
    DAY,
    SEED,
    accepted,
    awarded,
    decided,
    experts,
    scheme,
    scores,
    submitted,
    who,
)  # fmt: skip
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.domains.publicity.models import Notice
from tuoyu.domains.publicity.services import close_due
from tuoyu.domains.quality import services
from tuoyu.domains.quality.models import Application, Award, Expert, Member, Panel, Withdrawal
from tuoyu.domains.quality.standard import standard

pytestmark = pytest.mark.django_db
XSS = "<script>alert(1)</script>见台账"


def look(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    html = response.content.decode()
    assert faults_of(html) == [], path
    assert "<script>alert" not in html
    return html


def post(client: Client, path: str, **given: Any) -> int:
    return client.post(path, given | {"submit_key": str(uuid.uuid4())}).status_code


@pytest.fixture
def ready(world: World) -> World:
    experts(world)
    scheme(world)
    scheme(world, "inclusive")
    return world


def _form(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for d in standard().dimensions:
        given |= {f"score-{d.id}": str(d.points), f"basis-{d.id}": XSS}
    return given | more


def test_a_whole_case_through_the_pages(ready: World) -> None:
    director, county = ready.client("director"), ready.client("county-officer")
    one, two = ready.client("city-officer"), ready.client("city-officer-2")
    look(director, "/inst/quality/")
    assert post(director, "/inst/quality/start/", kind="star", wanted="city") == 302
    made = Application.all_rows.get()
    mine, gov = f"/inst/quality/{made.pk}/", f"/gov/quality/{made.pk}/"
    assert "备案号 示例-a1" in look(director, mine)
    half = _form(**{"score-team": "", "file-team": SimpleUploadedFile("证.pdf", samples.pdf())})
    assert post(director, mine, **half) == 302
    assert post(director, mine, send="1", **_form(**{"score-team": ""})) == 422
    assert post(director, mine, send="1", **_form(**{"score-team": "140.1"})) == 422
    assert post(director, mine, send="1", **_form()) == 302
    assert "附件" in look(director, mine)
    assert director.get(f"{mine}files/team/").status_code == 200
    assert county.get(f"{gov}files/team/").status_code == 200
    assert director.get(f"{mine}files/care/").status_code == 404

    assert gov in look(county, "/gov/")
    look(county, gov)
    assert post(county, f"{gov}return/", reason="请补", item=["team"]) == 302
    assert "请补正" in look(director, mine)
    assert post(director, mine, send="1", **_form()) == 302
    assert post(county, f"{gov}accept/", reason="齐全") == 302

    look(one, gov)
    assert post(one, f"{gov}commit/") == 302
    panel = Panel.all_rows.get()
    public = look(Client(), f"/public/draws/{panel.pk}/")
    assert panel.seed_hash in public
    assert str(panel.seed) not in public + look(one, gov)
    assert post(one, f"{gov}draw/") == 422
    with clock.fixed(NOW + DAY):
        assert post(one, f"{gov}draw/") == 302
        public = look(Client(), f"/public/draws/{panel.pk}/")
        assert str(panel.seed) in public
        assert "结果一致" in public
        assert not any(name in public for name in Expert.all_rows.values_list("name", flat=True))
        for n, member in enumerate(Member.all_rows.order_by("rank")):
            sheet = f"/gov/quality/sheets/{member.pk}/"
            look(one, sheet)
            marks = {f"score-{k}": v for k, v in scores(88 + n).items()}
            assert post(one, sheet, **(marks | {"score-care": "200.1", "number": "表"})) == 422
            assert post(one, sheet, number=f"表{n}", **marks) == 302
            look(one, sheet)
        look(one, gov)
        assert post(one, f"{gov}finish/") == 302
        assert post(one, f"{gov}decide/", document_no="示例〔2025〕8号（虚构）") == 422
        assert "通过并公示" in look(two, gov)
        assert post(two, f"{gov}decide/", document_no="") == 422
        assert post(two, f"{gov}decide/", document_no="示例〔2025〕8号（虚构）") == 302
        look(Client(), f"/public/publicity/{Notice.all_rows.get().pk}/")
    with clock.fixed(NOW + 20 * DAY):
        close_due(clock.now())
        award = Award.all_rows.get()
        assert "现在有效" in look(Client(), f"/public/plaque/{award.code}/")
        assert award.number in look(director, "/inst/quality/")
        for path in (mine, "/inst/quality/"):
            look(director, path)
        for path in (
            gov,
            "/gov/quality/",
            "/gov/quality/plaques/",
            f"/gov/quality/plaques/{award.pk}/",
        ):
            look(county, path)


def test_the_plaque_says_how_it_stands(ready: World) -> None:
    awarded(ready)
    award = Award.all_rows.get()
    path = f"/public/plaque/{award.code}/"
    for days, words in [(0, "还没有到起始日"), (20, "现在有效"), (365 * 4, "已到期")]:
        with clock.fixed(NOW + timedelta(days=days)):
            html = look(Client(), path)
            assert words in html
            assert "<svg" in html
            assert "青禾托育园" in html
            look(Client(), f"{path}print/")
    at = NOW + 30 * DAY
    told = services.tell_withdrawal(
        award_id=award.pk, reason="现场检查发现虚报托位", by=who(ready, "city-officer"), at=at
    )
    director, two = ready.client("director"), ready.client("city-officer-2")
    with clock.fixed(at):
        mine, gov = f"/inst/quality/withdrawals/{told.pk}/", f"/gov/quality/withdrawals/{told.pk}/"
        assert "虚报托位" in look(director, "/inst/quality/")
        look(director, mine)
        look(two, gov)
        assert post(director, mine, text="短") == 422
        assert post(director, mine, text=XSS, hearing="1") == 302
        look(director, mine)
        look(two, gov)
        assert post(two, f"{gov}judge/", verdict="withdraw", reason="属实", hearing="") == 422
        assert post(two, f"{gov}judge/", verdict="withdraw", reason=XSS, hearing="已听证") == 302
        html = look(Client(), path)
        assert "已摘牌，不再有效" in html
        assert "is-danger" in html
        assert "不再有效" in look(Client(), f"{path}print/")
        for kind in ("star", "inclusive", "nothing"):
            look(Client(), f"/public/stars/?kind={kind}")
        look(two, f"/gov/quality/plaques/{award.pk}/")
        look(two, "/gov/quality/plaques/")


def test_without_a_scheme_everything_says_so(world: World) -> None:
    city, director = world.client("city-officer"), world.client("director")
    assert "待定" in look(city, "/gov/quality/schemes/")
    assert "待定" in look(director, "/inst/quality/")
    made = accepted(world, "inclusive")
    assert "待定" in look(city, f"/gov/quality/{made.pk}/")
    two = world.client("city-officer-2")
    assert post(two, f"/gov/quality/{made.pk}/decide/", document_no="x") == 422


def test_the_city_sets_the_scheme_and_the_experts(world: World) -> None:
    city = world.client("city-officer")
    path = "/gov/quality/schemes/"
    given = {
        "kind": "star",
        "document_no": "示例〔2025〕2号（虚构）",
        "from_on": "2025-10-01",
        "notice_days": 5,
        "valid_months": 36,
        "method": "mean",
        "panel_size": 3,
        "cut-city": "800",
        "cut-province": "900",
    }
    for bad in ({"cut-city": ""}, {"cut-city": "950"}, {"panel_size": 2}, {"document_no": ""},
                {"from_on": "昨天"}):  # fmt: skip
        assert post(city, path, **(given | bad)) == 422
        assert faults_of(city.post(path, given | bad).content.decode()) == []
    assert post(city, path, **given) == 302
    assert post(city, path, **given) == 422
    assert "市级星级园 800.0" in look(city, path)
    add = {"name": "<b>专家</b>", "specialty": "营养", "employer": "示例医院（虚构）"}
    assert post(city, "/gov/quality/experts/", **add) == 302
    assert post(city, "/gov/quality/experts/", **add) == 422
    assert "<b>专家" not in look(city, "/gov/quality/experts/")
    expert = Expert.all_rows.get()
    assert post(city, f"/gov/quality/experts/{expert.pk}/", active="0") == 302
    assert not Expert.all_rows.get().is_active


def test_foreign_ids_and_roles(ready: World) -> None:
    made = decided(ready)
    member = Member.all_rows.get(rank=1)
    panel = Panel.all_rows.get()
    close_due(NOW + 20 * DAY)
    award = Award.all_rows.get()
    told = services.tell_withdrawal(
        award_id=award.pk,
        reason="现场检查发现虚报托位",
        by=who(ready, "city-officer"),
        at=NOW + 21 * DAY,
    )
    other = ready.client("other-county-officer")
    for path in (
        f"/gov/quality/{made.pk}/",
        f"/gov/quality/plaques/{award.pk}/",
        f"/gov/quality/withdrawals/{told.pk}/",
        f"/gov/quality/{made.pk}/files/team/",
    ):
        assert other.get(path).status_code == 404, path
    assert "青禾" not in look(other, "/gov/quality/")
    stranger = ready.client("other-director")
    for path in (f"/inst/quality/{made.pk}/", f"/inst/quality/withdrawals/{told.pk}/"):
        assert stranger.get(path).status_code == 404, path
    assert "青禾" not in look(stranger, "/inst/quality/")
    assert stranger.post(f"/inst/quality/{made.pk}/retract/").status_code == 404
    county = ready.client("county-officer")
    for path in ("commit", "draw", "finish", "decide"):
        assert county.post(f"/gov/quality/{made.pk}/{path}/").status_code == 404
    assert county.get(f"/gov/quality/sheets/{member.pk}/").status_code == 404
    assert county.post(f"/gov/quality/withdrawals/{told.pk}/judge/").status_code == 404
    for slug in ("teacher", "parent", "doctor", "inspector", "auditor", "finance-officer"):
        client = ready.client(slug)
        assert client.get("/gov/quality/").status_code == 404
        assert client.get("/inst/quality/").status_code == 404
    for path in ("/public/plaque/nosuchcode/", f"/public/draws/{panel.pk + 9}/"):
        assert Client().get(path).status_code == 404
    assert Withdrawal.all_rows.get().statement == ""


def test_the_seed_never_leaves_before_the_draw(ready: World) -> None:
    made = accepted(ready)
    services.commit_draw(
        application_id=made.pk, by=who(ready, "city-officer"), at=NOW, seed_maker=lambda: SEED
    )
    panel = Panel.all_rows.get()
    raw = Panel.all_rows.filter(pk=panel.pk).extra(select={"raw": "seed"}).values("raw")[0]["raw"]
    assert SEED.encode() not in bytes(raw)
    for client, path in [(Client(), f"/public/draws/{panel.pk}/"),
                         (ready.client("city-officer"), f"/gov/quality/{made.pk}/"),
                         (ready.client("director"), f"/inst/quality/{made.pk}/")]:  # fmt: skip
        assert SEED not in look(client, path)


def test_lists_stay_bounded(ready: World, django_assert_max_num_queries: Any) -> None:
    made = submitted(ready)
    drawn_up = [
        f"/gov/quality/{made.pk}/",
        "/gov/quality/",
        "/gov/quality/schemes/",
        "/gov/quality/experts/",
    ]
    city = ready.client("city-officer")
    for path in drawn_up:
        with django_assert_max_num_queries(40):
            city.get(path)
