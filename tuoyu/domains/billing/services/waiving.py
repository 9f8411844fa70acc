"""减免标准与自选项目：what the institution gives up, and what a family has chosen."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.billing.catalogue import FILE
from tuoyu.domains.billing.models import Bill, Choice, ItemKind, WaiverRule
from tuoyu.domains.billing.selectors.prices import tariff_of
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.selectors import access_institution


@transaction.atomic
def set_waiver(
    *,
    institution_id: int,
    status_kind: str,
    monthly_fen: int,
    from_on: date,
    document: str,
    by: Actor,
    at: datetime,
) -> WaiverRule:
    """登记减免标准：from the first of a month; zero ends it. Months already billed stay."""
    if not by.may(FILE):
        raise NotFound
    institution = access_institution(by.scope, institution_id)
    if status_kind not in SpecialStatus.Kind.values:
        raise DomainError("unknown", "没有这类特殊家庭，请从名单里选")
    if from_on.day != 1:
        raise DomainError("first", "减免自某月 1 日起执行，请改成月初")
    if monthly_fen < 0 or not document.strip():
        raise DomainError("document", "须写明减免依据，金额不能为负；请补写后再提交")
    billed = Bill.all_rows.filter(institution_id=institution.pk, month__gte=from_on)
    if billed.exists():
        raise DomainError(
            "billed", f"{from_on:%Y-%m} 已出过账，减免不能追溯；请从下一个未出账的月份起"
        )
    if WaiverRule.all_rows.filter(
        institution=institution, status_kind=status_kind, from_on=from_on
    ).exists():
        raise DomainError("twice", "这类家庭同一天已有减免标准，请改一个起始月份")
    return WaiverRule.all_rows.create(
        institution=institution,
        region_code=institution.region_code,
        status_kind=status_kind,
        monthly_fen=monthly_fen,
        from_on=from_on,
        document=document.strip(),
        made_at=at,
        made_by_name=by.name,
    )


@transaction.atomic
def choose_item(
    *, institution_id: int, child_id: int, kind: str, from_on: date, by: Actor, at: datetime
) -> Choice:
    """登记自选项目；only a filed elective can be chosen."""
    if not by.may("inst:fee:issue"):
        raise NotFound
    institution = access_institution(by.scope, institution_id)
    enrolled = Enrolment.objects.visible_to(by.scope).filter(
        child_id=child_id, institution_id=institution.pk, period__contains=from_on
    )
    if not enrolled.exists():
        raise NotFound
    if kind not in {p.kind for p in tariff_of(institution.pk, from_on).electives()}:
        raise DomainError("not-filed", "这一项没有备案为自选项目，目录清单外不得收费")
    if Choice.all_rows.filter(
        child_id=child_id, institution_id=institution.pk, kind=kind, to_on=None
    ).exists():
        raise DomainError("twice", f"{ItemKind(kind).label}已经选用，无须再登记")
    return Choice.all_rows.create(
        child_id=child_id,
        institution_id=institution.pk,
        region_code=institution.region_code,
        kind=kind,
        from_on=from_on,
        made_at=at,
        made_by_name=by.name,
    )


@transaction.atomic
def end_choice(*, choice_id: int, to_on: date, by: Actor) -> Choice:
    """停用自选项目，from that day on."""
    if not by.may("inst:fee:issue"):
        raise NotFound
    found = Choice.objects.visible_to(by.scope).select_for_update().filter(pk=choice_id).first()
    if found is None:
        raise NotFound
    found.to_on = max(to_on, found.from_on)
    found.save(update_fields=["to_on"])
    return found
