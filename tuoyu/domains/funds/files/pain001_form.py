"""pain.001.001.09 的结构：the official message, part by part in its order, and what we use of it.

No schema file is kept here; the sequences, occurrences and lengths below are those of the published
Message Definition Report (GroupHeader85, PaymentInstruction30, CreditTransferTransaction34 and the
components under them). A part without a ``body`` stands in the standard but not in our files.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

Said = str
"""What is wrong with a text; empty when nothing is."""
Leaf = Callable[[str], Said]
MANY = 10**9


@dataclass(frozen=True)
class Part:
    """一个元素：how often it may stand, and what is in it (parts in order, or a text)."""

    name: str
    least: int = 1
    most: int = 1
    body: tuple[Part, ...] | Leaf | None = None
    is_choice: bool = False
    attributes: tuple[str, ...] = ()


def text(most: int) -> Leaf:
    """MaxNText：one to ``most`` characters."""

    def check(said: str) -> Said:
        if not said.strip():
            return "是空的"
        return f"有 {len(said)} 个字，最多 {most} 个" if len(said) > most else ""

    return check


def _matches(pattern: str, what: str) -> Leaf:
    form = re.compile(pattern, re.ASCII)

    def check(said: str) -> Said:
        return "" if form.fullmatch(said) else f"应为{what}，现为“{said[:30]}”"

    return check


def one_of(*words: str) -> Leaf:
    """代码：one of those in use."""

    def check(said: str) -> Said:
        return "" if said in words else f"应为 {'、'.join(words)}，现为“{said[:30]}”"

    return check


def _day(said: str) -> Said:
    try:
        date.fromisoformat(said)
    except ValueError:
        return f"不是日期：“{said[:30]}”"
    return "" if len(said) == 10 else f"日期应写 2025-07-12 的样子，现为“{said[:30]}”"


def _moment(said: str) -> Said:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return f"不是时刻：“{said[:40]}”"
    if "T" not in said:
        return f"时刻里没有 T：“{said[:40]}”"
    return "" if found.tzinfo else "时刻没有写明时区"


COUNT = _matches(r"[0-9]{1,15}", "1 至 15 位数字")
# DecimalNumber and the amount are 18 digits in all; fen leave two of them behind the point.
AMOUNT = _matches(r"(0|[1-9][0-9]{0,15})\.[0-9]{2}", "两位小数、共不超过 18 位的数")
CURRENCY = _matches(r"[A-Z]{3}", "三位币种代码")

PARTY = (
    Part("Nm", 1, 1, text(140)),  # the standard leaves it out at will; a bank cannot pay nobody
    Part("PstlAdr", 0),
    Part("Id", 0),
    Part("CtryOfRes", 0),
    Part("CtctDtls", 0),
)
CLEARING_SYSTEM = (Part("Cd", 1, 1, text(5)), Part("Prtry", 1, 1, None))
BANK = (
    Part(
        "FinInstnId",
        body=(
            Part("BICFI", 0),
            Part(
                "ClrSysMmbId",
                body=(
                    Part("ClrSysId", 0, 1, CLEARING_SYSTEM, is_choice=True),
                    Part("MmbId", 1, 1, text(35)),
                ),
            ),
            Part("LEI", 0),
            Part("Nm", 1, 1, text(140)),
            Part("PstlAdr", 0),
            Part("Othr", 0),
        ),
    ),
    Part("BrnchId", 0),
)
OTHER_ACCOUNT = (Part("Id", 1, 1, text(34)), Part("SchmeNm", 0), Part("Issr", 0))
ACCOUNT = (
    Part("Id", body=(Part("IBAN"), Part("Othr", body=OTHER_ACCOUNT)), is_choice=True),
    Part("Tp", 0),
    Part("Ccy", 0, 1, CURRENCY),
    Part("Nm", 0),
    Part("Prxy", 0),
)
TRANSACTION = (
    Part(
        "PmtId",
        body=(
            Part("InstrId", 0, 1, text(35)),
            Part("EndToEndId", 1, 1, text(35)),
            Part("UETR", 0),
        ),
    ),
    Part("PmtTpInf", 0),
    Part(
        "Amt",
        body=(Part("InstdAmt", 1, 1, AMOUNT, attributes=("Ccy",)), Part("EqvtAmt")),
        is_choice=True,
    ),
    *(
        Part(name, 0)
        for name in (
            "XchgRateInf", "ChrgBr", "MndtRltdInf", "ChqInstr", "UltmtDbtr", "IntrmyAgt1",
            "IntrmyAgt1Acct", "IntrmyAgt2", "IntrmyAgt2Acct", "IntrmyAgt3", "IntrmyAgt3Acct",
        )
    ),
    Part("CdtrAgt", 1, 1, BANK),
    Part("CdtrAgtAcct", 0),
    Part("Cdtr", 1, 1, PARTY),
    Part("CdtrAcct", 1, 1, ACCOUNT),
    *(
        Part(name, 0, MANY)
        for name in (
            "UltmtCdtr", "InstrForCdtrAgt", "InstrForDbtrAgt", "Purp", "RgltryRptg", "Tax",
            "RltdRmtInf",
        )
    ),
    Part("RmtInf", 0, 1, (Part("Ustrd", 0, MANY, text(140)), Part("Strd", 0, MANY))),
    Part("SplmtryData", 0, MANY),
)  # fmt: skip
GROUP_HEADER = (
    Part("MsgId", 1, 1, text(35)),
    Part("CreDtTm", 1, 1, _moment),
    Part("Authstn", 0, 2),
    Part("NbOfTxs", 1, 1, COUNT),
    Part("CtrlSum", 1, 1, AMOUNT),
    Part("InitgPty", 1, 1, PARTY),
    Part("FwdgAgt", 0),
    Part("InitnSrc", 0),
)
EXECUTION = (Part("Dt", 1, 1, _day), Part("DtTm", 1, 1, _moment))
PAYMENT = (
    Part("PmtInfId", 1, 1, text(35)),
    Part("PmtMtd", 1, 1, one_of("TRF")),
    Part("ReqdAdvcTp", 0),
    Part("BtchBookg", 0, 1, one_of("true", "false")),
    Part("NbOfTxs", 1, 1, COUNT),
    Part("CtrlSum", 1, 1, AMOUNT),
    Part("PmtTpInf", 0),
    Part("ReqdExctnDt", 1, 1, EXECUTION, is_choice=True),
    Part("PoolgAdjstmntDt", 0),
    Part("Dbtr", 1, 1, PARTY),
    Part("DbtrAcct", 1, 1, ACCOUNT),
    Part("DbtrAgt", 1, 1, BANK),
    Part("DbtrAgtAcct", 0),
    Part("InstrForDbtrAgt", 0),
    Part("UltmtDbtr", 0),
    Part("ChrgBr", 0, 1, one_of("DEBT", "CRED", "SHAR", "SLEV")),
    Part("ChrgsAcct", 0),
    Part("ChrgsAcctAgt", 0),
    Part("CdtTrfTxInf", 1, MANY, TRANSACTION),
)
MESSAGE = Part(
    "Document",
    body=(
        Part(
            "CstmrCdtTrfInitn",
            body=(
                Part("GrpHdr", 1, 1, GROUP_HEADER),
                # The standard allows many; a batch of ours is one, so that its sum is the file's.
                Part("PmtInf", 1, 1, PAYMENT),
                Part("SplmtryData", 0, MANY),
            ),
        ),
    ),
)
