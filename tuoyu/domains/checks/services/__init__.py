"""核验的写入：run a month, ask, answer, decide, tune, measure."""

from __future__ import annotations

from tuoyu.domains.checks.services.deciding import answer, ask, decide, follow_up
from tuoyu.domains.checks.services.measuring import Planted, measure
from tuoyu.domains.checks.services.running import CLERK, Ran, RuleRan, run_month
from tuoyu.domains.checks.services.tuning import set_param

__all__ = [
    "CLERK",
    "Planted",
    "Ran",
    "RuleRan",
    "answer",
    "ask",
    "decide",
    "follow_up",
    "measure",
    "run_month",
    "set_param",
]
