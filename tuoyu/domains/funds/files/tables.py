"""银行回单表：plain CSV or Excel with fixed heads and a last row that declares count and total."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan
from tuoyu.domains.funds.files import pain002
from tuoyu.domains.funds.files.returns import WORDS, Answer, ReturnFile, ReturnLine
from tuoyu.domains.funds.files.xml import fen_of

HEAD = ["指令号", "状态", "金额（元）", "日期", "银行流水号", "原因"]
FOOT = "合计"
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 20_000
_SAID = {word: answer for answer, word in WORDS.items()} | {"成功": Answer.PAID}
Row = list[str]


def read(blob: bytes) -> ReturnFile:
    """读回单：told apart by its bytes, never by its name."""
    if not blob.strip():
        raise DomainError("return-file", "回单文件是空的，没有入账；请重新选择文件")
    if len(blob) > MOST_BYTES:
        raise DomainError("return-file", "回单文件超过 5 MB，没有入账；请分批向银行取回")
    if blob.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return pain002.read(blob.removeprefix(b"\xef\xbb\xbf"))
    return _table(_excel(blob) if blob.startswith(b"PK") else _csv(blob))


def write_csv(file: ReturnFile) -> bytes:
    """写成回单 CSV（模板、模拟银行与核对使用）。"""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(HEAD)
    for line in file.lines:
        rows.writerow([line.reference, WORDS[line.answer], yuan(line.amount_fen),
                       line.on.isoformat(), line.bank_ref, line.reason])  # fmt: skip
    rows.writerow([FOOT, file.count, yuan(file.total_fen), "", "", ""])
    return out.getvalue().encode("utf-8-sig")


def _csv(blob: bytes) -> list[Row]:
    try:
        words = blob.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            words = blob.decode("gb18030")
        except UnicodeDecodeError as error:
            raise _unreadable() from error
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(words))]
    except csv.Error as error:
        raise _unreadable() from error


def _excel(blob: bytes) -> list[Row]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as pack:
            if sum(part.file_size for part in pack.infolist()) > MOST_UNPACKED:
                raise _unreadable()
        sheet = load_workbook(io.BytesIO(blob), read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=len(HEAD), values_only=True)
        return [[_cell(value) for value in row] for row in rows]
    except DomainError:
        raise
    except Exception as error:  # openpyxl raises many kinds for a damaged file
        raise _unreadable() from error


def _cell(value: object) -> str:
    """一格的文字：a number is read by its shortest writing, which Excel shows as well."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()


def _unreadable() -> DomainError:
    return DomainError(
        "return-file", "回单文件打不开，没有入账；请上传银行给的 XML、Excel 或 CSV 原文件"
    )


def _table(rows: list[Row]) -> ReturnFile:
    filled = [(n, row) for n, row in enumerate(rows, 1) if any(row)]
    if not filled or filled[0][1][: len(HEAD)] != HEAD:
        raise DomainError(
            "return-file", f"回单第一行应为：{'、'.join(HEAD)}；没有入账，请按回单模板整理"
        )
    *lines, (_, last) = filled[1:] or [(0, [])]
    if not last or last[0] != FOOT:
        raise DomainError(
            "return-file", "回单没有「合计」行，不能核对总数，没有入账；请取回完整的回单"
        )
    if not (last[1].isascii() and last[1].isdecimal()):
        raise DomainError("return-file", "回单「合计」行的笔数不是数字，没有入账；请改正后再传")
    return ReturnFile(int(last[1]), fen_of(_plain(last[2])), tuple(_lines(lines)))


def _lines(rows: Iterable[tuple[int, Row]]) -> Iterable[ReturnLine]:
    for number, row in rows:
        reference, said, amount, on, bank_ref, reason = (row + [""] * len(HEAD))[: len(HEAD)]
        if said not in _SAID:
            known = "、".join(_SAID)
            raise DomainError(
                "return-file", f"回单第 {number} 行的状态“{said[:10]}”读不懂，应为{known}；没有入账"
            )
        try:
            day = date.fromisoformat(on)
        except ValueError as error:
            raise DomainError(
                "return-file",
                f"回单第 {number} 行的日期“{on[:12]}”读不懂，应如 2025-07-25；没有入账",
            ) from error
        yield ReturnLine(number, reference[:35], _SAID[said], fen_of(_plain(amount)), day,
                         bank_ref[:35], reason[:105])  # fmt: skip


def _plain(amount: str) -> str:
    return amount.replace(",", "").removesuffix("元")
