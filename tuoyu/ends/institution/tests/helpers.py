"""测试用的小件：addresses, keys, children by the dozen."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.urls import reverse

from tests.world import FOREVER, NOW, World
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment

TODAY = NOW.date()
HX = {"hx_request": "true"}


def url(name: str, *args: Any) -> str:
    return reverse(f"institution:{name}", args=args)


def key() -> str:
    return str(uuid7())


def of(world: World, *names: str) -> list[int]:
    return [world.children[n].pk for n in names]


def enrol_many(world: World, count: int) -> None:
    group = world.classes["a1.mixed"]
    for n in range(count):
        child = Child.all_rows.create(
            name=f"测试{n:02d}",
            search=f"测试{n:02d} ceshi cs",
            sex="f",
            born_on=date(2023, 10, 1),
            institution_id=group.institution_id,
            region_code=group.region_code,
            usual_in=time(8, n),
        )
        Enrolment.all_rows.create(
            child=child,
            institution_id=group.institution_id,
            region_code=group.region_code,
            class_group=group,
            period=(date(2025, 9, 1), FOREVER),
            monthly_fen=150_000,
        )
