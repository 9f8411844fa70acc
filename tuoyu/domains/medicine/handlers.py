"""听到的消息：a dose that a class tablet recorded, perhaps without network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tuoyu.core import events, rls
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.care.kinds import Detail, register
from tuoyu.domains.care.own_kinds import number, one_of, words
from tuoyu.domains.medicine.models import Dose
from tuoyu.domains.medicine.services import Signer, take_event

DOSE = "dose"
_OUTCOMES = dict(Dose.Outcome.choices)


def read_dose(raw: Mapping[str, Any]) -> Detail:
    """一次喂药的内容：which request, for what time, how it went."""
    due = datetime.fromisoformat(words(raw.get("due"), 40))
    if due.tzinfo is None:
        raise ValueError("时间须带时区")
    found = {
        "request": number(raw.get("request"), 1, 1 << 62),
        "due": due.isoformat(),
        "outcome": one_of(raw.get("outcome", "given"), {k: str(v) for k, v in _OUTCOMES.items()}),
        "reason": words(raw.get("reason")),
        "note": words(raw.get("note"), 200),
    }
    if found["outcome"] == "skipped" and not found["reason"]:
        raise ValueError("没有喂须写原因")
    return found


@events.on(CareRecorded)
def keep_dose(event: CareRecorded) -> None:
    """存成喂药记录。"""
    if event.kind != DOSE or event.child_id is None:
        return
    detail = event.detail
    with rls.as_system("平板的事件已核对机构与儿童；委托可能在断网期间已归档"):
        take_event(
            event_id=event.id,
            institution_id=event.institution_id,
            child_id=event.child_id,
            request_id=detail["request"],
            due_at=datetime.fromisoformat(detail["due"]),
            by=Signer(event.by or 0, event.by_name),
            at=event.at,
            received_at=event.received_at,
            outcome=detail["outcome"],
            reason=detail["reason"],
            note=detail["note"],
        )


register(DOSE, read_dose, title="喂药", is_sealed=True, may_undo=False)
