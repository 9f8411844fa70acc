"""银行付款文件：ISO 20022 pain.001.001.09 (CustomerCreditTransferInitiation), written and checked.

Amounts are written from integer fen. ``read`` refuses a file whose count, sum or references do not
hold; ``pain001_check`` holds the bytes against the structure of the standard before they are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree as ET

from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan
from tuoyu.domains.funds.files.xml import at, child, fen_of, many, open_document, text, texts

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "CNY"
CLEARING = "CNAPS"


@dataclass(frozen=True)
class Party:
    """一方的户名、账号、开户行、支付系统行号。"""

    name: str
    account: str
    bank: str
    bank_code: str


@dataclass(frozen=True)
class Line:
    """一笔付款指令。"""

    reference: str
    amount_fen: int
    payee: Party
    purpose: str


@dataclass(frozen=True)
class BankFile:
    """一批付款指令。"""

    number: str
    made_at: datetime
    execute_on: date
    payer: Party
    lines: tuple[Line, ...]

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)


def write(file: BankFile) -> bytes:
    """写成 pain.001.001.09。"""
    root = ET.Element("Document", xmlns=SPACE)
    body = ET.SubElement(root, "CstmrCdtTrfInitn")
    head = ET.SubElement(body, "GrpHdr")
    child(head, "MsgId", file.number, 35)
    child(head, "CreDtTm", file.made_at.isoformat(timespec="seconds"))
    child(head, "NbOfTxs", str(len(file.lines)))
    child(head, "CtrlSum", yuan(file.total_fen))
    child(ET.SubElement(head, "InitgPty"), "Nm", file.payer.name, 140)
    _payment(ET.SubElement(body, "PmtInf"), file)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _payment(to: ET.Element, file: BankFile) -> None:
    child(to, "PmtInfId", file.number, 35)
    child(to, "PmtMtd", "TRF")
    child(to, "BtchBookg", "false")
    child(to, "NbOfTxs", str(len(file.lines)))
    child(to, "CtrlSum", yuan(file.total_fen))
    child(ET.SubElement(to, "ReqdExctnDt"), "Dt", file.execute_on.isoformat())
    child(ET.SubElement(to, "Dbtr"), "Nm", file.payer.name, 140)
    account = ET.SubElement(to, "DbtrAcct")
    _account(account, file.payer.account)
    child(account, "Ccy", CURRENCY)
    _bank(ET.SubElement(to, "DbtrAgt"), file.payer)
    child(to, "ChrgBr", "SLEV")
    for line in file.lines:
        _line(ET.SubElement(to, "CdtTrfTxInf"), line)


def _line(to: ET.Element, line: Line) -> None:
    child(ET.SubElement(to, "PmtId"), "EndToEndId", line.reference)
    amount = child(ET.SubElement(to, "Amt"), "InstdAmt", yuan(line.amount_fen))
    amount.set("Ccy", CURRENCY)
    _bank(ET.SubElement(to, "CdtrAgt"), line.payee)
    child(ET.SubElement(to, "Cdtr"), "Nm", line.payee.name, 140)
    _account(ET.SubElement(to, "CdtrAcct"), line.payee.account)
    if line.purpose.strip():
        child(ET.SubElement(to, "RmtInf"), "Ustrd", line.purpose.strip(), 140)


def _account(to: ET.Element, number: str) -> None:
    # Never cut: half an account number is another account. The check refuses what is too long.
    child(ET.SubElement(ET.SubElement(to, "Id"), "Othr"), "Id", number)


def _bank(to: ET.Element, party: Party) -> None:
    bank = ET.SubElement(to, "FinInstnId")
    member = ET.SubElement(bank, "ClrSysMmbId")
    child(ET.SubElement(member, "ClrSysId"), "Cd", CLEARING)
    child(member, "MmbId", party.bank_code)
    child(bank, "Nm", party.bank, 140)


def read(blob: bytes) -> BankFile:
    """读回并核对结构、笔数、合计、编号。"""
    body = at(open_document(blob, SPACE), "CstmrCdtTrfInitn")
    head, payment = at(body, "GrpHdr"), at(body, "PmtInf")
    file = BankFile(
        number=text(head, "MsgId"),
        made_at=datetime.fromisoformat(text(head, "CreDtTm")),
        execute_on=date.fromisoformat(text(payment, "ReqdExctnDt/Dt")),
        payer=_party(payment, "Dbtr"),
        lines=tuple(_read_line(found) for found in many(payment, "CdtTrfTxInf")),
    )
    for part in (head, payment):
        _check_totals(file, text(part, "NbOfTxs"), text(part, "CtrlSum"))
    references = [line.reference for line in file.lines]
    if len(set(references)) != len(references):
        raise DomainError("bank-file", "付款文件中有重复的指令号，没有采用；请重新生成")
    return file


def _check_totals(file: BankFile, count: str, total: str) -> None:
    if count != str(len(file.lines)):
        raise DomainError(
            "bank-file", f"付款文件写明 {count} 笔，实有 {len(file.lines)} 笔，没有采用；请重新生成"
        )
    if fen_of(total) != file.total_fen:
        raise DomainError(
            "bank-file",
            f"付款文件写明合计 {total} 元，各笔之和为 {yuan(file.total_fen)} 元，"
            "没有采用；请重新生成",
        )


def _read_line(found: ET.Element) -> Line:
    amount = at(found, "Amt/InstdAmt")
    if amount.get("Ccy") != CURRENCY:
        raise DomainError("bank-file", "付款文件的币种不是人民币，没有采用；请重新生成")
    return Line(
        reference=text(found, "PmtId/EndToEndId"),
        amount_fen=fen_of(amount.text or ""),
        payee=_party(found, "Cdtr"),
        purpose=texts(found, "RmtInf/Ustrd"),
    )


def _party(found: ET.Element, side: str) -> Party:
    bank = at(found, f"{side}Agt/FinInstnId")
    return Party(
        name=text(found, f"{side}/Nm"),
        account=text(found, f"{side}Acct/Id/Othr/Id"),
        bank=text(bank, "Nm"),
        bank_code=text(bank, "ClrSysMmbId/MmbId"),
    )
