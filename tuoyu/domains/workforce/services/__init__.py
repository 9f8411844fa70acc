"""从业人员的写入。"""

from __future__ import annotations

from tuoyu.domains.workforce.services.leaves import ask_leave, decide_leave, withdraw_leave
from tuoyu.domains.workforce.services.papers import add_certificate, record_check
from tuoyu.domains.workforce.services.rota import Copied, copy_week, drop_shift, plan_shift

__all__ = [
    "Copied",
    "add_certificate",
    "ask_leave",
    "copy_week",
    "decide_leave",
    "drop_shift",
    "plan_shift",
    "record_check",
    "withdraw_leave",
]
