"""公示的读取：notices are public; objections belong to the region that answers them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.publicity.models import Issuer, Notice, NoticeRow, Objection
from tuoyu.domains.publicity.states import TYPE

PUBLIC = "公示信息公开"


def list_public(text: str = "", running: bool | None = None) -> QuerySet[Notice]:
    """全部公示，newest first."""
    rows = Notice.objects.unscoped(reason=PUBLIC)
    if text.strip():
        said = text.strip()
        rows = rows.filter(Q(title__icontains=said) | Q(document_no__icontains=said))
    if running is not None:
        rows = rows.filter(ended_at__isnull=running)
    return rows.order_by("-published_at", "-id")


def count_running() -> int:
    """公示中的份数。"""
    return Notice.objects.unscoped(reason=PUBLIC).filter(ended_at=None).count()


def access_public(notice_id: int) -> Notice:
    """一份公示。"""
    found = Notice.objects.unscoped(reason=PUBLIC).filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    return found


def list_rows(notice: Notice) -> list[NoticeRow]:
    """表中各行。"""
    return list(NoticeRow.objects.unscoped(reason=PUBLIC).filter(notice=notice))


def list_notices(scope: Scope) -> QuerySet[Notice]:
    """本级发布的公示，with the number of objections that wait."""
    waiting = Count("objections", filter=Q(objections__answered_at=None), distinct=True)
    rows = Notice.objects.visible_to(scope)
    rows = rows.annotate(
        waiting=waiting,
        objected=Count("objections", distinct=True),
        count=Count("rows", distinct=True),
    )
    return rows.order_by("-published_at", "-id")


@dataclass(frozen=True)
class Counts:
    """一份公示的项数、异议数和待答复数。"""

    rows: int = 0
    objections: int = 0
    waiting: int = 0


def counts_of(scope: Scope, notices: Sequence[Notice]) -> dict[int, Counts]:
    """几份公示各有多少项与异议。"""
    ids = [n.pk for n in notices]
    rows = NoticeRow.objects.visible_to(scope).filter(notice__in=ids).order_by()
    said = Objection.objects.visible_to(scope).filter(notice__in=ids)
    lines = Counter(rows.values_list("notice_id", flat=True))
    made = Counter(said.order_by().values_list("notice_id", flat=True))
    open_ = Counter(said.filter(answered_at=None).order_by().values_list("notice_id", flat=True))
    return {pk: Counts(lines[pk], made[pk], open_[pk]) for pk in ids}


def access_notice(scope: Scope, notice_id: int) -> Notice:
    """本级的一份公示。"""
    found = Notice.objects.visible_to(scope).filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    return found


def list_objections(scope: Scope, notice: Notice) -> list[Objection]:
    """一份公示的异议。"""
    rows = Objection.objects.visible_to(scope).filter(notice=notice)
    return list(rows.select_related("row"))


def access_objection(scope: Scope, objection_id: int) -> Objection:
    """一件异议。"""
    rows = Objection.objects.visible_to(scope).select_related("notice", "row")
    found = rows.filter(pk=objection_id).first()
    if found is None:
        raise NotFound
    return found


def access_case(scope: Scope, objection: Objection) -> Case:
    """异议的办件。"""
    found = Case.objects.visible_to(scope).filter(type=TYPE, subject_id=objection.pk).first()
    if found is None:
        raise NotFound
    return found


def find_issuer(region_code: str) -> Issuer | None:
    """某区划的发布单位；None while nobody has named one."""
    return Issuer.all_rows.filter(pk=region_code).first()


def has_ended(source_type: str, source_id: int) -> bool | None:
    """某件的公示结束没有；None when it was never announced."""
    row = (
        NoticeRow.all_rows.filter(notice__source_type=source_type, source_id=source_id)
        .select_related("notice")
        .order_by("-notice_id")
        .first()
    )
    return None if row is None else row.notice.ended_at is not None


def notice_of(source_type: str, source_id: int) -> Notice | None:
    """某件最近的一份公示。"""
    rows = Notice.objects.unscoped(reason=PUBLIC).filter(
        source_type=source_type, rows__source_id=source_id
    )
    return rows.order_by("-id").first()


def due_before(day: date) -> QuerySet[Notice]:
    """某日以前该结束而未结束的。"""
    return Notice.all_rows.filter(ended_at=None, last_on__lt=day)
