"""直达入口与 Django 的路由：the same request, the same answer, to the byte."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.door.device import EVENTS, Tablet, event, paired
from tests.world import NOW, World
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.attendance.models import Event
from tuoyu.ends.openapi import bare


def _bare(body: bytes, device: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
    """Django must not be asked unless ``ordinary`` is given."""
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": EVENTS,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_DEVICE": device,
        "wsgi.input": io.BytesIO(body),
    }
    ordinary = more.pop("ordinary", None)
    answer = b"".join(bare.door_first(ordinary)({**environ, **more}, lambda *got: told.append(got)))
    status, headers = told[0][0], dict(told[0][1])
    return int(status.split()[0]), headers, answer


@pytest.fixture
def tablet(world: World) -> Tablet:
    return paired(world.institutions["a1"])


def test_same_answers_both_ways(world: World, tablet: Tablet) -> None:
    packet = tablet.packet(event(world.children["he"].pk), event(12345))
    tablet.send([packet])
    good = json.dumps({"sent_at": NOW.isoformat(), "packets": [packet, {"body": 5}]}).encode()
    for device, body in [
        (str(tablet.id), good),
        (str(tablet.id), b"not json"),
        (str(tablet.id), b'{"packets": 5}'),
        (str(uuid7()), good),
        ("x", good),
    ]:
        status, headers, raw = _bare(body, device)
        answer = Client().post(
            EVENTS, body, content_type="application/json", headers={"X-Device": device}
        )
        assert (status, raw) == (answer.status_code, answer.content)
        assert {k: answer.headers[k] for k in headers} == headers


def test_the_bare_way_stores_and_checks_the_signature(world: World, tablet: Tablet) -> None:
    packet = tablet.packet(event(world.children["he"].pk))
    forged = {**packet, "body": packet["body"].replace("wall", "code")}
    body = json.dumps({"sent_at": NOW.isoformat(), "packets": [packet, forged]}).encode()
    status, _, raw = _bare(body, str(tablet.id))
    assert status == 200
    assert [a["code"] or a["outcome"] for a in json.loads(raw)["answers"]] == [
        "stored",
        "signature",
    ]
    assert Event.all_rows.count() == 1


def test_what_is_out_of_the_ordinary_goes_to_django(tablet: Tablet) -> None:
    asked = []

    def ordinary(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.append(environ["CONTENT_LENGTH"])
        start_response("204 No Content", [])
        return []

    for length in ("", "many", str(1024 * 1024 + 1)):
        _bare(b"", str(tablet.id), ordinary=ordinary, CONTENT_LENGTH=length)
    _bare(b"", str(tablet.id), ordinary=ordinary, REQUEST_METHOD="GET")
    assert len(asked) == 4
