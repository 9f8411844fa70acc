"""入托规则：ages and sizes by class type. Pure; the figures come from the national pack."""

from __future__ import annotations

from datetime import date

from tuoyu.core.periods import add_months, age_months
from tuoyu.domains.policies.engine import ClassType


def age_problem(rule: ClassType, born_on: date, on: date) -> str:
    """月龄不合的说明；empty when it fits on the day. 依据：设置标准（试行）第十九条。"""
    if born_on > on:
        return f"出生日期 {born_on} 晚于入托日 {on}，请核对"
    months = age_months(born_on, on)
    if months < rule.age_from:
        return (
            f"{rule.name}收满 {rule.age_from} 个月的儿童，{on} 时为 {months} 个月，"
            "请换班型或改入托日"
        )
    if months >= rule.age_to:
        return f"{rule.name}收不满 {rule.age_to} 个月的儿童，{on} 时为 {months} 个月，请换班型"
    return ""


def size_problem(rule: ClassType, capacity: int, places: int, taken: int) -> str:
    """人数不合的说明：no more children than the class's size, its capacity or its places."""
    limit = min(rule.max_children, capacity, places)
    if taken < limit:
        return ""
    why = {
        rule.max_children: f"{rule.name}每班最多 {rule.max_children} 人",
        capacity: f"本班核定 {capacity} 人",
        places: f"本班运营托位 {places} 个",
    }[limit]
    return f"本班已有 {taken} 人，{why}，不能再收；请换班或先办托位变更"


GRACE_MONTHS = 12  # a promise of the platform to families: a year to take the album home


def seen_until(left_on: date) -> date:
    """离园后监护人可看到哪一天（不含）：one year from the first day no longer in care."""
    return add_months(left_on, GRACE_MONTHS)
