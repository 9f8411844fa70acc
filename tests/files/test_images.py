"""照片：what is refused, and what is left of what is taken."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.files.samples import flood
from tuoyu.core.errors import DomainError
from tuoyu.core.files import images


def photo(size: tuple[int, int] = (900, 600), *, turned: bool = False) -> bytes:
    """Left half red, with a place and a phone in its EXIF."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif[0x8825] = {1: "N", 2: (24.0, 52.0, 0.0)}  # GPS
    if turned:
        exif[0x0112] = 6  # to be turned a quarter clockwise
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def refused(blob: bytes, name: str = "照片.jpg") -> str:
    with pytest.raises(DomainError) as caught:
        images.read_picture(SimpleUploadedFile(name, blob, "image/jpeg"))
    return caught.value.text


def test_fifty_megabytes_are_refused_unread() -> None:
    class Unread(io.BytesIO):
        size = 50 * 1024 * 1024

        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read although it was known to be too large")

    with pytest.raises(DomainError, match="超过 15 MB"):
        images.read_picture(Unread())
    assert "超过 15 MB" in refused(photo() + bytes(50 * 1024 * 1024))


def test_a_pdf_named_jpg_is_refused() -> None:
    text = refused(b"%PDF-1.7\n%%EOF\n")
    assert "是PDF，不是照片" in text
    assert "请用手机相机重新拍照" in text


@pytest.mark.parametrize(
    "blob",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xef\xbb\xbf<?xml version='1.0'?><svg onload='alert(1)'/>",
        b"  \n<svg/>",
    ],
)
def test_an_svg_is_refused(blob: bytes) -> None:
    assert "网页或 SVG 图形，不是照片" in refused(blob, "图.svg")


def test_other_files_are_refused() -> None:
    assert "打不开" in refused(photo()[:2000])
    assert "空的" in refused(b"")
    assert "HEIC" in refused(b"\x00\x00\x00\x18ftypheic" + bytes(40))
    assert "像素超过 5000 万" in refused(flood())


def test_what_is_kept_is_upright_small_and_says_nothing() -> None:
    tail = b"<script>alert(1)</script>"
    done = images.draw(photo((3000, 2000), turned=True) + tail)
    for body, side in ((done.screen, images.SCREEN_SIDE), (done.thumb, images.THUMB_SIDE)):
        with Image.open(io.BytesIO(body)) as seen:
            assert (seen.format, seen.mode) == ("JPEG", "RGB")
            assert seen.height == side > seen.width
            assert not seen.getexif()
            top, foot = seen.getpixel((9, 9)), seen.getpixel((9, side - 9))
            assert isinstance(top, tuple)
            assert isinstance(foot, tuple)
            assert top[0] > 200
            assert foot[2] > 200
        assert b"PhoneMaker" not in body
        assert tail not in body
    assert len(done.thumb) < 30_000


def test_see_through_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(images.draw(out.getvalue()).screen)) as seen:
        assert seen.getpixel((5, 5)) == (255, 255, 255)
