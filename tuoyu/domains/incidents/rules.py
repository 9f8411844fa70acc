"""伤害记录的规则：body parts, facts and the grade they suggest. Plain Python.

The suggestion only orders attention; a person decides and says why when deciding otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

# front and back by body part; ids of the drawing and of the list beside it
PARTS: dict[str, str] = {
    "head": "头顶前额",
    "face": "脸",
    "neck": "颈前",
    "chest": "胸",
    "belly": "腹",
    "groin": "会阴部",
    "arm-r": "右上臂",
    "arm-l": "左上臂",
    "hand-r": "右前臂与手",
    "hand-l": "左前臂与手",
    "leg-r": "右大腿",
    "leg-l": "左大腿",
    "foot-r": "右小腿与脚",
    "foot-l": "左小腿与脚",
    "back-head": "后脑",
    "back-neck": "颈后",
    "back-up": "上背",
    "back-low": "腰",
    "back-hip": "臀",
}
PLACES = ("活动室", "睡眠室", "盥洗室", "餐区", "户外场地", "楼梯走廊", "门口接送处", "园外")
FACTS: dict[str, str] = {
    "unconscious": "意识不清或抽搐",
    "breath": "呼吸困难",
    "bleed": "出血按压后不止",
    "fracture": "疑似骨折或脱位",
    "hospital": "送医后住院或手术",
    "died": "死亡",
    "clinic": "送医诊治",
    "head_hit": "头部受撞",
    "wound": "皮肤破损或红肿",
    "burn_skin": "起泡或皮肤烫白",
    "swallowed": "吞入或吸入异物、药物",
    "none": "没有可见的伤",
}
_GRAVE = frozenset({"unconscious", "breath", "bleed", "fracture", "hospital", "died"})
_MODERATE = frozenset({"clinic", "head_hit", "burn_skin", "swallowed"})
_GRAVE_KINDS = frozenset({"choke", "drown", "poison", "traffic"})
SHOWN: dict[str, str] = {
    "when": "时间地点",
    "kind": "类型与部位",
    "what": "经过",
    "first_aid": "处置",
    "grade": "轻重",
    "timeline": "时间线",
    "photo": "照片",
}
ALWAYS_SHOWN = ("when", "kind", "first_aid")

# 九部门意见（2020）所列九类，用语从简；以文件原文为准
REPORT_KINDS: dict[str, str] = {
    "private": "生殖器官或隐私部位非正常损伤",
    "assault14": "不满十四周岁疑遭性侵害",
    "assault": "已满十四周岁疑遭性侵害",
    "violence": "多处损伤、严重营养不良、意识不清，疑受家暴、欺凌、虐待、殴打",
    "harm": "自伤、中毒、被殴打等非正常损伤、伤残、死亡",
    "abandon": "被遗弃或长期无人照料",
    "missing": "来源不明、失踪、疑被拐卖或收买",
    "beg": "被组织乞讨",
    "other": "其他严重侵害或面临现实危险",
}


def propose(kind: str, facts: Iterable[str]) -> str:
    """按情况建议轻重：the worst fact decides."""
    found = set(facts)
    if found & _GRAVE:
        return "grave"
    if kind in _GRAVE_KINDS and found - {"none"}:
        return "grave"
    if kind in _GRAVE_KINDS or found & _MODERATE:
        return "moderate"
    return "minor"


def why(kind: str, facts: Iterable[str]) -> str:
    """建议的理由，一句话。"""
    found = set(facts)
    worst = [FACTS[f] for f in FACTS if f in found & _GRAVE]
    some = [FACTS[f] for f in FACTS if f in found & _MODERATE]
    if worst:
        return f"有「{'、'.join(worst)}」"
    if kind in _GRAVE_KINDS:
        return "这一类伤害一律从重看"
    return f"有「{'、'.join(some)}」" if some else "没有送医、头部受撞等情况"


def faults(
    *, kind: str, place: str, marks: Iterable[str], facts: Iterable[str], what: str, first_aid: str
) -> list[str]:
    """提交前还缺什么：each says what, why and how."""
    out = []
    if not place.strip():
        out.append("没有写地点，家长和监管部门看不明白；请选或写地点")
    if not set(marks) and "none" not in set(facts):
        out.append("没有点部位，也没有说明「没有可见的伤」；请在人体图上点选，或勾选该项")
    if not set(facts):
        out.append("没有勾选情况，系统无法建议轻重；请至少勾一项")
    if len(what.strip()) < 6:
        out.append("经过写得太少，家长会追问；请写明当时在做什么、怎么发生的")
    if not first_aid.strip():
        out.append("没有写处置，请写明做了什么，如「冷敷 10 分钟」")
    return out


def is_grave(fact: str) -> bool:
    """单凭这一项就是严重。"""
    return fact in _GRAVE
