"""签名评分表的录入与更正：until the review is finished; what was entered first is never lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.models import ExpertScore, Member, SheetRecord
from tuoyu.domains.quality.selectors import access_member
from tuoyu.domains.quality.services.judging import hold_state
from tuoyu.domains.quality.standard import standard
from tuoyu.domains.quality.states import ENTER, SCORING


@dataclass(frozen=True)
class Sheet:
    """签名评分表。``scores`` are typed texts by dimension; ``vetoes`` item number → basis."""

    number: str
    scores: dict[str, str]
    vetoes: dict[int, str]


@dataclass(frozen=True)
class _Read:
    """核对过的评分表。"""

    number: str
    tenths: dict[str, int]
    vetoes: dict[str, str]


@transaction.atomic
def enter_sheet(*, member_id: int, sheet: Sheet, by: Actor, at: datetime) -> Member:
    """录入一位专家的签名评分表：each dimension, within its full mark; once."""
    member = access_member(by.scope, member_id)
    hold_state(member.panel.application, SCORING, ENTER, by)
    if member.entered_at or member.left_reason:
        raise DomainError(
            "entered", "这位专家的评分表已经录入或已退出，不能再录；录错了请办「更正」"
        )
    read = _read(sheet)
    _record(member, read, 1, "", by, at)
    ExpertScore.all_rows.bulk_create(
        ExpertScore(member=member, region_code=member.region_code, dimension=d, tenths=t)
        for d, t in read.tenths.items()
    )
    member.entered_at, member.entered_by = at, by.user_id
    return _keep(member, read)


@transaction.atomic
def correct_sheet(*, member_id: int, sheet: Sheet, reason: str, by: Actor, at: datetime) -> Member:
    """更正录入：a second record with its reason, while the review is not finished.

    The signed paper decides; what was typed first stays beside what is right.
    """
    member = access_member(by.scope, member_id)
    hold_state(member.panel.application, SCORING, ENTER, by)
    Member.all_rows.select_for_update().get(pk=member.pk)
    last = member.records.order_by("-number").first()
    if last is None or member.left_reason:
        raise DomainError("not-entered", "这位专家的评分表还没有录入或已退出，没有可更正的")
    if not reason.strip():
        raise DomainError("reason", "更正须写明理由（例如录错一位数，已核对原件），请补写后再提交")
    read = _read(sheet)
    if (read.number, read.tenths, read.vetoes) == (last.sheet_no, last.scores, last.vetoes):
        raise DomainError("same", "与现在的录入相同，没有要更正的；请核对原件后再改")
    _record(member, read, last.number + 1, reason.strip(), by, at)
    for dimension, tenths in read.tenths.items():
        member.scores.filter(dimension=dimension).update(tenths=tenths)
    return _keep(member, read)


def _read(sheet: Sheet) -> _Read:
    if not sheet.number.strip():
        raise DomainError("sheet", "须填签名评分表的编号，以便核对原件，请补上后再提交")
    found = standard()
    tenths = {
        d.id: rules.read_tenths(sheet.scores.get(d.id, ""), d.points or 0, d.name)
        for d in found.dimensions
    }
    for number, basis in sheet.vetoes.items():
        if not 1 <= number <= found.veto_items or not basis.strip():
            raise DomainError(
                "veto", f"基础指标只有 {found.veto_items} 项，判不合格须写明依据，请改正后再提交"
            )
    vetoes = {str(n): b.strip()[:200] for n, b in sheet.vetoes.items()}
    return _Read(sheet.number.strip()[:40], tenths, vetoes)


def _record(member: Member, read: _Read, number: int, reason: str, by: Actor, at: datetime) -> None:
    SheetRecord.all_rows.create(
        member=member,
        region_code=member.region_code,
        number=number,
        sheet_no=read.number,
        scores=read.tenths,
        vetoes=read.vetoes,
        reason=reason[:200],
        at=at,
        by_id=by.user_id,
        by_name=by.name,
    )


def _keep(member: Member, read: _Read) -> Member:
    member.sheet_no, member.vetoes = read.number, read.vetoes
    member.save(update_fields=["sheet_no", "vetoes", "entered_at", "entered_by"])
    return member
