"""第四道锁：what each role gets from each route, for its own and for a stranger's things."""

from __future__ import annotations

import os

import pytest

from tests.access import matrix
from tests.world import World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.audit.models import AuditEvent

# A stranger's thing may be seen where it is public, or where the role looks over the whole city.
CITYWIDE = {"city-officer", "finance-officer", "payment-clerk", "auditor"}
# Offered to every family: hours for sale, activities for all, an enquiry.
PUBLIC = {
    "family:booking_make", "family:booking_place", "family:group", "family:group_come",
    "family:group_feedback", "family:group_join", "public:enquire",
    "public:institution", "public:draw", "public:notice", "public:notice_object",
    "public:notice_print", "public:voucher",
}  # fmt: skip
NO_OWNER = {"run_id", "indicator_id", "rule_id", "campaign_id"}  # belongs to the whole city


PARTS = 2  # so that none takes too long


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_matrix_is_as_kept(world: World, part: int) -> None:
    """``python -m tests.access.make`` writes it anew; read the difference before committing."""
    asked = matrix.entries()[part::PARTS]
    found = matrix.rows(world, asked)
    if os.environ.get("TUOYU_WRITE_MATRIX"):
        matrix.write(found)
    kept = {(r[0], r[1]): r for r in matrix.read()}
    changed = [(kept.get((r[0], r[1])), r) for r in found]
    changed = [(was, now) for was, now in changed if was != now]
    assert not changed, f"权限有变（旧, 新），请重新生成并逐行核对：{changed[:5]}"


@pytest.mark.parametrize("who", matrix.WHO[1:])
def test_the_whole_way_refuses_too(world: World, who: str) -> None:
    """From the browser's request to the page that says 没有找到, and into the 操作日志."""
    actor = actor_for_user(world.users[who])
    shut = [
        route
        for route, method in matrix.entries()
        if method == "GET"
        and not route.converters
        and route.page
        and matrix.lacks(actor, route.page)
    ]
    for route in (shut[0], shut[len(shut) // 2], shut[-1]):
        answer = world.client(who).get(f"/{route.pattern}")
        assert (answer.status_code, "没有找到" in answer.content.decode()) == (404, True)
        assert AuditEvent.objects.filter(
            target=f"/{route.pattern}", result="拒绝：无此权限", user_id=actor.user_id
        ).exists()


def test_every_route_is_in_the_matrix_and_no_other() -> None:
    walked = [(route.name, method) for route, method in matrix.entries()]
    assert walked == [(r[0], r[1]) for r in matrix.read()], "路由有增减，请重新生成"


def test_no_strangers_row_is_shown() -> None:
    """Read from the kept file: a 2xx or 3xx for a stranger's thing is a leak."""
    from tests.access.routes import all_routes

    parameters = {r.name: set(r.converters) for r in all_routes()}
    leaks = []
    for name, method, *cells in matrix.read():
        subject = parameters[name] - NO_OWNER
        ids = {p for p in subject if p.endswith("_id")}
        if name in PUBLIC or not ids:
            continue
        for who, cell in zip(matrix.WHO, cells, strict=True):
            other = int(cell.split("/")[1])
            if who not in CITYWIDE and who != "anonymous" and other != 404:
                leaks.append((name, method, who, cell))
    assert not leaks, leaks


def test_each_route_is_open_to_somebody() -> None:
    """No vacuous pass: every route lets at least one role through (or answers its form)."""
    shut = [
        (name, method)
        for name, method, *cells in matrix.read()
        if all(int(c.split("/")[0]) in (404, 405) for c in cells)
    ]
    assert not shut, shut


def test_nobody_gets_a_server_error() -> None:
    broken = [(r[0], r[1]) for r in matrix.read() if any(c.startswith("5") for c in r[2:])]
    assert not broken, broken
