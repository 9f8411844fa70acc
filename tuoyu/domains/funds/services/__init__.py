"""资金的写入：budgets and ledger (here), orders, batches and bank (rooms of their own)."""

from tuoyu.domains.funds.services.accounts import (
    confirm_account,
    propose_account,
    refuse_account,
)
from tuoyu.domains.funds.services.bank import bank_file, blank_return, message
from tuoyu.domains.funds.services.batches import prepare, release, withdraw
from tuoyu.domains.funds.services.budgets import (
    allot,
    change_budget,
    commit,
    free,
    hold_lines,
    reserve,
)
from tuoyu.domains.funds.services.clawback import claim_back, repaid
from tuoyu.domains.funds.services.ledger import Move, balances_of, post, post_all, reverse
from tuoyu.domains.funds.services.orders import Payee, propose_order, redo
from tuoyu.domains.funds.services.reconcile import take_return

__all__ = [
    "Move",
    "Payee",
    "allot",
    "balances_of",
    "bank_file",
    "blank_return",
    "change_budget",
    "claim_back",
    "commit",
    "confirm_account",
    "free",
    "hold_lines",
    "message",
    "post",
    "post_all",
    "prepare",
    "propose_account",
    "propose_order",
    "redo",
    "refuse_account",
    "release",
    "repaid",
    "reserve",
    "reverse",
    "take_return",
    "withdraw",
]
