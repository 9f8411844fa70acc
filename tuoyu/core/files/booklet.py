"""小册子 PDF：A4 pages of words and photos, made by hand so that nothing else is needed.

Words are set as in ``paper``: in a font that readers supply. A page is filled from the top; what
does not fit begins a new one.
"""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass, field

from tuoyu.core.files.paper import HEIGHT, MARGIN, WIDTH, wrap

LEADING = 170  # percent of the size


@dataclass
class Booklet:
    """一本小册子。"""

    title: str
    _pages: list[list[bytes]] = field(default_factory=list)
    _images: list[tuple[bytes, int, int]] = field(default_factory=list)
    _used: list[set[int]] = field(default_factory=list)
    _y: int = 0

    def page(self) -> None:
        """新的一页。"""
        self._pages.append([])
        self._used.append(set())
        self._y = HEIGHT - MARGIN

    def words(self, text: str, size: int = 11, *, gap: int = 0) -> None:
        """一段文字，满行换行；``gap`` is left above it."""
        self._y -= gap
        for line in _lines(text, size):
            height = size * LEADING // 100
            self._room(height)
            self._y -= height
            shown = line.encode("utf-16-be").hex().upper()
            self._draw(f"BT /F1 {size} Tf {MARGIN} {self._y} Td <{shown}> Tj ET")

    def photo(self, jpeg: bytes, width: int, height: int, *, most: int = 300) -> None:
        """一张照片，居左，高不超过 ``most``。"""
        wide = WIDTH - 2 * MARGIN
        high = min(most, height * wide // max(width, 1))
        wide = min(wide, width * high // max(height, 1))
        self._room(high + 8)
        self._y -= high + 8
        self._images.append((jpeg, width, height))
        number = len(self._images)
        self._used[-1].add(number)
        self._draw(f"q {wide} 0 0 {high} {MARGIN} {self._y} cm /I{number} Do Q")

    def _room(self, height: int) -> None:
        if not self._pages or self._y - height < MARGIN:
            self.page()

    def _draw(self, operators: str) -> None:
        self._pages[-1].append(operators.encode("ascii"))

    def bytes(self) -> bytes:
        """整本：catalogue, font, images, pages, in that order of numbers."""
        if not self._pages:
            self.page()
        first_page = 6 + len(self._images)
        count = len(self._pages)
        kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(count))
        name = ("\ufeff" + self.title).encode("utf-16-be").hex().upper()
        objects = [
            b"<</Type/Catalog/Pages 2 0 R/Lang(zh-CN)>>",
            f"<</Type/Pages/Kids[{kids}]/Count {count}>>".encode(),
            *_FONT,
        ]
        objects += [_image(*each) for each in self._images]
        for n, drawn in enumerate(self._pages):
            pictures = "".join(f"/I{i} {5 + i} 0 R" for i in sorted(self._used[n]))
            own = first_page + 2 * n
            objects.append(
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {own + 1} 0 R"
                f"/Resources<</Font<</F1 3 0 R>>/XObject<<{pictures}>>>>>>".encode()
            )
            objects.append(_stream(b"/Filter/FlateDecode", zlib.compress(b"\n".join(drawn))))
        return _file(objects, f"<</Title<{name}>>>".encode())


_FONT = (
    (
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H"
        b"/DescendantFonts[4 0 R]>>"
    ),
    (
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/W[1 95 500]"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 5 0 R>>"
    ),
    (
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
        b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
    ),
)  # objects 3, 4 and 5


def _image(jpeg: bytes, width: int, height: int) -> bytes:
    head = (
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
        "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    )
    return _stream(head.encode(), jpeg)


def _stream(head: bytes, body: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (head, len(body), body)


def _file(objects: list[bytes], info: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe4\xb8\xad\xe6\n")
    places = []
    for number, body in enumerate([*objects, info], 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1,
        len(places),
        start,
    )
    return bytes(out)


def _lines(text: str, size: int) -> list[str]:
    """断行；signs that the font has no place for are shown as a box."""
    plain = "".join(
        "□" if ord(c) > 0xFFFF else " " if unicodedata.category(c)[0] == "C" and c != "\n" else c
        for c in text
    )
    return [line for paragraph in plain.split("\n") for line in wrap(paragraph, size) or [""]]
