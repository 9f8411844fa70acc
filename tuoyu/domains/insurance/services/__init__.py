"""保险的写入。"""

from __future__ import annotations

from tuoyu.domains.insurance.services.claims import conclude, hand_over, report
from tuoyu.domains.insurance.services.premiums import approve, compute, review, send_back
from tuoyu.domains.insurance.services.tenders import award, remind, sign, sync_roster

__all__ = [
    "approve",
    "award",
    "compute",
    "conclude",
    "hand_over",
    "remind",
    "report",
    "review",
    "send_back",
    "sign",
    "sync_roster",
]
