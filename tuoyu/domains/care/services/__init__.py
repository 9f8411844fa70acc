"""班上的写入：every way to a care event goes through ``record``."""

from __future__ import annotations

from tuoyu.domains.care.services.acting import set_pin, unlock
from tuoyu.domains.care.services.receiving import MAX_BYTES, Sender, receive
from tuoyu.domains.care.services.recording import MOST, WORDS, Answer, NewCare, record
from tuoyu.domains.care.services.rounds import find_missed_rounds
from tuoyu.domains.care.services.settings import set_intervals

__all__ = [
    "MAX_BYTES",
    "MOST",
    "WORDS",
    "Answer",
    "NewCare",
    "Sender",
    "find_missed_rounds",
    "receive",
    "record",
    "set_intervals",
    "set_pin",
    "unlock",
]
