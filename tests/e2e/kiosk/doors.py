"""门口平板（测试用）：a door in a real browser, its network, and who stands at it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from playwright.sync_api import (
    BrowserContext,
    Page,
    expect,
)

from tests.world import FOREVER, NOW, START, World
from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.children.models import Child, Guardian, Guardianship
from tuoyu.domains.devices.services import make_pairing_code
from tuoyu.domains.enrolment.models import Enrolment

TODAY = NOW.date()


CLASS_SIZE = 15


@dataclass
class Door:
    """一台门口平板：the page, and all that the browser complained of."""

    page: Page
    context: BrowserContext
    url: str
    started: float
    complaints: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The business clock as the server tells it."""
        return NOW + timedelta(seconds=time.time() - self.started)

    def scan(self, text: str) -> None:
        """扫码枪：fast keys and Enter, with the focus anywhere."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def says(self, text: str) -> None:
        expect(self.page.locator("#net")).to_have_text(text)

    def toasts(self, text: str) -> None:
        expect(self.page.locator("#toasts")).to_contain_text(text)

    def face(self, child: Child) -> Any:
        return self.page.locator(f"[data-child='{child.pk}']")


MakeDoor = Callable[..., Door]


def hear(door: Door, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        door.complaints.append(text)


def pair_door(door: Door, world: World) -> None:
    inst = world.institutions["a1"]
    code = make_pairing_code(
        scope=scope(world), institution_id=inst.pk, by=world.users["director"].pk, at=clock.now()
    )
    expect(door.page.locator("#pair")).to_be_disabled()
    door.page.keyboard.type(code)
    door.page.locator("#pair").click()
    expect(door.page.locator(".kk-top h1")).to_have_text(inst.name)
    door.says("已联网")


def scope(world: World) -> Scope:
    ids = frozenset({world.institutions["a1"].pk})
    return Scope(kind="institutions", institution_ids=ids)


def cut(door: Door) -> None:
    """断网：also for the moment after a reload in which a fresh page believes itself online."""
    door.context.route("**/api/v1/**", lambda route: route.abort())
    door.context.set_offline(True)


def mend(door: Door) -> None:
    door.context.unroute("**/api/v1/**")
    door.context.set_offline(False)
    door.complaints[:] = [c for c in door.complaints if "net::ERR_" not in c]


def full_class(world: World) -> list[Child]:
    """托小班满 15 人：with the two who are there already."""
    group = world.classes["a1.toddler"]
    place = {"institution_id": group.institution_id, "region_code": group.region_code}
    for n in range(CLASS_SIZE - 2):
        child = Child.all_rows.create(
            name=f"例小{'一二三四五六七八九十甲乙丙'[n]}",
            sex="m",
            born_on=date(2024, 4, 1),
            usual_in=clock_time(8, n),
            **place,
        )
        Enrolment.all_rows.create(
            child=child,
            class_group=group,
            period=DateRange(date(2025, 3, 1), FOREVER),
            monthly_fen=150_000,
            **place,
        )
    return list(Child.all_rows.filter(institution_id=group.institution_id, usual_in__isnull=False))


def blocked_father(child: Child) -> Guardian:
    father = Guardian.all_rows.create(name="方爸爸（虚构）")
    Guardianship.all_rows.create(
        child=child,
        guardian=father,
        institution_id=child.institution_id,
        region_code=child.region_code,
        relation="father",
        is_blocked=True,
        can_pick_up=False,
        block_reason="法院裁定（虚构）",
        from_on=START,
    )
    return father


def arrived(world: World, *names: str) -> None:
    children = [world.children[n] for n in names]
    for child in children:
        assert child.institution_id is not None
        event = NewEvent(child.pk, EventKind.IN, NOW - timedelta(minutes=20), Method.WALL)
        record(institution_id=child.institution_id, events=[event], at=NOW)


def day_sheets() -> dict[int, DaySheet]:
    rows = DaySheet.objects.unscoped(reason="测试核对").filter(day=TODAY)
    return {row.child_id: row for row in rows}
