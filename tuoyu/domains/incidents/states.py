"""伤害上报的办件状态与权限。"""

from __future__ import annotations

CASE = "incident_report"
RECEIVE, HANDLING, CLOSED = "receive", "handling", "closed"
RECORD, SIGN = "inst:incident:record", "inst:incident:sign"
GOV_VIEW, GOV_HANDLE, GOV_CLOCK = (
    "gov:incident:view",
    "gov:incident:handle",
    "gov:incident:clock",
)
FAMILY = "family:incident:sign"
PROTECT_MAKE, PROTECT_READ = "protect:report:make", "protect:report:read"
PROTECT_STEP, PROTECT_RECEIVE = "protect:report:step", "protect:report:receive"
