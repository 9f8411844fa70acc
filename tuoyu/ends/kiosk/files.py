"""离线文件清单：what the tablet must hold to work a whole day without network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

HERE = Path(__file__).parent
STATIC = HERE / "static"
UI = HERE.parents[1] / "ui"
SHARED = [f"ui/{name}.css" for name in ("tokens", "base", "forms", "parts", "kiosk", "print")]
OTHERS = ["ui/icon.svg", "vendor/jsqr/jsQR.js"]


def names() -> list[str]:
    """静态文件名：shared styles, the reader of QR codes, and all files of this end."""
    own = sorted(p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*") if p.is_file())
    return [*SHARED, *OTHERS, *(name for name in own if name != "kiosk/worker.js")]


def urls() -> list[str]:
    """静态文件地址。"""
    return [static(name) for name in names()]


@cache
def version() -> str:
    """版本：a digest of all bytes that the shell is made of; any change makes a new one."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _sources() -> Iterator[Path]:
    for name in names():
        found = finders.find(name)
        if isinstance(found, str):
            yield Path(found)
    yield from sorted((HERE / "templates").rglob("*.html"))
    yield from (UI / "templates/ui" / name for name in ("base.html", "kiosk.html", "sprite.html"))
    yield from (UI / "faces.py", STATIC / "kiosk/worker.js")


def worker_script(addresses: Sequence[str]) -> str:
    """离线程序全文：version and list as constants, then the code itself."""
    head = {"version": version(), "files": list(addresses)}
    code = (STATIC / "kiosk/worker.js").read_text("utf-8")
    return f"const SHELL = {json.dumps(head)};\n{code}"
