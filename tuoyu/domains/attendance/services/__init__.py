"""考勤的写入：every way to the day sheets goes through ``record``."""

from __future__ import annotations

from tuoyu.domains.attendance.services.asking import ask_leave, correct, withdraw_leave
from tuoyu.domains.attendance.services.months import (
    CannotClose,
    answer_dispute,
    close_month,
    confirm_month,
    dispute_day,
)
from tuoyu.domains.attendance.services.recording import (
    WORDS,
    Answer,
    NewEvent,
    record,
    record_rows,
    seal_evidence,
)
from tuoyu.domains.attendance.services.releases import grant_release
from tuoyu.domains.attendance.services.shifts import end_shift, start_shift

__all__ = [
    "WORDS",
    "Answer",
    "CannotClose",
    "NewEvent",
    "answer_dispute",
    "ask_leave",
    "close_month",
    "confirm_month",
    "correct",
    "dispute_day",
    "end_shift",
    "grant_release",
    "record",
    "record_rows",
    "seal_evidence",
    "start_shift",
    "withdraw_leave",
]
