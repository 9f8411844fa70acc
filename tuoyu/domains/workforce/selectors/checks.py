"""从业查询的读取：dates for the list, the result only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tuoyu.core.errors import NotFound
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.workforce.models import BackgroundCheck, Staff
from tuoyu.domains.workforce.selectors.people import working


@dataclass(frozen=True)
class CheckRow:
    """一人的从业查询。``due_on``: the day from which it is owed again."""

    staff_id: int
    staff: str
    post: str
    check_id: int | None
    checked_on: date | None
    agency: str
    by_name: str
    due_on: date | None
    days_left: int | None

    @property
    def tone(self) -> str:
        if self.days_left is None:
            return "danger" if self.checked_on is None else "ok"
        return "danger" if self.days_left <= 7 else "warn" if self.days_left <= 60 else "ok"

    @property
    def text(self) -> str:
        if self.checked_on is None:
            return "未查询"
        if self.days_left is None:
            return "已查询"
        if self.days_left <= 0:
            return "已到期"
        return f"剩 {self.days_left} 天" if self.days_left <= 60 else "有效"


def recheck_months() -> int | None:
    """从业查询的周期（国家包）；None where no source gives one."""
    norm = current_book().national.norms.get("background_check_months")
    return norm.value if norm is not None else None


def list_checks(scope: Scope, institution_id: int, on: date) -> list[CheckRow]:
    """在册人员的最近一次查询；who was never checked comes first, then what is due soonest."""
    latest: dict[int, BackgroundCheck] = {}
    rows = BackgroundCheck.objects.visible_to(scope).filter(institution_id=institution_id)
    for row in rows.defer("result").order_by("checked_on", "id"):
        latest[row.staff_id] = row
    staff = working(Staff.objects.visible_to(scope), on).filter(institution_id=institution_id)
    months = recheck_months()
    found = [_row(s, latest.get(s.pk), months, on) for s in staff]
    return sorted(
        found, key=lambda r: (r.due_on or (date.max if r.checked_on else date.min), r.staff_id)
    )


def _row(s: Staff, check: BackgroundCheck | None, months: int | None, on: date) -> CheckRow:
    due = add_months(check.checked_on, months) if check and months else None
    return CheckRow(
        s.pk,
        s.name,
        s.get_post_display(),
        check.pk if check else None,
        check.checked_on if check else None,
        check.agency if check else "",
        check.made_by_name if check else "",
        due,
        (due - on).days if due else None,
    )


def access_check(scope: Scope, check_id: int) -> BackgroundCheck:
    """取一次查询（含结果）。"""
    rows = BackgroundCheck.objects.visible_to(scope).select_related("staff")
    found = rows.filter(pk=check_id).first()
    if found is None:
        raise NotFound
    return found
