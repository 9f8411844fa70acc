"""伤害记录与强制报告的写入。"""

from __future__ import annotations

from tuoyu.domains.incidents.services.county import close, receive, set_clock
from tuoyu.domains.incidents.services.protection import add_step
from tuoyu.domains.incidents.services.protection import report as report_mandatory
from tuoyu.domains.incidents.services.recording import (
    Note,
    add_entry,
    choose_shown,
    draft,
    file,
    raise_grade,
    revise,
    set_photo,
)
from tuoyu.domains.incidents.services.signing import (
    call,
    share,
    sign_parent,
    sign_staff,
    tell_in_person,
)

__all__ = [
    "Note",
    "add_entry",
    "add_step",
    "call",
    "choose_shown",
    "close",
    "draft",
    "file",
    "raise_grade",
    "receive",
    "report_mandatory",
    "revise",
    "set_clock",
    "set_photo",
    "share",
    "sign_parent",
    "sign_staff",
    "tell_in_person",
]
