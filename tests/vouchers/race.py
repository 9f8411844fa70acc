"""抢领：many connections at once, for the test and for the bench."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from django.db import connection

from tests.vouchers.scene import Scene
from tests.world import NOW, START
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Campaign

CROWD, LAST, LINES = 1_000, 500, 8


def together(works: Sequence[Callable[[], str]], lines: int) -> Counter[str]:
    """Each line is a thread with its own connection; all start at one barrier."""
    said: Counter[str] = Counter()
    start, guard = threading.Barrier(lines), threading.Lock()

    def line(mine: Sequence[Callable[[], str]]) -> None:
        found: Counter[str] = Counter()
        try:
            connection.ensure_connection()  # before the signal: what is raced is the claim
            start.wait()
            for work in mine:
                try:
                    found[work()] += 1
                except DomainError as error:
                    found[error.code] += 1
        finally:
            connection.close()
            with guard:
                said.update(found)

    threads = [threading.Thread(target=line, args=(works[n::lines],)) for n in range(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def crowd(scene: Scene, count: int) -> list[int]:
    """许多在托的孩子。"""
    group = scene.world.classes["a1.toddler"]
    rows = Child.all_rows.bulk_create(
        Child(
            name=f"示例{n}",
            sex="f",
            born_on=date(2024, 3, 1),
            institution_id=group.institution_id,
            region_code=group.region_code,
        )
        for n in range(count)
    )
    Enrolment.all_rows.bulk_create(
        Enrolment(
            child=child,
            institution_id=group.institution_id,
            region_code=group.region_code,
            class_group=group,
            period=(START, None),
            monthly_fen=100_000,
        )
        for child in rows
    )
    return [child.pk for child in rows]


def parent_of(child_id: int, like: Actor) -> Actor:
    return replace(like, scope=Scope(kind="family", child_ids=frozenset([child_id])))


def race(scene: Scene, campaign: Campaign, count: int = CROWD, lines: int = LINES) -> Counter[str]:
    """一千个家庭同时来领：each answers with what it got."""
    like, children = scene.actor("parent"), crowd(scene, count)

    def one(child_id: int) -> Callable[[], str]:
        def go() -> str:
            got = services.claim(
                campaign_id=campaign.pk, child_id=child_id, key=f"tap:{child_id}",
                by=parent_of(child_id, like), at=NOW,
            )  # fmt: skip
            return "voucher" if got.voucher else "waits"

        return go

    return together([one(c) for c in children], lines)
