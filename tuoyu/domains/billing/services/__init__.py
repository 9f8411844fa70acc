"""收费的写入：keyword-only, atomic, with who and when."""

from tuoyu.domains.billing.services.deducting import deduct, give_back
from tuoyu.domains.billing.services.filing import (
    NewItem,
    NewRefund,
    accept_filing,
    access_filing,
    amend_filing,
    cap_of,
    file_fees,
    move_filing,
    open_evidence,
)
from tuoyu.domains.billing.services.issuing import Issued, issue_month
from tuoyu.domains.billing.services.late import charge_late, forgive_late
from tuoyu.domains.billing.services.paying import correct_bill, record_payment, reverse_payment
from tuoyu.domains.billing.services.reminding import remind, remind_due
from tuoyu.domains.billing.services.waiving import choose_item, end_choice, set_waiver

__all__ = [
    "Issued",
    "NewItem",
    "NewRefund",
    "accept_filing",
    "access_filing",
    "amend_filing",
    "cap_of",
    "charge_late",
    "choose_item",
    "correct_bill",
    "deduct",
    "end_choice",
    "file_fees",
    "forgive_late",
    "give_back",
    "issue_month",
    "move_filing",
    "open_evidence",
    "record_payment",
    "remind",
    "remind_due",
    "reverse_payment",
    "set_waiver",
]
