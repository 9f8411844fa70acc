"""消息的页面：boxes, notices with receipt and signature, 联络簿, settings, what was delivered."""

from __future__ import annotations

import json
import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.domains.children.models import Guardian, Guardianship
from tuoyu.domains.messages import webpush
from tuoyu.domains.messages.models import Announcement, BookEntry, Delivery, Message, Recipient
from tuoyu.domains.messages.services.delivering import run_due
from tuoyu.domains.messages.tests.test_digest import father
from tuoyu.domains.messages.tests.test_tell import told

pytestmark = pytest.mark.django_db


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def send(world: World, **more: str) -> Announcement:
    said = {
        "title": "秋游告知书",
        "body": "10 月 20 日去公园，请穿运动鞋。",
        "receipt": "1",
        **more,
    }
    assert world.client("director").post("/inst/notices/new/", said).status_code == 302
    return Announcement.all_rows.get()


def test_the_box_counts_what_is_new_until_it_was_opened(world: World) -> None:
    told(world)
    parent = world.client("parent")
    assert '消息<span class="ty-count">1</span>' in text(parent, "/family/")
    page = text(parent, "/family/messages/")
    assert "新 1 条" in page
    assert '消息<span class="ty-count">' not in text(parent, "/family/")
    assert "林小禾到园" in text(parent, "/family/messages/")


def test_a_director_reads_at_the_desk(world: World) -> None:
    director = world.client("director")
    told(world, "act", users=[world.users["director"].pk], title="请审核用药", url="/inst/")
    assert "消息 1 条未读" in text(director, "/inst/")
    assert "请审核用药" in text(director, "/account/messages/")
    assert "条未读" not in text(director, "/inst/")


def test_receipt_and_signature_are_two_things(world: World) -> None:
    dad = father(world)
    one, he = send(world, signature="1"), world.children["he"].pk
    parent = world.client("parent")
    at = f"/family/notices/{one.pk}/"
    assert "签字：秋游告知书" in text(parent, "/family/messages/")
    text(parent, f"{at}?child={he}")
    parent.post(f"{at}receipt/", {"child": he})
    row = Recipient.all_rows.get(child_id=he, user_id=world.users["parent"].pk)
    assert (row.read_at, row.receipt_at, row.signed_at) == (NOW, NOW, None)
    assert parent.post(f"{at}sign/", {"child": he, "name": "林妈妈"}).status_code == 422
    wrong = parent.post(f"{at}sign/", {"child": he, "name": "别人", "agree": "1"})
    assert "签名应为您登记的姓名" in wrong.content.decode()
    parent.post(f"{at}sign/", {"child": he, "name": world.guardians["lin"].name, "agree": "1"})
    row.refresh_from_db()
    assert row.signed_at == NOW
    assert len(row.signed_hash) == 64
    client = Client()
    world.users["father"] = dad
    dad.assignments.create(role="parent", from_on=NOW.date())
    page = text(world.enter(client, "father"), f"{at}?child={he}")
    assert "另一位监护人已经签字" in page


def test_the_unread_are_reminded_first_by_message_then_by_sms(world: World) -> None:
    one, director = send(world), world.client("director")
    at = f"/inst/notices/{one.pk}/"
    assert "无账号" in text(director, at)
    assert director.post(f"{at}remind/").status_code == 302
    assert Message.all_rows.filter(kind="act").exists()
    assert not Delivery.all_rows.filter(channel="sms").exists()
    assert director.post(f"{at}remind/").status_code == 422, "a double tap rings once"
    later = clock.at(NOW.date(), 16)
    with clock.fixed(later):
        assert director.post(f"{at}remind/").status_code == 302
    rows = Delivery.all_rows.filter(channel="sms", message_id=None)
    assert (
        rows.count()
        == Guardianship.all_rows.filter(child__institution_id=one.institution_id).count()
    )
    run_due(later)
    assert {d.state for d in rows.all()} == {"unset"}
    page = text(director, "/inst/outbox/")
    assert "未配置，未送达" in page
    assert "短信网关" in page


