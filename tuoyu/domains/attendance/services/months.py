"""月结、家长确认与考勤异议。"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish, push_live
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.events import DisputeAnswered, MonthClosed
from tuoyu.domains.attendance.models import (
    DaySheet,
    DayStatus,
    Dispute,
    GuardianConfirmation,
    MonthClose,
)
from tuoyu.domains.attendance.selectors.months import Obstacle, hash_sheets, list_obstacles
from tuoyu.domains.attendance.services.asking import correct
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import Institution


class CannotClose(DomainError):
    """不能月结：``obstacles`` lists each day that is still open."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        self.obstacles = obstacles
        named = "；".join(f"{o.child_name} {o.day:%m月%d日} {o.why}" for o in obstacles[:10])
        more = f"等 {len(obstacles)} 处" if len(obstacles) > 10 else ""
        super().__init__("not-ready", f"还有未处理的考勤，请先核定再确认：{named}{more}")


def close_month(
    *, scope: Scope, institution_id: int, month: date, by: int, by_name: str, at: datetime
) -> MonthClose:
    """确认月结：from then on the month changes by delta lines only."""
    first, end = month.replace(day=1), add_months(month.replace(day=1), 1)
    inst = Institution.objects.visible_to(scope).filter(pk=institution_id).first()
    if inst is None:
        raise NotFound
    if clock.day_of(at) < end:
        raise DomainError("month-not-over", f"{first:%Y年%m月}尚未结束，请在下月 1 日起确认")
    obstacles = list_obstacles(scope, institution_id, first)
    if obstacles:
        raise CannotClose(obstacles)
    sheets = DaySheet.objects.visible_to(scope).filter(
        institution_id=institution_id, day__gte=first, day__lt=end
    )
    try:
        with transaction.atomic():
            made = MonthClose.all_rows.create(
                institution_id=institution_id,
                region_code=inst.region_code,
                month=first,
                closed_at=at,
                closed_by=by,
                closed_by_name=by_name[:80],
                children=sheets.values("child_id").distinct().count(),
                days=sheets.filter(status=DayStatus.PRESENT).count(),
                sheets_hash=hash_sheets(sheets),
            )
            publish(MonthClosed(institution_id, first))
            push_live([f"institution:{institution_id}", f"region:{inst.region_code}"], "month")
    except IntegrityError as error:
        raise DomainError("closed", f"{first:%Y年%m月}已经确认过，不必重复") from error
    return made


def confirm_month(
    *, scope: Scope, child_id: int, month: date, guardian_id: int, at: datetime
) -> GuardianConfirmation:
    """家长月确认：one tap; refused while a dispute of that month is open."""
    first, end = month.replace(day=1), add_months(month.replace(day=1), 1)
    if clock.day_of(at) < end:
        raise DomainError("month-not-over", "这个月还没有结束，请在下月 1 日起确认")
    child = _child(scope, child_id)
    place = (
        Enrolment.objects.visible_to(scope)
        .filter(child_id=child.pk, period__overlap=(first, end))
        .order_by("-period")
        .first()
    )
    if place is None:
        raise DomainError("not-enrolled", "孩子这个月没有入托登记，无须确认")
    open_ones = Dispute.objects.visible_to(scope).filter(
        child_id=child.pk, day__gte=first, day__lt=end, answered_at=None
    )
    if open_ones.exists():
        raise DomainError("dispute-open", "还有一天的异议没有答复，请等园里答复后再确认")
    made, _ = GuardianConfirmation.all_rows.get_or_create(
        child_id=child.pk,
        month=first,
        defaults={
            "institution_id": place.institution_id,
            "region_code": place.region_code,
            "guardian_id": guardian_id,
            "confirmed_at": at,
        },
    )
    return made


def dispute_day(
    *,
    scope: Scope,
    child_id: int,
    day: date,
    says: DayStatus,
    reason: str,
    guardian_id: int,
    at: datetime,
) -> Dispute:
    """提出异议：one open dispute a day."""
    child = _child(scope, child_id)
    if day > clock.day_of(at):
        raise DomainError("future-day", "还没有到的日子不能提异议，请核对日期")
    if not reason.strip():
        raise DomainError("no-reason", "请写明实际情况，园里据此核对")
    place = (
        Enrolment.objects.visible_to(scope).filter(child_id=child.pk, period__contains=day).first()
    )
    if place is None:
        raise DomainError("not-enrolled", "孩子当天没有入托登记，请核对日期")
    try:
        with transaction.atomic():
            made = Dispute.all_rows.create(
                child_id=child.pk,
                institution_id=place.institution_id,
                region_code=place.region_code,
                day=day,
                says=says,
                reason=reason.strip()[:200],
                guardian_id=guardian_id,
                made_at=at,
            )
    except IntegrityError as error:
        raise DomainError("dispute-open", "这一天已经提过异议，请等园里答复") from error
    push_live([f"institution:{place.institution_id}"], "dispute")
    return made


def answer_dispute(
    *, scope: Scope, dispute_id: int, accept: bool, answer: str, by: int, at: datetime
) -> Dispute:
    """答复异议：accepting makes a correction; declining needs a reason."""
    with transaction.atomic():
        found = Dispute.objects.visible_to(scope).select_for_update().filter(pk=dispute_id).first()
        if found is None:
            raise NotFound
        if found.answered_at is not None:
            raise DomainError("answered", "这条异议已经答复过，请刷新页面查看")
        if not answer.strip():
            raise DomainError("no-reason", "请写明答复，家长会看到这段话")
        found.accepted, found.answer = accept, answer.strip()[:200]
        found.answered_at, found.answered_by = at, by
        found.save(update_fields=["accepted", "answer", "answered_at", "answered_by"])
        if accept:
            _correct_as_said(found, by, at)
        push_live([f"child:{found.child_id}", f"institution:{found.institution_id}"], "dispute")
        publish(DisputeAnswered(found.pk, at))
    return found


def _correct_as_said(dispute: Dispute, by: int, at: datetime) -> None:
    answers = correct(
        child_id=dispute.child_id,
        institution_id=dispute.institution_id,
        day=dispute.day,
        status=DayStatus(dispute.says),
        reason=f"采纳家长异议：{dispute.reason}"[:120],
        user_id=by,
        at=at,
    )
    if answers[0].outcome != "stored":
        raise DomainError(answers[0].code, answers[0].text)


def _child(scope: Scope, child_id: int) -> Child:
    child = Child.objects.visible_to(scope).filter(pk=child_id).first()
    if child is None:
        raise NotFound
    return child
