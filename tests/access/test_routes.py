"""第一道锁：each route declares itself, and each permission belongs to somebody."""

from __future__ import annotations

from tests.access.routes import all_routes
from tuoyu.domains.identity.roles import EVERY_PERMISSION


def test_each_route_declares_itself() -> None:
    bare = [r.pattern for r in all_routes() if r.page is None]
    assert not bare, f"未声明的路由：{bare}"


def test_public_routes_say_why() -> None:
    for route in all_routes():
        spec = route.page
        assert spec is not None
        assert spec.permission or spec.why_public or spec.signed_in, route.pattern


def test_permissions_and_roles_match() -> None:
    used = {r.page.permission for r in all_routes() if r.page and r.page.permission}
    assert used <= EVERY_PERMISSION, f"没有角色持有：{used - EVERY_PERMISSION}"


def test_paths_are_kebab_case() -> None:
    for route in all_routes():
        fixed = [p for p in route.pattern.split("/") if p and "<" not in p]
        assert all(p == p.lower() and "_" not in p for p in fixed), route.pattern
