"""入托：ages fit on the day, rooms are not overfilled, a child is in one place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.world import NOW, World
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.services import enrol, leave
from tuoyu.domains.institutions.models import Place, PlaceState

TODAY = NOW.date()


def _child(born: date) -> Child:
    return Child.all_rows.create(name="测试宝宝", sex="m", born_on=born)


@pytest.mark.parametrize(
    ("born", "on", "fits"),
    [
        (date(2024, 10, 15), date(2025, 10, 14), False),  # 11 个月
        (date(2024, 10, 15), date(2025, 10, 15), True),  # 满 12 个月当日
        (date(2023, 10, 15), date(2025, 10, 14), True),  # 23 个月
        (date(2023, 10, 15), date(2025, 10, 15), False),  # 满 24 个月当日
        (date(2024, 2, 29), date(2026, 2, 27), True),
        (date(2024, 2, 29), date(2026, 2, 28), False),  # 2 月 29 日生，到月末日满 24 个月
    ],
)
def test_ages_fit_on_the_day(world: World, born: date, on: date, fits: bool) -> None:
    args: dict[str, Any] = {
        "child": _child(born),
        "class_group": world.classes["a1.toddler"],
        "from_on": on,
        "to_on": None,
        "monthly_fen": 150_000,
        "today": TODAY,
    }
    if fits:
        assert enrol(**args).pk
    else:
        with pytest.raises(DomainError, match="个月"):
            enrol(**args)


def test_a_class_takes_no_more_than_its_places(world: World) -> None:
    group = world.classes["a1.toddler"]  # two children enrolled
    keep = Place.all_rows.filter(class_group=group).order_by("id")[:3].values_list("pk", flat=True)
    Place.all_rows.filter(class_group=group).exclude(pk__in=list(keep)).update(
        state=PlaceState.CLOSED
    )
    enrol(
        child=_child(date(2024, 5, 1)),
        class_group=group,
        from_on=TODAY,
        to_on=None,
        monthly_fen=1,
        today=TODAY,
    )
    with pytest.raises(DomainError, match="运营托位 3 个"):
        enrol(
            child=_child(date(2024, 5, 1)),
            class_group=group,
            from_on=TODAY,
            to_on=None,
            monthly_fen=1,
            today=TODAY,
        )


def test_a_child_is_never_in_two_places(world: World) -> None:
    child = world.children["he"]
    with pytest.raises(DomainError, match="同一时间只能在一处"):
        enrol(
            child=child,
            class_group=world.classes["b1.toddler"],
            from_on=TODAY,
            to_on=None,
            monthly_fen=1,
            today=TODAY,
        )
    old = Enrolment.all_rows.get(child=child)
    leave(scope=SYSTEM, enrolment_id=old.pk, on=TODAY, today=TODAY)
    child.refresh_from_db()
    assert child.institution_id is None
    made = enrol(
        child=child,
        class_group=world.classes["b1.toddler"],
        from_on=TODAY,
        to_on=None,
        monthly_fen=1,
        today=TODAY,
    )
    child.refresh_from_db()
    assert child.institution_id == made.institution_id
