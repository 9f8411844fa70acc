"""演示城市的奖补：applications in many states, money that agrees, nothing paid twice."""

from __future__ import annotations

from collections import Counter

from django.db.models import Sum

from tuoyu.core.cases.models import Case
from tuoyu.domains.funds.services import balances_of
from tuoyu.domains.grants.models import Application, Item
from tuoyu.sim.state import Built


def test_programmes_stand_in_many_states(city: Built) -> None:
    found: dict[str, Counter[str]] = {}
    states = dict(Case.all_rows.filter(type="grant").values_list("subject_id", "state"))
    for pk, programme in Application.all_rows.values_list("pk", "programme"):
        found.setdefault(programme, Counter())[states[pk]] += 1
    assert len(found) >= 8, found
    every = sum(found.values(), Counter())
    for state in ("draft", "county", "city", "finance", "notice", "paid", "refused", "withdrawn"):
        assert every[state], (state, found)


def test_what_is_paid_agrees_with_the_ledger_and_the_lines(city: Built) -> None:
    paid = list(Application.all_rows.exclude(paid_on=None))
    assert paid
    for grant in paid:
        lines = grant.items.aggregate(s=Sum("delta_fen"))["s"]
        assert lines == grant.amount_fen
        assert balances_of(grant.fund_key) == {"paid": grant.amount_fen}


def test_no_place_is_held_twice(city: Built) -> None:
    held = Item.all_rows.filter(is_live=True, place_id__isnull=False)
    assert held.count() == held.values("place_id").distinct().count()
