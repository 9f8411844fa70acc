"""走遍路由：every route with its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tuoyu.core.access import Page, declared


@dataclass(frozen=True)
class Route:
    """一条路由。"""

    name: str
    pattern: str
    view: Any
    converters: dict[str, Any]

    @property
    def page(self) -> Page | None:
        return declared(self.view)


def all_routes() -> list[Route]:
    """全部路由，按模式排序。"""
    return sorted(_walk(get_resolver(), "", "", {}), key=lambda r: r.pattern)


def _walk(node: URLResolver, prefix: str, space: str, outer: dict[str, Any]) -> Iterator[Route]:
    for child in node.url_patterns:
        pattern = prefix + str(child.pattern)
        converters = {**outer, **child.pattern.converters}
        if isinstance(child, URLPattern):
            name = f"{space}{child.name}" if child.name else pattern
            yield Route(name, pattern, child.callback, converters)
        else:
            inner = f"{space}{child.namespace}:" if child.namespace else space
            yield from _walk(child, pattern, inner, converters)
