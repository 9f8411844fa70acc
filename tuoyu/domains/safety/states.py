"""隐患的状态与权限。"""

HAZARD = "hazard"
FOUND, FIXED, CLOSED = "found", "fixed", "closed"
RECORD = "inst:safety:record"
