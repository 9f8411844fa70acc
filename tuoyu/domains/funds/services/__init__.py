"""资金的写入：budgets and ledger (here), orders, batches and bank (rooms of their own)."""

from tuoyu.domains.funds.services.budgets import allot, commit, free, hold_lines, reserve
from tuoyu.domains.funds.services.ledger import Move, balances_of, post, post_all, reverse

__all__ = [
    "Move",
    "allot",
    "balances_of",
    "commit",
    "free",
    "hold_lines",
    "post",
    "post_all",
    "reserve",
    "reverse",
]
