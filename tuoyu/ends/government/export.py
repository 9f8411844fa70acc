"""导出：a plain xlsx whose cells are never read as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

from django.http import HttpResponse

from tuoyu.core import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
Value = str | int | date | datetime | None


def safe(value: Value) -> str | int | date:
    """导出的一格：text that a spreadsheet might run gets a leading apostrophe.

    Also those behind blanks or a full-width sign, which some programs turn into formulas.
    """
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M")
    if not isinstance(value, str):
        return value
    plain = "".join(c for c in value if c.isprintable() or c in "\t\n")
    first = plain.lstrip(" \u3000\u200b")[:1]
    if first and (first in _RISKY or first in "＝＋－\uff20"):
        return f"'{plain}"
    return plain


def workbook(
    title: str, head: Sequence[str], rows: Iterable[Sequence[Value]], note: str = ""
) -> bytes:
    """一张表：title, who and when, heads, rows."""
    from openpyxl import Workbook  # it takes long to load, and most processes never write a sheet
    from openpyxl.cell import Cell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    sheet.append([safe(title)])
    sheet.append([safe(note)])
    sheet.append([safe(h) for h in head])
    for cell in (*sheet[1], *sheet[3]):
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([safe(v) for v in row])
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell, Cell) and isinstance(cell.value, str):
                cell.data_type = "s"
    for i, name in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(i)].width = max(12, len(name) * 2 + 4)
    sheet.freeze_panes = "B4"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def download(name: str, region: str, body: bytes) -> HttpResponse:
    """下载：表名_区划_日期.xlsx."""
    response = HttpResponse(body, content_type=XLSX)
    file = f"{name}_{region}_{clock.today():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = _disposition(file)
    return response


def _disposition(file: str) -> str:
    from urllib.parse import quote

    return f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(file)}"


def stamp(name: str, organisation: str) -> str:
    """水印行：who exported and when."""
    return f"导出：{organisation} {name} {clock.now():%Y-%m-%d %H:%M}"
