"""收费的读取。"""

from tuoyu.domains.billing.selectors.money import (
    Standing,
    charged_care_fee,
    find_bill,
    paid_care_fee,
    standing_of,
    standings,
    waived,
    waived_many,
)

__all__ = [
    "Standing",
    "charged_care_fee",
    "find_bill",
    "paid_care_fee",
    "standing_of",
    "standings",
    "waived",
    "waived_many",
]
