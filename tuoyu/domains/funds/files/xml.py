"""银行报文的读写小件：no document type, no entities, every element looked for by its full name."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tuoyu.core.errors import DomainError
from tuoyu.core.money import MoneyError, parse_fen


def child(to: ET.Element, name: str, words: str, most: int = 0) -> ET.Element:
    """加一个子元素；``most`` is the longest the standard allows."""
    made = ET.SubElement(to, name)
    said = clean(words)
    made.text = said[:most] if most else said
    return made


def clean(words: str) -> str:
    """XML 能写的字：control characters have no place in a bank file."""
    return "".join(c for c in words if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)


def open_document(blob: bytes, space: str) -> ET.Element:
    """打开报文：a document type could bring entities along, so that it is refused unread."""
    if b"<!DOCTYPE" in blob or b"<!ENTITY" in blob or b"\x00" in blob:
        raise DomainError("xml", "报文含有文档类型声明，银行报文不应有，没有采用；请取回原文件再传")
    try:
        root = ET.fromstring(blob)  # noqa: S314  no document type, no entities (above)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise DomainError("xml", "报文不是完整的 XML，可能没有传完；请取回原文件再传") from error
    if root.tag != f"{{{space}}}Document":
        raise DomainError("xml", f"报文不是 {space.rsplit(':', 1)[1]}，没有采用；请核对文件种类")
    return root


def _space(found: ET.Element) -> str:
    return found.tag[: found.tag.index("}") + 1] if found.tag.startswith("{") else ""


def _path(found: ET.Element, path: str) -> str:
    return "/".join(_space(found) + name for name in path.split("/"))


def at(found: ET.Element, path: str) -> ET.Element:
    """必有的元素。"""
    part = found.find(_path(found, path))
    if part is None:
        raise DomainError("xml", f"报文缺少 {path}，没有采用；请向银行取回完整文件")
    return part


def many(found: ET.Element, path: str) -> list[ET.Element]:
    """可重复的元素。"""
    return found.findall(_path(found, path))


def text(found: ET.Element, path: str) -> str:
    """必有的文字。"""
    words = (at(found, path).text or "").strip()
    if not words:
        raise DomainError("xml", f"报文的 {path} 是空的，没有采用；请向银行取回完整文件")
    return words


def texts(found: ET.Element, path: str) -> str:
    """可有可无的文字。"""
    part = found.find(_path(found, path))
    return (part.text or "").strip() if part is not None else ""


def fen_of(words: str) -> int:
    """报文金额 → 分；never by way of a floating number."""
    try:
        return parse_fen(f"{words.strip()}元")
    except MoneyError as error:
        raise DomainError(
            "amount", f"金额“{words.strip()[:40]}”读不懂，应如 1234.00；请改正后再传"
        ) from error
