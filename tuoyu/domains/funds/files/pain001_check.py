"""付款文件的核对：structure, lengths, signs, counts, sums; each fault with its place.

It reads the bytes that go to the bank, whoever wrote them.
"""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from tuoyu.core.errors import DomainError
from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.domains.funds.files.pain001_form import MESSAGE, Part
from tuoyu.domains.funds.files.xml import open_document

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "CNY"
MOST_FAULTS = 20
_TRANSACTION = "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"


def faults(blob: bytes) -> list[str]:
    """不合之处，带位置；empty when the file may go to the bank."""
    said = _bytes(blob)
    if said:
        return said
    try:
        root = open_document(blob, SPACE)
    except DomainError as error:
        return [error.text]
    found: list[str] = []
    _walk(root, MESSAGE, "", found)
    return (found or _sums(root))[:MOST_FAULTS]


def refuse_faulty(blob: bytes) -> None:
    """不合标准的付款文件不送银行。"""
    found = faults(blob)
    if found:
        more = f"等 {len(found)} 处" if len(found) > 1 else ""
        raise DomainError(
            "bank-file", f"付款文件不合 pain.001.001.09：{found[0]}{more}，没有采用；请重新生成"
        )


def _bytes(blob: bytes) -> list[str]:
    """字符：UTF-8 without a mark at its head, and no sign that XML or a bank would not take."""
    if blob.startswith(b"\xef\xbb\xbf"):
        return ["文件开头有字节顺序标记，应为不带标记的 UTF-8"]
    try:
        said = blob.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"第 {error.start} 字节起不是 UTF-8"]
    head = said.split("?>", 1)[0].lower()
    if head.startswith("<?xml") and "encoding" in head and "utf-8" not in head:
        return ["声明的编码不是 UTF-8"]
    bad = next((c for c in said if not c.isprintable() and c not in "\n\r\t"), None)
    return [f"含有不可用的字符 U+{ord(bad):04X}"] if bad else []


def _walk(found: ET.Element, part: Part, path: str, out: list[str]) -> None:
    here = f"{path}/{part.name}".lstrip("/").removeprefix("Document/")
    extra = set(found.keys()) - set(part.attributes)
    if extra:
        out.append(f"{here} 有多余的属性 {'、'.join(sorted(extra))}")
    if part.body is None:
        out.append(f"{here} 本平台的付款文件不用")
    elif isinstance(part.body, tuple):
        _children(found, part, here, out)
    else:
        _leaf(found, part, here, out)


def _leaf(found: ET.Element, part: Part, here: str, out: list[str]) -> None:
    assert callable(part.body)
    if len(found):
        out.append(f"{here} 里不应再有元素")
        return
    said = found.text or ""
    wrong = part.body(said)
    if wrong:
        out.append(f"{here} {wrong}")
    elif said != said.strip():
        out.append(f"{here} 首尾有空白")
    if "Ccy" in part.attributes and found.get("Ccy") != CURRENCY:
        out.append(f"{here} 的币种应为 {CURRENCY}，现为“{(found.get('Ccy') or '')[:10]}”")


def _children(found: ET.Element, part: Part, here: str, out: list[str]) -> None:
    assert isinstance(part.body, tuple)
    if (found.text or "").strip() or any((c.tail or "").strip() for c in found):
        out.append(f"{here} 的元素之间夹有文字")
    order = {p.name: n for n, p in enumerate(part.body)}
    counts: Counter[str] = Counter()
    last = -1
    for child in found:
        space, _, name = child.tag.rpartition("}")
        if space != "{" + SPACE or name not in order:
            out.append(f"{here} 里没有 {name} 这个元素")
            continue
        if order[name] < last:
            out.append(f"{here} 里 {name} 的次序不对，应在 {part.body[last].name} 之前")
        last = max(last, order[name])
        counts[name] += 1
        one = part.body[order[name]]
        nth = f"[{counts[name]}]" if one.most > 1 else ""
        inner: list[str] = []
        _walk(child, one, here, inner)
        out += [w.replace(f"{here}/{name}", f"{here}/{name}{nth}", 1) for w in inner]
    _occurrences(part, here, counts, out)


def _occurrences(part: Part, here: str, counts: Counter[str], out: list[str]) -> None:
    assert isinstance(part.body, tuple)
    if part.is_choice:
        if sum(counts.values()) != 1:
            names = " 或 ".join(p.name for p in part.body)
            out.append(f"{here} 应有 {names} 中的一个，现有 {sum(counts.values())} 个")
        return
    for one in part.body:
        if counts[one.name] < one.least:
            out.append(f"{here} 缺少 {one.name}")
        if counts[one.name] > one.most:
            out.append(f"{here} 有 {counts[one.name]} 个 {one.name}，最多 {one.most} 个")


def _texts(root: ET.Element, path: str) -> list[str]:
    return [
        e.text or "" for e in root.findall("/".join(f"{{{SPACE}}}{p}" for p in path.split("/")))
    ]


def _sums(root: ET.Element) -> list[str]:
    """控制数：the counts and sums of header and payment are those of the instructions."""
    out: list[str] = []
    amounts = [_fen(t) for t in _texts(root, f"{_TRANSACTION}/Amt/InstdAmt")]
    out += [f"第 {n} 笔的金额是零" for n, fen in enumerate(amounts, 1) if fen == 0]
    for part in ("GrpHdr", "PmtInf"):
        (count,) = _texts(root, f"CstmrCdtTrfInitn/{part}/NbOfTxs")
        (total,) = _texts(root, f"CstmrCdtTrfInitn/{part}/CtrlSum")
        if int(count) != len(amounts):
            out.append(f"{part}/NbOfTxs 写明 {count} 笔，实有 {len(amounts)} 笔")
        if _fen(total) != sum(amounts):
            out.append(f"{part}/CtrlSum 写明合计 {total} 元，与各笔之和不符")
    references = Counter(_texts(root, f"{_TRANSACTION}/PmtId/EndToEndId"))
    out += [f"指令号 {r} 重复 {n} 次" for r, n in references.items() if n > 1]
    return out


def _fen(said: str) -> int:
    try:
        return parse_fen(f"{said}元")
    except MoneyError:  # the form has been checked before
        return 0
