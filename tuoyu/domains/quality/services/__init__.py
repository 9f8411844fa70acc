"""认定与评定的写入。"""

from tuoyu.domains.quality.services.applying import Given, retract, save, start, submit
from tuoyu.domains.quality.services.awarding import (
    judge_withdrawal,
    lapse,
    make_statement,
    settle_notice,
    tell_withdrawal,
)
from tuoyu.domains.quality.services.judging import commit_draw, draw, finish, recuse
from tuoyu.domains.quality.services.reviewing import accept, decide, refuse, send_back, why_not
from tuoyu.domains.quality.services.setting import add_expert, set_active, set_scheme
from tuoyu.domains.quality.services.sheets import Sheet, correct_sheet, enter_sheet

__all__ = [
    "Given", "Sheet", "accept", "add_expert", "commit_draw", "correct_sheet", "decide", "draw",
    "enter_sheet", "finish", "judge_withdrawal", "lapse", "make_statement", "recuse", "refuse",
    "retract", "save", "send_back", "set_active", "set_scheme", "settle_notice", "start", "submit",
    "tell_withdrawal", "why_not",
]  # fmt: skip
