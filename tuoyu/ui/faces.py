"""头像：drawn faces, chosen by an opaque number; children are never shown by stock photos."""

from __future__ import annotations

from zlib import crc32

SHOULDERS = "M13.5 57.9C16 50.5 23 47.5 32 47.5s16 3 18.5 10.4A32 32 0 0 1 13.5 57.9z"
GROUNDS = 6

OPEN_EYES = (
    '<circle class="e" cx="26.5" cy="33" r="1.9"/><circle class="e" cx="37.5" cy="33" r="1.9"/>'
)
SMILING_EYES = '<path class="m" d="M24.5 33.5c1-1.5 3-1.5 4 0M35.5 33.5c1-1.5 3-1.5 4 0"/>'
EYES = (OPEN_EYES, OPEN_EYES, SMILING_EYES)

MOUTHS = (
    '<path class="m" d="M29 40c1.5 1.5 4.5 1.5 6 0"/>',
    '<path class="m" d="M28 39.5c2 2.5 6 2.5 8 0"/>',
)


def _h(d: str) -> str:
    return f'<path class="h" d="{d}"/>'


HAIRS = (
    # 短发侧分
    _h("M18 32c-2-13 5-20 14-20s16 7 14 20c-1-4-2-7-4-9-6 1-14 0-19-3-3 3-4 7-5 12z"),
    # 两个发髻
    '<circle class="h" cx="16.5" cy="20" r="5"/><circle class="h" cx="47.5" cy="20" r="5"/>'
    + _h("M18 30c0-11 6-17 14-17s14 6 14 17c-2-5-6-8-14-8s-12 3-14 8z"),
    # 一撮小辫
    _h("M30 14c-1-4 1-7 5-7-1 2-1 3 0 5z")
    + _h("M19 27c1-9 6-14 13-14s12 5 13 14c-4-5-8-6-13-6s-9 1-13 6z"),
    # 齐肩长发
    _h(
        "M16.5 42c-3-20 3-30 15.5-30s18.5 10 15.5 30c-1-1-3-2-3.5-3 1-7 0-13-3-17"
        "-6 2-13 2-18 0-3 4-4 10-3 17-.5 1-2.5 2-3.5 3z"
    ),
    # 卷发
    _h(
        "M18 28c0-10 6-16 14-16s14 6 14 16c-2-3-3-4-5-5-2 1-3 0-4-2-2 2-4 2-6 0"
        "-1 2-3 2-5 1-3 1-6 3-8 6z"
    ),
    # 圆寸
    _h("M18 30c-1-12 6-18 14-18s15 6 14 18c-3-6-7-9-14-9s-11 3-14 9z"),
    # 齐刘海
    _h("M17.5 35c-2-15 4-23 14.5-23s16.5 8 14.5 23c-1.5-2-2-4-2-7H19.5c0 3-.5 5-2 7z"),
    # 双马尾
    _h("M17.5 21c-5 0-7 5-6 12 3-1 5-4 6-8zM46.5 21c5 0 7 5 6 12-3-1-5-4-6-8z")
    + _h("M18 29c0-11 6-17 14-17s14 6 14 17c-3-4-7-6-10-10-4 5-11 7-18 10z"),
)


def face(number: int | str) -> tuple[int, str]:
    """头像：the ground (1–6) and the drawing; the same opaque number, the same face."""
    seed = crc32(f"face:{number}".encode())
    hair, seed = seed % len(HAIRS), seed // len(HAIRS)
    eyes, seed = seed % len(EYES), seed // len(EYES)
    mouth, seed = seed % len(MOUTHS), seed // len(MOUTHS)
    drawing = (
        '<circle class="bg" cx="32" cy="32" r="32"/>'
        f'<path class="c" d="{SHOULDERS}"/>'
        '<ellipse class="f" cx="32" cy="33.5" rx="14" ry="14.5"/>'
        '<circle class="k" cx="22.8" cy="38" r="2.6"/><circle class="k" cx="41.2" cy="38" r="2.6"/>'
        f"{EYES[eyes]}{MOUTHS[mouth]}{HAIRS[hair]}"
    )
    return seed % GROUNDS + 1, drawing
