"""照片：drawn anew in two sizes, upright, and without any word of where or with what it was taken.

Nothing of the sent file is kept but its pixels: what stands hidden in it (place, phone, comments,
another file) is gone, and a file that is no picture is never opened as one.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from tuoyu.core.errors import DomainError
from tuoyu.core.files import services
from tuoyu.core.files.contents import guess
from tuoyu.core.files.models import StoredFile

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
SCREEN_SIDE = 1600
THUMB_SIDE = 360
ACCEPT = "image/jpeg,image/png,image/webp"
MEDIA_TYPE = "image/jpeg"
_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_HOW = "请用手机相机重新拍照，或从相册另选一张照片"


Upload: TypeAlias = "UploadedFile[bytes] | IO[bytes]"


@dataclass(frozen=True)
class Picture:
    """整理好的照片：``screen`` fills a phone, ``thumb`` a tile of an album; both JPEG."""

    screen: bytes
    thumb: bytes
    width: int
    height: int


def read_picture(upload: Upload) -> Picture:
    """收一张照片；raises ``DomainError`` for whatever is too large or no photo."""
    size = getattr(upload, "size", None)
    if (
        size is not None and size > MOST_BYTES
    ):  # told by the server that took it in, not by a header
        raise _too_large()
    return draw(upload.read(MOST_BYTES + 1))


def draw(blob: bytes) -> Picture:
    """重绘成两种大小。"""
    if not blob:
        raise DomainError("photo-empty", f"这张照片是空的，没有内容可存；{_HOW}")
    if len(blob) > MOST_BYTES:
        raise _too_large()
    kind = _kind(blob)
    if kind is None:
        raise DomainError(
            "photo-kind", f"这个文件是{_what(blob)}，不是照片（按内容辨认，不看文件名）；{_HOW}"
        )
    try:
        return _sizes(blob, kind)
    except DomainError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # Pillow raises many kinds for a damaged picture
        raise DomainError(
            "photo-damaged", f"这张照片打不开，可能已损坏或没有传完；{_HOW}"
        ) from error


def store_photo(
    *,
    upload: Upload,
    purpose: str,
    institution_id: int | None,
    region_code: str,
    by: int,
    at: datetime,
) -> StoredFile:
    """收一张照片作附件（巡查、事故）：the screen size is kept, found within one's 数据范围."""
    body = read_picture(upload).screen
    return StoredFile.all_rows.create(
        sm3=services.keep(body),
        name=services.shown_name(getattr(upload, "name", "") or "照片", "jpeg"),
        media_type=MEDIA_TYPE,
        size=len(body),
        institution_id=institution_id,
        region_code=region_code,
        purpose=purpose,
        uploaded_by=by,
        uploaded_at=at,
    )


def _kind(blob: bytes) -> str | None:
    if blob[:4] == b"RIFF" and blob[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for start, kind in _STARTS.items() if blob.startswith(start)), None)


def _what(blob: bytes) -> str:
    return "PDF" if blob.startswith(b"%PDF-") else guess(blob)


def _sizes(blob: bytes, kind: str) -> Picture:
    with Image.open(io.BytesIO(blob), formats=[kind]) as found:
        if found.width * found.height > MOST_PIXELS:  # known from the head, before any decoding
            raise _too_many_pixels()
        found.draft("RGB", (SCREEN_SIDE, SCREEN_SIDE))  # a large JPEG is decoded at a part
        found.thumbnail((SCREEN_SIDE, SCREEN_SIDE))
        upright = ImageOps.exif_transpose(found)
    clean = _on_white(upright)
    clean.info = {}  # Pillow would write comment, profile and the like again from here
    thumb = clean.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE))
    return Picture(_jpeg(clean, 82), _jpeg(thumb, 76), clean.width, clean.height)


def _on_white(image: Image.Image) -> Image.Image:
    """JPEG has no see-through: what was so becomes white."""
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _too_large() -> DomainError:
    return DomainError(
        "photo-size",
        "照片超过 15 MB，手机网络上会传很久，所以没有收下；请在相机里选小一些的尺寸后重拍",
    )


def _too_many_pixels() -> DomainError:
    return DomainError(
        "photo-pixels", "这张照片的像素超过 5000 万，所以没有收下；请在相机里选小一些的尺寸后重拍"
    )
