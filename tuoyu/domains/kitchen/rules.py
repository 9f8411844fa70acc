"""膳食规则：age bands, what clashes with whom, what a day needs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tuoyu.core.periods import age_months
from tuoyu.domains.kitchen.allergens import ALLERGENS, allergens_in, known, named

BANDS = {"infant": "6–12 月龄", "toddler": "12–24 月龄", "older": "24–36 月龄"}
MOST_FOODS = 8


def band_of(born_on: date, day: date, infant_to: int, toddler_to: int) -> str:
    """年龄段：by full months; the bounds are those of 乳儿班 and 托小班 in the national pack."""
    months = age_months(born_on, day)
    return "infant" if months < infant_to else "toddler" if months < toddler_to else "older"


def week_of(day: date) -> date:
    """所在周的周一。"""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Allergy:
    """一名儿童要避开的：groups of the standard and further foods by name.

    ``is_unsorted``: the file says 过敏 but nobody has put it into groups yet, so that no menu can
    be held against it.
    """

    codes: frozenset[str] = frozenset()
    foods: tuple[str, ...] = ()
    is_unsorted: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.codes or self.foods)

    def text(self) -> str:
        """「蛋类、花生；芒果」。"""
        return "；".join(t for t in (named(self.codes), "、".join(self.foods)) if t)

    def packed(self) -> str:
        """存放的样子。"""
        return json.dumps({"codes": sorted(self.codes), "foods": list(self.foods)})

    def joined(self, other: Allergy) -> Allergy:
        """两份合在一起，取严。"""
        foods = tuple(dict.fromkeys((*self.foods, *other.foods)))
        return Allergy(self.codes | other.codes, foods, self.is_unsorted and other.is_empty)

    def covers(self, other: Allergy) -> bool:
        """是否包含另一份。"""
        return other.codes <= self.codes and set(other.foods) <= set(self.foods)


def unpack(text: str) -> Allergy:
    """由存放的样子读出。"""
    found = json.loads(text)
    return Allergy(known(found["codes"]), tuple(found["foods"]))


def split_foods(text: str) -> tuple[str, ...]:
    """「芒果、草莓」→ 各项。"""
    for mark in "，,；;/ \n":
        text = text.replace(mark, "、")
    return tuple(dict.fromkeys(p.strip() for p in text.split("、") if p.strip()))[:MOST_FOODS]


def guess(text: str) -> Allergy:
    """由档案里的文字先猜：what the words do not know stays a food by name."""
    codes = set(allergens_in(text)) | {c for c, title in ALLERGENS.items() if title in text}
    plain = text
    for word in ("过敏", "忌口", "不耐受", "对", "忌", "制品", "食物"):
        plain = plain.replace(word, "、")
    rest = tuple(f for f in split_foods(plain) if not allergens_in(f))
    return Allergy(frozenset(codes), tuple(f for f in rest if f not in ALLERGENS.values()))


@dataclass(frozen=True)
class Line:
    """一样用料：grams by band; None: not for this band."""

    ingredient: str
    grams: Mapping[str, int | None]


@dataclass(frozen=True)
class Dish:
    """一道菜。"""

    recipe_id: int
    name: str
    lines: tuple[Line, ...]
    extra: frozenset[str] = frozenset()

    @property
    def allergens(self) -> frozenset[str]:
        """含有的致敏物质：known from the names, and those ticked."""
        found = set(self.extra) | allergens_in(self.name)
        for line in self.lines:
            found |= allergens_in(line.ingredient)
        return frozenset(found)

    def is_for(self, band: str) -> bool:
        """这个年龄段吃不吃。"""
        return any(line.grams.get(band) is not None for line in self.lines)

    def clash(self, allergy: Allergy) -> str:
        """与某儿童相犯之处；empty when it may be eaten."""
        hit = named(self.allergens & allergy.codes)
        names = (self.name, *(line.ingredient for line in self.lines))
        foods = [f for f in allergy.foods if any(f in n for n in names)]
        return "、".join(t for t in (hit, *foods) if t)


@dataclass(frozen=True)
class Portion:
    """一道菜给多少人：by band."""

    dish: Dish
    heads: Mapping[str, int]


def shopping(portions: Iterable[Portion]) -> dict[str, int]:
    """采购单：ingredient → grams = heads × recipe."""
    out: dict[str, int] = {}
    for portion in portions:
        for line in portion.dish.lines:
            need = sum((line.grams.get(b) or 0) * n for b, n in portion.heads.items())
            if need:
                out[line.ingredient] = out.get(line.ingredient, 0) + need
    return out


def keep_until(taken_at: datetime, hours: int) -> datetime:
    """留样保存到何时。"""
    return taken_at + timedelta(hours=hours)
