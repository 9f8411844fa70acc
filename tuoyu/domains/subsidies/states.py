"""结算单的状态代码：the words are declared in the catalogue."""

from __future__ import annotations

TYPE = "subsidy_statement"
SOURCE = "statement"  # how funds call a statement: orders and claims are keyed "statement:<id>"
CONFIRM, REVIEW, APPROVE, PAY, PAID = "confirm", "review", "approve", "pay", "paid"
RECOVER, RECOVERED, NOTHING = "recover", "recovered", "nothing"
# Approved by the city, whatever came of it since.
APPROVED = (PAY, PAID, RECOVER, RECOVERED, NOTHING)
