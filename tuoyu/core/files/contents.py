"""附件的内容检查：what a file is, told by its bytes and never by its name.

An image is decoded and written anew, so nothing but its pixels remains; a PDF is kept as it is and
therefore refused when it can act. Every refusal says what, why and how to mend it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageOps

from tuoyu.core.errors import DomainError
from tuoyu.core.files import pdf

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 4000
ACCEPT = "image/jpeg,image/png,application/pdf"
Kind = Literal["jpeg", "png", "pdf"]
MEDIA_TYPES: dict[Kind, str] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
}
_STARTS: dict[bytes, Kind] = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"%PDF-": "pdf",
}
_HOW = "请拍照或扫描后，另存为 JPEG、PNG 或 PDF 再上传"
_OTHERS: list[tuple[bytes, str]] = [
    (b"PK\x03\x04", "Office 文档或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"GIF8", "GIF 动图"),
    (b"RIFF", "WebP 图片或音视频"),
    (b"MZ", "程序"),
    (b"<", "网页或 SVG 图形"),
    (b"\xef\xbb\xbf<", "网页或 SVG 图形"),
]


@dataclass(frozen=True)
class Content:
    """检查过的内容。"""

    kind: Kind
    body: bytes


def examine(blob: bytes) -> Content:
    """检查并整理；raises ``DomainError`` for whatever may not be kept."""
    if not blob:
        raise DomainError("file-empty", "这个文件是空的，没有内容可存，请重新选择文件后上传")
    if len(blob) > MOST_BYTES:
        raise DomainError(
            "file-size", "文件超过 5 MB，存取会很慢，所以没有收下；请降低拍照或扫描的清晰度后再上传"
        )
    kind = next((k for start, k in _STARTS.items() if blob.startswith(start)), None)
    if kind is None:
        raise DomainError(
            "file-kind", f"这个文件是{guess(blob)}，只收照片和 PDF（按内容辨认）；{_HOW}"
        )
    if kind == "pdf":
        pdf.check(blob)
        return Content(kind, blob)
    return Content(kind, _redraw(blob, kind))


def guess(blob: bytes) -> str:
    if blob[4:8] == b"ftyp":
        return "HEIC 照片或视频"
    plain = blob.lstrip()
    return next((name for start, name in _OTHERS if plain.startswith(start)), "认不出的格式")


def _redraw(blob: bytes, kind: Kind) -> bytes:
    """重绘：turned upright, at most 4000 pixels a side, without EXIF, profile or comment."""
    try:
        return _pixels(blob, kind)
    except DomainError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # Pillow raises many kinds for a damaged picture
        raise DomainError(
            "file-damaged", "这张图片打不开，可能已损坏或没有传完；请重新拍照或导出后再上传"
        ) from error


def _pixels(blob: bytes, kind: Kind) -> bytes:
    with Image.open(io.BytesIO(blob), formats=[kind.upper()]) as found:
        if found.width * found.height > MOST_PIXELS:  # known from the head, before any decoding
            raise _too_many_pixels()
        mode = _mode(found, kind)
        small: Image.Image = found if found.mode == mode else found.convert(mode)
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        clean = ImageOps.exif_transpose(small)
    clean.info = {}  # Pillow would write comment, profile and the like again from here
    out = io.BytesIO()
    if kind == "jpeg":
        clean.save(out, "JPEG", quality=88)
    else:
        clean.save(out, "PNG")
    return out.getvalue()


def _mode(image: Image.Image, kind: Kind) -> str:
    if image.mode in ("1", "L"):
        return "L"
    if kind == "png" and (image.mode in ("LA", "RGBA") or "transparency" in image.info):
        return "RGBA"
    return "RGB"


def _too_many_pixels() -> DomainError:
    return DomainError(
        "file-pixels",
        "这张图片的像素超过 4000 万，展开会占满内存，所以没有收下；请缩小图片或重新拍照后再上传",
    )
