"""班上的写入：every way to a care event goes through ``record``."""

from __future__ import annotations

from tuoyu.domains.care.services.recording import MOST, WORDS, Answer, NewCare, record

__all__ = ["MOST", "WORDS", "Answer", "NewCare", "record"]
