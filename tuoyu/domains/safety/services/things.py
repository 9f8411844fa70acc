"""演练、设备、证照。"""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files import services as files
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.safety.models import (
    Document,
    DocumentKind,
    Drill,
    DrillKind,
    Equipment,
    EquipmentCheck,
)
from tuoyu.domains.safety.selectors import access_document, access_drill, access_equipment


def plan_drill(*, institution: Institution, kind: str, planned_on: date, by: Actor) -> Drill:
    """排演练。"""
    if kind not in DrillKind.values:
        raise NotFound
    return Drill.all_rows.create(
        institution_id=institution.pk,
        region_code=institution.region_code,
        kind=kind,
        planned_on=planned_on,
        by_name=by.name,
    )


@transaction.atomic
def hold_drill(
    *,
    scope: Scope,
    drill_id: int,
    held_at: datetime,
    seconds: int,
    children_present: int,
    children_counted: int,
    staff_counted: int,
    account: str,
    by: Actor,
    at: datetime,
) -> Drill:
    """登记演练：written once; a head count that does not agree is explained."""
    access_drill(scope, drill_id)
    drill = Drill.all_rows.select_for_update().get(pk=drill_id)
    if drill.held_at is not None:
        raise DomainError("held", "这次演练已经登记过，不能改写；要再演练请另排一次")
    if held_at > at:
        raise DomainError("future", f"开始时间 {held_at:%m-%d %H:%M} 还没有到，请核对")
    if seconds <= 0:
        raise DomainError("seconds", "用时应大于 0 秒，请按秒表填写")
    if children_counted != children_present and not account.strip():
        raise DomainError(
            "heads",
            f"在园 {children_present} 人，清点到 {children_counted} 人，对不上；"
            "请在「过程与问题」里写明差在哪里",
        )
    drill.held_at, drill.seconds = held_at, seconds
    drill.children_present, drill.children_counted = children_present, children_counted
    drill.staff_counted, drill.account, drill.by_name = staff_counted, account.strip(), by.name
    drill.save()
    return drill


def add_equipment(
    *,
    institution: Institution,
    kind: str,
    name: str,
    place: str,
    check_months: int,
    expires_on: date | None,
    from_on: date,
) -> Equipment:
    """登记设备。"""
    if kind not in Equipment.Kind.values:
        raise NotFound
    if not 1 <= check_months <= 24:
        raise DomainError("months", "检查周期应在 1 至 24 个月之间，请改正")
    return Equipment.all_rows.create(
        institution_id=institution.pk,
        region_code=institution.region_code,
        kind=kind,
        name=name.strip(),
        place=place.strip(),
        check_months=check_months,
        expires_on=expires_on,
        from_on=from_on,
    )


def check_equipment(
    *, scope: Scope, equipment_id: int, is_sound: bool, note: str, by: Actor, at: datetime
) -> EquipmentCheck:
    """检查一件设备。"""
    item = access_equipment(scope, equipment_id)
    if not is_sound and not note.strip():
        raise DomainError("no-note", f"「{item.name}」不正常，请写明看到了什么")
    return EquipmentCheck.all_rows.create(
        equipment=item,
        institution_id=item.institution_id,
        region_code=item.region_code,
        at=at,
        by_name=by.name,
        is_sound=is_sound,
        note=note.strip(),
    )


def end_equipment(*, scope: Scope, equipment_id: int, on: date) -> None:
    """停用设备。"""
    item = access_equipment(scope, equipment_id)
    item.ended_on = on
    item.save(update_fields=["ended_on"])


@transaction.atomic
def add_document(
    *,
    institution: Institution,
    scope: Scope,
    kind: str,
    name: str,
    number: str,
    issued_on: date | None,
    expires_on: date | None,
    by: Actor,
    at: datetime,
    upload: UploadedFile[bytes] | None = None,
    replaces_id: int | None = None,
) -> Document:
    """登记证照，或换证：the old one stays in the file."""
    if kind not in DocumentKind.values:
        raise NotFound
    if issued_on and expires_on and expires_on < issued_on:
        raise DomainError("dates", f"有效期至 {expires_on} 早于发证日 {issued_on}，请核对")
    old = access_document(scope, replaces_id) if replaces_id else None
    if old is not None:
        rows = Document.all_rows.filter(pk=old.pk, is_current=True)
        if not rows.update(is_current=False):
            raise DomainError("renewed", f"「{old.name}」已换过证，请刷新页面查看")
    file_id = None
    if upload is not None and by.user_id is not None:
        file_id = files.store(
            upload=upload,
            purpose="证照",
            institution_id=institution.pk,
            region_code=institution.region_code,
            by=by.user_id,
            at=at,
        ).pk
    return Document.all_rows.create(
        institution_id=institution.pk,
        region_code=institution.region_code,
        kind=kind,
        name=name.strip(),
        number=number.strip(),
        issued_on=issued_on,
        expires_on=expires_on,
        file_id=file_id,
        replaces=old,
        made_at=at,
        made_by_name=by.name,
    )
