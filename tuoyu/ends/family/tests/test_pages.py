"""每一页：sound HTML, own names in full, others' never, a bounded number of queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.pages.checks import faults_of
from tests.world import World, month_of_days

pytestmark = pytest.mark.django_db
PAGES = [
    "",
    "feed/",
    "messages/",
    "services/",
    "me/",
    "code/",
    "leave/",
    "month/2025-10/",
    "month/2025-10/dispute/2025-10-09/",
    "subsidy/",
    "access/",
    "consents/",
]


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_sound(parent: Client, world: World, path: str) -> None:
    month_of_days(world, "he", date(2025, 10, 1), 3)
    html = parent.get(f"/family/{path}", {"child": world.children["he"].pk}).content.decode()
    assert faults_of(html) == []
    for key, child in world.children.items():
        assert key in ("he", "sui") or child.name not in html


@pytest.mark.parametrize("path", ["", "messages/", "me/", "consents/", "code/"])
def test_elder_pages_are_sound(parent: Client, world: World, path: str) -> None:
    parent.post("/family/elder/", {"on": "1"})
    assert faults_of(parent.get(f"/family/{path}").content.decode()) == []


@pytest.mark.parametrize("path", PAGES)
def test_queries_do_not_grow_with_the_days(parent: Client, world: World, path: str) -> None:
    query = {"child": world.children["he"].pk}
    parent.get(f"/family/{path}", query)  # the guardian's secret is made once
    with CaptureQueriesContext(
        connection,
    ) as few:
        parent.get(f"/family/{path}", query)
    month_of_days(world, "he", date(2025, 10, 1), 4)
    with CaptureQueriesContext(connection) as many:
        parent.get(f"/family/{path}", query)
    assert len(many) <= len(few) + 2
    assert len(many) <= 40, "\n".join(q["sql"][:90] for q in many.captured_queries)
