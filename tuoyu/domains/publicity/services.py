"""公示：publish, object, answer, end. The rest of the house hears ``NoticeEnded``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tuoyu.core import crypto, events, rls
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.publicity import rules
from tuoyu.domains.publicity.events import NoticeEnded
from tuoyu.domains.publicity.models import Issuer, Notice, NoticeRow, Objection, RowState
from tuoyu.domains.publicity.selectors import access_case, access_objection, find_issuer
from tuoyu.domains.publicity.states import TYPE
from tuoyu.domains.regions.models import Region

PUBLIC = Actor(None, "社会公众", "public", "公众", "public", frozenset(), SYSTEM)
MOST_WAITING = 50
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """要公示的一行。``person`` is masked before it is stored."""

    source_id: int
    cells: list[str]
    person: str = ""


@transaction.atomic
def announce(
    *,
    title: str,
    document_no: str,
    source_type: str,
    source_ids: list[int],
    columns: list[str],
    rows: list[Row],
    region_code: str,
    working_days: int,
    by: Actor,
    at: datetime,
) -> Notice:
    """发布公示。``source_ids`` must be those of the rows: none is left out, none slipped in."""
    _check(title, source_ids, columns, rows, working_days)
    cells = [[rules.clean_cell(c, r.person) for c in r.cells] for r in rows]
    with rls.as_system("公示由办件推动，发布单位是办件所属的区划，不是操作人的数据范围"):
        issuer = find_issuer(region_code)
        notice = Notice.all_rows.create(
            title=title,
            document_no=document_no,
            issuer=issuer.name if issuer else by.organisation or _region_name(region_code),
            phone=issuer.phone if issuer else "",
            source_type=source_type,
            region_code=region_code,
            columns=columns,
            working_days=working_days,
            published_at=at,
            published_by=by.user_id,
            first_on=rules.first_day(at),
            last_on=rules.last_day(at, working_days),
            ends_at=rules.ends_at(at, working_days),
        )
        NoticeRow.all_rows.bulk_create(
            NoticeRow(
                notice=notice,
                region_code=region_code,
                source_id=row.source_id,
                order=n,
                cells=cells[n - 1],
                person=rules.mask(row.person),
            )
            for n, row in enumerate(rows, 1)
        )
    return notice


def _check(
    title: str,
    source_ids: Sequence[int],
    columns: Sequence[str],
    rows: Sequence[Row],
    working_days: int,
) -> None:
    if not rows:
        raise DomainError("empty", "没有要公示的内容，所以没有发布；请先选定要公示的件")
    if not title.strip():
        raise DomainError("title", "公示须有标题，请补上后再发布")
    if working_days < 1:
        raise DomainError("days", "公示期至少 1 个工作日，请改正后再发布")
    if sorted(source_ids) != sorted(r.source_id for r in rows):
        raise DomainError("rows", "公示表与要公示的件对不上，所以没有发布；请刷新后重新发布")
    if len(set(source_ids)) != len(source_ids):
        raise DomainError("rows", "同一件在公示表里出现了两次，请去掉一行后再发布")
    rules.check_columns(columns)
    if any(len(r.cells) != len(columns) for r in rows):
        raise DomainError("cells", "公示表有一行的格数与列数不同，请补齐后再发布")


def _region_name(code: str) -> str:
    found = Region.objects.filter(pk=code).first()
    return f"{found.name}托育服务主管部门" if found else "托育服务主管部门"


@transaction.atomic
def object_to(
    *, notice_id: int, row_id: int | None, opinion: str, contact: str, at: datetime
) -> Objection:
    """提出异议：anybody, by name or not; the row stays open until it is answered."""
    said, reach = rules.clean_opinion(opinion), rules.clean_contact(contact)
    with rls.as_system("公众提出异议：无登录身份，写入公示所属区划"):
        notice = Notice.all_rows.select_for_update().filter(pk=notice_id).first()
        if notice is None:
            raise NotFound
        if not notice.is_running or at >= notice.ends_at:
            raise DomainError(
                "ended",
                f"公示期已于 {notice.last_on:%Y-%m-%d} 结束，不再收异议；"
                "如有线索，请拨打监督电话或到发布单位反映",
            )
        row = _row_of(notice, row_id)
        if Objection.all_rows.filter(notice=notice, answered_at=None).count() >= MOST_WAITING:
            raise DomainError(
                "many", "这份公示已收到很多意见，正在核查；请拨打监督电话反映，以免遗漏"
            )
        made = _keep(notice, row, said, reach, at)
        cases.open_case(
            type_code=TYPE,
            title=f"对「{notice.title}」的异议"[:120],
            detail=("、".join(row.cells[:2]) if row else "对公示整体的意见")[:200],
            subject_id=made.pk,
            region_code=notice.region_code,
            url=f"/gov/publicity/objections/{made.pk}/",
            by=PUBLIC,
            at=at,
        )
    return made


def _row_of(notice: Notice, row_id: int | None) -> NoticeRow | None:
    if row_id is None:
        return None
    row = NoticeRow.all_rows.filter(notice=notice, pk=row_id).first()
    if row is None:
        raise DomainError("row", "所选的一行不在这份公示里，请刷新页面后重选")
    if row.state == RowState.WITHDRAWN:
        raise DomainError("row", "这一行已因异议成立撤下，不必再提；如另有意见，请选其他")
    return row


def _keep(notice: Notice, row: NoticeRow | None, said: str, reach: str, at: datetime) -> Objection:
    digest = crypto.sm3(f"{row.pk if row else 0}\n{said}".encode()).hex()
    try:
        with transaction.atomic():
            return Objection.all_rows.create(
                notice=notice,
                row=row,
                region_code=notice.region_code,
                opinion=said,
                opinion_sm3=digest,
                contact=reach or None,
                made_at=at,
            )
    except IntegrityError as error:
        raise DomainError(
            "repeat", "同样的意见已经收到，正在核查，没有重复登记；如有新的情况请写明后再提交"
        ) from error


@transaction.atomic
def answer(*, objection_id: int, upheld: bool, reason: str, by: Actor, at: datetime) -> Objection:
    """答复异议：upheld withdraws the row, rejected lets it stand; the reason is kept.

    After the notice has ended, the row's fate is told at once.
    """
    found = access_objection(by.scope, objection_id)
    notice = Notice.all_rows.select_for_update().get(pk=found.notice_id)
    if notice.published_by is not None and notice.published_by == by.user_id:
        raise DomainError(
            "same-person", "这份公示由您发布，异议须由另一人核查答复；请交另一位有权限的人办理"
        )
    if len(reason) > rules.MOST_OPINION:
        raise DomainError("answer", f"答复最多 {rules.MOST_OPINION} 字，请写短后再提交")
    case = access_case(by.scope, found)
    cases.move(case_id=case.pk, name="uphold" if upheld else "reject", by=by, at=at, opinion=reason)
    found.answer, found.is_upheld = reason.strip(), upheld
    found.answered_at, found.answered_by_name = at, by.name
    found.save(update_fields=["answer", "is_upheld", "answered_at", "answered_by_name"])
    if found.row is not None and found.row.state == RowState.OPEN:
        _settle_answered(notice, found.row, upheld, at)
    return found


def _settle_answered(notice: Notice, row: NoticeRow, upheld: bool, at: datetime) -> None:
    own = NoticeRow.all_rows.filter(pk=row.pk)
    if upheld:
        own.update(state=RowState.WITHDRAWN, person="")
    if not notice.is_running:
        with rls.as_system("公示结束后把这一行的结果交还原办件"):
            _settle(notice, own, at)


def close_due(at: datetime) -> int:
    """到期的公示自动结束；answers how many. One that fails is told of, after the others ended."""
    due = Notice.all_rows.filter(ended_at=None, ends_at__lte=at).order_by("ends_at", "id")
    ended, failed = 0, None
    for pk in list(due.values_list("pk", flat=True)):
        try:
            ended += _end(pk, at)
        except Exception as error:  # the next notice must not wait for this one's source
            log.exception("公示 %s 没有结束", pk)
            failed = failed or error
    if failed is not None:
        raise failed
    return ended


@transaction.atomic
def _end(notice_id: int, at: datetime) -> bool:
    rows = Notice.all_rows.select_for_update(skip_locked=True)
    notice = rows.filter(pk=notice_id, ended_at=None, ends_at__lte=at).first()
    if notice is None:
        return False
    notice.ended_at = at
    notice.save(update_fields=["ended_at"])
    _settle(notice, NoticeRow.all_rows.filter(notice=notice), at)
    return True


def _settle(notice: Notice, rows: QuerySet[NoticeRow], at: datetime) -> None:
    """Rows without a waiting objection are settled, and told."""
    waiting = set(
        Objection.all_rows.filter(notice=notice, answered_at=None).values_list("row_id", flat=True)
    )
    found = list(rows)
    clear = [r for r in found if r.state == RowState.OPEN and r.pk not in waiting]
    NoticeRow.all_rows.filter(pk__in=[r.pk for r in clear]).update(state=RowState.CLEAR, person="")
    gone = [r for r in found if r.state == RowState.WITHDRAWN]
    if clear or gone:
        events.publish(
            NoticeEnded(
                notice.source_type,
                tuple(sorted(r.source_id for r in clear)),
                tuple(sorted(r.source_id for r in gone)),
                notice.pk,
                at,
            )
        )


@transaction.atomic
def name_issuer(*, region_code: str, name: str, phone: str, is_fictitious: bool = False) -> Issuer:
    """登记发布单位与监督电话：later notices carry it; those published keep what they said."""
    if not name.strip() or not phone.strip():
        raise DomainError("issuer", "发布单位和监督电话都须填写，请补齐后再保存")
    given = {"name": name.strip()[:80], "phone": phone.strip()[:40]}
    found, _ = Issuer.all_rows.update_or_create(
        region_code=region_code, defaults=given | {"is_fictitious": is_fictitious}
    )
    return found
