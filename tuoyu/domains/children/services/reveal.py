"""看原值：opens one sealed field of a child for a stated reason.

The caller's page is ``sensitive=True`` and puts ``child.id`` and ``note`` in its log row, in the
same transaction; guardians read that row under 「谁看过我孩子的档案」.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuoyu.core.errors import DomainError
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.children.selectors import access_child

FIELDS = {
    "name": "姓名",
    "id_number": "身份证号",
    "allergy": "过敏与忌口",
    "health_note": "健康提示",
    "phone": "监护人手机",
}


@dataclass(frozen=True)
class Revealed:
    """原值；``note`` goes to the log, ``text`` never does."""

    child_id: int
    label: str
    text: str
    note: str


def reveal_child(*, scope: Scope, child_id: int, field: str, reason: str) -> Revealed:
    """看一名儿童的一项原值；without a reason nothing is opened."""
    child = access_child(scope, child_id)
    if field not in FIELDS:
        raise DomainError("field", "没有这一项，请返回后重新选择")
    why = reason.strip()
    if len(why) < 2:
        raise DomainError("no-reason", "看原值须写明理由，家长可以看到这条理由；请补写后再提交")
    text = _phones(scope, child_id) if field == "phone" else getattr(child, field)
    return Revealed(child.pk, FIELDS[field], text or "", f"看{FIELDS[field]}：{why}"[:300])


def _phones(scope: Scope, child_id: int) -> str:
    rows = Guardianship.objects.visible_to(scope).filter(child_id=child_id, is_guardian=True)
    found = [g for g in rows.select_related("guardian").order_by("id") if g.guardian.phone]
    return "；".join(f"{Guardianship.Relation(g.relation).label} {g.guardian.phone}" for g in found)
