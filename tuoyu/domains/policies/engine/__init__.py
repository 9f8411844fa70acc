"""政策引擎：读政策包、定参、计算、说明、判断指标。不依赖 Django，可单独测试。"""

from __future__ import annotations

from tuoyu.domains.policies.engine.book import Book, load_book
from tuoyu.domains.policies.engine.city import City, Population, ReviewStep, Unit
from tuoyu.domains.policies.engine.evaluate import (
    PAID,
    STATE_NAMES,
    STATES,
    UNDETERMINED,
    ZERO,
    InputError,
    Outcome,
    evaluate,
    evaluate_one,
)
from tuoyu.domains.policies.engine.explain import explain, with_age
from tuoyu.domains.policies.engine.funds import FundGoal, Funds, FundSource, FundUse
from tuoyu.domains.policies.engine.judge import Judged, judge, truncate
from tuoyu.domains.policies.engine.model import Duty, Indicator, Interpretation, Notice, Rule
from tuoyu.domains.policies.engine.national import ClassType, National, Norm
from tuoyu.domains.policies.engine.receipt import (
    ENGINE_VERSION,
    SCHEMA_VERSION,
    canonical,
    digest,
    receipt,
)
from tuoyu.domains.policies.engine.resolve import Overlay, Resolved, resolve
from tuoyu.domains.policies.engine.settlement import may_settle
from tuoyu.domains.policies.engine.source import PackError

__all__ = [
    "ENGINE_VERSION",
    "PAID",
    "SCHEMA_VERSION",
    "STATES",
    "STATE_NAMES",
    "UNDETERMINED",
    "ZERO",
    "Book",
    "City",
    "ClassType",
    "Duty",
    "FundGoal",
    "FundSource",
    "FundUse",
    "Funds",
    "Indicator",
    "InputError",
    "Interpretation",
    "Judged",
    "National",
    "Norm",
    "Notice",
    "Outcome",
    "Overlay",
    "PackError",
    "Population",
    "Resolved",
    "ReviewStep",
    "Rule",
    "Unit",
    "canonical",
    "digest",
    "evaluate",
    "evaluate_one",
    "explain",
    "judge",
    "load_book",
    "may_settle",
    "receipt",
    "resolve",
    "truncate",
    "with_age",
]
