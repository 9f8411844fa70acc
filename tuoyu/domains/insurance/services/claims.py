"""理赔：report → insurer → paid or refused."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import move, open_case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.insurance.models import Claim, Insured
from tuoyu.domains.insurance.selectors import access_claim, claim_case
from tuoyu.domains.insurance.states import CLAIM, REPORT


@transaction.atomic
def report(
    *, child_id: int, happened_on: date, cover: str, what: str, by: Actor, at: datetime
) -> Claim:
    """报告出险：only for a child who was insured here on that day."""
    if not by.may(REPORT):
        raise NotFound
    if happened_on > at.date():
        raise DomainError("future", "出险日期晚于今天，请改正")
    insured = (
        Insured.objects.visible_to(by.scope)
        .filter(Q(to_on=None) | Q(to_on__gt=happened_on), child_id=child_id,
                from_on__lte=happened_on)
        .select_related("tender")
        .first()
    )  # fmt: skip
    if insured is None:
        raise DomainError("not-insured", "该儿童当日不在参保名册上，不能报案；请核对儿童与出险日期")
    if not what.strip():
        raise DomainError("what", "请写明经过：时间、地点、怎样受伤、送医情况")
    if cover not in {str(c.get("name")) for c in insured.tender.covers}:
        raise DomainError("cover", "请从保单的保障责任中选一项")
    made = Claim.all_rows.create(
        tender=insured.tender, child_id=child_id, institution_id=insured.institution_id,
        region_code=insured.region_code, happened_on=happened_on, cover=cover,
        what=what.strip()[:400], made_at=at,
    )  # fmt: skip
    open_case(
        type_code=CLAIM, title=f"{cover}理赔（{happened_on:%m-%d} 出险）", subject_id=made.pk,
        region_code=made.region_code, institution_id=made.institution_id, by=by, at=at,
        url=f"/inst/insurance/claims/{made.pk}/",
    )  # fmt: skip
    return made


def hand_over(*, claim_id: int, insurer_no: str, by: Actor, at: datetime) -> Case:
    """已向保险机构报案。"""
    claim = access_claim(by.scope, claim_id)
    if not insurer_no.strip():
        raise DomainError("insurer-no", "请填写保险机构给的报案号")
    with transaction.atomic():
        case = move(case_id=claim_case(by.scope, claim).pk, name="hand_over", by=by, at=at)
        claim.insurer_no = insurer_no.strip()[:60]
        claim.save(update_fields=["insurer_no"])
    return case


def conclude(*, claim_id: int, paid_fen: int | None, answer: str, by: Actor, at: datetime) -> Case:
    """登记结果：an amount is paid; without one it is refused, and the reason is kept."""
    claim = access_claim(by.scope, claim_id)
    if paid_fen is not None and paid_fen <= 0:
        raise DomainError("amount", "赔付金额应大于零；不予赔付的请不填金额、写明理由")
    name = "refused" if paid_fen is None else "paid"
    with transaction.atomic():
        case = move(case_id=claim_case(by.scope, claim).pk, name=name, by=by, at=at, opinion=answer)
        claim.paid_fen, claim.answer = paid_fen, answer.strip()[:300]
        claim.save(update_fields=["paid_fen", "answer"])
    return case
