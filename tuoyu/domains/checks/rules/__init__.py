"""核验规则：each in its own file; a new one adds its line here."""

from __future__ import annotations

from tuoyu.domains.checks.rules import (
    fast_codes,
    no_trace,
    outside_hours,
    over_places,
    redemption_rush,
    shared_phones,
    staff_batches,
    staff_two_sites,
    two_places,
    voucher_idle,
)
from tuoyu.domains.checks.rules.declared import Param, Rule

ALL: tuple[Rule, ...] = (
    two_places.RULE,
    fast_codes.RULE,
    staff_batches.RULE,
    outside_hours.RULE,
    no_trace.RULE,
    over_places.RULE,
    staff_two_sites.RULE,
    shared_phones.RULE,
    voucher_idle.RULE,
    redemption_rush.RULE,
)
RULES: dict[str, Rule] = {r.code: r for r in ALL}

__all__ = ["ALL", "RULES", "Param", "Rule"]
