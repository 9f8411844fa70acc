"""补助结算的写入：settle, replay, move the statements, pay."""

from tuoyu.domains.subsidies.services.replay import Fault, Replay, replay
from tuoyu.domains.subsidies.services.settle import Settled, check_may_settle, settle

__all__ = ["Fault", "Replay", "Settled", "check_may_settle", "replay", "settle"]
