"""浏览器测试的环境：pages with their event stream."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.streaming import streaming
from tests.world import NOW
from tuoyu.core import clock


@pytest.fixture
def stream(live_server: Any, settings: Any) -> Iterator[None]:
    """The pages of this test listen to a stream of their own."""
    with streaming(**{clock.ENV: f"{NOW.isoformat()}@{time.time()}"}) as port:
        policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["connect-src"].append(f"http://127.0.0.1:{port}")
        settings.CONTENT_SECURITY_POLICY = policy
        settings.LIVE_URL = f"http://127.0.0.1:{port}/live/stream"
        yield
