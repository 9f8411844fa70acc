"""导入表：template with dictionary sheets, pre-check, error workbook, safe export."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tuoyu.core.errors import DomainError
from tuoyu.core.excel.columns import CellError, Column, parse

if TYPE_CHECKING:  # it takes long to load, and most processes never write a sheet
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATA, DICTIONARY, NOTES = "数据", "字典", "填写说明"
SAMPLE_MARK = "示例行，导入时跳过"
REASON = "错误原因"
MOST_ROWS = 5000
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
_RED, _HEAD = "FFF4C7CE", "FFF3EEE6"


@dataclass(frozen=True)
class Sheet:
    """一种导入表。"""

    code: str
    title: str
    version: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()


@dataclass
class Row:
    """读到的一行：raw cells as given, values parsed, errors by column key."""

    number: int
    raw: list[Any]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.errors


def template(sheet: Sheet) -> bytes:
    """下载模板：data, dictionary and instructions; numbers of identity are text."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    data = book.active
    assert data is not None
    data.title = DATA
    _head(data, sheet)
    for i, column in enumerate(sheet.columns, 1):
        cell = data.cell(2, i, column.sample)
        cell.font = Font(italic=True, color="FF847C71")
        data.column_dimensions[get_column_letter(i)].width = max(len(column.title) * 2 + 4, 14)
        if column.kind in ("id", "uscc", "phone", "text"):
            for row in range(2, 502):
                data.cell(row, i).number_format = "@"
    data.cell(2, len(sheet.columns) + 1, SAMPLE_MARK)
    data.freeze_panes = "A2"
    _dictionary(book, data, sheet)
    _notes(book, sheet)
    return _bytes(book)


def _head(data: Worksheet, sheet: Sheet) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    for i, column in enumerate(sheet.columns, 1):
        cell = data.cell(1, i, column.title + ("*" if column.required else ""))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD)
        if column.note:
            cell.comment = Comment(column.note, "托育云")


