"""装到桌面：what the phone keeps names nobody, and each kept file exists."""

from __future__ import annotations

import json

from django.contrib.staticfiles import finders
from django.test import Client

from tests.world import World
from tuoyu.ends.family import pwa


def test_kept_files_exist() -> None:
    assert [n for n in pwa.names() if not finders.find(n)] == []


def test_worker_and_offline_page_carry_no_person(world: World) -> None:
    parent = world.client("parent")
    mine = parent.get("/family/offline/").content.decode()
    nobody = Client().get("/family/offline/").content.decode()
    assert "林小禾" not in mine
    assert "网络已断开" in nobody
    script = parent.get("/family/worker.js")
    assert script.headers["Service-Worker-Allowed"] == "/family/"
    assert b"/family/offline/" in script.content


def test_manifest_installs_the_family_end(world: World) -> None:
    body = json.loads(Client().get("/family/manifest.webmanifest").content)
    assert body["scope"] == "/family/"
    assert body["display"] == "standalone"
    page = world.client("parent").get("/family/").content.decode()
    assert 'rel="manifest"' in page
    assert "family/js/install.js" in page
