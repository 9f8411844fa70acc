"""机构申请：self-score with evidence, submit, take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.core.files.services import store
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import list_recognitions
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.evidence import facts
from tuoyu.domains.quality.models import Application, Kind, SelfItem
from tuoyu.domains.quality.selectors import (
    access_application,
    access_case,
    list_items,
    open_application,
    own_institution,
)
from tuoyu.domains.quality.standard import dimensions_of, level_title, star_levels
from tuoyu.domains.quality.states import DRAFT


@dataclass(frozen=True)
class Given:
    """自评填写的一项。``score`` is the text that was typed."""

    dimension: str
    score: str = ""
    is_met: bool | None = None
    basis: str = ""
    upload: UploadedFile[bytes] | None = None


@transaction.atomic
def start(*, kind: str, institution_id: int, wanted: str, by: Actor, at: datetime) -> Application:
    """发起申请：one of a kind at a time."""
    institution = own_institution(by.scope, institution_id)
    _lock(institution_id)
    if institution.status != Institution.Status.FILED:
        raise DomainError("not-filed", "机构还没有备案，不能申请；请先办理备案")
    if kind not in Kind.values:
        raise DomainError("kind", "申请的种类不对，请刷新后重选")
    if kind == Kind.STAR and wanted not in star_levels():
        raise DomainError("wanted", "请选择要申请的星级")
    if open_application(institution_id, kind) is not None:
        raise DomainError("open", "已有一件同类申请在办，没有另开一件；请在原件上继续")
    if kind == Kind.INCLUSIVE and _is_endless(institution):
        raise DomainError("recognised", "现有的普惠认定没有止期，不用重新认定")
    made = Application.all_rows.create(
        kind=kind,
        institution=institution,
        region_code=institution.region_code,
        wanted=wanted if kind == Kind.STAR else "",
        made_at=at,
    )
    known = facts(institution, clock.day_of(at))
    SelfItem.all_rows.bulk_create(
        SelfItem(
            application=made,
            institution_id=institution.pk,
            region_code=institution.region_code,
            dimension=d.id,
            facts=known.get(d.id, []),
        )
        for d in dimensions_of(kind)
    )
    title = level_title(made.wanted)
    cases.open_case(
        type_code=kind,
        title=f"{institution.name}申请{title}"[:120],
        subject_id=made.pk,
        institution_id=institution.pk,
        region_code=institution.region_code,
        url=f"/gov/quality/{made.pk}/",
        by=by,
        at=at,
    )
    return made


def _is_endless(institution: Institution) -> bool:
    return any(r.period.upper is None for r in list_recognitions(institution))


def _lock(institution_id: int) -> None:
    """Two that start at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('quality'), %s)", [institution_id])


@transaction.atomic
def save(*, application_id: int, given: list[Given], by: Actor, at: datetime) -> Application:
    """保存自评：all or none; only while it is with the institution."""
    found = access_application(by.scope, application_id)
    _check_draft(found, by)
    items, wanted = list_items(found), {d.id: d for d in dimensions_of(found.kind)}
    for one in given:
        item, dimension = items.get(one.dimension), wanted.get(one.dimension)
        if item is None or dimension is None:
            raise DomainError("dimension", "有一项不在申请表里，请刷新页面后重填")
        if len(one.basis) > rules.MOST_BASIS:
            raise DomainError("basis", f"{dimension.name}的依据最多 {rules.MOST_BASIS} 字，请写短")
        item.basis = one.basis.strip()
        if dimension.points is None:
            item.is_met = one.is_met
        else:
            what = f"{dimension.name}自评分"
            item.tenths = (
                rules.read_tenths(one.score, dimension.points, what) if one.score.strip() else None
            )
        if one.upload is not None:
            item.file_id = store(
                upload=one.upload,
                purpose="认定评定佐证",
                institution_id=found.institution_id,
                region_code=found.region_code,
                by=by.user_id or 0,
                at=at,
            ).pk
        item.save(update_fields=["basis", "is_met", "tenths", "file_id"])
    return found


def _check_draft(application: Application, by: Actor) -> Case:
    case = access_case(by.scope, application)
    if case.state != DRAFT:
        raise DomainError(
            "moved-on", f"申请现为「{case.state_of.title}」，不能再改；如需补正，请等审核退回"
        )
    return case


@transaction.atomic
def submit(*, application_id: int, by: Actor, at: datetime) -> Application:
    """提交：every item answered; the facts are taken again as of this day."""
    found = access_application(by.scope, application_id)
    case = _check_draft(found, by)
    items, names = list_items(found), {d.id: d for d in dimensions_of(found.kind)}
    known = facts(found.institution, clock.day_of(at))
    missing = [names[i.dimension].name for i in items.values() if _unanswered(i, found.kind)]
    if missing:
        raise DomainError(
            "missing",
            f"还有 {len(missing)} 项没有填完：{'、'.join(missing)}；请填写分数和依据后再提交",
        )
    for item in items.values():
        item.facts = known.get(item.dimension, [])
        item.save(update_fields=["facts"])
    found.submitted_at = at
    found.save(update_fields=["submitted_at"])
    cases.move(case_id=case.pk, name="submit", by=by, at=at)
    return found


def _unanswered(item: SelfItem, kind: str) -> bool:
    if not item.basis:
        return True
    return item.tenths is None if kind == Kind.STAR else item.is_met is not True


@transaction.atomic
def retract(*, application_id: int, by: Actor, at: datetime) -> Application:
    """撤回申请。"""
    found = access_application(by.scope, application_id)
    cases.move(case_id=access_case(by.scope, found).pk, name="retract", by=by, at=at)
    return found
