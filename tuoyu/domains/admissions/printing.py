"""合同的 PDF：the signed text, the signatures and the hash."""

from __future__ import annotations

from tuoyu.core import clock
from tuoyu.core.files.paper import Drawing, make_pdf
from tuoyu.domains.admissions.models import Contract, Side


def contract_pdf(contract: Contract) -> bytes:
    """一份合同。An unsigned or replaced one says so."""
    signatures = sorted(contract.signatures.all(), key=lambda s: s.at)
    lines = [*contract.text.split("\n"), "", _state(contract)]
    drawings = []
    for s in signatures:
        at = s.at.astimezone(clock.ZONE)
        told = f"{Side(s.side).label}：{s.name}　{at:%Y-%m-%d %H:%M}　"
        told += "手写签名" if s.strokes else "输入姓名签署"
        if s.strokes:
            drawings.append(Drawing(told, s.strokes))
        else:
            lines.append(told)
    return make_pdf(lines, drawings, f"SM3 {contract.sm3}")


def _state(contract: Contract) -> str:
    if contract.replaced_at is not None:
        return "【本版已被新的一版取代，签名作废】"
    if contract.concluded_at is None:
        return "【尚未双方签完，未成立】"
    return f"双方签完时间 {contract.concluded_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
