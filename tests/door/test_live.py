"""实时推送：an arrival reaches an open stream of the child's parent, and nobody else's."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from django.test import Client, override_settings

from tests.door.device import event, paired
from tests.streaming import streaming
from tests.world import World, build_world
from tuoyu.core.scope import Scope
from tuoyu.ends.openapi.tickets import make_ticket, matches, read_ticket, topics_of


def _open(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    line.request("GET", path, headers=headers)
    return line.getresponse()


def _skip_greeting(stream: http.client.HTTPResponse) -> None:
    while stream.readline().strip():
        pass


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_arrival_reaches_the_parent_and_the_county_only() -> None:
    world = build_world()
    he = world.children["he"].pk
    with streaming() as port, override_settings(LIVE_URL=f"http://127.0.0.1:{port}/live/stream"):
        streams = {}
        for who in ("parent", "other-parent", "county-officer", "director"):
            streams[who] = _open(port, _address(world, who), Origin="http://127.0.0.1:8000")
            assert streams[who].status == 200
            assert streams[who].getheader("Access-Control-Allow-Origin") == "http://127.0.0.1:8000"
            _skip_greeting(streams[who])
        tablet = paired(world.institutions["a1"])
        tablet.send([tablet.packet(event(he))])
        other = paired(world.institutions["b1"])
        other.send([other.packet(event(world.children["feng"].pk))])
        a1 = world.institutions["a1"].pk
        assert streams["parent"].readline().decode() == _line(f"child:{he}")
        assert streams["county-officer"].readline().decode() == _line("region:350582")
        assert streams["director"].readline().decode() == _line(f"institution:{a1}")
        # The stranger's first message is about the own child: the other one never came.
        feng = world.children["feng"].pk
        assert streams["other-parent"].readline().decode() == _line(f"child:{feng}")
        for stream in streams.values():
            stream.close()
        path = _address(world, "parent").replace("ticket=", "ticket=x")
        assert _open(port, path).status == 403
        foreign = _open(port, _address(world, "parent"), Origin="http://evil.example")
        assert foreign.status == 403
        assert _open(port, "/other").status == 404


def _line(topic: str) -> str:
    return f'data: {{"kind":"attendance","topics":["{topic}"]}}\n'


def _address(world: World, who: str) -> str:
    url = world.client(who).get("/api/v1/live/ticket").json()["url"]
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_an_event_source_is_sent_on_to_its_stream(world: World) -> None:
    with override_settings(LIVE_URL="http://127.0.0.1:8001/live/stream"):
        headers = {"Accept": "text/event-stream"}
        answer = world.client("parent").get("/api/v1/live/ticket", headers=headers)
        assert answer.status_code == 302
        assert answer["Location"].startswith("http://127.0.0.1:8001/live/stream?ticket=")
    with override_settings(LIVE_URL=""):
        assert world.client("parent").get("/api/v1/live/ticket", headers=headers).status_code == 204
    assert Client().get("/api/v1/live/ticket").status_code == 302  # to the login page


def test_topics_follow_the_scope() -> None:
    region = frozenset(topics_of(Scope(kind="region", region_prefix="3505")))
    assert matches(region, "region:350582")
    assert not matches(region, "region:330382")
    assert not matches(region, "child:5")
    family = topics_of(Scope(kind="family", child_ids=frozenset({5, 3})))
    assert family == ["child:3", "child:5"]
    assert not matches(frozenset(family), "child:55")
    assert topics_of(Scope()) == []


def test_a_ticket_cannot_be_made_up() -> None:
    text = make_ticket(7, Scope(kind="family", child_ids=frozenset({5})))
    found = read_ticket(text)
    assert found is not None
    assert found.topics == {"child:5"}
    assert read_ticket(text[:-2] + "xx") is None
    assert read_ticket("") is None
