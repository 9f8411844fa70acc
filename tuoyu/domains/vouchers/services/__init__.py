"""托育券的写入：campaign, claim, desk, night, draw, settlement."""

from tuoyu.domains.vouchers.services.campaigns import Plan, case_of, close, prepare, start
from tuoyu.domains.vouchers.services.claiming import Claimed, claim, new_code, withdraw
from tuoyu.domains.vouchers.services.desk import hold, note_wrong, reckon_all, redeem, release
from tuoyu.domains.vouchers.services.drawing import draw, draw_due
from tuoyu.domains.vouchers.services.ending import expire_due, finish, revoke
from tuoyu.domains.vouchers.services.reversing import redemption_of, reverse
from tuoyu.domains.vouchers.services.settling import approve, mark_paid, propose, settle

__all__ = [
    "Claimed",
    "Plan",
    "approve",
    "case_of",
    "claim",
    "close",
    "draw",
    "draw_due",
    "expire_due",
    "finish",
    "hold",
    "mark_paid",
    "new_code",
    "note_wrong",
    "prepare",
    "propose",
    "reckon_all",
    "redeem",
    "redemption_of",
    "release",
    "reverse",
    "revoke",
    "settle",
    "start",
    "withdraw",
]
