"""菜单分组：at most nine entries on the first level and two levels in all.

What stands in no group stands by itself on the first level, where it is found in ``menu.py``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """一组：its routes, in the order in which they are shown."""

    end: str
    title: str
    icon: str
    routes: tuple[str, ...]


def _group(end: str, title: str, icon: str, names: str, others: tuple[str, ...] = ()) -> Group:
    return Group(end, title, icon, tuple(f"{end}:{name}" for name in names.split()) + others)


GROUPS = [
    _group("institution", "班级", "grid",
           "wall room bookings medicine incidents photos observations"),
    _group("institution", "家园", "family", "book notices groups complaints"),
    _group("institution", "儿童", "child", "children admissions sheets month"),
    _group("institution", "费用与奖补", "yuan", "fees subsidies vouchers grants checks insurance"),
    _group("institution", "后勤安全", "shield", "kitchen safety protection_new"),
    _group("institution", "人员", "staff", "staff rota"),
    _group("institution", "园所", "org", "reports quality sites imports outbox devices"),
    _group("government", "机构", "org", "institutions map attendance fees admissions quality"),
    _group("government", "补助奖补", "stamp",
           "settlements grants special checks vouchers insurance"),
    _group("government", "资金", "bank", "funds payments"),
    _group("government", "监管", "shield", "incidents protection complaints"),
    _group("government", "服务公开", "megaphone", "publicity groups"),
    _group("government", "数据", "chart", "indicators", ("cockpit:screen",)),
    _group("government", "政策", "notice", "policy sandbox"),
    _group("government", "系统", "history", "audit outbox"),
]  # fmt: skip
OF = {route: group for group in GROUPS for route in group.routes}
