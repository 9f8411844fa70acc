"""收费备案：declare, amend, accept. Only what the county accepted may be charged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.models import StoredFile
from tuoyu.core.files.services import open_file, store
from tuoyu.core.money import yuan
from tuoyu.domains.billing import catalogue
from tuoyu.domains.billing.models import (
    FeeFiling,
    FeeItem,
    ItemKind,
    RefundBasis,
    RefundRule,
    Unit,
)
from tuoyu.domains.billing.selectors.caps import Cap, Caps, is_capped
from tuoyu.domains.billing.selectors.planning import is_inclusive
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.institutions.models import ClassType, FeeStandard, Institution
from tuoyu.domains.institutions.selectors import access_institution

FORMS = frozenset(ServiceForm.values)


@dataclass(frozen=True)
class NewItem:
    """申报的一项价格。"""

    kind: str
    unit: str
    price_fen: int
    class_type: str = ""
    form: str = "full_day"
    hours: str = ""
    is_elective: bool = False


@dataclass(frozen=True)
class NewRefund:
    """申报的一档退费办法。"""

    kind: str
    basis: str
    percent: int
    up_to_days: int | None = None
    up_to_permille: int | None = None
    leave_only: bool = False


@transaction.atomic
def file_fees(
    *,
    institution_id: int,
    from_on: date,
    evidence: str,
    items: Sequence[NewItem],
    by: Actor,
    at: datetime,
    refunds: Sequence[NewRefund] = (),
    upload: UploadedFile[bytes] | None = None,
) -> FeeFiling:
    """提交收费备案；it waits for the county."""
    if not by.may(catalogue.FILE):
        raise NotFound
    institution = access_institution(by.scope, institution_id)
    _check(items, refunds, from_on, evidence, clock.day_of(at))
    filing = FeeFiling.all_rows.create(
        institution=institution,
        region_code=institution.region_code,
        from_on=from_on,
        evidence=evidence.strip(),
        evidence_file_id=_stored(institution, upload, by, at),
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )
    _write(filing, items, refunds)
    cases.open_case(
        type_code=catalogue.TYPE,
        title=f"{institution.name} 收费备案",
        detail=f"{len(items)} 项，自 {from_on} 起",
        subject_id=filing.pk,
        institution_id=institution.pk,
        region_code=institution.region_code,
        url=f"/gov/fees/filings/{filing.pk}/",
        by=by,
        at=at,
    )
    return filing


@transaction.atomic
def amend_filing(
    *,
    filing_id: int,
    from_on: date,
    evidence: str,
    items: Sequence[NewItem],
    by: Actor,
    at: datetime,
    refunds: Sequence[NewRefund] = (),
    opinion: str = "",
    upload: UploadedFile[bytes] | None = None,
) -> FeeFiling:
    """补正后重新提交；only what was sent back may be changed. Without a new file the old stays."""
    filing, case = access_filing(by, filing_id)
    cases.move(case_id=case.pk, name="resend", by=by, at=at, opinion=opinion)
    _check(items, refunds, from_on, evidence, clock.day_of(at))
    filing.items.all().delete()
    filing.refunds.all().delete()
    filing.from_on, filing.evidence = from_on, evidence.strip()
    if upload is not None:
        filing.evidence_file_id = _stored(filing.institution, upload, by, at)
    filing.save(update_fields=["from_on", "evidence", "evidence_file_id"])
    _write(filing, items, refunds)
    return filing


def _stored(
    institution: Institution, upload: UploadedFile[bytes] | None, by: Actor, at: datetime
) -> int | None:
    """存定价材料。"""
    if upload is None or by.user_id is None:
        return None
    return store(
        upload=upload,
        purpose="fee_filing",
        institution_id=institution.pk,
        region_code=institution.region_code,
        by=by.user_id,
        at=at,
    ).pk


def open_evidence(by: Actor, filing_id: int) -> tuple[StoredFile, bytes]:
    """取定价材料：the institution that filed and the county that decides."""
    filing, _ = access_filing(by, filing_id)
    if filing.evidence_file_id is None:
        raise NotFound
    return open_file(by.scope, filing.evidence_file_id)


def access_filing(by: Actor, filing_id: int) -> tuple[FeeFiling, Case]:
    """取一份备案与它的办件。"""
    filing = (
        FeeFiling.objects.visible_to(by.scope)
        .select_related("institution")
        .filter(pk=filing_id)
        .first()
    )
    case = Case.objects.visible_to(by.scope).filter(type=catalogue.TYPE, subject_id=filing_id)
    found = case.first()
    if filing is None or found is None:
        raise NotFound
    return filing, found


@transaction.atomic
def accept_filing(*, filing_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """受理备案：a price above the cap is refused at the fen, exactly at it is accepted."""
    filing, case = access_filing(by, filing_id)
    moved = cases.move(case_id=case.pk, name="accept", by=by, at=at, opinion=opinion)
    from_on = max(filing.from_on, clock.day_of(at))
    for item in filing.items.order_by("id"):
        cap = cap_of(filing.institution, item, from_on, clock.day_of(at))
        if cap is not None and cap.refuses(item.price_fen):
            raise DomainError("above-cap", _above(item, cap))
        _put_in_force(filing.institution, item, from_on, clock.day_of(at), cap)
    filing.refunds.update(accepted_on=clock.day_of(at), from_on=from_on)
    filing.accepted_at = at
    filing.save(update_fields=["accepted_at"])
    return moved


def move_filing(*, filing_id: int, name: str, by: Actor, at: datetime, opinion: str = "") -> Case:
    """退回、不予备案、撤回。"""
    if name not in ("return", "refuse", "withdraw", "drop"):
        raise NotFound
    _, case = access_filing(by, filing_id)
    return cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=opinion)


def cap_of(institution: Institution, item: FeeItem, from_on: date, known: date) -> Cap | None:
    """这一项的限额；None where caps do not reach it."""
    if not is_capped(item.kind, item.form, item.unit):
        return None
    return Caps(from_on, known).of(
        inclusive=is_inclusive(institution.pk, from_on),
        unit_code=institution.unit_code,
        class_type=item.class_type,
    )


def _above(item: FeeItem, cap: Cap) -> str:
    what = f"{ClassType(item.class_type).label}保育费"
    return (
        f"{what} {yuan(item.price_fen)} 元高于普惠机构月收费限额 {yuan(cap.fen or 0)} 元，"
        "不能备案；请退回机构，把价格降到限额以内"
    )


def _put_in_force(
    institution: Institution, item: FeeItem, from_on: date, today: date, cap: Cap | None
) -> None:
    same = FeeItem.all_rows.filter(
        institution=institution,
        kind=item.kind,
        class_type=item.class_type,
        form=item.form,
        unit=item.unit,
        from_on=from_on,
        accepted_on__isnull=False,
    )
    if same.exists():
        raise DomainError(
            "same-day",
            f"{ItemKind(item.kind).label}在 {from_on} 已有一个备案价，同一天不能有两个；"
            "请退回机构，改一个执行日期",
        )
    item.accepted_on, item.from_on = today, from_on
    item.cap_fen = cap.fen if cap is not None else None
    item.save(update_fields=["accepted_on", "from_on", "cap_fen"])
    if is_capped(item.kind, item.form, item.unit):
        FeeStandard.all_rows.update_or_create(
            institution=institution,
            class_type=item.class_type,
            from_on=from_on,
            defaults={"region_code": institution.region_code, "monthly_fen": item.price_fen},
        )


def _write(filing: FeeFiling, items: Sequence[NewItem], refunds: Sequence[NewRefund]) -> None:
    place = {
        "filing": filing,
        "institution": filing.institution,
        "region_code": filing.region_code,
        "from_on": filing.from_on,
    }
    FeeItem.all_rows.bulk_create(FeeItem(**vars(i), **place) for i in items)
    RefundRule.all_rows.bulk_create(RefundRule(**vars(r), **place) for r in refunds)


def _check(
    items: Sequence[NewItem],
    refunds: Sequence[NewRefund],
    from_on: date,
    evidence: str,
    today: date,
) -> None:
    """申报是否齐全；the first fault is told."""
    if not items and not refunds:
        raise DomainError("empty", "没有要变的价格或退费办法，请至少改一项")
    if not evidence.strip():
        raise DomainError(
            "evidence", "须写明定价依据与材料（如成本测算、协商纪要），请补写后再提交"
        )
    if from_on < today:
        raise DomainError("past", f"执行日期 {from_on} 已过，备案不能追溯；请改为今天或以后")
    seen = set()
    for item in items:
        _check_item(item)
        key = (item.kind, item.class_type, item.form, item.unit)
        if key in seen:
            raise DomainError("twice", f"{ItemKind(item.kind).label}填了两次，请合并成一项")
        seen.add(key)
    for r in refunds:
        _check_refund(r)


def _check_item(item: NewItem) -> None:
    if item.kind not in ItemKind.values or item.unit not in Unit.values or item.form not in FORMS:
        raise DomainError("unknown", "收费项目、计费单位或服务形式不在名单里，请重新选择")
    if item.class_type and item.class_type not in ClassType.values:
        raise DomainError("unknown", "班型不在名单里，请重新选择")
    if item.price_fen < 0:
        raise DomainError("negative", "单价不能为负，请核对")
    if is_capped(item.kind, item.form, item.unit) and not item.class_type:
        raise DomainError("class", "全日托的月保育费须按班型逐一填写，请补选班型")


def _check_refund(r: NewRefund) -> None:
    if r.kind not in ItemKind.values or r.basis not in RefundBasis.values:
        raise DomainError("unknown", "退费办法的项目或算法不在名单里，请重新选择")
    if not 0 <= r.percent <= 100:
        raise DomainError("percent", "退还比例应在 0% 至 100% 之间，请核对")
    bounds = [b for b in (r.up_to_days, r.up_to_permille) if b is not None]
    if (r.basis == RefundBasis.ATTENDED) != (len(bounds) == 1):
        raise DomainError(
            "bound", "按到托天数分档的，每档须写一个界限（天数或比例）；按天的不写界限"
        )
