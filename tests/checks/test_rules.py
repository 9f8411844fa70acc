"""每条规则：what was planted is found, what only looks like it is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.checks import plants
from tests.world import NOW, World
from tuoyu.domains.checks.models import CheckHit, Finding
from tuoyu.domains.checks.rules import ALL, RULES
from tuoyu.domains.checks.services import CLERK, Ran, run_month

pytestmark = pytest.mark.django_db

# rule → (what is laid out, institutions in which it is found)
CASES: dict[str, tuple[Callable[[World], None], set[str]]] = {
    "two_places": (plants.alike_in_two_places, {"a1", "b1"}),
    "fast_codes": (plants.codes_too_fast, {"a1"}),
    "staff_batches": (plants.same_second, {"a1"}),
    "outside_hours": (plants.at_night, {"a1"}),
    "no_trace": (plants.nobody_on_duty, {"a1"}),
    "over_places": (plants.over_the_places, {"a1"}),
    "staff_two_sites": (plants.one_person_twice, {"a1", "b1"}),
    "shared_phones": (plants.one_phone_for_many, {"a1"}),
}


def run() -> Ran:
    return run_month(month=plants.JUNE, by=CLERK, at=NOW)


def found(world: World, rule: str) -> set[str]:
    keys = {i.pk: k for k, i in world.institutions.items()}
    rows = Finding.all_rows.filter(rule=rule).values_list("institution_id", flat=True)
    return {keys[i] for i in rows}


@pytest.mark.parametrize("rule", sorted(CASES))
def test_the_planted_is_found_and_the_near_is_not(world: World, rule: str) -> None:
    lay_out, where = CASES[rule]
    lay_out(world)
    run()
    assert found(world, rule) == where


@pytest.mark.parametrize("rule", sorted(CASES))
def test_each_hit_shows_figure_threshold_and_rows(world: World, rule: str) -> None:
    CASES[rule][0](world)
    run()
    hits = list(CheckHit.all_rows.filter(finding__rule=rule))
    assert hits
    for hit in hits:
        assert hit.evidence
        assert hit.measured >= hit.threshold or rule == "voucher_idle"
        assert hit.finding.params == dict(RULES[rule].defaults())


def test_an_honest_month_raises_nothing(world: World) -> None:
    for child in plants.kids(world, "a1.toddler", 4):
        for day in plants.DAYS:
            plants.stay(child, day, 8 + (child.pk + day.day) % 17 / 60)
    done = run()
    assert Finding.all_rows.count() == 0
    assert done.opened == 0


def test_rules_without_their_basis_say_so(world: World) -> None:
    done = {r.rule: r for r in run().rules}
    assert set(done) == {r.code for r in ALL}
    assert done["no_trace"].absent == "当月没有员工在岗登记"
    assert done["voucher_idle"].absent
    assert done["two_places"].absent == ""


def test_a_known_phone_is_never_opened(world: World) -> None:
    plants.one_phone_for_many(world)
    run()
    text = str([h.evidence for h in CheckHit.all_rows.all()])
    assert "19900000009" not in text
