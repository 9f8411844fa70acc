"""照片与观察的规则：pure."""

from __future__ import annotations

from datetime import time
from enum import StrEnum

# A habit of the house, no law: what nobody held back goes to the families at this hour.
PUBLISH_AT = time(17, 0)
MOST_WORDS = 300
MOST_AREAS = 3


class Area(StrEnum):
    """保育领域。依据：托育机构保育指导大纲（试行），国卫人口发〔2021〕2号，第二章。"""

    label: str

    FEEDING = "feeding", "营养与喂养"
    SLEEP = "sleep", "睡眠"
    HABITS = "habits", "生活与卫生习惯"
    MOTION = "motion", "动作"
    LANGUAGE = "language", "语言"
    COGNITION = "cognition", "认知"
    FEELING = "feeling", "情感与社会性"

    def __new__(cls, value: str, label: str) -> Area:
        made = str.__new__(cls, value)
        made._value_, made.label = value, label
        return made


AREAS = [(area.value, area.label) for area in Area]


def area_title(code: str) -> str:
    """领域的名称。"""
    return dict(AREAS)[code]


def observation_problem(areas: list[str], text: str) -> str:
    """记录有什么不妥；empty when there is none."""
    if not text.strip():
        return "还没有写看到了什么，写一两句就够，请补写后再保存"
    if len(text.strip()) > MOST_WORDS:
        return f"观察记录最多 {MOST_WORDS} 字，现为 {len(text.strip())} 字，请删减后再保存"
    if not areas:
        return "请选这次看到的是哪个领域（至少一个）"
    if len(areas) > MOST_AREAS:
        return f"一次最多选 {MOST_AREAS} 个领域，现选了 {len(areas)} 个，请留下最主要的"
    if any(a not in dict(AREAS) for a in areas):
        return "没有这个领域，请刷新页面后再选"
    return ""
