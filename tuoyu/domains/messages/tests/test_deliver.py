"""送达：undelivered says undelivered; quiet hours, switches, tries, the next channel."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings as SettingsWrapper

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.messages import webpush
from tuoyu.domains.messages.models import Delivery, DeliveryState, Message, PushSubscription
from tuoyu.domains.messages.services import subscribe
from tuoyu.domains.messages.services.delivering import run_due
from tuoyu.domains.messages.services.telling import set_preference
from tuoyu.domains.messages.tests.test_tell import told

pytestmark = pytest.mark.django_db
NIGHT = NOW.replace(hour=22)


class PushService:
    """推送服务：a real server that keeps what it was given and answers as it is told."""

    def __init__(self) -> None:
        self.status = 201
        self.bodies: list[bytes] = []
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                keeper.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(keeper.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/box"


@pytest.fixture
def service(settings: SettingsWrapper) -> Iterator[PushService]:
    settings.PUSH_HOSTS = ["127.0.0.1"]
    found = PushService()
    yield found
    found.server.shutdown()


def subscribed(world: World, url: str) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key, auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    subscribe(
        user_id=world.users["parent"].pk,
        endpoint=url,
        p256dh=webpush.b64(webpush.point(key.public_key())),
        auth=webpush.b64(auth),
        device="测试浏览器",
        at=NOW,
    )
    return key, auth


def states() -> list[tuple[str, str]]:
    return list(Delivery.all_rows.order_by("pk").values_list("channel", "state"))


def test_without_settings_it_says_undelivered(world: World) -> None:
    told(world, "incident")
    run_due(NOW)
    assert states() == [("wechat", DeliveryState.UNSET), ("sms", DeliveryState.UNSET)]
    assert all("未配置" in d.result for d in Delivery.all_rows.all())
    assert Message.all_rows.count() == 1, "in the box all the same"


def test_a_push_opens_with_the_browsers_key(world: World, service: PushService) -> None:
    key, auth = subscribed(world, service.url)
    told(world, "arrive", body="08:05，妈妈送到")
    run_due(NOW)
    assert states() == [("push", DeliveryState.SENT)]
    said = json.loads(webpush.decrypt(service.bodies[0], subscriber=key, auth=auth))
    assert said["title"] == "林小禾到园"
    assert said["body"] == "08:05，妈妈送到"


def test_a_subscription_that_is_gone_ends_and_the_next_channel_follows(
    world: World, service: PushService
) -> None:
    subscribed(world, service.url)
    service.status = 410
    told(world, "arrive")
    run_due(NOW)
    assert states() == [("push", DeliveryState.FAILED), ("wechat", DeliveryState.UNSET)]
    assert PushSubscription.all_rows.get().ended_at == NOW


def test_tries_are_bounded_and_spaced(world: World, service: PushService) -> None:
    subscribed(world, service.url)
    service.status = 503
    told(world, "arrive")
    at = NOW
    for _ in range(100):
        run_due(at)
        at += timedelta(minutes=1)
    first = Delivery.all_rows.order_by("pk")[0]
    assert (first.state, first.tries, len(service.bodies)) == (DeliveryState.FAILED, 5, 5)
    assert "503" in first.result


def test_an_address_inside_the_house_is_refused(world: World) -> None:
    with pytest.raises(DomainError, match="推送服务"):
        subscribed(world, "https://10.0.0.1/box")


@pytest.mark.parametrize(
    ("kind", "due"),
    [("arrive", clock.at(NOW.date(), 7) + timedelta(days=1)), ("medicine", NIGHT)],
)
def test_quiet_hours_hold_back_but_never_medicine(world: World, kind: str, due: datetime) -> None:
    told(world, kind, at=NIGHT)
    run_due(NIGHT)
    first = Delivery.all_rows.order_by("pk")[0]
    if kind == "arrive":
        assert (first.state, first.due_at) == (DeliveryState.HELD, due)
        run_due(due)
        first.refresh_from_db()
        assert first.state == DeliveryState.UNSET
    else:
        assert first.state == DeliveryState.UNSET


def test_a_switch_holds_but_not_for_safety(world: World) -> None:
    user = world.users["parent"].pk
    hours = (NOW.time(), NOW.time())
    set_preference(user_id=user, quiet=False, hours=hours, muted=["arrive", "incident"])
    told(world, "arrive")
    assert states() == []
    assert Message.all_rows.get().is_muted
    told(world, "incident")
    assert states() == [("wechat", DeliveryState.WAITING)]
