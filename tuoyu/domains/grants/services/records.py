"""一次填报、随处使用：租约、安防改造、特色园评定与上传的材料。"""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.services import store
from tuoyu.domains.grants.catalogue import APPLY, APPROVE, ENTER
from tuoyu.domains.grants.models import Application, Evidence, FeaturePark, Lease, Works
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.grants.selectors import access_application, access_case
from tuoyu.domains.grants.states import DRAFT, ENTRY
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import access_institution
from tuoyu.domains.policies.books import current_book


def _mine(by: Actor) -> Institution:
    if not by.may(APPLY):
        raise NotFound
    return access_institution(by.scope, by.institution_id)


def _keep(
    upload: UploadedFile[bytes], purpose: str, inst: Institution, by: Actor, at: datetime
) -> int:
    stored = store(
        upload=upload,
        purpose=purpose,
        institution_id=inst.pk,
        region_code=inst.region_code,
        by=by.user_id or 0,
        at=at,
    )
    return stored.pk


@transaction.atomic
def enter_lease(
    *,
    monthly_fen: int,
    from_on: date,
    to_on: date,
    landlord: str,
    is_state_property: bool,
    upload: UploadedFile[bytes],
    by: Actor,
    at: datetime,
) -> Lease:
    """登记租约，附合同。"""
    inst = _mine(by)
    if monthly_fen <= 0:
        raise DomainError("rent", "月租金应大于零；不付租金的场地不用登记租约")
    if to_on <= from_on:
        raise DomainError("period", f"租期止日 {to_on} 应晚于起日 {from_on}，请改正")
    if not landlord.strip():
        raise DomainError("landlord", "出租方必填，请按合同补填")
    return Lease.all_rows.create(
        institution_id=inst.pk,
        region_code=inst.region_code,
        monthly_fen=monthly_fen,
        period=DateRange(from_on, to_on),
        landlord=landlord.strip(),
        is_state_property=is_state_property,
        file_id=_keep(upload, "grant_lease", inst, by, at),
        entered_at=at,
        entered_by=by.user_id,
    )


@transaction.atomic
def enter_works(
    *,
    package: str,
    invoice_fen: int,
    invoice_no: str,
    accepted_on: date | None,
    upload: UploadedFile[bytes],
    by: Actor,
    at: datetime,
) -> Works:
    """登记一包改造：发票与验收。Entered again it is replaced, until it has been applied for."""
    inst = _mine(by)
    if package not in current_book().words.get("package", {}):
        raise DomainError("package", "没有这个安防包，请从名单里选")
    if invoice_fen <= 0 or not invoice_no.strip():
        raise DomainError("invoice", "发票金额应大于零，并须填发票号码，请改正")
    if accepted_on is not None and accepted_on > at.date():
        raise DomainError("future", f"验收日期 {accepted_on} 晚于今天，请改正；尚未验收的请留空")
    held = f"package:{inst.pk}:{package}"
    from tuoyu.domains.grants.models import Item

    if Item.all_rows.filter(once=held, is_live=True).exists():
        raise DomainError("held", "这一包已经申报，不能再改；如须更正，请先撤回申请")
    work, _ = Works.all_rows.update_or_create(
        institution_id=inst.pk,
        package=package,
        defaults={
            "region_code": inst.region_code,
            "invoice_fen": invoice_fen,
            "invoice_no": invoice_no.strip(),
            "accepted_on": accepted_on,
            "invoice_file_id": _keep(upload, "grant_invoice", inst, by, at),
            "entered_at": at,
            "entered_by": by.user_id,
        },
    )
    return work


@transaction.atomic
def name_feature_park(
    *, institution_id: int, document: str, named_on: date, by: Actor, at: datetime
) -> FeaturePark:
    """登记特色托育园（市级评审结果）。"""
    if not by.may(APPROVE):
        raise NotFound
    inst = access_institution(by.scope, institution_id)
    if not document.strip():
        raise DomainError("document", "评审文号必填，请补填")
    if named_on > at.date():
        raise DomainError("future", f"评定日期 {named_on} 晚于今天，请改正")
    if FeaturePark.all_rows.filter(institution_id=inst.pk).exists():
        raise DomainError("again", f"{inst.name}已经登记为特色托育园，无须再办")
    return FeaturePark.all_rows.create(
        institution_id=inst.pk,
        region_code=inst.region_code,
        document=document.strip(),
        named_on=named_on,
        entered_at=at,
        entered_by=by.user_id,
    )


@transaction.atomic
def add_evidence(
    *, application_id: int, code: str, upload: UploadedFile[bytes], by: Actor, at: datetime
) -> Evidence:
    """上传一项材料；an earlier one is replaced, never deleted."""
    application = access_application(by.scope, application_id, lock=True)
    case = access_case(by.scope, application)
    if case.state not in (DRAFT, ENTRY) or not (by.may(APPLY) or by.may(ENTER)):
        raise DomainError("not-draft", f"申请现为「{case.state_of.title}」，不能再换材料")
    if code not in {p.code for p in programme_of(application.programme).papers if p.is_uploaded}:
        raise NotFound
    stored = store(
        upload=upload,
        purpose=f"grant_{code}",
        institution_id=application.institution_id,
        region_code=application.region_code,
        by=by.user_id or 0,
        at=at,
    )
    application.evidence.filter(code=code, replaced_at=None).update(replaced_at=at)
    return _row(application, code, stored.pk, stored.name, by, at)


def _row(
    application: Application, code: str, file_id: int, name: str, by: Actor, at: datetime
) -> Evidence:
    return Evidence.all_rows.create(
        application=application,
        institution_id=application.institution_id,
        region_code=application.region_code,
        code=code,
        file_id=file_id,
        name=name,
        added_at=at,
        added_by=by.user_id,
    )