def _dictionary(book: Workbook, data: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    words = book.create_sheet(DICTIONARY)
    at = 0
    for i, column in enumerate(sheet.columns, 1):
        if not column.choices:
            continue
        at += 1
        letter = get_column_letter(at)
        words.cell(1, at, column.title).font = Font(bold=True)
        for n, label in enumerate(column.choices, 2):
            words.cell(n, at, label)
        last = len(column.choices) + 1
        rule = DataValidation(
            type="list", formula1=f"'{DICTIONARY}'!${letter}$2:${letter}${last}", allow_blank=True
        )
        rule.error, rule.errorTitle = "请从下拉中选择", column.title
        data.add_data_validation(rule)
        here = get_column_letter(i)
        rule.add(f"{here}2:{here}{MOST_ROWS}")


def _notes(book: Workbook, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment

    notes = book.create_sheet(NOTES)
    notes.column_dimensions["A"].width = 100
    lines = [
        f"{sheet.title}（版本 {sheet.version}）",
        "带 * 的列必填；第 2 行是示例，导入时跳过。",
        "日期写成 2025-03-01；身份证号、电话、信用代码是文本；不要合并单元格，不要写公式。",
        f"一次最多 {MOST_ROWS} 行。上传后先预检，有错误会给出标红的错误表。",
        "导入后 24 小时内可整批撤销。",
        *sheet.notes,
        *(f"{c.title}：{c.note}" for c in sheet.columns if c.note),
    ]
    for n, line in enumerate(lines, 1):
        notes.cell(n, 1, line).alignment = Alignment(wrap_text=True)


def read(sheet: Sheet, blob: bytes) -> list[Row]:
    """读取并逐格预检；a file that cannot be read at all raises ``DomainError``."""
    data = _open(blob)
    _check_layout(sheet, data)
    rows = []
    for cells in data.iter_rows(min_row=2, max_col=len(sheet.columns) + 1):
        raw = [c.value for c in cells]
        if all(v is None or str(v).strip() == "" for v in raw):
            continue
        if raw[-1] == SAMPLE_MARK:
            continue
        rows.append(_row(sheet, cells[0].row or 0, raw[:-1]))
        if len(rows) > MOST_ROWS:
            raise DomainError("rows", f"一次最多导入 {MOST_ROWS} 行，请分成几个文件上传")
    if not rows:
        raise DomainError("empty", "文件里没有数据行：请从第 3 行起填写（第 2 行是示例）后再上传")
    return rows


def _open(blob: bytes) -> Worksheet:
    from openpyxl import load_workbook

    if len(blob) > MOST_BYTES:
        raise DomainError("size", "文件超过 5 MB，请删去图片和多余的表后再上传")
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as pack:
            if sum(i.file_size for i in pack.infolist()) > MOST_UNPACKED:
                raise DomainError("size", "文件展开后过大，不是正常的导入表，请用模板重新填写")
        book = load_workbook(io.BytesIO(blob), data_only=False)
    except DomainError:
        raise
    except Exception as error:  # openpyxl raises many kinds for a damaged file
        raise DomainError("format", "打不开这个文件：请上传 .xlsx 格式，用模板填写") from error
    return book[DATA] if DATA in book.sheetnames else book.worksheets[0]


def _check_layout(sheet: Sheet, data: Worksheet) -> None:
    if data.merged_cells.ranges:
        where = "、".join(str(r) for r in list(data.merged_cells.ranges)[:5])
        raise DomainError("merged", f"有合并的单元格（{where}），请取消合并、逐格填写后再上传")
    head = [str(c.value or "").rstrip("*").strip() for c in data[1]][: len(sheet.columns)]
    wanted = [c.title for c in sheet.columns]
    if head != wanted:
        missing = [w for w in wanted if w not in head]
        told = f"缺少列：{'、'.join(missing)}" if missing else "列的次序变了"
        raise DomainError("head", f"表头与「{sheet.title}」模板不符（{told}），请下载最新模板填写")


def _row(sheet: Sheet, number: int, raw: list[Any]) -> Row:
    row = Row(number, raw)
    for column, value in zip(sheet.columns, raw, strict=True):
        try:
            if isinstance(value, str) and value.startswith("="):
                raise CellError(f"「{column.title}」是公式，请粘贴为数值")
            row.values[column.key] = parse(column, value)
        except CellError as error:
            row.errors[column.key] = str(error)
    return row


def error_workbook(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    """错误表：same layout, red cells, one column of reasons; only the rows that have errors."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    data = book.active
    assert data is not None
    data.title = DATA
    _head(data, sheet)
    last = len(sheet.columns) + 1
    data.cell(1, last, REASON).font = Font(bold=True)
    data.column_dimensions[get_column_letter(last)].width = 60
    for n, row in enumerate((r for r in rows if not r.is_good), 2):
        for i, (column, value) in enumerate(zip(sheet.columns, row.raw, strict=True), 1):
            cell = data.cell(n, i, safe(value))
            if column.kind in ("id", "uscc", "phone", "text"):
                cell.number_format = "@"
            if column.key in row.errors:
                cell.fill = PatternFill("solid", fgColor=_RED)
        data.cell(n, last, f"第 {row.number} 行：" + "；".join(row.errors.values()))
    _dictionary(book, data, sheet)
    return _bytes(book)


def export(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], foot: str = "") -> bytes:
    """导出：plain cells; text that a desktop would run as a formula is made harmless."""
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    data = book.active
    assert data is not None
    data.title = title[:28]
    for i, name in enumerate(head, 1):
        cell = data.cell(1, i, name)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD)
        data.column_dimensions[get_column_letter(i)].width = max(len(name) * 2 + 4, 12)
    count = 1
    for row in rows:
        count += 1
        for i, value in enumerate(row, 1):
            data.cell(count, i, safe(value))
    if foot:
        data.cell(count + 2, 1, safe(foot))
    data.freeze_panes = "A2"
    return _bytes(book)


# Half-width and full-width signs that a desktop takes for the start of a formula.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def safe(value: Any) -> Any:
    """去公式：a text that begins like a formula (also full-width) gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _bytes(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
