"""矩阵用的办公室对象：a shift, a leave, a check, a report and an export of 青禾 and of 海风."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.domains.reports import services as reports
from tuoyu.domains.workforce import services

SIDES = (("a1", "director"), ("b1", "other-director"))


def office_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """办公室的编号。"""
    own, other = (_side(w, *side) for side in SIDES)
    return {name: (own[name], other[name]) for name in own}


def _side(w: World, key: str, director: str) -> dict[str, Any]:
    inst, staff = w.institutions[key], w.staff[f"{key}.infant"].pk
    by, today = actor_for_user(w.users[director]), NOW.date()
    shift = services.plan_shift(
        scope=by.scope, staff_id=staff, class_group_id=w.classes[f"{key}.infant"].pk, day=today,
        from_minute=480, to_minute=960, by_name=by.name, at=NOW,
    )  # fmt: skip
    day = today + timedelta(days=9)
    leave = services.ask_leave(
        by=by, staff_id=staff, kind="annual", first=day, last=day, reason="", at=NOW
    )
    check = services.record_check(
        scope=by.scope, staff_id=staff, checked_on=today, agency="示例公安机关", result="clear",
        by_name=by.name, at=NOW, today=today,
    )  # fmt: skip
    report = reports.start_report(
        institution=inst, kind="month", day=date(2025, 8, 1), today=today, at=NOW
    )
    asked = reports.ask_export(
        by=by, institution=inst, reason="示例", with_sealed=False, at=NOW - timedelta(days=1)
    )
    reports.pack(export_id=asked.pk, at=NOW)
    return {
        "rota_shift_id": shift.pk,
        "staff_leave_id": leave.pk,
        "background_check_id": check.pk,
        "staff_id": staff,
        "report_id": report.pk,
        "export_id": asked.pk,
    }
