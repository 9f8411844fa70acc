"""离线文件清单：what the phone keeps of the family end, none of it about anybody."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

HERE = Path(__file__).parent
WORKER = HERE / "static/family/worker.js"
STYLES = ("tokens", "base", "forms", "parts", "phone", "print")
SCRIPTS = ("ui", "shell", "forms", "lists", "live", "drawer", "charts")
OTHERS = ("ui/icon.svg", "vendor/htmx/htmx.min.js", "family/family.css", "family/js/install.js")


def names() -> list[str]:
    """静态文件名。"""
    styles = [f"ui/{name}.css" for name in STYLES]
    return [*styles, *(f"ui/js/{name}.js" for name in SCRIPTS), *OTHERS]


@cache
def version() -> str:
    """版本：a digest of all bytes that are kept; any change makes a new one."""
    digest = hashlib.sha256()
    for name in names():
        found = finders.find(name)
        if isinstance(found, str):
            digest.update(Path(found).read_bytes())
    for path in (WORKER, HERE / "templates/family/offline.html", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def worker_script(offline: str, more: list[str]) -> str:
    """离线程序全文：version and list as constants, then the code itself."""
    files = [*more, *(static(name) for name in names())]
    head = {"version": version(), "files": files, "offline": offline}
    return f"const SHELL = {json.dumps(head)};\n{WORKER.read_text('utf-8')}"
