"""奖补申请的写入。"""

from __future__ import annotations

from tuoyu.domains.grants.services.correcting import Correction, claw_back, find_change, supplement
from tuoyu.domains.grants.services.drafting import draft, enter_school, recompute, type_amounts
from tuoyu.domains.grants.services.flow import (
    accept,
    approve,
    approve_low_risk,
    assess,
    check,
    needs_second,
    refuse,
    send_back,
    submit,
    withdraw,
)
from tuoyu.domains.grants.services.records import (
    add_evidence,
    enter_lease,
    enter_works,
    name_feature_park,
)
from tuoyu.domains.grants.services.together import Announced, check_together

__all__ = [
    "Announced",
    "Correction",
    "accept",
    "add_evidence",
    "approve",
    "approve_low_risk",
    "assess",
    "check",
    "check_together",
    "claw_back",
    "draft",
    "enter_lease",
    "enter_school",
    "enter_works",
    "find_change",
    "name_feature_park",
    "needs_second",
    "recompute",
    "refuse",
    "send_back",
    "submit",
    "supplement",
    "type_amounts",
    "withdraw",
]
