"""免打扰与重试（纯规则）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tuoyu.core.errors import DomainError

MOST_TRIES = 5
AGAIN = (1, 5, 15, 60)  # minutes
STALE = timedelta(minutes=30)  # an arrival told later than this interrupts nobody


@dataclass(frozen=True)
class Quiet:
    """免打扰时段；may go over midnight."""

    start: time = time(21, 0)
    end: time = time(7, 0)

    def covers(self, moment: time) -> bool:
        if self.start == self.end:
            return False
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def due_at(now: datetime, quiet: Quiet | None, *, is_grave: bool) -> datetime:
    """应发时间：at once, or when the quiet hours are over. ``now`` is in local time."""
    if is_grave or quiet is None or not quiet.covers(now.time()):
        return now
    ends = now.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
    return ends if ends > now else ends + timedelta(days=1)


def try_again_at(now: datetime, tries: int) -> datetime | None:
    """下次再试；None: enough."""
    if tries >= MOST_TRIES:
        return None
    return now + timedelta(minutes=AGAIN[min(tries, len(AGAIN)) - 1])


# 联络簿的选项：what a parent knows on the way to the door, one tap each.
CHIPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sleep": ("昨晚睡觉", ("睡得好", "醒过几次", "没睡好")),
    "breakfast": ("早饭", ("吃好了", "吃了一点", "没吃")),
    "mood": ("精神", ("开心", "平静", "爱哭", "没精神")),
}
ANSWERS = ("今天很开心", "吃得香", "睡得好", "吃得不多", "没怎么睡", "有点想家", "明天带换洗衣服")
COLDEST, HOTTEST = 340, 425  # tenths of a degree that a living child can have


def read_heat(text: str) -> int | None:
    """体温：36.5 → 365; empty is not measured."""
    plain = text.strip().replace("。", ".").replace("，", ".").removesuffix("℃").strip()
    if not plain:
        return None
    whole, _, part = plain.partition(".")
    if not (whole.isascii() and whole.isdigit() and (part or "0").isdigit() and len(part) <= 1):
        raise DomainError("heat", f"体温「{plain[:10]}」看不懂，请写成 36.5 这样")
    found = int(whole) * 10 + int(part or "0")
    if not COLDEST <= found <= HOTTEST:
        raise DomainError("heat", f"体温 {plain} ℃ 不像是量出来的，请核对后重写，或留空")
    return found


def heat_text(heat: int | None) -> str:
    """体温的写法。"""
    return "" if heat is None else f"{heat // 10}.{heat % 10} ℃"
