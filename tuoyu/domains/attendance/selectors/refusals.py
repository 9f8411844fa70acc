"""接走被拒与放行的读取。"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import RefusedPickup, Release


def list_refused_pickups(scope: Scope, day: date) -> models.QuerySet[RefusedPickup]:
    """当日被拒的接走，最近的在前。"""
    start = clock.at(day)
    return (
        RefusedPickup.objects.visible_to(scope)
        .filter(received_at__gte=start, received_at__lt=start + timedelta(days=1))
        .order_by("-received_at")
    )


def list_releases(scope: Scope, day: date) -> models.QuerySet[Release]:
    """当日的放行。"""
    start = clock.at(day)
    return (
        Release.objects.visible_to(scope)
        .filter(at__gte=start, at__lt=start + timedelta(days=1))
        .order_by("-at")
    )
