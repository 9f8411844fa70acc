"""在托人数：counts of enrolments for pages that must not read the children themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count

from tuoyu.core.scope import Scope
from tuoyu.domains.enrolment.models import Enrolment


def enrolled_by_institution(
    scope: Scope, institution_ids: Sequence[int], on: date
) -> dict[int, int]:
    """各机构当日在托人数。"""
    rows = Enrolment.objects.visible_to(scope).filter(
        institution_id__in=institution_ids, period__contains=on
    )
    counted = rows.order_by().values("institution_id").annotate(n=Count("pk"))
    return {r["institution_id"]: r["n"] for r in counted}
