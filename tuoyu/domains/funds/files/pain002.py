"""银行回单报文：ISO 20022 pain.002.001.10 (CustomerPaymentStatusReport), the part a payer needs."""

from __future__ import annotations

from datetime import date, datetime
from xml.etree import ElementTree as ET

from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan
from tuoyu.domains.funds.files.returns import Answer, ReturnFile, ReturnLine
from tuoyu.domains.funds.files.xml import at, child, fen_of, many, open_document, text, texts

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
PAIN001 = "pain.001.001.09"
# ISO 20022 transaction status: settled on the debtor's or creditor's account, or rejected.
STATUS = {"ACSC": Answer.PAID, "ACCC": Answer.PAID, "RJCT": Answer.FAILED}
RETURNED = "RJCT"  # a payment sent back later is rejected with this proprietary reason
RETURN_CODE = "退票"


def write(number: str, made_at: datetime, file: ReturnFile) -> bytes:
    """写成 pain.002（供模拟银行与核对使用）。"""
    root = ET.Element("Document", xmlns=SPACE)
    body = ET.SubElement(root, "CstmrPmtStsRpt")
    head = ET.SubElement(body, "GrpHdr")
    child(head, "MsgId", f"R{number}", 35)
    child(head, "CreDtTm", made_at.isoformat(timespec="seconds"))
    group = ET.SubElement(body, "OrgnlGrpInfAndSts")
    child(group, "OrgnlMsgId", number, 35)
    child(group, "OrgnlMsgNmId", PAIN001)
    child(group, "OrgnlNbOfTxs", str(file.count))
    child(group, "OrgnlCtrlSum", yuan(file.total_fen))
    payment = ET.SubElement(body, "OrgnlPmtInfAndSts")
    child(payment, "OrgnlPmtInfId", number, 35)
    for line in file.lines:
        _line(ET.SubElement(payment, "TxInfAndSts"), line)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _line(to: ET.Element, line: ReturnLine) -> None:
    child(to, "OrgnlEndToEndId", line.reference, 35)
    child(to, "TxSts", "ACSC" if line.answer is Answer.PAID else "RJCT")
    if line.answer is not Answer.PAID:
        why = ET.SubElement(to, "StsRsnInf")
        if line.answer is Answer.RETURNED:
            child(ET.SubElement(why, "Rsn"), "Prtry", RETURN_CODE)
        child(why, "AddtlInf", line.reason, 105)
    child(ET.SubElement(to, "FctvIntrBkSttlmDt"), "Dt", line.on.isoformat())
    if line.bank_ref:
        child(to, "AcctSvcrRef", line.bank_ref, 35)
    amount = child(ET.SubElement(ET.SubElement(to, "OrgnlTxRef"), "Amt"), "InstdAmt",
                   yuan(line.amount_fen))  # fmt: skip
    amount.set("Ccy", "CNY")


def read(blob: bytes) -> ReturnFile:
    """读回单报文。"""
    body = at(open_document(blob, SPACE), "CstmrPmtStsRpt")
    group = at(body, "OrgnlGrpInfAndSts")
    found = [t for p in many(body, "OrgnlPmtInfAndSts") for t in many(p, "TxInfAndSts")]
    count = text(group, "OrgnlNbOfTxs")
    if not count.isdecimal():
        raise DomainError("return-file", f"回单写明的笔数“{count[:20]}”不是数字；请取回原文件再传")
    return ReturnFile(
        count=int(count),
        total_fen=fen_of(text(group, "OrgnlCtrlSum")),
        lines=tuple(_read(n, part) for n, part in enumerate(found, 1)),
    )


def _read(number: int, found: ET.Element) -> ReturnLine:
    code = text(found, "TxSts")
    if code not in STATUS:
        raise DomainError(
            "return-file", f"第 {number} 笔的状态 {code[:8]} 尚未终结，没有入账；请待银行付讫后再传"
        )
    answer = STATUS[code]
    if texts(found, "StsRsnInf/Rsn/Prtry") == RETURN_CODE:
        answer = Answer.RETURNED
    try:
        on = date.fromisoformat(text(found, "FctvIntrBkSttlmDt/Dt"))
    except ValueError as error:
        raise DomainError("return-file", f"第 {number} 笔的日期读不懂，应如 2025-07-25") from error
    return ReturnLine(
        number=number,
        reference=text(found, "OrgnlEndToEndId"),
        answer=answer,
        amount_fen=fen_of(text(found, "OrgnlTxRef/Amt/InstdAmt")),
        on=on,
        bank_ref=texts(found, "AcctSvcrRef"),
        reason=texts(found, "StsRsnInf/AddtlInf"),
    )
