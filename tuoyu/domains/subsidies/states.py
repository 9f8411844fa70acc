"""结算单的状态代码：the words are declared in the catalogue."""

from __future__ import annotations

TYPE = "subsidy_statement"
CONFIRM, REVIEW, APPROVE, PAY, PAID = "confirm", "review", "approve", "pay", "paid"
