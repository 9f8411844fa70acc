"""资金的模型：ledger (this room) and payments (its own room)."""

from tuoyu.domains.funds.models.ledger import (
    Account,
    AccountKind,
    BudgetLine,
    Entry,
    Position,
    Transfer,
    TransferKind,
)
from tuoyu.domains.funds.models.payments import (
    BankReturn,
    BankReturnLine,
    Batch,
    Instruction,
    Order,
    PayeeAccount,
    Receivable,
    Recovery,
)

__all__ = [
    "Account",
    "AccountKind",
    "BankReturn",
    "BankReturnLine",
    "Batch",
    "BudgetLine",
    "Entry",
    "Instruction",
    "Order",
    "PayeeAccount",
    "Position",
    "Receivable",
    "Recovery",
    "Transfer",
    "TransferKind",
]
