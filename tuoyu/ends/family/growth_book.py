"""成长册：the album as a zip of photos and a PDF of the observations month by month."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.core.files.booklet import Booklet
from tuoyu.domains.children.models import Child
from tuoyu.domains.moments.models import Observation, Photo
from tuoyu.domains.moments.rules import area_title
from tuoyu.domains.moments.selectors.family import months_of
from tuoyu.domains.moments.selectors.room import picture_of
from tuoyu.ui import words

IN_MEMORY = 8 * 1024 * 1024
PHOTOS_A_MONTH = 4


def pack(child: Child, photos: list[Photo], notes: list[Observation]) -> IO[bytes]:
    """打包：the file is on disk beyond a few megabytes, and gone when it is closed."""
    out: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("成长册.pdf", growth_book(child, photos, notes))
        for number, photo in enumerate(reversed(photos), 1):
            taken = photo.taken_at.astimezone(clock.ZONE)
            packed.writestr(f"照片/{taken:%Y-%m-%d_%H%M}_{number:03d}.jpg", _body(photo))
    out.seek(0)
    return out


def _body(photo: Photo) -> bytes:
    """A photo whose file is lost does not hold up the others."""
    try:
        return picture_of(photo, "screen")
    except DomainError:
        return b""


def growth_book(child: Child, photos: list[Photo], notes: list[Observation]) -> bytes:
    """成长册 PDF：earliest month first."""
    book = Booklet(f"{child.name}的成长册")
    book.page()
    book.words(f"{child.name}的成长册", 24)
    book.words(
        f"{child.born_on:%Y-%m-%d} 出生 · 照片 {len(photos)} 张 · 观察 {len(notes)} 条", gap=8
    )
    book.words("观察按保育指导大纲的七个领域记录，由在托期间的老师书写。", 9, gap=4)
    for month in reversed(months_of(photos, notes)):
        key = f"{month:%Y-%m}"
        of_month = [n for n in notes if _month(n.seen_at) == key]
        shown = [p for p in photos if _month(p.taken_at) == key]
        age = words.age(child.born_on, month)
        book.words(f"{month.year} 年 {month.month} 月　{age}", 15, gap=20)
        _write(book, reversed(of_month))
        for photo in _chosen(shown, of_month):
            if body := _body(photo):
                book.photo(body, photo.width, photo.height)
                if photo.caption:
                    book.words(photo.caption, 9)
    return book.bytes()


def _month(at: datetime) -> str:
    return f"{at.astimezone(clock.ZONE):%Y-%m}"


def _write(book: Booklet, notes: Iterable[Observation]) -> None:
    for note in notes:
        areas = "、".join(area_title(a) for a in note.areas)
        book.words(f"{note.seen_at.astimezone(clock.ZONE):%m-%d}　{areas}", 9, gap=8)
        book.words(note.text)


def _chosen(photos: list[Photo], notes: list[Observation]) -> list[Photo]:
    """每月几张：those that belong to an observation first; all are in the zip."""
    wanted = {n.photo_id for n in notes}
    ranked = sorted(photos, key=lambda p: (p.pk not in wanted, p.taken_at))
    return sorted(ranked[:PHOTOS_A_MONTH], key=lambda p: p.taken_at)
