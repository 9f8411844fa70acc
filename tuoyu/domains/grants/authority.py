"""审批权限与时限：internal rules of the money, kept as data with their source.

The two documents say nothing of them; every figure here is shown with 「内部授权」 beside it, so
that nobody takes it for a clause.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Authority:
    """审批权限。Above ``second_above_fen`` a second person of the city approves as well."""

    second_above_fen: int
    notice_days: int
    source: str


ORDINARY = Authority(
    second_above_fen=10_000_000,
    notice_days=5,
    source="内部授权，文件未作规定；由主管部门确认后调整",
)


def authority_of(programme: str) -> Authority:
    """某个项目适用的审批权限。"""
    return _OWN.get(programme, ORDINARY)


_OWN: dict[str, Authority] = {}
