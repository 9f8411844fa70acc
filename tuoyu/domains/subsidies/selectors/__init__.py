"""补助结算的读取：statements, lines and 「怎么算的」, payments."""

from tuoyu.domains.subsidies.selectors.lines import (
    ChildLine,
    Explained,
    LineRow,
    explain_line,
    list_lines,
    list_statement_lines,
)

__all__ = [
    "ChildLine",
    "Explained",
    "LineRow",
    "explain_line",
    "list_lines",
    "list_statement_lines",
]
