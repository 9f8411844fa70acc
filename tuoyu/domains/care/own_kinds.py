"""班上自己的事件种类：meals, drink, sleep, diaper, outdoors, activity, moves, head counts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from tuoyu.domains.care.kinds import Detail, Reader, register

MEALS = {
    "breakfast": "早餐",
    "snack": "加餐",
    "lunch": "午餐",
    "tea": "午点",
    "milk": "奶",
    "solids": "辅食",
    "dinner": "晚餐",
}
AMOUNTS = {"all": "吃完", "most": "大半", "half": "一半", "little": "少量", "none": "没吃"}
DIAPERS = {
    "wet": "小便",
    "stool": "大便",
    "both": "大小便",
    "dry": "干净",
    "loose": "稀便",
    "toilet": "如厕",
}
POSITIONS = {"back": "仰卧", "side": "侧卧", "prone": "俯卧"}
PRONE_ACTS = {"turned": "已翻为仰卧", "woken": "已叫醒", "called": "已请卫生保健人员"}
AREAS = {
    "motion": "动作",
    "language": "语言",
    "cognition": "认知",
    "social": "情感与社会性",
    "habit": "生活与卫生习惯",
    "feeding": "营养与喂养",
    "other": "其他",
}
DRILLS = {"fire": "消防疏散", "quake": "地震避险", "storm": "防台避险", "intruder": "防暴应急"}
_MANY = 300


def number(value: Any, low: int, high: int) -> int:
    """界内的整数。"""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"应是 {low} 至 {high} 之间的整数")
    return value


def words(value: Any, most: int = 120) -> str:
    """一句话；empty when nothing was said."""
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("应是文字")
    value.encode()  # a lone surrogate is no text
    return value.strip()[:most]


def one_of(value: Any, known: Mapping[str, str]) -> str:
    """词表里的一个代码。"""
    if not isinstance(value, str) or value not in known:
        raise ValueError("不在词表里")
    return value


def children(value: Any) -> list[int]:
    """一组儿童编号。"""
    if not isinstance(value, list) or len(value) > _MANY:
        raise ValueError("应是一组儿童编号")
    return [number(v, 1, 1 << 62) for v in value]


def _meal(raw: Mapping[str, Any]) -> Detail:
    found = {"what": one_of(raw.get("what"), MEALS), "amount": one_of(raw.get("amount"), AMOUNTS)}
    return _with(found, raw, ml=(1, 500)) | _note(raw)


def _drink(raw: Mapping[str, Any]) -> Detail:
    return _with({}, raw, ml=(1, 500)) | _note(raw)


def _nap_start(raw: Mapping[str, Any]) -> Detail:
    return {"position": one_of(raw["position"], POSITIONS)} if raw.get("position") else {}


def _nap_check(raw: Mapping[str, Any]) -> Detail:
    return {"position": one_of(raw.get("position"), POSITIONS)} | _note(raw)


def _nap_act(raw: Mapping[str, Any]) -> Detail:
    return {"did": one_of(raw.get("did"), PRONE_ACTS)} | _note(raw)


def _diaper(raw: Mapping[str, Any]) -> Detail:
    return {"what": one_of(raw.get("what"), DIAPERS)} | _note(raw)


def _outdoor(raw: Mapping[str, Any]) -> Detail:
    return {"minutes": number(raw.get("minutes"), 1, 300)} | _note(raw)


def _activity(raw: Mapping[str, Any]) -> Detail:
    return {"area": one_of(raw.get("area"), AREAS)} | _note(raw)


def _move(raw: Mapping[str, Any]) -> Detail:
    return {"to": number(raw.get("to"), 1, 1 << 62)}


def _count(raw: Mapping[str, Any]) -> Detail:
    return {name: children(raw.get(name)) for name in ("here", "missing")} | _note(raw)


def _drill(raw: Mapping[str, Any]) -> Detail:
    return {
        "what": one_of(raw.get("what"), DRILLS),
        "seconds": number(raw.get("seconds"), 1, 7200),
    } | _count(raw)


def _undo(raw: Mapping[str, Any]) -> Detail:
    return {"of": str(uuid.UUID(raw.get("of")))}


def _nothing(raw: Mapping[str, Any]) -> Detail:
    return {}


def _note(raw: Mapping[str, Any]) -> Detail:
    said = words(raw.get("note"))
    return {"note": said} if said else {}


def _with(found: Detail, raw: Mapping[str, Any], **bounds: tuple[int, int]) -> Detail:
    for name, (low, high) in bounds.items():
        if raw.get(name) is not None:
            found[name] = number(raw[name], low, high)
    return found


_OF_CHILD: dict[str, tuple[str, Reader]] = {
    "meal": ("餐点", _meal),
    "drink": ("喝水", _drink),
    "nap_start": ("入睡", _nap_start),
    "nap_check": ("睡眠巡视", _nap_check),
    "nap_end": ("睡醒", _nothing),
    "diaper": ("尿布如厕", _diaper),
    "outdoor": ("户外", _outdoor),
    "activity": ("活动", _activity),
    "move": ("换班", _move),
}


def register_all() -> None:
    """登记。"""
    for code, (title, reader) in _OF_CHILD.items():
        register(code, reader, title=title)
    register("nap_act", _nap_act, title="俯卧处置", may_undo=False)
    register("count", _count, title="点人", of_child=False, may_undo=False)
    register("drill", _drill, title="演练", of_child=False, may_undo=False)
    register("undo", _undo, title="撤销", of_child=False, may_undo=False)
