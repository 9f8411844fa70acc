"""示例照片：drawn scenes without any person, so that the demo shows no real child."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw

from tuoyu.core.files.images import Picture, draw

SIZE = (1200, 900)
Maker = Callable[[random.Random, ImageDraw.ImageDraw], None]
_SKIES = ("#dcecf5", "#f7e9d3", "#e3efdc", "#f3e3e3", "#e7e4f2")
_TOYS = ("#c8553d", "#2f7f86", "#d9a441", "#5b7f4b", "#6d6aa8", "#c97b9b")


def scenes(rng: random.Random, count: int) -> list[Picture]:
    """若干张不同的画。"""
    makers = (_blocks, _balls, _sun, _leaves)
    return [_scene(rng, makers[n % len(makers)], n) for n in range(count)]


def _scene(rng: random.Random, make: Maker, number: int) -> Picture:
    image = Image.new("RGB", SIZE, _SKIES[number % len(_SKIES)])
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 640, *SIZE), fill="#e8dcc6")
    make(rng, pen)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return draw(out.getvalue())


def _blocks(rng: random.Random, pen: ImageDraw.ImageDraw) -> None:
    """积木。"""
    for column in range(5):
        left = 130 + column * 195
        for row in range(rng.randint(1, 4)):
            top = 720 - row * 130
            pen.rounded_rectangle((left, top - 120, left + 170, top), 14, fill=rng.choice(_TOYS))
            pen.ellipse((left + 55, top - 90, left + 115, top - 30), fill="#ffffff")


def _balls(rng: random.Random, pen: ImageDraw.ImageDraw) -> None:
    """海洋球。"""
    for _ in range(34):
        x, y, r = rng.randint(60, 1140), rng.randint(480, 860), rng.randint(36, 70)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=rng.choice(_TOYS))
        pen.ellipse((x - r // 2, y - r // 2, x - r // 6, y - r // 6), fill="#ffffff")


def _sun(rng: random.Random, pen: ImageDraw.ImageDraw) -> None:
    """户外。"""
    x = rng.randint(180, 1000)
    pen.ellipse((x - 100, 90, x + 100, 290), fill="#eab54d")
    for left in (90, 420, 760):
        high = rng.randint(330, 470)
        pen.rectangle((left + 90, high, left + 130, 700), fill="#8a6b4d")
        pen.ellipse((left - 20, high - 190, left + 240, high + 90), fill="#6f9a5c")
    pen.polygon(((520, 820), (760, 540), (800, 820)), fill="#c8553d")


def _leaves(rng: random.Random, pen: ImageDraw.ImageDraw) -> None:
    """落叶贴画。"""
    pen.rounded_rectangle((170, 110, 1030, 800), 24, fill="#fffdf7", outline="#cdbfa4", width=6)
    for _ in range(16):
        x, y, w = rng.randint(240, 900), rng.randint(180, 680), rng.randint(60, 120)
        pen.ellipse((x, y, x + w, y + w // 2), fill=rng.choice(("#d9a441", "#c8553d", "#7f9450")))
        pen.line((x, y + w // 4, x + w, y + w // 4), fill="#6b5135", width=4)
