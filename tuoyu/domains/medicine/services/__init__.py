"""喂药的写入。"""

from __future__ import annotations

from tuoyu.domains.medicine.services.alarms import raise_due
from tuoyu.domains.medicine.services.doses import (
    Signer,
    give,
    settle,
    sign_second,
    signer_by_pin,
    take_event,
)
from tuoyu.domains.medicine.services.requests import (
    Paper,
    accept,
    archive,
    ask,
    change,
    refuse,
    set_minutes,
    stop,
)

__all__ = [
    "Paper",
    "Signer",
    "accept",
    "archive",
    "ask",
    "change",
    "give",
    "raise_due",
    "refuse",
    "set_minutes",
    "settle",
    "sign_second",
    "signer_by_pin",
    "stop",
    "take_event",
]
