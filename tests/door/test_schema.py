"""接口文档：whatever fits or breaks the document, the platform never falls over."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.door.device import paired
from tests.world import World
from tuoyu.ends.openapi.api import api

DOCUMENT: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
DOCUMENTED = {
    (method.upper(), path): {int(code) for code in found["responses"]}
    for path, item in DOCUMENT["paths"].items()
    for method, found in item.items()
}


def test_every_device_route_is_documented(db: None) -> None:
    served = Client().get("/api/v1/openapi.json").json()
    assert set(served["paths"]) == {
        "/api/v1/devices/pair",
        "/api/v1/devices/roster",
        "/api/v1/attendance/events",
        "/api/v1/care/state",
        "/api/v1/care/unlock",
        "/api/v1/care/events",
    }
    events = served["paths"]["/api/v1/attendance/events"]["post"]
    assert "requestBody" in events
    assert events["responses"]["200"]


@pytest.mark.parametrize("key", sorted(DOCUMENTED))
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_no_input_breaks_it(world: World, data: st.DataObject, key: tuple[str, str]) -> None:
    method, path = key
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
    case = data.draw(schema[path][method].as_strategy(generation_mode=mode))
    device = str(paired(world.institutions["a1"]).id)
    answer = _call(case, device if data.draw(st.booleans()) else None)
    assert answer.status_code in DOCUMENTED[key] | {400, 404, 405}, answer.content


def _call(case: Any, device: str | None) -> Any:
    """The generated case through Django, by a known device or as it came."""
    made = case.as_transport_kwargs(base_url="http://testserver")
    headers = {k: v for k, v in (made.get("headers") or {}).items() if isinstance(v, str)}
    if device is not None:
        headers["X-Device"] = device
    body = made.get("data")
    if body is None and made.get("json") is not None:
        import json

        body = json.dumps(made["json"])
    clean = {k: v.encode("latin-1", "replace").decode("latin-1") for k, v in headers.items()}
    clean.pop("Content-Type", None)
    clean.pop("Content-Length", None)
    return Client(raise_request_exception=True).generic(
        made["method"], case.operation.path, body or "", "application/json", headers=clean
    )
