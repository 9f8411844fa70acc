"""听到的消息：a meal that a class tablet recorded, perhaps without network.

What happened is written down even when the red list was not ticked to the end; how much of it was
not is counted in the record, and the director is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuoyu.core import clock, events, rls
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.care.kinds import Detail, register
from tuoyu.domains.care.own_kinds import number
from tuoyu.domains.kitchen.models import Meal
from tuoyu.domains.kitchen.selectors.days import list_meals
from tuoyu.domains.kitchen.services.serving import write
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell

SERVE = "serve"
_MOST = 200


def read_serve(raw: Mapping[str, Any]) -> Detail:
    """一次供餐的内容：which meal, and the pairs of dish and child that were ticked."""
    meal, ticks = raw.get("meal"), raw.get("ticks", [])
    if meal not in Meal.values:
        raise ValueError("餐次不在所列之内")
    if not isinstance(ticks, list) or len(ticks) > _MOST:
        raise ValueError("核对名单写法不对")
    pairs = []
    for pair in ticks:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError("核对名单写法不对")
        pairs.append([number(pair[0], 1, 1 << 62), number(pair[1], 1, 1 << 62)])
    return {"meal": meal, "ticks": pairs}


@events.on(CareRecorded)
def keep_serving(event: CareRecorded) -> None:
    """存成供餐记录。"""
    if event.kind != SERVE or event.class_group_id is None:
        return
    day = clock.day_of(event.at)
    ticks = {(dish, child) for dish, child in event.detail["ticks"]}
    with rls.as_system("平板的事件已核对机构与班级；补传时经手人可能已离岗"):
        meals = list_meals(SYSTEM, event.institution_id, event.class_group_id, day)
        found = next((m for m in meals if m.meal == event.detail["meal"]), None)
        if found is None or found.serving is not None:
            return
        made = write(SYSTEM, event.class_group_id, found, ticks, event.by_name, event.at,
                     event.received_at, event.id)  # fmt: skip
        if made.unticked:
            tell(
                kind="act",
                users=staff_users(event.institution_id, "inst:kitchen:manage"),
                title=f"{Meal(made.meal).label}有 {made.unticked} 处替代没有核对",
                body="断网期间供的餐，请向当班老师核实孩子实际吃了什么。",
                url=f"/inst/kitchen/serve/?room={event.class_group_id}",
                at=event.received_at,
                institution_id=event.institution_id,
                region_code=event.region_code,
                key=f"serve:{made.pk}",
            )


register(SERVE, read_serve, title="供餐", of_child=False, may_undo=False)
