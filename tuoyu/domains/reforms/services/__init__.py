"""沙盘的动作：propose a scenario, compute it, check it again."""

from __future__ import annotations

from tuoyu.domains.reforms.services.checking import Checked, check_again
from tuoyu.domains.reforms.services.proposing import propose, propose_sweep
from tuoyu.domains.reforms.services.running import compute

__all__ = ["Checked", "check_again", "compute", "propose", "propose_sweep"]
