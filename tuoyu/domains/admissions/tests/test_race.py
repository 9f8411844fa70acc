"""最后一个名额：two families accept at the same moment, exactly one gets it."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from tests.admissions.helpers import Office
from tests.world import NOW, World, build_world
from tuoyu.core.errors import DomainError
from tuoyu.domains.admissions.models import Stage, Wish
from tuoyu.domains.admissions.services import offers


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_exactly_one() -> None:
    world: World = build_world()
    office = Office(world)
    office.leave_places("a1.toddler", 1)
    wishes = {
        "parent": office.apply("甲")[0],
        "other-parent": office.apply("乙", phone="19900000003", who="other-parent")[0],
    }
    for wish in wishes.values():
        office.offer(wish, first_come=True)
    actors = {slug: office.actor(slug) for slug in wishes}
    together, outcomes = Barrier(2), []

    def accept(slug: str) -> None:
        try:
            together.wait(10)
            offers.accept(wish_id=wishes[slug].pk, by=actors[slug], at=NOW)
            outcomes.append("got")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=accept, args=[slug]) for slug in wishes]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    assert sorted(outcomes) == ["got", "taken"]
    assert Wish.all_rows.filter(stage=Stage.PAPERS).count() == 1
    assert Wish.all_rows.filter(stage=Stage.OFFER).count() == 1
