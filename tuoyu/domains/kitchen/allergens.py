"""致敏物质：the eight groups of GB 7718—2011 4.4.3.1, and the words by which food is known.

An ingredient whose name holds one of the words carries the group by itself; nobody has to tick it,
and nobody can untick it. What the words do not know is ticked on the recipe. Plain Python.
"""

from __future__ import annotations

from collections.abc import Iterable

SOURCE = "GB 7718—2011 4.4.3.1"
ALLERGENS = {
    "gluten": "麸质谷物",
    "crustacean": "甲壳类",
    "fish": "鱼类",
    "egg": "蛋类",
    "peanut": "花生",
    "soy": "大豆",
    "milk": "乳类",
    "nut": "坚果",
}
LONG = {
    "gluten": "含有麸质的谷物及其制品（小麦、大麦、黑麦、燕麦等）",
    "crustacean": "甲壳纲类动物及其制品（虾、蟹等）",
    "fish": "鱼类及其制品",
    "egg": "蛋类及其制品",
    "peanut": "花生及其制品",
    "soy": "大豆及其制品",
    "milk": "乳及乳制品（包括乳糖）",
    "nut": "坚果及其果仁类制品",
}
_WORDS: dict[str, tuple[str, ...]] = {
    "gluten": ("小麦", "面粉", "面条", "面包", "馒头", "挂面", "馄饨皮", "饺子皮", "包子", "燕麦",
               "大麦", "黑麦", "麦片", "麸质", "麦麸", "全麦", "面筋", "饼干", "蛋糕", "酱油",
               "通心粉", "意面", "线面"),
    "crustacean": ("虾", "蟹", "甲壳"),
    "fish": ("鱼", "鳕", "三文", "鲈", "鳗", "带鱼"),
    "egg": ("鸡蛋", "蛋黄", "蛋清", "蛋白", "鸭蛋", "鹌鹑蛋", "蛋类", "蛋糕", "蛋液", "皮蛋"),
    "peanut": ("花生",),
    "soy": ("大豆", "黄豆", "豆腐", "豆浆", "豆干", "豆皮", "腐竹", "毛豆", "酱油", "豆奶", "千张"),
    "milk": ("牛奶", "羊奶", "鲜奶", "配方奶", "奶粉", "奶酪", "芝士", "酸奶", "黄油", "奶油",
             "乳糖", "乳制品", "乳类", "炼乳"),
    "nut": ("核桃", "杏仁", "腰果", "榛子", "开心果", "松子", "坚果", "夏威夷果", "巴旦木", "板栗"),
}  # fmt: skip
# Names that hold a word and are not that food.
_NOT: dict[str, tuple[str, ...]] = {
    "fish": ("鱼腥草", "木鱼果"),
    "gluten": ("无麸质",),
    "milk": ("豆奶油",),
    "egg": ("蛋白质",),
}
NONE: frozenset[str] = frozenset()


def allergens_in(name: str) -> frozenset[str]:
    """按名称认得的致敏物质。"""
    plain = "".join(name.split())
    found = set()
    for code, words in _WORDS.items():
        rest = plain
        for other in _NOT.get(code, ()):
            rest = rest.replace(other, "")
        if any(word in rest for word in words):
            found.add(code)
    return frozenset(found)


def named(codes: Iterable[str]) -> str:
    """致敏物质的名称，in the order of the standard."""
    wanted = set(codes)
    return "、".join(title for code, title in ALLERGENS.items() if code in wanted)


def known(codes: Iterable[str]) -> frozenset[str]:
    """只留标准里的代码。"""
    return frozenset(c for c in codes if c in ALLERGENS)
