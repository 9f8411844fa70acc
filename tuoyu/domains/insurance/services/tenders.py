"""招标、合同、名册、提醒。"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import move, open_case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.insurance.models import CountyContract, Reminder, Tender
from tuoyu.domains.insurance.states import OPEN, RENEWAL, REVIEW, SYSTEM_MOVE, TENDER
from tuoyu.domains.policies.books import current_book

PLATFORM = Actor(None, "平台（自动）", "system", "系统", "system", frozenset({SYSTEM_MOVE}), SYSTEM)
AHEAD = (60, 30, 7)

_LEAVE = """
UPDATE insurance_insured n SET to_on = x.to_on FROM (
    SELECT n.id, (SELECT max(upper(e.period)) FROM enrolment_enrolment e
        WHERE e.child_id = n.child_id AND e.institution_id = n.institution_id
        AND e.period && daterange(n.from_on, NULL)) AS to_on
    FROM insurance_insured n WHERE n.tender_id = %(tender)s AND n.to_on IS NULL) x
WHERE n.id = x.id AND x.to_on <= %(on)s
"""
_JOIN = """
INSERT INTO insurance_insured (tender_id, child_id, institution_id, region_code, unit_code, from_on)
SELECT %(tender)s, e.child_id, e.institution_id, i.region_code, i.unit_code,
    greatest(min(lower(e.period)), %(from)s)
FROM enrolment_enrolment e JOIN institutions_institution i ON i.id = e.institution_id
WHERE e.period @> %(on)s::date AND i.status = 'filed'
    AND NOT EXISTS (SELECT FROM insurance_insured n WHERE n.tender_id = %(tender)s
        AND n.child_id = e.child_id AND n.institution_id = e.institution_id
        AND (n.to_on IS NULL OR n.to_on > %(on)s))
GROUP BY e.child_id, e.institution_id, i.region_code, i.unit_code
ORDER BY e.child_id, e.institution_id
"""


@transaction.atomic
def award(
    *,
    title: str,
    document: str,
    insurer: str,
    covers: list[dict[str, str]],
    from_on: date,
    to_on: date,
    by: Actor,
    at: datetime,
) -> Tender:
    """登记中标结果；a tender that follows another closes its renewal reminder."""
    if not by.may(TENDER):
        raise NotFound
    if not (title.strip() and document.strip() and insurer.strip()):
        raise DomainError("blank", "名称、中标文号、保险机构都要填，请补填后再登记")
    if to_on <= from_on:
        raise DomainError("period", "止保日期应晚于起保日期，请改正")
    if Tender.all_rows.filter(from_on__lt=to_on, to_on__gt=from_on).exists():
        raise DomainError("overlap", "该期间已有中标结果，一段时间只有一次市级招标，请核对日期")
    made = Tender.all_rows.create(
        title=title.strip(), document=document.strip(), insurer=insurer.strip(), covers=covers,
        from_on=from_on, to_on=to_on, made_at=at, made_by_name=by.name,
    )  # fmt: skip
    for case in Case.all_rows.filter(type=RENEWAL, state=OPEN):
        move(case_id=case.pk, name="renew", by=by, at=at, opinion=made.document)
    return made


def sign(
    *, tender_id: int, unit_code: str, policy_no: str, signed_on: date, by: Actor, at: datetime
) -> CountyContract:
    """登记县区合同。"""
    tender = Tender.all_rows.filter(pk=tender_id).first()
    unit = current_book().city.unit(unit_code)
    own = by.scope.kind == "region" and unit_code.startswith(by.scope.region_prefix)
    if tender is None or unit is None or not by.may(REVIEW) or not own:
        raise NotFound
    if not policy_no.strip():
        raise DomainError("policy-no", "请填写保单号")
    if signed_on > at.date():
        raise DomainError("future", "签订日期晚于今天，请核对")
    if CountyContract.all_rows.filter(tender=tender, unit_code=unit_code).exists():
        raise DomainError("signed", f"{unit.name}已登记过合同，没有重复登记")
    return CountyContract.all_rows.create(
        tender=tender, unit_code=unit_code, region_code=unit_code, policy_no=policy_no.strip(),
        signed_on=signed_on, signed_by_name=by.name,
    )  # fmt: skip


@transaction.atomic
def sync_roster(*, tender: Tender, on: date) -> tuple[int, int]:
    """参保名册随入托增减：answers (added, removed); again on the same day it changes nothing."""
    given: dict[str, int | date] = {"tender": tender.pk, "from": tender.from_on, "on": on}
    if not tender.from_on <= on < tender.to_on:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, given)
        left = cursor.rowcount
        cursor.execute(_JOIN, given)
        return cursor.rowcount, left


@transaction.atomic
def remind(*, at: datetime) -> list[Reminder]:
    """续保提醒：at 60, 30 and 7 days, unless another tender follows."""
    made = []
    today = at.date()
    for tender in Tender.all_rows.filter(to_on__gt=today):
        left = (tender.to_on - today).days
        if Tender.all_rows.filter(from_on__gte=tender.to_on).exists():
            continue
        for days in (d for d in AHEAD if left <= d):
            row, is_new = Reminder.all_rows.get_or_create(
                tender=tender, days=days, defaults={"made_at": at}
            )
            if is_new:
                made.append(row)
        if (
            left <= max(AHEAD)
            and not Case.all_rows.filter(type=RENEWAL, subject_id=tender.pk).exists()
        ):
            open_case(
                type_code=RENEWAL, title=f"{tender.title}还有 {left} 天到期", subject_id=tender.pk,
                region_code=current_book().city.code, by=PLATFORM, at=at, url="/gov/insurance/",
                detail="续保须重新招标或续签，各县区合同随之更新",
            )  # fmt: skip
    return made
