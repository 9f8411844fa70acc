"""浏览器文件：static paths `vendor/…` served straight from node_modules, none kept in git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

ROOT = Path(__file__).resolve().parents[2] / "node_modules"

# 静态路径 → node_modules 内的文件：a closed list, so that no other package file can be asked for
FILES = {
    "vendor/htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "vendor/tabler/css/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/jsqr/jsQR.js": "jsqr/dist/jsQR.js",
}


class _Vendor(FileSystemStorage):
    """一份清单的只读存放处：maps the static path to its file for `collectstatic`."""

    prefix = ""

    def path(self, name: str) -> str:
        return str(ROOT / FILES[name.replace("\\", "/")])


class NodeModulesFinder(BaseFinder):
    """浏览器文件查找器。"""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = _Vendor(location=str(ROOT))

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """按静态路径找文件；Django ≤ 5.1 wrote `all` for `find_all`."""
        many = bool(kwargs.get("all", find_all))
        name = FILES.get(path.replace("\\", "/"))
        found = [str(ROOT / name)] if name and (ROOT / name).is_file() else []
        return found if many else (found[0] if found else [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """列出全部；a missing npm install leaves the list short, the page check tells."""
        for path, name in FILES.items():
            if (ROOT / name).is_file() and not matches_patterns(path, ignore_patterns or []):
                yield path, self.storage