def test_no_other_institution_and_no_other_family_opens_it(world: World) -> None:
    one = send(world)
    text(world.client("other-director"), f"/inst/notices/{one.pk}/", 404)
    feng = world.children["feng"].pk
    text(world.client("other-parent"), f"/family/notices/{one.pk}/?child={feng}", 404)


def test_a_note_in_the_morning_an_answer_in_the_evening(world: World) -> None:
    he, parent, teacher = world.children["he"].pk, world.client("parent"), world.client("teacher")
    said = {
        "child": he,
        "sleep": "没睡好",
        "breakfast": "吃了一点",
        "heat": "36.8",
        "words": "夜里咳",
    }
    assert parent.post("/family/book/", said).status_code == 302
    assert "老师还没看" in text(parent, f"/family/book/?child={he}")
    page = text(teacher, "/inst/book/")
    assert "36.8 ℃" in page
    assert "夜里咳" in page
    assert "看过" in text(parent, f"/family/book/?child={he}")
    teacher.post(f"/inst/book/{he}/reply/", {"pick": ["吃得香"], "words": "下午不咳了"})
    assert "下午不咳了" in text(parent, f"/family/digest/?child={he}")
    assert Message.all_rows.get(kind="book").user_id == world.users["parent"].pk
    assert BookEntry.all_rows.count() == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [({}, "还没有点选"), ({"heat": "63.8"}, "不像是量出来的"), ({"heat": "烫"}, "看不懂")],
)
def test_a_note_that_says_nothing_or_nonsense(world: World, said: dict[str, str], why: str) -> None:
    answer = world.client("parent").post(
        "/family/book/", {"child": world.children["he"].pk, **said}
    )
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_settings_are_kept_and_safety_stays_on(world: World) -> None:
    parent = world.client("parent")
    said = {"quiet": "1", "quiet_from": "20:30", "quiet_to": "06:30", "on_arrive": "1"}
    assert parent.post("/account/messages/settings/", said).status_code == 302
    told(world, "incident")
    told(world, "leave")
    rows = {m.kind: m.is_muted for m in Message.all_rows.all()}
    assert rows == {"incident": False, "leave": True}
    bad = parent.post("/account/messages/settings/", {**said, "quiet_from": ""})
    assert bad.status_code == 422


def test_a_browser_subscribes_and_is_shown(world: World) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    said = {
        "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
        "keys": {
            "p256dh": webpush.b64(webpush.point(key.public_key())),
            "auth": webpush.b64(os.urandom(16)),
        },
    }
    parent = world.client("parent")
    done = parent.post("/account/messages/push/", json.dumps(said), "application/json")
    assert done.status_code == 200
    assert "关闭" in text(parent, "/account/messages/settings/")
    said["endpoint"] = "https://intranet.example/x"
    refused = parent.post("/account/messages/push/", json.dumps(said), "application/json")
    assert refused.status_code == 422


def test_a_guardian_without_account_is_in_the_list(world: World) -> None:
    one = send(world)
    assert Recipient.all_rows.filter(announcement=one, user_id=None).exists()
    assert Guardian.all_rows.filter(user_id=None).exists()


def test_siblings_do_not_ring_twice_but_each_is_signed_for(world: World) -> None:
    one, parent = send(world, signature="1"), world.client("parent")
    he, sui = world.children["he"].pk, world.children["sui"].pk
    user = world.users["parent"].pk
    assert Message.all_rows.filter(kind="notice", user_id=user).count() == 1
    parent.post(f"/family/notices/{one.pk}/receipt/", {"child": he})
    rows = Recipient.all_rows.filter(user_id=user)
    assert [r.receipt_at for r in rows] == [NOW, NOW]
    said = {"child": he, "name": world.guardians["lin"].name, "agree": "1"}
    parent.post(f"/family/notices/{one.pk}/sign/", said)
    assert Recipient.all_rows.get(user_id=user, child_id=sui).signed_at is None
