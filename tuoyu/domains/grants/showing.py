"""奖补申请的展示：lines of a kind together, 「怎么算的」, and the way so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from tuoyu.core import clock
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import month_of
from tuoyu.core.scope import Scope
from tuoyu.domains.grants.computing import Line
from tuoyu.domains.grants.models import Application, Item, ItemState
from tuoyu.domains.grants.states import CITY, CITY_REVIEW, COUNTY, ENTRY, SECOND
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import explain

KINDS = {ItemState.PAID: "ok", ItemState.ZERO: "", ItemState.UNDETERMINED: "warn"}


@dataclass(frozen=True)
class Group:
    """同样结果的几行：places by the dozen are told once."""

    item_id: int | None
    once: str
    label: str
    labels: list[str]
    each_fen: int | None
    delta_fen: int | None
    limit_fen: int | None
    verdict: str
    kind: str
    why: str
    typed: dict[str, int]

    @property
    def count(self) -> int:
        """几个。"""
        return len(self.labels)

    @property
    def total_fen(self) -> int | None:
        """小计。"""
        return None if self.each_fen is None else self.each_fen * self.count


def group_items(items: Sequence[Item], programme: str) -> list[Group]:
    """申请各行，same results together; lines with typed sums stay apart."""
    gates = {g.id: g.say for g in current_book().rule(programme).gates}
    groups: dict[object, list[Item]] = {}
    for item in items:
        alone = item.pk if item.place_id is None else None
        groups.setdefault((item.state, item.amount_fen, item.gate, alone), []).append(item)
    return [
        Group(
            item_id=found[0].pk,
            once=found[0].once,
            label=_label([i.label for i in found]),
            labels=[i.label for i in found],
            each_fen=found[0].amount_fen,
            delta_fen=found[0].delta_fen,
            limit_fen=found[0].limit_fen,
            verdict=ItemState(found[0].state).label,
            kind=KINDS[ItemState(found[0].state)],
            why=gates.get(found[0].gate, f"由{found[0].binding}决定" if found[0].binding else ""),
            typed=found[0].typed,
        )
        for found in groups.values()
    ]


def group_lines(lines: Sequence[Line], programme: str) -> list[Group]:
    """测算各行。"""
    gates = {g.id: g.say for g in current_book().rule(programme).gates}
    groups: dict[object, list[Line]] = {}
    for n, line in enumerate(lines):
        alone = n if line.subject.place_id is None else None
        groups.setdefault((line.state, line.amount_fen, line.gate, alone), []).append(line)
    return [
        Group(
            item_id=None,
            once=found[0].subject.once,
            label=_label([line.subject.label for line in found]),
            labels=[line.subject.label for line in found],
            each_fen=found[0].amount_fen,
            delta_fen=found[0].amount_fen,
            limit_fen=found[0].limit_fen,
            verdict=ItemState(found[0].state).label,
            kind=KINDS[ItemState(found[0].state)],
            why=gates.get(found[0].gate, found[0].why if found[0].amount_fen is None else ""),
            typed=found[0].subject.typed,
        )
        for found in groups.values()
    ]


def _label(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{labels[0]} 等 {len(labels)} 个"


@dataclass(frozen=True)
class Explained:
    """「怎么算的」。"""

    item: Item
    state: str
    kind: str
    steps: list[dict[str, Any]]
    sentence: str
    cites: list[dict[str, Any]]
    params: list[dict[str, Any]]
    agrees: bool

    @property
    def short_receipt(self) -> str:
        """凭据前八位，供核对。"""
        return f"{self.item.receipt[:4]}-{self.item.receipt[4:8]}".upper()


def explain_item(scope: Scope, application: Application, item_id: int) -> Explained:
    """「怎么算的」：made on demand from the stored inputs, under what was known then."""
    item = Item.objects.visible_to(scope).filter(application=application, pk=item_id).first()
    if item is None:
        raise NotFound
    told = explain(
        current_book(),
        application.programme,
        month_of(application.month),
        application.known_on,
        item.inputs,
    )
    state = ItemState(item.state)
    amount = told["simulated"] if current_book().pack.is_draft else told["pays"]
    rows = cast(list[dict[str, Any]], told["cites"])
    return Explained(
        item=item,
        state=state.label,
        kind=KINDS[state],
        steps=cast(list[dict[str, Any]], told["steps"]),
        sentence=str(told["why"]),
        cites=[{"no": f"{r['document']} {r['at']}".strip(), "text": r["text"]} for r in rows],
        params=cast(list[dict[str, Any]], told["params"]),
        agrees=amount == item.amount_fen,
    )


@dataclass(frozen=True)
class Stage:
    """时间线的一格。"""

    state: str
    title: str
    lines: list[str]
    opinion: str = ""


def list_steps(case: Case) -> list[CaseStep]:
    """办理记录。"""
    return list(case.steps.all())


def last_marks(steps: list[CaseStep]) -> tuple[CaseStep | None, dict[str, str]]:
    """最近一次退回及其标记，while it is the last step taken."""
    last = steps[-1] if steps else None
    if last is None or not last.move.startswith("return"):
        return None, {}
    return last, cast(dict[str, str], last.marks.get("fields", {}))


def timeline(case: Case, steps: list[CaseStep]) -> list[Stage]:
    """审批进度：what was done (sent back as well), what waits, what is still to come."""
    made = [
        Stage(
            "done",
            "起草" if step.move == "open" else step.label,
            [
                " · ".join(part for part in (step.organisation, step.by_name) if part),
                f"{step.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
            ],
            step.opinion,
        )
        for step in steps
    ]
    if case.closed_at is not None:
        return made
    left = cases.clock_of(case, clock.now())
    due = _by(case.due_at)
    now = [text for text in (due, left.text if left else "") if text]
    made.append(Stage("now", case.state_of.title, now))
    return made + [
        Stage("next", case.kind.states[name].title.removeprefix("待"), [_promise(case, name)])
        for name in _ahead(case)
    ]


def _by(due: datetime | None) -> str:
    return f"{due.astimezone(clock.ZONE):%m-%d %H:%M} 前" if due else ""


def _ahead(case: Case) -> list[str]:
    """Side states stand where the ordinary one does."""
    same = {ENTRY: COUNTY, CITY_REVIEW: COUNTY, SECOND: CITY}
    path = case.kind.path
    place = path.index(same.get(case.state, case.state))
    return list(path[place + 1 :])


def _promise(case: Case, name: str) -> str:
    days = case.kind.states[name].working_days
    return f"{days} 个工作日内" if days else ""
