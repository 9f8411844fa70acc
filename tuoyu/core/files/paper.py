"""成文：a plain PDF of Chinese text with drawn lines, made without any library.

The text is set in STSong-Light, one of the standard CJK fonts of PDF, which readers supply (no
font file in the repository). Same input, same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 595, 842, 62
_LEADING, _BODY, _TITLE, _FOOT = 19, 11, 17, 8
_CLOSERS = "，。；：、？！）》」』”%"


@dataclass(frozen=True)
class Drawing:
    """手写签名：an SVG path of M and L in a box, shown with its caption."""

    caption: str
    path: str
    width: int = 300
    height: int = 120


def make_pdf(lines: Sequence[str], drawings: Sequence[Drawing] = (), foot: str = "") -> bytes:
    """一份 PDF；the first line is the title."""
    pages = _pages(lines, drawings)
    marked = [page + _foot(foot, n, len(pages)) for n, page in enumerate(pages, start=1)]
    return _assemble(marked)


def _pages(lines: Sequence[str], drawings: Sequence[Drawing]) -> list[str]:
    done: list[str] = []
    page, y = "", HEIGHT - MARGIN
    for n, line in enumerate(lines):
        size = _TITLE if n == 0 else _BODY
        for part in wrap(line, size) or [""]:
            if y < MARGIN + _LEADING:
                done.append(page)
                page, y = "", HEIGHT - MARGIN
            x = (WIDTH - _width(part, size)) // 2 if n == 0 else MARGIN
            page += _text(part, x, y, size)
            y -= _LEADING + (8 if n == 0 else 0)
    for drawing in drawings:
        if y < MARGIN + 90:
            done.append(page)
            page, y = "", HEIGHT - MARGIN
        page += _text(drawing.caption, MARGIN, y, _BODY) + _lines(drawing, MARGIN, y - 62)
        y -= 84
    return [*done, page]


def wrap(line: str, size: int) -> list[str]:
    """折行：a closing mark never begins a line."""
    room, out, now, used = WIDTH - 2 * MARGIN, [], "", 0
    for sign in line:
        wide = _width(sign, size)
        if used + wide > room and sign not in _CLOSERS:
            out.append(now)
            now, used = "", 0
        now, used = now + sign, used + wide
    return [*out, now] if now else out


def _width(text: str, size: int) -> int:
    return sum(size if ord(c) > 0x2000 else (size + 1) // 2 for c in text)


def _text(text: str, x: int, y: int, size: int) -> str:
    """Each sign in its own place, so that letters and figures keep their half width."""
    if not text:
        return ""
    parts = []
    for run, at in _runs(text, size):
        code = run.encode("utf-16-be").hex().upper()
        parts.append(f"BT /F1 {size} Tf {x + at} {y} Td <{code}> Tj ET\n")
    return "".join(parts)


def _runs(text: str, size: int) -> Iterator[tuple[str, int]]:
    """Han signs together; each narrow sign alone."""
    at, held, start = 0, "", 0
    for sign in text:
        wide = _width(sign, size)
        if ord(sign) > 0x2000:
            start = start if held else at
            held += sign
        else:
            if held:
                yield held, start
                held = ""
            yield sign, at
        at += wide
    if held:
        yield held, start


def _lines(drawing: Drawing, x: int, y: int) -> str:
    """The path in a box 150 × 60, y turned over."""
    ops, args = [], []
    for part in drawing.path.replace("M", " M ").replace("L", " L ").split():
        if part in "ML":
            ops.append(part)
            continue
        args.append(int(part.split(".")[0] or 0))
    points = list(zip(args[::2], args[1::2], strict=False))
    out = ["1.2 w 1 J 1 j"]
    for op, (px, py) in zip(ops, points, strict=False):
        at_x = x + px * 150 // drawing.width
        at_y = y + 60 - py * 60 // drawing.height
        out.append(f"{at_x} {at_y} {'m' if op == 'M' else 'l'}")
    return "\n".join([*out, "S\n"])


def _foot(text: str, page: int, pages: int) -> str:
    return _text(f"{text}　第 {page} / {pages} 页", MARGIN, MARGIN // 2, _FOOT)


def _assemble(pages: Sequence[str]) -> bytes:
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    parts: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        (
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
            b"/DescendantFonts [4 0 R] >>"
        ),
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
            b"/W [1 95 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
            b"/FontDescriptor 5 0 R >>"
        ),
        (
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
            b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
            b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
        ),
    ]
    for n, page in enumerate(pages):
        body = zlib.compress(page.encode("ascii"))
        parts.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {7 + 2 * n} "
            f"0 R /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        head = f"<< /Length {len(body)} /Filter /FlateDecode >>\nstream\n".encode()
        parts.append(head + body + b"\nendstream")
    out, places = b"%PDF-1.5\n", []
    for n, part in enumerate(parts, start=1):
        places.append(len(out))
        out += f"{n} 0 obj\n".encode() + part + b"\nendobj\n"
    table = "".join(f"{at:010d} 00000 n \n" for at in places)
    start = len(out)
    out += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n".encode()
