"""一份报表：its cells (automatic or filled by hand), what is amiss, what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import MonthClose
from tuoyu.domains.incidents.selectors.incidents import list_missing
from tuoyu.domains.reports import rules
from tuoyu.domains.reports.models import Report, ReportKind
from tuoyu.domains.reports.rules import Item
from tuoyu.domains.reports.selectors.sources import Line, Lines, Span, collect


@dataclass(frozen=True)
class Cell:
    """报表的一格。``value`` None is not known yet; ``sent`` is what was reported, once it was."""

    item: Item
    value: int | str | None
    lines: tuple[Line, ...] = ()
    reason: str = ""
    sent: int | str | None = None
    was_sent: bool = False

    @property
    def shown(self) -> str:
        """页面和表格里同一个写法。"""
        return text_of(self.item, self.sent if self.was_sent else self.value)

    @property
    def now(self) -> str:
        return text_of(self.item, self.value)

    @property
    def has_moved(self) -> bool:
        """报出以后，记录又变了。"""
        return self.was_sent and not self.item.is_manual and self.sent != self.value


def text_of(item: Item, value: int | str | None) -> str:
    """一格的写法；money is kept in fen."""
    if value is None:
        return "—"
    if item.kind == rules.MONEY and isinstance(value, int):
        return f"{value // 100:,}.{value % 100:02d}"
    if item.kind == rules.CHOICE:
        return "是" if value == "yes" else "否"
    return str(value)


@dataclass(frozen=True)
class Problem:
    """核对出的问题；``stops``: not to be sent before it is mended."""

    text: str
    stops: bool
    opens: str = ""


@dataclass(frozen=True)
class Sheet:
    """一份报表与它的各格。"""

    report: Report
    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...]

    @property
    def title(self) -> str:
        return title_of(self.report)

    @property
    def is_sent(self) -> bool:
        return self.report.submitted_at is not None

    @property
    def may_send(self) -> bool:
        return not self.is_sent and not any(p.stops for p in self.problems)

    @property
    def sections(self) -> list[tuple[str, list[Cell]]]:
        found: dict[str, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.item.section, []).append(cell)
        return list(found.items())

    @property
    def left(self) -> int:
        """还没填的。"""
        return sum(c.item.is_manual and c.value is None for c in self.cells)

    def table(self) -> list[list[str]]:
        """导出的行：the same words as on the page."""
        return [
            [c.item.section, c.item.title, c.shown, c.item.unit, c.item.source] for c in self.cells
        ]


def title_of(report: Report) -> str:
    """报表的名称。"""
    day = report.from_on
    span = f"{day.year} 年 {day.month} 月" if report.kind == ReportKind.MONTH else f"{day.year} 年"
    again = f"（第 {report.version} 版）" if report.version > 1 else ""
    return f"{span}{'月报' if report.kind == ReportKind.MONTH else '年报'}{again}"


def end_of(kind: str, from_on: date) -> date:
    """期间末（不含）。"""
    return add_months(from_on, 1 if kind == ReportKind.MONTH else 12)


def access_report(scope: Scope, report_id: int, *, lock: bool = False) -> Report:
    """取一份报表。"""
    rows = Report.objects.visible_to(scope)
    found = (rows.select_for_update() if lock else rows).filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def list_reports(scope: Scope, institution_id: int) -> list[Report]:
    """报表，新的在前。"""
    rows = Report.objects.visible_to(scope).filter(institution_id=institution_id)
    return list(rows.defer("sent").order_by("-from_on", "kind", "-version"))


def span_of(scope: Scope, report: Report, today: date) -> Span:
    """报表的期间。"""
    end = end_of(report.kind, report.from_on)
    return Span(scope, report.institution_id, report.from_on, end, today)


def read_sheet(scope: Scope, report: Report, now: datetime) -> Sheet:
    """一份报表，as it stands now and as it was sent."""
    today = clock.day_of(now)
    lines = collect(span_of(scope, report, today))
    months = _months(scope, report) if report.kind == ReportKind.YEAR else []
    cells = tuple(_cell(i, report, lines, months) for i in rules.items_of(report.kind))
    sent = report.submitted_at is not None
    problems = () if sent else tuple(_problems(scope, report, cells, today))
    return Sheet(report, cells, problems)


def _months(scope: Scope, report: Report) -> list[Report]:
    """这一年报出的月报，each in its newest version."""
    rows = Report.objects.visible_to(scope).filter(
        institution_id=report.institution_id,
        kind=ReportKind.MONTH,
        submitted_at__isnull=False,
        from_on__gte=report.from_on,
        from_on__lt=end_of(report.kind, report.from_on),
    )
    return list({r.from_on: r for r in rows.order_by("from_on", "version")}.values())


def _cell(item: Item, report: Report, lines: Lines, months: list[Report]) -> Cell:
    sent: dict[str, Any] = report.sent or {}
    was = report.submitted_at is not None and item.code in sent
    if item.is_manual:
        answer = report.answers.get(item.code, {})
        return Cell(
            item, answer.get("value"), (), answer.get("reason", ""), sent.get(item.code), was
        )
    if item.code in rules.ADDED_UP:
        mine = tuple(
            Line(title_of(m), f"{m.answers[item.code]['value']} {item.unit}",
                 int(m.answers[item.code]["value"]), ("report", str(m.pk)))
            for m in months
            if item.code in m.answers
        )  # fmt: skip
    else:
        mine = tuple(lines[item.code])
    unknown = item.code in rules.ADDED_UP and not mine  # no month was reported: not zero
    value = None if unknown else sum(line.amount for line in mine)
    return Cell(item, value, mine, "", sent.get(item.code), was)


def _problems(scope: Scope, report: Report, cells: tuple[Cell, ...], today: date) -> list[Problem]:
    found = []
    value = {c.item.code: c.value for c in cells}
    end = end_of(report.kind, report.from_on)
    if end > today:
        found.append(Problem(f"期间到 {end} 才结束，现在只能预览和先填手填项", True))
    for cell in cells:
        if cell.item.is_manual and cell.value is None:
            found.append(Problem(f"「{cell.item.title}」还没填", True, f"f-{cell.item.code}"))
    if value["waiting"]:
        found.append(Problem(f"还有 {value['waiting']} 条考勤待核，请先核定", True, "waiting"))
    found += _closing(scope, report, value)
    bands = sum(
        int(value[c] or 0) for c in ("children_0", "children_12", "children_24", "children_36")
    )
    if bands != value["children"]:
        found.append(
            Problem(f"各年龄段合计 {bands} 人，与在托合计 {value['children']} 人不符", True)
        )
    unsigned = len(list_missing(scope))
    if unsigned:
        found.append(Problem(f"还有 {unsigned} 份伤害记录没有签齐，不影响报出", False, "unsigned"))
    return found


def _closing(scope: Scope, report: Report, value: dict[str, int | str | None]) -> list[Problem]:
    """月报以月结为准：the month must be closed and agree with what was confirmed."""
    if report.kind != ReportKind.MONTH:
        return []
    closed = (
        MonthClose.objects.visible_to(scope)
        .filter(institution_id=report.institution_id, month=report.from_on)
        .first()
    )
    if closed is None:
        return [Problem("这个月还没有月结，请先办月结", True, "month")]
    if closed.days != value["present"]:
        then, now = closed.days, value["present"]
        return [Problem(f"月结时到托 {then} 人天，更正后 {now} 人天，按更正后的报", False)]
    return []
