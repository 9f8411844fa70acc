"""到期提醒：certificates, health cards and background checks, 60, 30 and 7 days before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tuoyu.core import clock
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell
from tuoyu.domains.workforce.selectors import list_expiring
from tuoyu.domains.workforce.selectors.checks import list_checks

STAGES = (0, 7, 30, 60)
AT_ONCE = 7
STAFF = "/inst/expiring/"


@dataclass(frozen=True)
class _Due:
    institution_id: int
    staff: str
    what: str
    days_left: int
    key: str


def stage_of(days_left: int) -> int | None:
    """到了哪一道提醒。"""
    return next((s for s in STAGES if days_left <= s), None)


def warn_expiring(*, at: datetime) -> int:
    """每天一次；each paper tells once at each stage."""
    told = 0
    for due in _dues(at):
        stage = stage_of(due.days_left)
        if stage is None:
            continue
        told += tell(
            kind="act" if stage <= AT_ONCE else "notice",
            users=staff_users(due.institution_id, "inst:staff:manage"),
            title=f"{due.staff}的{due.what}{_ending(stage, due)}",
            body="到期的人员不计入师幼比；请安排换证或复查，登记后不再提醒",
            url=STAFF,
            at=at,
            institution_id=due.institution_id,
            key=f"{due.key}:{stage}",
        )
    return told


def _ending(stage: int, due: _Due) -> str:
    return "已到期" if stage == 0 else f"还有 {due.days_left} 天到期"


def _dues(at: datetime) -> Iterator[_Due]:
    today = clock.day_of(at)
    for e in list_expiring(SYSTEM, today):
        left = e.certificate.days_left
        if left is not None:
            yield _Due(e.institution_id, e.staff, e.certificate.title, left, f"cert:{e.id}")
    for inst in Institution.all_rows.filter(status=Institution.Status.FILED):
        for c in list_checks(SYSTEM, inst.pk, today):
            if c.days_left is not None:
                yield _Due(inst.pk, c.staff, "从业查询", c.days_left, f"check:{c.check_id}")
