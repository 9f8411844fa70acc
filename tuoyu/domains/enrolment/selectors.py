"""入托的读取。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models

from tuoyu.core import rls
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.rules import seen_until


def list_enrolled(scope: Scope, on: date) -> models.QuerySet[Enrolment]:
    """当日在托。"""
    rows = Enrolment.objects.visible_to(scope).filter(period__contains=on)
    return rows.select_related("child", "class_group")


def enrolment_on(scope: Scope, child_id: int, on: date) -> Enrolment | None:
    """某儿童当日的入托登记。"""
    return list_enrolled(scope, on).filter(child_id=child_id).first()


def names_of_enrolled(scope: Scope, child_ids: Iterable[int]) -> dict[int, str]:
    """编号 → 姓名：also of children who have left, whose enrolment here is in the scope."""
    rows = Enrolment.objects.visible_to(scope).filter(child_id__in=set(child_ids)).order_by()
    known = set(rows.values_list("child_id", flat=True))
    with rls.as_system("儿童离托后，其在托月份的考勤仍须认得出是谁"):
        return dict(Child.all_rows.filter(pk__in=known).values_list("pk", "name"))


def still_seen(child_ids: frozenset[int], on: date) -> frozenset[int]:
    """监护人当日还能看的孩子：those in care, to come, never yet enrolled, or gone under a year."""
    if not child_ids:
        return child_ids
    rows = Enrolment.objects.unscoped(reason="据以建立家长的数据范围")
    ends: dict[int, list[date | None]] = {}
    for child, period in rows.filter(child_id__in=child_ids).values_list("child_id", "period"):
        ends.setdefault(child, []).append(period.upper)
    gone = {
        child
        for child, uppers in ends.items()
        if all(u is not None and on >= seen_until(u) for u in uppers)
    }
    return child_ids - gone
