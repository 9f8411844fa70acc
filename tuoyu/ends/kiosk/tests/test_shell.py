"""门口外壳：a complete list of files, a version that follows them, and no person in the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.world import World
from tuoyu.ends.kiosk import files

JS = Path(files.STATIC) / "kiosk/js"


def test_page_is_the_same_for_all(world: World) -> None:
    """共用平板：the kept page must not be anybody's, nor carry a form token."""
    page = world.client("director").get("/kiosk/").content.decode()
    assert "园长甲" not in page
    assert "csrf" not in page


@pytest.mark.django_db
def test_worker_holds_every_module() -> None:
    """离线程序：each module of the page is on its list."""
    answer = Client().get("/kiosk/worker.js")
    script = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    missing = [p.name for p in JS.iterdir() if f"/static/kiosk/js/{p.name}" not in script]
    assert missing == []
    assert files.version() in script


@pytest.mark.django_db
def test_manifest_stays_in_its_scope() -> None:
    """安装清单。"""
    manifest = Client().get("/kiosk/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/kiosk/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"any", "192x192", "512x512"}


def test_every_listed_file_exists() -> None:
    """清单中的文件都在：one missing file would fail the whole installation."""
    from django.contrib.staticfiles import finders

    assert [name for name in files.names() if not finders.find(name)] == []
