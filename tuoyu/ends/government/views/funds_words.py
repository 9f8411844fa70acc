"""资金页面的字：rows, facts and the words of goals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tuoyu.domains.funds import rules
from tuoyu.domains.funds.models import BudgetLine, Entry
from tuoyu.domains.funds.selectors.ledger import Figures, Row
from tuoyu.domains.funds.selectors.performance import Score
from tuoyu.domains.funds.selectors.subjects import Subject
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import FundGoal
from tuoyu.domains.policies.engine.funds import MEASURES
from tuoyu.domains.policies.plain import citation
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ui.words import percent1, wan, yuan

HEAD = ("预算", "预留", "承诺", "在途", "已付", "应收回", "结余")
UNSET = "目标未定"


def columns(f: Figures) -> tuple[int, ...]:
    """一行的各栏，与表头同序。"""
    return (f.budget, f.reserved, f.committed, f.ordered, f.paid, f.receivable, f.left)


def names_of(dimension: str) -> dict[str, str]:
    """一个维度的代码 → 名称。"""
    funds = current_book().funds
    if dimension == "programme":
        return {u.id: u.name for u in funds.uses}
    if dimension == "source":
        return {s.id: s.name for s in funds.sources}
    return unit_names()


def subtitle(dimension: str, key: str) -> str:
    """名称下的小字：大类与条款。"""
    book = current_book()
    use = book.funds.use(key) if dimension == "programme" else None
    if use is not None:
        return f"{use.group} · {citation(book, use.cite)}"
    source = book.funds.source(key) if dimension == "source" else None
    return citation(book, source.cite) if source is not None else ""


def table(rows: Iterable[Row], dimension: str, chosen: dict[str, str]) -> list[dict[str, Any]]:
    """总表；each row leads one step down."""
    names, known = names_of(dimension), list(names_of(dimension))
    ordered = sorted(rows, key=lambda r: known.index(r.key) if r.key in known else len(known))
    return [
        {
            "name": names.get(r.key, r.key),
            "sub": subtitle(dimension, r.key),
            "url": "?" + urlencode({**chosen, dimension: r.key}),
            "cells": columns(r.figures),
            "f": r.figures,
        }
        for r in ordered
    ]


def line_rows(lines: Iterable[tuple[BudgetLine, Figures]]) -> list[dict[str, Any]]:
    """一个单位一个项目的各条额度；each leads to its entries."""
    names = names_of("source")
    return [
        {
            "name": names.get(line.source, line.source),
            "sub": line.document_no,
            "url": reverse("government:funds_line", args=[line.pk]),
            "cells": columns(figures),
            "f": figures,
        }
        for line, figures in lines
    ]


def facts(f: Figures, *, is_exact: bool = False) -> list[dict[str, str]]:
    """概要条：万元，or to the fen where the page is about one budget line."""
    show, unit = (yuan, "元") if is_exact else (wan, "万元")
    rate = percent1(f.paid, f.budget)
    used = f.reserved + f.committed + f.ordered
    return [
        {"name": "预算", "text": show(f.budget), "note": unit},
        {"name": "已付", "text": show(f.paid), "note": f"{unit}，执行率 {rate}%"},
        {"name": "预留、承诺与在途", "text": show(used), "note": unit},
        {"name": "应收回", "text": show(f.receivable), "note": unit},
        {"name": "结余", "text": show(f.left), "note": unit},
    ]


def entry_rows(entries: Iterable[Entry], subjects: dict[str, Subject]) -> list[dict[str, Any]]:
    """分录；each with what it is about and where that is."""
    return [
        {
            "at": e.transfer.at,
            "what": rules.KIND_NAMES.get(e.transfer.kind, e.transfer.kind),
            "way": f"{e.credit.get_kind_display()} → {e.debit.get_kind_display()}",
            "subject": subjects.get(e.subject),
            "url": reverse("government:funds_item", args=[e.subject]) if e.subject else "",
            "memo": e.transfer.memo,
            "who": e.transfer.by_name,
            "fen": e.amount_fen,
            "line": e.debit.line,
        }
        for e in entries
    ]


def used_of(entries: Iterable[Entry], line: BudgetLine) -> int:
    """一件事动用一条额度多少：what left 可用 for it, less what went back."""
    own = [e for e in entries if e.debit.line_id == line.pk]
    out = sum(e.amount_fen for e in own if e.credit.kind == rules.AVAILABLE)
    return out - sum(e.amount_fen for e in own if e.debit.kind == rules.AVAILABLE)


def goal_words(goal: FundGoal | None, score: Score) -> str:
    """目标一栏；who must set an open one is told in the table of goals."""
    if goal is None and len(score.programmes) > 1:
        return "各项目目标不同"
    if goal is None or goal.value is None:
        return UNSET
    within = f"，{goal.days} 日内" if goal.days is not None else ""
    return f"目标 {percent1(goal.value)}%{within}"


def goal_rows() -> list[dict[str, Any]]:
    """目标表：each goal, set or not, with its clause."""
    book = current_book()
    names = names_of("programme")
    return [
        {
            "measure": MEASURES[g.measure],
            "uses": "、".join(names[u] for u in g.uses) or "其余各项目",
            "value": "" if g.value is None else f"{percent1(g.value)}%",
            "days": g.days,
            "set_by": "、".join(g.set_by),
            "document": g.document,
            "cite": citation(book, g.cite),
        }
        for g in book.funds.goals
    ]


def score_rows(found: dict[str, Score], by: str, *, is_over: bool) -> list[dict[str, Any]]:
    """绩效各行，按政策包的次序。"""
    names = names_of(by)
    known = [key for key in names if key in found]
    rest = [key for key in found if key not in names]
    return [_score_row(names.get(k, k), found[k], is_over=is_over) for k in (*known, *rest)]


def _score_row(name: str, score: Score, *, is_over: bool) -> dict[str, Any]:
    """A budget is not behind its goal before the time is over."""
    funds = current_book().funds
    values = {
        "execution": score.execution,
        "timeliness": score.timeliness(funds),
        "accuracy": score.accuracy,
    }
    cells = []
    for measure, value in values.items():
        goal = score.goal(funds, measure)
        reached = None
        if goal is not None and goal.value is not None and value is not None:
            reached = value >= goal.value
            if measure == "execution" and not reached and not is_over:
                reached = None
        text = "—" if value is None else f"{percent1(value)}%"
        cells.append({"text": text, "reached": reached, "goal": goal_words(goal, score)})
    days = score.average_days
    return {
        "name": name,
        "cells": cells,
        "score": score,
        "days": "—" if days is None else f"{int(days * 10) // 10}.{int(days * 10) % 10}",
    }
