"""测试用的文件：real pictures and PDFs made on the spot, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image
from PIL.PngImagePlugin import PngInfo

GPS = 0x8825


def photo(width: int = 60, height: int = 40) -> bytes:
    """A phone's photo: lies on its side, knows where it was taken, carries a comment."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90°
    exif[0x010F] = "示例手机"
    exif.get_ifd(GPS)[2] = (24.0, 49.0, 12.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"secret place")
    return out.getvalue()


def drawing(mode: str = "RGBA") -> bytes:
    text = PngInfo()
    text.add_text("Author", "secret name")
    out = io.BytesIO()
    Image.new(mode, (30, 20)).save(out, "PNG", pnginfo=text)
    return out.getvalue()


def flood() -> bytes:
    """像素炸弹：some bytes that claim 40 000 × 40 000 pixels."""
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(b"\0" * 1000)), _chunk(b"IEND", b"")]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(extra: bytes = b"", tail: bytes = b"", stream: bytes = b"") -> bytes:
    """A PDF of one empty page; ``extra`` goes into its catalogue."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R" + extra + b">>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
        + stream
        + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
        + tail
    )


def packed(objects: bytes) -> bytes:
    """对象流：objects out of sight of a plain scan."""
    body = zlib.compress(objects)
    head = f"4 0 obj<</Type/Obj#53tm/N 1/First 4/Filter/FlateDecode/Length {len(body)}>>stream\n"
    return head.encode() + body + b"\nendstream endobj\n"


def docx_with_macro() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("[Content_Types].xml", "<Types/>")
        pack.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()
