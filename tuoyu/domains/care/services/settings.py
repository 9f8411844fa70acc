"""睡眠巡视间隔的设定。"""

from __future__ import annotations

from datetime import datetime

from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.care.models import SleepSetting
from tuoyu.domains.institutions.selectors import access_institution


def set_intervals(
    *, scope: Scope, institution_id: int, minutes: tuple[int, int, int], by: int, at: datetime
) -> None:
    """设定睡眠巡视间隔（本机构自定）。"""
    inst = access_institution(scope, institution_id)
    if any(not 1 <= m <= 60 for m in minutes):
        raise DomainError("minutes", "巡视间隔应在 1 至 60 分钟之间，请改正")
    if list(minutes) != sorted(minutes):
        raise DomainError("minutes", "月龄越小间隔应越短，请核对三个数")
    SleepSetting.all_rows.update_or_create(
        institution_id=inst.pk,
        defaults={
            "region_code": inst.region_code,
            "under_12": minutes[0],
            "under_24": minutes[1],
            "from_24": minutes[2],
            "set_by": by,
            "set_at": at,
        },
    )
