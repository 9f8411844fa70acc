"""登录：password, two steps, 统一身份认证, role switch, demo entry only where it may exist."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from tests.account import provider
from tests.world import World
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.services import open_account

PASSWORD = "竹篮打水两头空-2025"


def _officer() -> User:
    return open_account(
        username="wang",
        name="王一（虚构）",
        role="county_officer",
        on=date(2025, 1, 1),
        region_code="350582",
        password=PASSWORD,
    )


def _sign_in(client: Client) -> Any:
    return client.post("/account/login/", {"login": "wang", "password": PASSWORD})


def test_password_leads_to_ones_own_end(world: World) -> None:
    _officer()
    client = Client()
    wrong = client.post("/account/login/", {"login": "wang", "password": "x"})
    assert wrong.status_code == 200
    assert "用户名" in wrong.content.decode() or "密码" in wrong.content.decode()
    assert _sign_in(client).headers["Location"] == "/account/home/"
    assert client.get("/account/home/").headers["Location"] == "/gov/"


def test_an_account_without_a_password_cannot_sign_in(world: World) -> None:
    user = world.users["county-officer"]
    assert not user.has_usable_password()
    for guess in ("", "123456", "admin", user.username):
        Client().post("/account/login/", {"login": user.username, "password": guess})
    assert Client().get("/gov/").status_code == 302


@pytest.mark.parametrize("path", ["me", "security", "two-step/on", "password", "logout"])
def test_account_pages_speak_chinese(world: World, path: str) -> None:
    _officer()
    client = Client()
    _sign_in(client)
    page = client.get(f"/account/{path}/", follow=True).content.decode()
    assert "回工作台" in page
    assert "placeholder" not in page
    seen = re.sub(r"<code>.*?</code>|<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", page, flags=re.S)
    assert not re.findall(r"[A-Za-z]{4,}", seen.replace("wang", ""))


def test_two_steps(world: World) -> None:
    user = _officer()
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(user, secret)
    client = Client()
    assert _sign_in(client).headers["Location"] == "/account/two-step/"
    assert client.get("/gov/").status_code == 302  # not yet in
    assert client.post("/account/two-step/", {"code": "000000"}).status_code == 200
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    assert client.post("/account/two-step/", {"code": code}).headers["Location"] == "/account/home/"
    assert client.get("/account/home/").headers["Location"] == "/gov/"


@pytest.fixture
def sso(settings: Any) -> Any:
    def configure(server: str) -> None:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "city",
                        "name": "统一身份认证",
                        "client_id": provider.CLIENT,
                        "secret": provider.SECRET,
                        "settings": {"server_url": server},
                    }
                ],
            }
        }

    return configure


@pytest.mark.parametrize(("username", "known"), [("wang", True), ("nobody", False)])
def test_city_single_sign_on(world: World, sso: Any, username: str, known: bool) -> None:
    _officer()
    with provider.running(username) as server:
        sso(server)
        client = Client()
        assert "统一身份认证登录" in client.get("/account/login/").content.decode()
        asked = client.post("/account/sso/city/")
        query = parse_qs(urlsplit(asked.headers["Location"]).query)
        assert query["code_challenge_method"] == ["S256"]
        back = client.get(
            "/account/sso/city/callback/", {"code": "good", "state": query["state"][0]}
        )
        if known:
            assert back.headers["Location"] == "/account/home/"
            assert client.get("/account/home/").headers["Location"] == "/gov/"
        else:
            assert back.status_code == 403
            assert "账号还没有开通" in back.content.decode()
            assert not User.objects.filter(username="nobody").exists()


def test_role_switch_without_signing_in_again(world: World) -> None:
    user = world.users["director"]
    second = Assignment.objects.create(
        user=user, role="inspector", region_code="350582", from_on=date(2025, 1, 1)
    )
    foreign = Assignment.objects.exclude(user=user).first()
    assert foreign is not None
    client = world.client("director")
    assert client.get("/account/home/").headers["Location"] == "/inst/"
    assert client.post(f"/account/switch/{foreign.pk}/").status_code == 404
    assert client.post(f"/account/switch/{second.pk}/").headers["Location"] == "/gov/"
    assert client.get("/account/home/").headers["Location"] == "/gov/"


def test_an_ended_assignment_gives_nothing(world: World) -> None:
    Assignment.objects.filter(user=world.users["director"]).update(to_on=date(2025, 10, 15))
    assert world.client("director").get("/account/home/").headers["Location"] == "/account/me/"


def test_demo_entry_does_not_exist_outside_demo_mode(world: World) -> None:
    world.users["parent"].demo_slug = "parent"
    world.users["parent"].save(update_fields=["demo_slug"])
    assert Client().get("/demo/enter/parent/").status_code == 404
    assert "演示入口" not in Client().get("/account/login/").content.decode()


def test_demo_entry_is_for_loopback_only(world: World, settings: Any) -> None:
    from django.test import RequestFactory

    from tuoyu.ends.account import demo

    settings.DEMO = True
    world.users["parent"].demo_slug = "parent"
    world.users["parent"].save(update_fields=["demo_slug"])
    near = RequestFactory().get("/account/login/", REMOTE_ADDR="127.0.0.1")
    far = RequestFactory().get("/account/login/", REMOTE_ADDR="10.0.0.9")
    assert [p["slug"] for p in demo.people(near)] == ["parent"]
    assert demo.people(far) == []


def test_there_is_no_sign_up_and_no_reset(world: World) -> None:
    for path in ("/account/signup/", "/account/password/reset/", "/admin/"):
        assert Client().get(path).status_code == 404
