"""PDF 检查：refused when it can act (scripts, launching, attached files) or hides what it holds.

A scan of the bytes, not a reader: names written with ``#xx`` are undone first, and compressed
object streams are opened, within a bound, since actions may stand there as well.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from tuoyu.core.errors import DomainError

_ENDS = b"()<>[]{}/% \t\r\n\f\x00"
_ACTS = {
    b"/JavaScript": "脚本",
    b"/JS": "脚本",
    b"/Launch": "启动程序的动作",
    b"/EmbeddedFile": "夹带的文件",
    b"/EmbeddedFiles": "夹带的文件",
    b"/RichMedia": "多媒体部件",
    b"/Rendition": "多媒体部件",
    b"/XFA": "动态表单",
}
# A short name may turn up by chance in a compressed picture; it counts with its value only.
_SCRIPT = re.compile(rb"/JS[ \t\r\n\f\x00]*(?:[(<]|\d+[ \t\r\n]+\d+[ \t\r\n]+R)")
_NAMES = re.compile(
    b"("
    + b"|".join(re.escape(n) for n in _ACTS if n != b"/JS")
    + b")(?=["
    + re.escape(_ENDS)
    + b"]|$)"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream[ \t]*\r?\n?")
_ZIP_END = b"PK\x05\x06"
_MOST_OPENED = 20 * 1024 * 1024
_HOW = "请把它打印或扫描成普通 PDF，或直接拍照后再上传"


def check(blob: bytes) -> None:
    """检查；raises ``DomainError`` that says what was found."""
    last = blob.rfind(b"%%EOF")
    if last < 0:
        raise DomainError("pdf-damaged", f"这个 PDF 没有结尾，可能没有传完，打不开；{_HOW}")
    if blob[last + 5 :].strip(b"\r\n\t \x00") or _ZIP_END in blob[-66_000:]:
        raise DomainError(
            "pdf-tail", f"这个 PDF 的末尾另有内容，可能夹带了别的文件，所以没有收下；{_HOW}"
        )
    plain = _plain(blob)
    if re.search(rb"/Encrypt\b", plain):
        raise DomainError(
            "pdf-locked", f"这个 PDF 加了密，无法检查里面有什么，所以没有收下；{_HOW}"
        )
    for part in (plain, *map(_plain, _opened(blob))):
        if found := _act_in(part):
            raise DomainError(
                "pdf-act", f"这个 PDF 含有{found}，打开时可能有危险，所以没有收下；{_HOW}"
            )


def _plain(part: bytes) -> bytes:
    """``/J#61vaScript`` is the same name as ``/JavaScript``."""
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), part)


def _act_in(part: bytes) -> str:
    if match := _NAMES.search(part):
        return _ACTS[match[1]]
    return _ACTS[b"/JS"] if _SCRIPT.search(part) else ""


def _opened(blob: bytes) -> Iterator[bytes]:
    """对象流，解压后；more than the bound is refused rather than left unread."""
    left, before = _MOST_OPENED, 0
    for match in _STREAM.finditer(blob):
        head, before = _plain(blob[before : match.start()]), match.end()
        if b"/ObjStm" not in head:
            continue
        try:
            part = zlib.decompressobj().decompress(blob[match.end() :], left)
        except zlib.error as error:
            raise DomainError(
                "pdf-damaged", f"这个 PDF 有一部分读不出来，无法检查，所以没有收下；{_HOW}"
            ) from error
        left -= len(part)
        if left <= 0:
            raise DomainError("pdf-size", f"这个 PDF 展开后过大，无法检查完，所以没有收下；{_HOW}")
        yield part
