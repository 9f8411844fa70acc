"""报表与导出的写入。"""

from __future__ import annotations

from tuoyu.domains.reports.services.exporting import (
    ask_export,
    clear_old,
    mark_failed,
    pack,
    read_export,
)
from tuoyu.domains.reports.services.filling import answer, correct_report, start_report, submit
from tuoyu.domains.reports.services.warning import warn_expiring

__all__ = [
    "answer",
    "ask_export",
    "clear_old",
    "correct_report",
    "mark_failed",
    "pack",
    "read_export",
    "start_report",
    "submit",
    "warn_expiring",
]
