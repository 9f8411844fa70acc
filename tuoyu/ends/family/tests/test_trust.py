"""谁看过、同意与撤回、别人的孩子。"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.world import World
from tuoyu.core import audit, clock
from tuoyu.domains.children.models import Consent
from tuoyu.domains.children.services.reveal import reveal_child
from tuoyu.ends.family.tests.conftest import actor

pytestmark = pytest.mark.django_db


def test_the_log_shows_an_officers_reveal(parent: Client, world: World) -> None:
    he = world.children["he"]
    officer = actor(world, "county-officer")
    seen = reveal_child(
        scope=officer.scope, child_id=he.pk, field="id_number", reason="核对重复补助"
    )
    audit.record(
        actor=officer,
        action="看原值",
        target=f"/gov/child/{he.pk}/",
        persons=[seen.child_id],
        note=seen.note,
        at=clock.now(),
    )
    page = parent.get("/family/access/", {"child": he.pk}).content.decode()
    assert "晋江甲（虚构）" in page
    assert "县级托育监管岗" in page
    assert "示例单位（虚构）" in page
    assert "看身份证号：核对重复补助" in page
    assert "08:10" in page
    sister = parent.get("/family/access/", {"child": world.children["sui"].pk}).content.decode()
    assert "晋江甲" not in sister
    assert "还没有人看过" in sister


def test_looking_on_the_officers_own_page_reaches_the_parent(parent: Client, world: World) -> None:
    """Through both pages: the officer gives a reason, the parent reads it."""
    he = world.children["he"].pk
    officer = world.client("county-officer")
    done = officer.post(f"/gov/children/{he}/reveal/", {"field": "name", "reason": "核对重复补助"})
    assert done.status_code == 200
    page = parent.get("/family/access/", {"child": he}).content.decode()
    assert "晋江甲（虚构）" in page
    assert "核对重复补助" in page
    refused = world.client("other-county-officer").post(
        f"/gov/children/{he}/reveal/", {"field": "name", "reason": "越界查看"}
    )
    assert refused.status_code == 404


def test_a_refusal_is_shown_as_one(parent: Client, world: World) -> None:
    audit.record(
        actor=actor(world, "inspector"),
        action="看原值",
        target="/gov/child/",
        persons=[world.children["he"].pk],
        result="拒绝：无此权限",
        at=clock.now(),
    )
    page = parent.get("/family/access/", {"child": world.children["he"].pk}).content.decode()
    assert "没有办成：无此权限" in page


def test_ones_own_visits_are_left_out(parent: Client, world: World) -> None:
    he = world.children["he"].pk
    parent.post("/family/leave/", {"child": he, "when": "today", "reason": "外出"})
    assert "还没有人看过" in parent.get("/family/access/", {"child": he}).content.decode()


def test_more_than_a_page(parent: Client, world: World) -> None:
    he = world.children["he"].pk
    for minute in range(55):
        audit.record(
            actor=actor(world, "director"),
            action=f"查看档案{minute:02d}",
            target="/inst/",
            persons=[he],
            at=clock.now().replace(hour=6, minute=minute),
        )
    page = parent.get("/family/access/", {"child": he}).content.decode()
    assert "查看档案54" in page
    assert "查看档案04" not in page
    older = page.split('href="/family/access/?child=')[-1].split('"')[0].replace("&amp;", "&")
    second = parent.get(f"/family/access/?child={older}").content.decode()
    assert "查看档案04" in second
    assert "查看档案05" not in second


def test_consent_given_and_withdrawn_stays_written(parent: Client, world: World) -> None:
    he = world.children["he"].pk
    url = "/family/consents/"
    data = {"child": he, "purpose": "photo"}
    assert (
        "已同意「班级照片」"
        in parent.post(url, data | {"act": "grant"}, follow=True).content.decode()
    )
    parent.post(url, data | {"act": "grant"})  # once more changes nothing
    assert Consent.all_rows.count() == 1
    told = parent.post(url, data | {"act": "withdraw"}, follow=True).content.decode()
    assert "已撤回「班级照片」" in told
    row = Consent.all_rows.get()
    assert row.withdrawn_at is not None
    page = parent.get(url, {"child": he}).content.decode()
    assert "2025-10-15 08:10 同意" in page
    assert "2025-10-15 08:10 撤回" in page
    parent.post(url, data | {"act": "grant"})
    assert Consent.all_rows.count() == 2
    refused = parent.post(url, {"child": he, "purpose": "clinic", "act": "withdraw"})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    "url",
    [
        "/family/",
        "/family/now/",
        "/family/code/",
        "/family/leave/",
        "/family/month/2025-09/",
        "/family/month/2025-09/dispute/2025-09-03/",
        "/family/subsidy/",
        "/family/access/",
        "/family/consents/",
        "/family/feed/",
        "/family/messages/",
        "/family/services/",
        "/family/me/",
    ],
)
def test_someone_elses_child_is_not_found(parent: Client, world: World, url: str) -> None:
    stranger = world.children["feng"].pk
    assert parent.get(url, {"child": world.children["he"].pk}).status_code == 200
    assert parent.get(url, {"child": stranger}).status_code == 404
    assert parent.get(url, {"child": "9" * 17}).status_code == 404
    assert parent.get(url, {"child": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/family/leave/", {"when": "today", "reason": "外出"}),
        ("/family/leave/withdraw/", {"day": "2025-10-15"}),
        ("/family/code/", {"bearer": "某人"}),
        ("/family/month/2025-09/confirm/", {}),
        ("/family/month/2025-09/dispute/2025-09-03/", {"says": "1", "reason": "在"}),
        ("/family/consents/", {"purpose": "photo", "act": "grant"}),
    ],
)
def test_nothing_can_be_done_to_someone_elses_child(
    parent: Client, world: World, url: str, data: dict[str, str]
) -> None:
    stranger = str(world.children["feng"].pk)
    assert parent.post(url, data | {"child": stranger}).status_code == 404


def test_switch_to_someone_elses_child_is_not_found(parent: Client, world: World) -> None:
    assert parent.get(f"/family/child/{world.children['feng'].pk}/").status_code == 404


@pytest.mark.parametrize("who", ["director", "county-officer", "doctor", "auditor"])
def test_other_roles_have_no_family_end(world: World, who: str) -> None:
    client = world.client(who)
    for url in ["", "code/", "leave/", "me/", "access/"]:
        assert client.get(f"/family/{url}").status_code == 404
