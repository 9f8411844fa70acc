"""要人动手的预警：rooms short of carers, then those missing after the cut-off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.selectors import MissingList, missing_without_leave
from tuoyu.domains.indicators.today import RoomRisk, rooms_at_risk
from tuoyu.domains.institutions.selectors import list_names


@dataclass(frozen=True)
class Alarm:
    """一条预警。``minutes`` is negative when the time for it has passed."""

    kind: str
    institution_id: int
    institution: str
    title: str
    task: str
    text: str
    minutes: int | None


def list_alarms(scope: Scope, now: datetime) -> list[Alarm]:
    """现在的预警：the two gravest absences first, then rooms, then the rest."""
    risks, _ = rooms_at_risk(scope, now)
    breaches = [r for r in risks if r.room.state == "breach"]
    absences = missing_without_leave(scope, clock.day_of(now), now)
    names = list_names(scope) if breaches else {}
    missing = [_missing(m, now) for m in absences]
    return missing[:2] + [_ratio(r, names) for r in breaches] + missing[2:]


def _missing(row: MissingList, now: datetime) -> Alarm:
    over = now - clock.at(now.date(), row.leave_cutoff.hour, row.leave_cutoff.minute)
    minutes = int(over.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return Alarm(
        kind="missing",
        institution_id=row.institution_id,
        institution=row.institution_name,
        title=f"{len(row.children)} 名儿童未到未请假",
        task="园长跟进",
        text=f"超 {hours} 小时 {rest} 分" if hours else f"超 {minutes} 分",
        minutes=-minutes,
    )


def _ratio(risk: RoomRisk, names: dict[int, str]) -> Alarm:
    room = risk.room
    return Alarm(
        kind="ratio",
        institution_id=risk.institution_id,
        institution=names.get(risk.institution_id, ""),
        title=f"{room.name} {room.present} 人，持证 {room.staff} 名",
        task="园长调配",
        text=f"差 {(room.required or 0) - room.staff} 名",
        minutes=None,
    )
