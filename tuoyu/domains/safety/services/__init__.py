"""安全的办理。"""

from __future__ import annotations

from tuoyu.domains.safety.services.hazards import close_hazard, find_hazard, fix_hazard
from tuoyu.domains.safety.services.points import add_point, change_point, end_point, record_round
from tuoyu.domains.safety.services.things import (
    add_document,
    add_equipment,
    check_equipment,
    end_equipment,
    hold_drill,
    plan_drill,
)

__all__ = [
    "add_document",
    "add_equipment",
    "add_point",
    "change_point",
    "check_equipment",
    "close_hazard",
    "end_equipment",
    "end_point",
    "find_hazard",
    "fix_hazard",
    "hold_drill",
    "plan_drill",
    "record_round",
]
