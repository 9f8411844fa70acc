"""演示城市的奖补：applications in every state, money that agrees, nothing paid twice."""

from __future__ import annotations

import pytest
from django.db.models import Sum

from tests.sim.states import paid_through, table
from tuoyu.core.cases.models import CaseStep
from tuoyu.domains.funds.services import balances_of
from tuoyu.domains.grants.models import Application, Item
from tuoyu.sim.grants import NEVER_SECOND, TINY
from tuoyu.sim.state import Built

pytestmark = pytest.mark.django_db

BEGUN = {"draft", "refused", "withdrawn", "finance", "notice", "payable", "paid"}
# The steps on the way to the bank, and by how many different persons they are taken at least.
COUNTY = ["open", "submit", "accept", "approve_first", "approve_second", "check", "clear", "settle"]
SCHOOL = ["open", "submit_school", "accept_school", "check", "clear", "settle"]
PERSON = ["open", "submit_city", "accept_city", "approve", "check", "clear", "settle"]


def _states(rule: str) -> set[str]:
    """每个项目各有哪些状态：by the path that its case takes."""
    if rule == "school_grant":
        return BEGUN | {"entry", "city_review"}
    own = {"city_review", "city"} if rule == "training_subsidy" else {"county", "city"}
    return BEGUN | own | (set() if rule in NEVER_SECOND else {"second"})


def test_each_programme_of_the_tiny_city_stands_in_each_state(city: Built) -> None:
    found = table()
    assert set(found) == set(TINY)
    lacking = {rule: _states(rule) - set(found[rule]) for rule in TINY}
    assert lacking == {rule: set() for rule in TINY}


def test_each_programme_has_one_paid_and_reconciled_by_the_right_people(city: Built) -> None:
    ways = {"feature_park": COUNTY, "school_grant": SCHOOL, "training_subsidy": PERSON}
    for rule in TINY:
        done = paid_through(rule)
        assert done, f"{rule}: nobody was paid through a reconciled bank line"
        rows = CaseStep.objects.filter(case__type="grant", case__subject_id=done[0]).order_by("pk")
        steps = list(rows.values_list("move", "by_user_id"))
        if rule in ways:
            assert [name for name, _ in steps] == ways[rule]
        deciders = [user for name, user in steps if name not in ("open", "clear", "settle")]
        assert len(deciders) == len(set(deciders)), (rule, steps)


def test_a_returned_one_says_at_the_field_what_is_wrong(city: Built) -> None:
    returned = CaseStep.objects.filter(case__type="grant", move__startswith="return")
    assert returned.count() == len(TINY)
    assert all(step.marks["fields"] for step in returned)


def test_an_upheld_objection_refuses_and_frees_the_money(city: Built) -> None:
    fallen = CaseStep.objects.filter(case__type="grant", move="object", target="refused")
    assert fallen.count() == len(TINY)
    for grant in Application.all_rows.filter(pk__in=fallen.values("case__subject_id")):
        assert grant.fund_key == ""
        assert not grant.items.filter(is_live=True).exists()


def test_what_is_paid_agrees_with_the_ledger_and_the_lines(city: Built) -> None:
    paid = list(Application.all_rows.exclude(paid_on=None).filter(corrects=None))
    assert len(paid) == len(TINY)
    for grant in paid:
        lines = grant.items.aggregate(s=Sum("delta_fen"))["s"]
        assert lines == grant.amount_fen
        back = -sum(c.amount_fen or 0 for c in grant.corrections.all())
        owed = {"receivable": back} if back else {}
        assert balances_of(grant.fund_key) == {"paid": (grant.amount_fen or 0) - back} | owed


def test_no_place_is_held_twice(city: Built) -> None:
    held = Item.all_rows.filter(is_live=True, place_id__isnull=False)
    assert held.count() == held.values("place_id").distinct().count()
