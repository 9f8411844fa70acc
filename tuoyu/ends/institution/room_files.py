"""照护页的离线文件：what a class tablet must hold to work a whole day without network."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

STATIC = Path(__file__).parent / "static"
SHARED = [f"ui/{name}.css" for name in ("tokens", "base", "forms", "parts", "kiosk", "print")]
# 与门口看板共用的小件：one face, one clock, one key a tablet
DOOR = [
    f"kiosk/js/{name}.js"
    for name in (
        "api",
        "bus",
        "bytes",
        "clock",
        "db",
        "dom",
        "faces",
        "keys",
        "pairing",
        "store",
    )
]


def names() -> list[str]:
    """静态文件名。"""
    room = STATIC / "institution/room"
    own = sorted(p.relative_to(STATIC).as_posix() for p in room.rglob("*") if p.is_file())
    shell = ["ui/icon.svg", "kiosk/kiosk-extra.css", *SHARED, *DOOR]
    return [*shell, *(name for name in own if not name.endswith("worker.js"))]


@cache
def version() -> str:
    """版本：a digest of all bytes of these files; any change makes a new one."""
    digest = hashlib.sha256()
    for name in [*names(), "institution/room/worker.js"]:
        found = finders.find(name)
        if isinstance(found, str):
            digest.update(name.encode())
            digest.update(Path(found).read_bytes())
    return digest.hexdigest()[:12]


def worker_script() -> str:
    """离线程序全文：version and list as constants, then the code itself."""
    head = {"version": version(), "files": [static(name) for name in names()]}
    code = (STATIC / "institution/room/worker.js").read_text("utf-8")
    return f"const SHELL = {json.dumps(head)};\n{code}"
