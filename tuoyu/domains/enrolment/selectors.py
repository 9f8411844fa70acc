"""入托的读取。"""

from __future__ import annotations

from datetime import date

from django.db import models

from tuoyu.core.scope import Scope
from tuoyu.domains.enrolment.models import Enrolment


def list_enrolled(scope: Scope, on: date) -> models.QuerySet[Enrolment]:
    """当日在托。"""
    rows = Enrolment.objects.visible_to(scope).filter(period__contains=on)
    return rows.select_related("child", "class_group")


def enrolment_on(scope: Scope, child_id: int, on: date) -> Enrolment | None:
    """某儿童当日的入托登记。"""
    return list_enrolled(scope, on).filter(child_id=child_id).first()
