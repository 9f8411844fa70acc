"""补助结算的写入：settle, replay, move the statements."""

from tuoyu.domains.subsidies.services.flow import (
    Approved,
    approve,
    approve_low_risk,
    confirm,
    return_to_county,
    return_to_institution,
    review,
)
from tuoyu.domains.subsidies.services.replaying import Fault, Replay, replay
from tuoyu.domains.subsidies.services.settling import Settled, check_may_settle, settle

__all__ = [
    "Approved",
    "Fault",
    "Replay",
    "Settled",
    "approve",
    "approve_low_risk",
    "check_may_settle",
    "confirm",
    "replay",
    "return_to_county",
    "return_to_institution",
    "review",
    "settle",
]
