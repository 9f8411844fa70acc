"""听到的消息：a bump that a class tablet recorded, perhaps without network, becomes a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuoyu.core import events, rls
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.care.kinds import Detail, register
from tuoyu.domains.care.own_kinds import one_of, words
from tuoyu.domains.incidents import rules
from tuoyu.domains.incidents.models import Kind
from tuoyu.domains.incidents.services.recording import Note, draft_of_event

BUMP = "bump"
_KINDS = {str(k): str(v) for k, v in Kind.choices}


def read_bump(raw: Mapping[str, Any]) -> Detail:
    """现场记一笔：type, where on the body, what happened, what was done."""
    marks = raw.get("marks") or []
    if not isinstance(marks, list) or len(marks) > len(rules.PARTS):
        raise ValueError("部位应是一组代码")
    return {
        "what": one_of(raw.get("what", "bump"), _KINDS),
        "marks": [one_of(m, rules.PARTS) for m in marks],
        "place": words(raw.get("place"), 40),
        "how": words(raw.get("how"), 300),
        "aid": words(raw.get("aid"), 200),
    }


@events.on(CareRecorded)
def keep_bump(event: CareRecorded) -> None:
    """存成伤害记录草稿。"""
    if event.kind != BUMP or event.child_id is None:
        return
    given = event.detail
    note = Note(
        event.at, given["place"], given["what"], marks=given["marks"], what=given["how"],
        first_aid=given["aid"],
    )  # fmt: skip
    with rls.as_system("平板的事件已核对机构与儿童"):
        draft_of_event(
            event_id=event.id,
            child_id=event.child_id,
            institution_id=event.institution_id,
            region_code=event.region_code,
            note=note,
            user_id=event.by or 0,
            name=event.by_name,
            at=event.received_at,
        )


register(BUMP, read_bump, title="磕碰", is_sealed=True, may_undo=False)
