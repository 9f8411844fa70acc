"""考勤规则（纯函数）：what a day is worth, who is in, and how many carers a room needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

IN, OUT, ABSENT, CORRECT = 1, 2, 3, 4
PRESENT, LEAVE, AWAY = 1, 2, 3
SKEW = 1


@dataclass(frozen=True)
class Fact:
    """一个事件中与日考勤有关的部分。"""

    id: UUID
    kind: int
    at: datetime
    reason: str = ""
    set_status: int | None = None
    set_in_at: datetime | None = None
    set_out_at: datetime | None = None
    flags: int = 0


@dataclass(frozen=True)
class Day:
    """推导出的日考勤；``status`` None is 待核."""

    status: int | None
    in_at: datetime | None
    out_at: datetime | None
    reason: str
    is_corrected: bool
    flags: int
    events: int


def derive(facts: Iterable[Fact]) -> Day | None:
    """日考勤推导：the plain telling of ``attendance_derive`` in SQL; order is of no matter.

    The latest correction stands above all; then any arrival or leaving; then the latest leave.
    Facts from a skewed clock are counted and flagged but decide nothing.
    """
    everything = list(facts)
    if not everything:
        return None
    flags = 0
    for fact in everything:
        flags |= fact.flags
    trusted = [f for f in everything if not f.flags & SKEW]
    ins = [f.at for f in trusted if f.kind == IN]
    outs = [f.at for f in trusted if f.kind == OUT]
    came, left = min(ins, default=None), max(outs, default=None)
    fix, gone = _latest(trusted, CORRECT), _latest(trusted, ABSENT)
    count = len(everything)
    if fix is not None and fix.set_status:
        if fix.set_status != PRESENT:
            return Day(fix.set_status, None, None, fix.reason, True, flags, count)
        return Day(
            PRESENT, fix.set_in_at or came, fix.set_out_at or left, fix.reason, True, flags, count
        )
    if came is not None or left is not None:
        return Day(PRESENT, came, left, "", False, flags, count)
    if gone is not None and gone.set_status:
        return Day(gone.set_status, None, None, gone.reason, False, flags, count)
    return Day(None, None, None, "", False, flags, count)


def _latest(facts: list[Fact], kind: int) -> Fact | None:
    return max((f for f in facts if f.kind == kind), key=lambda f: (f.at, f.id.bytes), default=None)


def live_state(
    status: int | None, *, is_corrected: bool, has_out: bool, last_kind: int | None
) -> str:
    """此刻在哪：in, out, leave, absent, or empty when nothing is known.

    A child may leave and come back, so the last act at the door decides; on a corrected day what
    was asserted decides.
    """
    if status == LEAVE:
        return "leave"
    if status == AWAY:
        return "absent"
    if status != PRESENT:
        return ""
    left = has_out if is_corrected or last_kind is None else last_kind == OUT
    return "out" if left else "in"


@dataclass(frozen=True)
class RoomRatio:
    """一个班此刻的配比。``state``: ok, near (one child more breaks it), breach, unknown."""

    class_id: int
    name: str
    class_type: str
    ratio: int | None
    present: int
    staff: int
    required: int | None
    state: str
    text: str


def carers_needed(present: int, ratio: int) -> int:
    """需要几名保育人员：rounded up."""
    return -(-present // ratio)


def judge_room(
    *, class_id: int, name: str, class_type: str, ratio: int | None, present: int, staff: int
) -> RoomRatio:
    """核对一个班的配比；warns one child before it breaks."""

    def told(required: int | None, state: str, text: str) -> RoomRatio:
        return RoomRatio(class_id, name, class_type, ratio, present, staff, required, state, text)

    if ratio is None:
        return told(None, "unknown", f"{name}：配比标准未定，请城市主管确认后再核")
    required = carers_needed(present, ratio)
    if staff < required:
        short = required - staff
        return told(
            required,
            "breach",
            f"{name}：在班 {present} 人，按 1:{ratio} 应有 {required} 名持证在岗保育人员，"
            f"现 {staff} 名，还差 {short} 名，请立即调配",
        )
    if present and staff < carers_needed(present + 1, ratio):
        return told(required, "near", f"{name}：再来 1 个孩子就超过 1:{ratio}，请提前安排人手")
    return told(required, "ok", f"{name}：在班 {present} 人，持证在岗 {staff} 名，符合 1:{ratio}")
