"""晚接：leavings after closing time, what was decided of them, and what of it a bill holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet
from tuoyu.domains.billing.models import ItemKind, LatePickup, Unit
from tuoyu.domains.billing.selectors.prices import Price, Tariff
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.institutions.models import Institution


@dataclass(frozen=True)
class Late:
    """一次晚接。``decided`` is None while nobody has said what becomes of it."""

    child_id: int
    name: str
    day: date
    left_at: datetime
    minutes: int
    decided: LatePickup | None

    @property
    def key(self) -> str:
        return f"{self.child_id}-{self.day}"


def list_late(scope: Scope, institution: Institution, start: date, end: date) -> list[Late]:
    """一段日子里的晚接，the undecided first, then the latest."""
    sheets = DaySheet.objects.visible_to(scope).filter(
        institution_id=institution.pk, day__gte=start, day__lt=end, out_at__isnull=False,
        out_at__time__gt=institution.closes_at,
    )  # fmt: skip
    rows = list(sheets.order_by("-day", "child_id"))
    names = names_of_enrolled(scope, {s.child_id for s in rows})
    decided = LatePickup.objects.visible_to(scope).filter(
        institution_id=institution.pk, day__gte=start, day__lt=end
    )
    known = {(d.child_id, d.day): d for d in decided}
    found = [
        Late(s.child_id, names.get(s.child_id, "儿童"), s.day, s.out_at,
             minutes_after(s.out_at, institution.closes_at), known.get((s.child_id, s.day)))
        for s in rows if s.out_at is not None
    ]  # fmt: skip
    found = [late for late in found if late.minutes > 0]
    return sorted(found, key=lambda late: late.decided is not None)


def minutes_after(left: datetime, closes: time) -> int:
    """超过闭园的整分钟。"""
    here = left.astimezone(clock.ZONE)
    return (here.hour - closes.hour) * 60 + here.minute - closes.minute


def late_price(tariff: Tariff, class_type: str = "") -> Price | None:
    """按小时（或按次）备案的延时服务费；without one nothing may be charged."""
    found = [
        p for p in tariff.prices
        if p.kind == ItemKind.EXTENDED and p.unit in (Unit.HOUR, Unit.ONCE)
        and p.class_type in (class_type, "")
    ]  # fmt: skip
    return max(found, key=lambda p: p.class_type != "", default=None)


def charged_in(institution_id: int, bill_month: date) -> dict[int, list[LatePickup]]:
    """计入这个月账单的晚接，by child."""
    rows = LatePickup.all_rows.filter(
        institution_id=institution_id, bill_month=bill_month, minutes__isnull=False
    )
    out: dict[int, list[LatePickup]] = defaultdict(list)
    for row in rows.order_by("day"):
        out[row.child_id].append(row)
    return out
