"""三方对账：source line ↔ order ↔ bank. One difference is enough for nothing to be booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds.files.returns import WORDS, Answer, ReturnFile, ReturnLine


class Verdict(StrEnum):
    """对账结论。"""

    MATCHED = "matched"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    REPEATED = "repeated"
    MISSING = "missing"


TITLES = {
    Verdict.MATCHED: "相符",
    Verdict.DIFFERS: "金额不符",
    Verdict.UNKNOWN: "查无此指令",
    Verdict.DUPLICATE: "指令号重复",
    Verdict.REPEATED: "已入过账",
    Verdict.MISSING: "银行未回",
}
TONES = {Verdict.MATCHED: "ok", Verdict.MISSING: "warn"}


@dataclass(frozen=True)
class Sent:
    """送银行的一笔：``answered`` is what was booked before, if anything."""

    reference: str
    amount_fen: int
    answered: Answer | None = None


@dataclass(frozen=True)
class Compared:
    """对账的一行。"""

    reference: str
    sent_fen: int | None
    line: ReturnLine | None
    verdict: Verdict

    @property
    def is_fault(self) -> bool:
        return self.verdict not in (Verdict.MATCHED, Verdict.MISSING)


def compare(sent: Sequence[Sent], file: ReturnFile) -> list[Compared]:
    """逐笔核对：the file's lines in their order, then those the bank has not answered."""
    known = {each.reference: each for each in sent}
    times = Counter(line.reference for line in file.lines)
    rows = [_judge(line, known.get(line.reference), times[line.reference]) for line in file.lines]
    left = [s for s in sent if s.reference not in times and s.answered is None]
    rows += [Compared(s.reference, s.amount_fen, None, Verdict.MISSING) for s in left]
    return rows


def _judge(line: ReturnLine, sent: Sent | None, times: int) -> Compared:
    if sent is None:
        return Compared(line.reference, None, line, Verdict.UNKNOWN)
    if times > 1:
        verdict = Verdict.DUPLICATE
    elif sent.amount_fen != line.amount_fen:
        verdict = Verdict.DIFFERS
    elif not _follows(line.answer, sent.answered):
        verdict = Verdict.REPEATED
    else:
        verdict = Verdict.MATCHED
    return Compared(line.reference, sent.amount_fen, line, verdict)


def _follows(now: Answer, before: Answer | None) -> bool:
    """退票只能在已付之后，其余只能答一次。"""
    return before is Answer.PAID if now is Answer.RETURNED else before is None


def faults(rows: Sequence[Compared], file: ReturnFile) -> list[str]:
    """不能入账的原因，逐条；empty when the file may be booked."""
    said = []
    if file.count != len(file.lines):
        said.append(f"回单写明 {file.count} 笔，实有 {len(file.lines)} 笔")
    if file.total_fen != file.sum_fen:
        said.append(
            f"回单写明合计 {yuan_grouped(file.total_fen)} 元，"
            f"各行之和为 {yuan_grouped(file.sum_fen)} 元，合计不符"
        )
    return said + [_why(row) for row in rows if row.is_fault]


def _why(row: Compared) -> str:
    line = row.line
    assert line is not None
    where = f"第 {line.number} 行 {row.reference or '（无指令号）'}"
    if row.verdict is Verdict.UNKNOWN:
        return f"{where} 不是本批送出的指令"
    if row.verdict is Verdict.DUPLICATE:
        return f"{where} 在回单中重复出现"
    if row.verdict is Verdict.DIFFERS:
        assert row.sent_fen is not None
        return (
            f"{where} 回单 {yuan_grouped(line.amount_fen)} 元，"
            f"送出 {yuan_grouped(row.sent_fen)} 元，金额不符"
        )
    if line.answer is Answer.RETURNED:
        return f"{where} 尚未付出，不能作退票"
    return f"{where} 已入过账，不能再作{WORDS[line.answer]}"
