"""图标：which names the sprite holds, read once from the sprite itself."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SPRITE = Path(__file__).parent / "templates" / "ui" / "sprite.html"

# 常用说法 → 图标名：a page may write the plain word, the sprite holds one drawing
ALIASES = {
    "warning": "alert",
    "baby": "child",
    "building": "org",
    "close": "x",
    "cloud-off": "cloudoff",
    "image": "feed",
    "keypad": "key",
    "message": "msg",
    "money": "yuan",
    "question": "help",
    "refresh": "sync",
    "success": "ok",
    "error": "alert",
    "danger": "alert",
    "thermometer": "thermo",
    "user": "me",
    "users": "staff",
    "voucher": "ticket",
    "device": "tablet",
    "absent": "leave",
    "document": "notice",
    "school": "graduation",
    "arrow-left": "back",
    "chevron-down": "down",
    "chevron-left": "left",
    "chevron-right": "right",
    "chevron-up": "up",
    "dashboard": "grid",
    "kiosk": "tablet",
    "monitor": "screen",
    "payment": "bank",
    "policy": "book",
    "qrcode": "qr",
    "time": "clock",
}


@cache
def icon_names() -> frozenset[str]:
    """图标名：all names a `{% icon %}` may use, aliases included."""
    return drawn_names() | frozenset(ALIASES)


@cache
def drawn_names() -> frozenset[str]:
    """已画图标：ids in the sprite, the only ones a raw `<use>` may point at."""
    return frozenset(re.findall(r'<symbol id="i-([a-z0-9-]+)"', SPRITE.read_text("utf-8")))


def resolve(name: str) -> str:
    """取图标：an unknown name is an error of the page's author, not of its reader."""
    name = ALIASES.get(name, name)
    if name not in drawn_names():
        raise KeyError(f"没有名为 {name} 的图标，可用名见 ui/sprite.html")
    return name
