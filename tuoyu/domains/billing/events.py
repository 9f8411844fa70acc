"""收费的消息：told upwards when a bill reaches a family or money was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class BillsIssued:
    """账单已发出。"""

    institution_id: int
    month: date
    child_ids: tuple[int, ...]


@dataclass(frozen=True)
class PaymentRecorded:
    """收款已登记（冲正为负）。"""

    bill_id: int
    child_id: int
    institution_id: int
    month: date
    amount_fen: int
