"""菜单：nine entries at most on the first level, each page once, for every role."""

from __future__ import annotations

import pytest

from tuoyu.config.menu import ENTRIES, menu_for
from tuoyu.config.menu_groups import GROUPS
from tuoyu.core.access import Actor
from tuoyu.domains.identity.roles import ROLES


@pytest.mark.parametrize("code", sorted(ROLES))
def test_no_role_meets_a_wall_of_entries(code: str) -> None:
    role = ROLES[code]
    actor = Actor(1, "某人", role.code, role.title, role.end, role.permissions)
    shown = menu_for(actor, role.home, 3)
    assert len(shown) <= 9
    pages = [row["url"] for item in shown for row in item.get("children", [item])]
    assert len(pages) == len(set(pages))


def test_each_grouped_page_stands_in_the_menu() -> None:
    routes = {entry.route for entry in ENTRIES}
    grouped = [route for group in GROUPS for route in group.routes]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= routes
