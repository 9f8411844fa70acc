"""走遍页面：each page, as the first role that may open it, is sound and asks a bounded number of
questions of the database.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access import matrix
from tests.access.routes import all_routes
from tests.access.subjects import fill, subjects
from tests.pages.checks import faults_of
from tests.world import World

MOST_QUERIES = 40
FRAGMENT_MARK = "<!doctype html>"


@pytest.mark.timeout(120)
def test_each_page_is_sound_and_bounded(world: World) -> None:
    pairs = subjects(world)
    routes = {r.name: r for r in all_routes()}
    clients = {w: Client() if w == "anonymous" else world.client(w) for w in matrix.WHO}
    faults: list[str] = []
    seen = 0
    for name, method, *cells in matrix.read():
        opened = [w for w, c in zip(matrix.WHO, cells, strict=True) if c.startswith("200")]
        if method != "GET" or not opened:
            continue
        route = routes[name]
        path = matrix.path_of(route, fill(name, route.converters, pairs, 0))
        with CaptureQueriesContext(connection) as asked:
            response = clients[opened[0]].get(path)
        if len(asked) > MOST_QUERIES:
            faults.append(f"{name}：{len(asked)} 次查询")
        html = response.content.decode() if "text/html" in response["Content-Type"] else ""
        if FRAGMENT_MARK in html[:200].lower():
            seen += 1
            faults += [f"{name}：{fault}" for fault in faults_of(html)]
    assert seen > 40
    assert not faults, "\n".join(faults)


def test_the_checks_can_fail() -> None:
    bad = (
        "<!doctype html><html><head><title></title></head><body><h1>a</h1><h1>b</h1>"
        '<p style="x" onclick="y" id="i"></p><p id="i"></p><input name="n"><button>b</button>'
        "<script>1</script><c-x></c-x>{{ x }}</body></html>"
    )
    found = "\n".join(faults_of(bad))
    for words in (
        "2 个",
        "没有标题",
        "style",
        "onclick",
        "重复的 id",
        "没有标签",
        "缺 type",
        "内联脚本",
        "漏出 <c-",
        "漏出 {{",
    ):
        assert words in found
