"""银行文件：what is written is read back the same; what does not hold is refused in words."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds.files import pain001, pain002, tables
from tuoyu.domains.funds.files.pain001 import BankFile, Line, Party
from tuoyu.domains.funds.files.returns import Answer, ReturnFile, ReturnLine, declared

words = st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=30)
digits = st.text("0123456789", min_size=8, max_size=30)
fen = st.integers(1, 10**15)
parties = st.builds(Party, words, digits, words, st.text("0123456789", min_size=12, max_size=12))
days = st.dates(date(2024, 1, 1), date(2027, 1, 1))
references = st.lists(
    st.text("ABCDEF0123456789-", min_size=1, max_size=35), min_size=1, max_size=8, unique=True
)


@st.composite
def bank_files(draw: st.DrawFn) -> BankFile:
    lines = tuple(Line(r, draw(fen), draw(parties), draw(words)) for r in draw(references))
    made = draw(st.datetimes())
    return BankFile(
        "BF20250712-001", made.replace(microsecond=0, tzinfo=clock.ZONE), draw(days),
        draw(parties), lines,
    )  # fmt: skip


@st.composite
def return_files(draw: st.DrawFn) -> ReturnFile:
    return declared(
        tuple(
            ReturnLine(n, r, answer, draw(fen), draw(days), draw(digits),
                       "" if answer is Answer.PAID else draw(words))
            for n, r in enumerate(draw(references), 1)
            for answer in [draw(st.sampled_from(list(Answer)))]
        )
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(bank_files())
def test_what_the_bank_reads_is_what_was_meant(file: BankFile) -> None:
    assert pain001.read(pain001.write(file)) == file


@settings(max_examples=60, deadline=None)
@given(return_files())
def test_both_return_forms_say_the_same(file: ReturnFile) -> None:
    made = datetime(2025, 7, 14, 9, tzinfo=clock.ZONE)
    assert tables.read(pain002.write("BF20250712-001", made, file)) == file
    read = tables.read(tables.write_csv(file))
    assert [replace(line, number=line.number - 1) for line in read.lines] == list(file.lines)
    assert (read.count, read.total_fen) == (file.count, file.total_fen)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_never_a_fault(blob: bytes) -> None:
    try:
        tables.read(blob)
    except DomainError as error:
        assert error.text  # noqa: PT017


@settings(max_examples=80, deadline=None)
@given(return_files(), st.integers(0, 4000), st.binary(min_size=1, max_size=6))
def test_a_damaged_return_is_read_or_refused_never_a_fault(
    file: ReturnFile, at: int, junk: bytes
) -> None:
    for blob in (
        tables.write_csv(file),
        pain002.write("BF1", datetime(2025, 7, 14, tzinfo=clock.ZONE), file),
    ):
        try:
            tables.read(blob[: at % len(blob)] + junk + blob[at % len(blob) :])
        except DomainError as error:
            assert error.text  # noqa: PT017


PARTY = Party("青禾托育园（虚构）", "955880000000001", "示例银行（虚构）", "105397000010")
FILE = BankFile(
    "BF20250712-001",
    datetime(2025, 7, 12, 9, tzinfo=clock.ZONE),
    date(2025, 7, 12),
    replace(PARTY, name="市财政专户（虚构）"),
    (
        Line("BF20250712-001-0001", 72_000, PARTY, "2025-06"),
        Line("BF20250712-001-0002", 1, PARTY, "2025-06"),
    ),
)


def test_the_message_has_the_parts_of_the_standard_in_its_order() -> None:
    root = ET.fromstring(pain001.write(FILE))  # noqa: S314  our own writing
    space = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
    assert root.tag == f"{space}Document"
    head, payment = root[0]
    assert [e.tag.removeprefix(space) for e in head] == [
        "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty",
    ]  # fmt: skip
    assert [e.tag.removeprefix(space) for e in payment] == [
        "PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct",
        "DbtrAgt", "ChrgBr", "CdtTrfTxInf", "CdtTrfTxInf",
    ]  # fmt: skip
    line = payment[-1]
    assert [e.tag.removeprefix(space) for e in line] == [
        "PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf",
    ]  # fmt: skip
    assert [e.text for e in line.iter(f"{space}InstdAmt")] == ["0.01"]
    assert [e.text for e in root.iter(f"{space}CtrlSum")] == ["720.01", "720.01"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"<NbOfTxs>2</NbOfTxs>", b"<NbOfTxs>3</NbOfTxs>", "写明 3 笔，实有 2 笔"),
        (b"<CtrlSum>720.01</CtrlSum>", b"<CtrlSum>720.02</CtrlSum>", "各笔之和为 720.01"),
        (b"-0002</EndToEndId>", b"-0001</EndToEndId>", "重复的指令号"),
        (b'Ccy="CNY"', b'Ccy="USD"', "不是人民币"),
        (b"<EndToEndId>BF20250712-001-0002</EndToEndId>", b"", "缺少 PmtId/EndToEndId"),
        (b"720.00<", b"720.001<", "读不懂"),
        (b"pain.001.001.09", b"pain.001.001.03", "不是 pain.001.001.09"),
        (b"<Document", b"<!DOCTYPE a><Document", "文档类型"),
        (b"</Document>", b"", "不是完整的 XML"),
    ],
)
def test_a_payment_file_that_does_not_hold_is_refused(old: bytes, new: bytes, why: str) -> None:
    blob = pain001.write(FILE)
    assert old in blob
    with pytest.raises(DomainError, match=why):
        pain001.read(blob.replace(old, new))


def test_a_name_with_markup_or_control_signs_cannot_change_the_file() -> None:
    evil = replace(PARTY, name="甲</Nm><Amt>\x00\x0b&园")
    file = replace(FILE, lines=(replace(FILE.lines[0], payee=evil),))
    read = pain001.read(pain001.write(file))
    assert (read.lines[0].payee.name, read.total_fen) == ("甲</Nm><Amt>&园", 72_000)


LINE = ReturnLine(1, "R-1", Answer.PAID, 72_000, date(2025, 7, 14), "B1")


def sheet(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_excel_return_with_numbers_and_dates_is_read() -> None:
    blob = sheet([
        list(tables.HEAD),
        ["R-1", "成功", 720.1, date(2025, 7, 14), "B1", None],
        ["R-2", "失败", "1,000.00", "2025-07-14", None, "账号有误"],
        ["合计", 2, 1720.10, None, None, None],
    ])  # fmt: skip
    read = tables.read(blob)
    assert [(line.answer, line.amount_fen) for line in read.lines] == [
        (Answer.PAID, 72_010), (Answer.FAILED, 100_000),
    ]  # fmt: skip
    assert read.total_fen == read.sum_fen == 172_010


@pytest.mark.parametrize(
    ("blob", "why"),
    [
        (b"", "空的"),
        (b"a,b,c\r\n1,2,3", "第一行应为"),
        (",".join(tables.HEAD).encode(), "没有「合计」行"),
        (tables.write_csv(declared((LINE,))).replace("已付".encode(), "好".encode()), "状态“好”"),
        (tables.write_csv(declared((LINE,))).replace(b"720.00", b"720.001"), "金额“720.001”"),
        (tables.write_csv(declared((LINE,))).replace(b"2025-07-14", b"14/7/2025"), "日期"),
        (tables.write_csv(declared((LINE,))).replace("合计".encode(), b"sum"), "没有「合计」行"),
        (b"PK\x03\x04nothing", "打不开"),
        (b"<Document/>", "不是 pain.002"),
    ],
)
def test_a_return_that_cannot_be_read_is_refused_in_words(blob: bytes, why: str) -> None:
    with pytest.raises(DomainError, match=why):
        tables.read(blob)


def test_a_return_of_an_old_desk_in_gbk_is_read() -> None:
    blob = tables.write_csv(declared((LINE,))).decode("utf-8-sig").encode("gb18030")
    assert tables.read(blob).lines[0].reference == "R-1"
