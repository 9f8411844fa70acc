"""晚接的处理：charged, changed or let go by a person; a clock never bills anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.periods import add_months
from tuoyu.domains.billing.models import Bill, LatePickup
from tuoyu.domains.billing.selectors.late import Late, late_price, list_late
from tuoyu.domains.billing.selectors.prices import tariff_of
from tuoyu.domains.billing.services.locking import lock
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import access_institution
from tuoyu.domains.messages.selectors.people import guardian_users_of
from tuoyu.domains.messages.services import tell

Picked = Mapping[tuple[int, date], int]  # (child, day) → minutes to charge


@transaction.atomic
def charge_late(*, institution_id: int, picked: Picked, by: Actor, at: datetime) -> int:
    """收取：the minutes that the director settled on; they stand in the next bill with the days."""
    institution = _own(institution_id, by)
    if any(not 0 < m <= 240 for m in picked.values()):
        raise DomainError("minutes", "分钟数应在 1 到 240 之间；不收的请选「免收」")
    if late_price(tariff_of(institution.pk, at.date())) is None:
        raise DomainError(
            "not-filed",
            "没有按小时或按次备案的延时服务费，不能收；请先办理收费备案，这几次可以免收",
        )
    rows = _found(institution, picked, by)
    for late in rows:
        lock("bills", institution.pk, _month_of(late))
        _decide(institution, late, picked[late.child_id, late.day], "", by, at)
    _tell(institution, rows, at)
    return len(rows)


@transaction.atomic
def forgive_late(
    *, institution_id: int, picked: Picked, reason: str, by: Actor, at: datetime
) -> int:
    """免收，with a word why if one likes."""
    institution = _own(institution_id, by)
    rows = _found(institution, picked, by)
    for late in rows:
        _decide(institution, late, None, reason.strip()[:120], by, at)
    return len(rows)


def _own(institution_id: int, by: Actor) -> Institution:
    if not by.may("inst:fee:issue"):
        raise NotFound
    return access_institution(by.scope, institution_id)


def _found(institution: Institution, picked: Picked, by: Actor) -> list[Late]:
    """Only what the door really saw, and only once."""
    if not picked:
        raise DomainError("nothing", "没有选中晚接记录，请勾选后再处理")
    days = [day for _, day in picked]
    first, after = min(days).replace(day=1), add_months(max(days).replace(day=1), 1)
    known = {(x.child_id, x.day): x for x in list_late(by.scope, institution, first, after)}
    if not set(picked) <= set(known):
        raise NotFound
    rows = [known[key] for key in picked]
    if any(late.decided for late in rows):
        raise DomainError("decided", "所选里有已经处理过的（可能是同事刚办的），请刷新后再选")
    return rows


def _decide(
    institution: Institution, late: Late, minutes: int | None, reason: str, by: Actor, at: datetime
) -> None:
    LatePickup.all_rows.create(
        child_id=late.child_id, institution_id=institution.pk,
        region_code=institution.region_code, day=late.day, left_at=late.left_at,
        minutes=minutes, reason=reason,
        bill_month=None if minutes is None else _open_month(institution, late),
        decided_at=at, decided_by_name=by.name,
    )  # fmt: skip


def _month_of(late: Late) -> date:
    return add_months(late.day.replace(day=1), 1)


def _open_month(institution: Institution, late: Late) -> date:
    """The first month after it whose bill has not gone out: an issued bill is never added to."""
    month = _month_of(late)
    issued = Bill.all_rows.filter(
        institution_id=institution.pk, child_id=late.child_id, month__gte=month
    )
    last = issued.order_by("-month").values_list("month", flat=True).first()
    return month if last is None else add_months(last, 1)


def _tell(institution: Institution, rows: list[Late], at: datetime) -> None:
    users = guardian_users_of([late.child_id for late in rows])
    for late in rows:
        tell(
            kind="fee", users=users.get(late.child_id, []), title=f"{late.name}晚接已登记",
            body=f"{late.day:%m-%d} 闭园 {institution.closes_at:%H:%M} 以后离园，"
            "延时服务费将列在下一张账单里，算式可以点开看；有不同意见请直接和园里说",
            url="/family/fees/", at=at, child_id=late.child_id,
            institution_id=institution.pk, region_code=institution.region_code,
            key=f"late:{late.child_id}:{late.day}",
        )  # fmt: skip
