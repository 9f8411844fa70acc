"""集中复核与公示：several approved applications checked at once, told in one notice a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases.batch import move_all
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.grants.catalogue import CHECK
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.services import paying
from tuoyu.domains.grants.states import TYPE

MOST = 200


@dataclass(frozen=True)
class Announced:
    """集中公示的结果：the notices and how many applications they tell of."""

    notices: list[int]
    count: int
    total_fen: int


@transaction.atomic
def check_together(
    *, application_ids: Sequence[int], document_no: str, opinion: str, by: Actor, at: datetime
) -> Announced:
    """集中复核：all or none. Each stays a case of its own; only the notice is common.

    A notice belongs to the region whose office answers the objections, so that applications of two
    counties stand in two notices.
    """
    if not by.may(CHECK):
        raise NotFound
    wanted = sorted(set(application_ids))
    if not wanted:
        raise DomainError("nothing", "还没有选定要公示的申请，请先勾选再办理")
    if len(wanted) > MOST:
        raise DomainError("many", f"一次最多公示 {MOST} 份，已选 {len(wanted)} 份；请分几次办理")
    rows = Application.objects.visible_to(by.scope).select_for_update().filter(pk__in=wanted)
    found = list(rows.order_by("pk"))
    held = Case.objects.visible_to(by.scope).filter(type=TYPE, subject_id__in=wanted)
    case_ids = list(held.values_list("pk", flat=True))
    if not len(wanted) == len(found) == len(case_ids):
        raise NotFound
    move_all(type_code=TYPE, case_ids=case_ids, name="check", by=by, at=at, opinion=opinion)
    groups: dict[str, list[Application]] = {}
    for application in found:
        paying.commit_for(application, by, at)
        groups.setdefault(application.region_code, []).append(application)
    notices = [paying.announce(some, document_no, by, at) for some in groups.values()]
    return Announced(notices, len(found), sum(a.amount_fen or 0 for a in found))
