"""任意历史：whatever is done in whatever order, every sum holds at every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.world import NOW
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import rules, services
from tuoyu.domains.funds.models import Account
from tuoyu.domains.funds.selectors.balance import trial_balance
from tuoyu.domains.funds.tests.purse import CLERK, put_budget, take

SOURCES = ("central", "county")
SUBJECTS = tuple(f"grant:{n}" for n in range(4))
FEN = st.integers(1, 400)
LATER = [k for k, w in rules.WAYS.items() if w.leaves not in rules.WITHOUT_SUBJECT]


def came_to(act: Callable[[], object]) -> str:
    """Done, or the code of the refusal."""
    try:
        act()
    except DomainError as error:
        return error.code
    return "done"


class Ledger(RuleBasedStateMachine):
    """A model in two counters: what each line has free, what each subject has in each account."""

    done = Bundle("done")

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.given: Counter[str] = Counter()
        self.free: Counter[str] = Counter()
        self.held: Counter[tuple[str, str, str]] = Counter()  # subject, account, source
        self.asked: dict[str, int] = {}
        self.committed: dict[str, int] = {}
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def sum_of(self, subject: str, *kinds: str) -> int:
        return sum(f for (s, k, _), f in self.held.items() if s == subject and k in kinds)

    def key(self) -> str:
        self.number += 1
        return f"act-{self.number}"

    def draw(self, subject: str, leaves: str, enters: str, fen: int) -> None:
        """From the first source first, as the ledger must do."""
        for source in SOURCES:
            have = (
                self.free[source]
                if leaves == rules.AVAILABLE
                else self.held[subject, leaves, source]
            )
            part = min(fen, have)
            self.put(subject, leaves, source, -part)
            self.put(subject, enters, source, part)
            fen -= part
        assert fen == 0

    def put(self, subject: str, kind: str, source: str, fen: int) -> None:
        if kind == rules.AVAILABLE:
            self.free[source] += fen
        else:
            self.held[subject, kind, source] += fen

    @rule(target=done, source=st.sampled_from(SOURCES), fen=FEN)
    def allot(self, source: str, fen: int) -> tuple[Any, ...]:
        key = self.key()
        put_budget(key, source, fen, rank=SOURCES.index(source))
        self.given[source] += fen
        self.free[source] += fen
        return ("allot", key, source, fen)

    @rule(act=done)
    def again(self, act: tuple[Any, ...]) -> None:
        """A replay changes nothing."""
        kind, key, who, fen = act
        if kind == "allot":
            put_budget(key, who, fen, rank=SOURCES.index(who))
        else:
            services.post(key=key, kind=kind, subject=who, amount_fen=fen, by=CLERK, at=NOW)

    @rule(subject=st.sampled_from(SUBJECTS), fen=FEN)
    def reserve(self, subject: str, fen: int) -> None:
        is_live = any(f for (s, _, _), f in self.held.items() if s == subject)
        expected = "done"
        if is_live and fen != self.asked[subject]:
            expected = "key-used"
        elif not is_live and fen > sum(self.free.values()):
            expected = "over-budget"
        assert came_to(lambda: take(subject, fen)) == expected
        if expected == "done" and not is_live:
            self.draw(subject, rules.AVAILABLE, rules.RESERVED, fen)
            self.asked[subject] = fen
            self.committed.pop(subject, None)

    @rule(subject=st.sampled_from(SUBJECTS), fen=FEN)
    def commit(self, subject: str, fen: int) -> None:
        have = self.sum_of(subject, rules.RESERVED)
        is_live = any(f for (s, _, _), f in self.held.items() if s == subject)
        expected = "done"
        if not is_live:
            expected = "not-reserved"
        elif self.committed.get(subject, fen) != fen:
            expected = "key-used"
        elif subject not in self.committed and fen > have:
            expected = "over-reserved"
        acted = came_to(lambda: services.commit(key=subject, amount_fen=fen, by=CLERK, at=NOW))
        assert acted == expected
        if expected == "done" and have:
            self.committed[subject] = fen
            self.draw(subject, rules.RESERVED, rules.COMMITTED, fen)
            self.draw(subject, rules.RESERVED, rules.AVAILABLE, have - fen)

    @rule(subject=st.sampled_from(SUBJECTS))
    def give_back(self, subject: str) -> None:
        if self.sum_of(subject, rules.ORDERED, rules.PAID):
            with pytest.raises(DomainError, match="已编入付款"):
                services.free(key=subject, by=CLERK, at=NOW)
            return
        freed = services.free(key=subject, by=CLERK, at=NOW)
        assert freed == self.sum_of(subject, rules.RESERVED, rules.COMMITTED)
        for kind in (rules.RESERVED, rules.COMMITTED):
            self.draw(subject, kind, rules.AVAILABLE, self.sum_of(subject, kind))

    @rule(
        target=done,
        subject=st.sampled_from(SUBJECTS),
        kind=st.sampled_from([k for k in LATER if k not in ("free", "commit", "uncommit")]),
        share=st.integers(1, 4),
    )
    def move(self, subject: str, kind: str, share: int) -> tuple[Any, ...]:
        """Order, settle, bounce, claim… a part of what is there, or one fen too much."""
        way, key = rules.WAYS[kind], self.key()
        have = self.sum_of(subject, way.leaves)
        fen = max(have * share // 3, 1)
        asked = {"key": key, "kind": kind, "subject": subject, "amount_fen": fen}
        if fen > have:
            with pytest.raises(DomainError, match="余额不足"):
                services.post(by=CLERK, at=NOW, **asked)  # type: ignore[arg-type]
            put_budget(key, SOURCES[0], 1, rank=0)
            self.given[SOURCES[0]] += 1
            self.free[SOURCES[0]] += 1
            return ("allot", key, SOURCES[0], 1)
        services.post(by=CLERK, at=NOW, **asked)  # type: ignore[arg-type]
        self.draw(subject, way.leaves, way.enters, fen)
        return (kind, key, subject, fen)

    @rule(source=st.sampled_from(SOURCES), fen=FEN)
    def mistaken_budget_is_reversed(self, source: str, fen: int) -> None:
        key = self.key()
        put_budget(key, source, fen, rank=SOURCES.index(source))
        services.reverse(key=f"{key}/back", of_key=key, reason="录错", by=CLERK, at=NOW)

    @invariant()
    def every_sum_holds(self) -> None:
        found: Counter[tuple[str, str]] = Counter()
        for source, kind, fen in Account.all_rows.values_list(
            "line__source", "kind", "balance_fen"
        ):
            found[source, kind] = fen
        model: Counter[tuple[str, str]] = Counter()
        for source in SOURCES:
            model[source, rules.SOURCE] = -self.given[source]
            model[source, rules.AVAILABLE] = self.free[source]
        for (_, kind, source), fen in self.held.items():
            model[source, kind] += fen
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in model.items() if v}
        assert trial_balance().faults == []


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.timeout(120)
def test_any_history() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=10,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
