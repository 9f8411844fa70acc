"""评定的规则：scores in integer tenths, panels by a committed seed. Plain Python."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from tuoyu.core.errors import DomainError

Method = Literal["median", "mean"]
METHODS: dict[Method, str] = {"median": "中位数", "mean": "平均数"}
_SCORE = re.compile(r"^\d{1,4}(\.\d)?$", re.ASCII)
MOST_BASIS = 400


def read_tenths(text: str, points: int, what: str) -> int:
    """分数 → 十分之一分的整数：one decimal at most, within the dimension's full mark."""
    said = text.strip()
    if not _SCORE.match(said):
        raise DomainError(
            "score", f"{what}应为数字，最多一位小数，如 86.5，现为「{said[:12]}」，请改正"
        )
    whole, _, part = said.partition(".")
    tenths = int(whole) * 10 + int(part or 0)
    if tenths > points * 10:
        raise DomainError("score", f"{what}满分 {points} 分，现为 {said} 分，请改正")
    return tenths


def show_tenths(tenths: int | None) -> str:
    """写作 86.5；missing is a dash."""
    return "—" if tenths is None else f"{tenths // 10}.{tenths % 10}"


def combine(scores: Sequence[int], method: Method) -> int:
    """几位专家合成一分：the declared rule, half a tenth counts up."""
    if not scores:
        raise ValueError("没有专家评分")
    ordered, n = sorted(scores), len(scores)
    if method == "mean":
        return (2 * sum(ordered) + n) // (2 * n)
    if n % 2:
        return ordered[n // 2]
    return (ordered[n // 2 - 1] + ordered[n // 2] + 1) // 2


def level_of(
    total: int, cutoffs: Mapping[str, int] | None, order: Sequence[str], wanted: str, vetoed: bool
) -> str | None:
    """等级：None while no cut-off is set (待定); "none" when vetoed or below all.

    ``order`` runs from the lowest level up; nobody is given more than they applied for. A veto
    needs no cut-off: there is no level whatever the score.
    """
    if vetoed:
        return "none"
    able = order[: order.index(wanted) + 1] if wanted in order else []
    if cutoffs is None or any(level not in cutoffs for level in able):
        return None
    reached = [level for level in able if total >= cutoffs[level]]
    return reached[-1] if reached else "none"


def check_cutoffs(cutoffs: Mapping[str, int], order: Sequence[str], total: int) -> None:
    """分数线：every level has one, each higher than the one below."""
    missing = [level for level in order if level not in cutoffs]
    if missing or len(cutoffs) != len(order):
        raise DomainError("cutoffs", "每个等级都须有分数线，请补齐后再登记")
    found = [cutoffs[level] for level in order]
    if any(a >= b for a, b in itertools.pairwise(found)):
        raise DomainError("cutoffs", "高一等级的分数线须高于低一等级，请改正后再登记")
    if found and (found[0] <= 0 or found[-1] > total * 10):
        raise DomainError("cutoffs", f"分数线须在 0 到 {total} 分之间，请改正后再登记")


def new_seed() -> str:
    """种子：256 bits that nobody knows before they are published."""
    return secrets.token_hex(32)


def seed_hash(seed: str) -> str:
    """种子的承诺：SHA-256, so that anybody can check it with a common tool."""
    return hashlib.sha256(seed.encode()).hexdigest()


def order_of(seed: str, expert_ids: Iterable[int]) -> list[int]:
    """抽取次序：by SHA-256 of 「种子:编号」, smallest first; same seed, same order."""
    return sorted(expert_ids, key=lambda n: (hashlib.sha256(f"{seed}:{n}".encode()).hexdigest(), n))


def plaque_code(kind: str, application_id: int, number: str) -> str:
    """验牌码：12 signs, without those easily mistaken for one another."""
    signs = "23456789abcdefghjkmnpqrstuvwxyz"
    value = int.from_bytes(
        hashlib.sha256(f"{kind}|{application_id}|{number}".encode()).digest(), "big"
    )
    out = []
    for _ in range(12):
        value, n = divmod(value, len(signs))
        out.append(signs[n])
    return "".join(out)


_NOISE = re.compile(r"[（(][^（）()]*[）)]|\s")


def same_employer(a: str, b: str) -> bool:
    """是否同一单位：by name without notes and blanks."""
    one, two = _NOISE.sub("", a), _NOISE.sub("", b)
    return bool(one) and one == two
