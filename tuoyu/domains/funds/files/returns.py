"""银行回单：what the bank says of each instruction. Told apart by content: XML, Excel or CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Answer(StrEnum):
    """银行的答复。"""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


WORDS = {Answer.PAID: "已付", Answer.FAILED: "失败", Answer.RETURNED: "退票"}


@dataclass(frozen=True)
class ReturnLine:
    """回单的一行；``number`` is its place in the file as a person would count it."""

    number: int
    reference: str
    answer: Answer
    amount_fen: int
    on: date
    bank_ref: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ReturnFile:
    """回单文件：``count`` and ``total_fen`` are what the file itself declares."""

    count: int
    total_fen: int
    lines: tuple[ReturnLine, ...]

    @property
    def sum_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


def declared(lines: tuple[ReturnLine, ...]) -> ReturnFile:
    """按各行写明笔数与合计。"""
    return ReturnFile(len(lines), sum(line.amount_fen for line in lines), lines)
