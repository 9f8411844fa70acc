"""核验事项的状态。"""

from __future__ import annotations

TYPE = "check"
OPEN, ASKED, ANSWERED = "open", "asked", "answered"
TRUE, FALSE, DOUBT, GONE = "true", "false", "doubt", "gone"
WAITING = (OPEN, ASKED, ANSWERED)
DECIDE, REPLY = "gov:check:decide", "inst:check:answer"
