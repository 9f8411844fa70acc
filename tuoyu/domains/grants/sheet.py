"""申请表：what one sheet of paper says of an application, the same for both ends that print it."""

from __future__ import annotations

from dataclasses import dataclass

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.grants.selectors import (
    PaperRow,
    access_case,
    facts_of,
    list_items,
    list_papers,
)
from tuoyu.domains.grants.showing import Group, Stage, explain_item, group_items, list_steps
from tuoyu.domains.policies.books import current_book

MOST_EXPLAINED = 12


@dataclass(frozen=True)
class Told:
    """「怎么算的」一句。"""

    label: str
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """一张申请表。"""

    application: Application
    title: str
    state: str
    month: str
    unit: str
    clause: str
    clause_text: str
    groups: list[Group]
    told: list[Told]
    untold: int
    papers: list[PaperRow]
    steps: list[Stage]

    @property
    def signs(self) -> list[str]:
        """签章处：each office that decides, in the order of the way."""
        first = (
            "县级审核" if programme_of(self.application.programme).path == "county" else "市级审核"
        )
        return [f"{who}（签章）" for who in ("申报单位", first, "市级审批", "财政复核")]

    @property
    def number(self) -> str:
        """申请编号。"""
        return f"奖补-{self.application.month:%Y%m}-{self.application.pk:06d}"


def children_in(application: Application) -> list[int]:
    """表里写到的儿童，供查看记录。"""
    rows = application.items.filter(subject_kind="child", subject_id__isnull=False)
    return [pk for pk in rows.values_list("subject_id", flat=True) if pk is not None]


def sheet_of(scope: Scope, application: Application) -> Sheet:
    """申请表的内容；each kind of line is explained once."""
    book, programme = current_book(), programme_of(application.programme)
    rule = book.rule(application.programme)
    case = access_case(scope, application)
    groups = group_items(list_items(application), application.programme)
    shown = [g for g in groups if g.item_id is not None][:MOST_EXPLAINED]
    return Sheet(
        application=application,
        title=rule.name,
        state=case.state_of.title,
        month=f"{application.month.year} 年 {application.month.month} 月",
        unit=programme.unit,
        clause=f"{book.pack.document.number} {rule.cite.at}",
        clause_text=book.clauses[rule.cite.at].gist,
        groups=groups,
        told=[Told(g.label, _sentence(scope, application, g.item_id or 0)) for g in shown],
        untold=len(groups) - len(shown),
        papers=list_papers(application, facts_of(application, clock.today())),
        steps=[
            Stage(
                "done",
                "起草" if step.move == "open" else step.label,
                [
                    step.organisation,
                    step.by_name,
                    f"{step.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
                ],
                step.opinion,
            )
            for step in list_steps(case)
        ],
    )


def _sentence(scope: Scope, application: Application, item_id: int) -> str:
    return explain_item(scope, application, item_id).sentence
