"""结算行的读取与「怎么算的」：the one sentence that a parent and an officer read alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.db.models import OuterRef, Subquery

from tuoyu.core import rls
from tuoyu.core.errors import NotFound
from tuoyu.core.money import yuan
from tuoyu.core.periods import add_months, month_of
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Book, explain
from tuoyu.domains.subsidies import rules
from tuoyu.domains.subsidies.models import Line, LineState, Run, Statement

KINDS = {LineState.PAID: "ok", LineState.ZERO: "", LineState.UNDETERMINED: "warn"}
FILTERS = {LineState.PAID: "paid", LineState.ZERO: "no", LineState.UNDETERMINED: "wait"}
# 表格里的短语；the whole reason stands in the drawer. A gate unknown here reads 「不付」.
SHORT = {
    "attended": "出勤不足",
    "inclusive": "非普惠",
    "class_covered": "不适用",
    rules.WITHDRAWN: "不再计入",
}


@dataclass(frozen=True)
class LineRow:
    """逐人明细的一行（姓名由页面脱敏）。"""

    id: int
    child_id: int
    name: str
    class_title: str
    age_text: str
    days: int | None
    limit_fen: int | None
    set_fen: int | None
    amount_fen: int | None
    delta_fen: int | None
    verdict: str
    kind: str
    filter: str


def list_statement_lines(scope: Scope, statement: Statement) -> list[LineRow]:
    """一张结算单的逐人明细（一次查询）。"""
    rows = Line.objects.visible_to(scope).filter(
        run_id=statement.run_id, institution_id=statement.institution_id
    )
    named = Child.objects.unscoped(reason="所列行已按数据范围筛过").filter(pk=OuterRef("child_id"))
    rows = rows.annotate(child_name=Subquery(named.values("name")[:1]))
    book = current_book()
    lines = list(rows.order_by("cls", "age_months", "child_id"))
    gone = names_at_settlement({n.child_id for n in lines if not getattr(n, "child_name", "")})
    return [_row(line, book, gone) for line in lines]


def names_at_settlement(child_ids: set[int]) -> dict[int, str]:
    """已离园或转出儿童的姓名：their rows are out of scope now; only the name, masked."""
    if not child_ids:
        return {}
    with rls.as_system("结算单上的姓名以结算时为准"):
        rows = Child.objects.unscoped(reason="结算单上的姓名以结算时为准")
        found = dict(rows.filter(pk__in=child_ids).values_list("pk", "name"))
    return {pk: _masked(name) for pk, name in found.items()}


def _masked(name: str) -> str:
    """江*苗, 江*."""
    plain = name.partition("（")[0]
    return f"{plain[:1]}{'*' * max(len(plain) - 2, 1)}{plain[-1:] if len(plain) > 2 else ''}"


def _row(line: Line, book: Book, gone: dict[int, str]) -> LineRow:
    state = LineState(line.state)
    return LineRow(
        id=line.pk,
        child_id=line.child_id,
        name=getattr(line, "child_name", "") or gone.get(line.child_id, ""),
        class_title=book.name_of(line.cls),
        age_text=age_text(line.age_months),
        days=line.days,
        limit_fen=line.limit_fen,
        set_fen=line.set_fen,
        amount_fen=line.amount_fen,
        delta_fen=line.delta_fen,
        verdict=SHORT.get(line.gate, state.label) if state == LineState.ZERO else state.label,
        kind=KINDS[state],
        filter=FILTERS[state],
    )


def age_text(months: int) -> str:
    """月龄：9个月、1岁7个月。"""
    years, rest = divmod(months, 12)
    return f"{f'{years}岁' if years else ''}{f'{rest}个月' if rest or not years else ''}"


@dataclass(frozen=True)
class ChildLine:
    """家长看到的一行：the sentence is the officer's own."""

    id: int
    month: date
    institution_name: str
    state: str
    kind: str
    amount_fen: int | None
    delta_fen: int | None
    days: int | None
    is_delta: bool
    sentence: str


def list_lines(scope: Scope, child_id: int) -> list[ChildLine]:
    """一名儿童的补助行，新的在前。"""
    named = Institution.objects.unscoped(reason="机构信息公开").filter(
        pk=OuterRef("institution_id")
    )
    rows = (
        Line.objects.visible_to(scope)
        .filter(child_id=child_id)
        .select_related("run")
        .annotate(institution_name=Subquery(named.values("name")[:1]))
        .order_by("-month", "-run__number")
    )
    book = current_book()
    return [
        ChildLine(
            id=line.pk,
            month=line.month,
            institution_name=getattr(line, "institution_name", ""),
            state=LineState(line.state).label,
            kind=KINDS[LineState(line.state)],
            amount_fen=line.amount_fen,
            delta_fen=line.delta_fen,
            days=line.days,
            is_delta=line.run.is_delta,
            sentence=str(_explain(book, line)["why"]),
        )
        for line in rows
    ]


@dataclass(frozen=True)
class Explained:
    """「怎么算的」：four steps, three amounts, citations, day sheet, receipts."""

    line_id: int
    child_id: int
    child_name: str
    class_title: str
    institution_name: str
    month: date
    rule_name: str
    state: str
    kind: str
    amount_fen: int | None
    delta_fen: int | None
    is_delta: bool
    number: int
    limit_fen: int | None
    set_fen: int | None
    set_note: str
    gates: list[dict[str, Any]]
    sentence: str
    cites: list[dict[str, Any]]
    params: list[dict[str, Any]]
    days: list[dict[str, Any]]
    attended: int
    leave: int
    receipt: str
    run_receipt: str
    previous_receipt: str
    known_on: date
    made_at: datetime
    agrees: bool
    earlier: list[dict[str, Any]] = field(default_factory=list)

    @property
    def short_receipt(self) -> str:
        """凭据前八位，供核对。"""
        return f"{self.receipt[:4]}-{self.receipt[4:8]}".upper()


def explain_line(scope: Scope, line_id: int, *, statement: Statement | None = None) -> Explained:
    """「怎么算的」。Outside the scope (or the statement asked for) it is not found."""
    rows = Line.objects.visible_to(scope).select_related("run").filter(pk=line_id)
    if statement is not None:
        rows = rows.filter(run_id=statement.run_id, institution_id=statement.institution_id)
    line = rows.first()
    if line is None:
        raise NotFound
    book = current_book()
    told = _explain(book, line)
    child = Child.objects.unscoped(reason="该行已按数据范围核过").filter(pk=line.child_id)
    inst = Institution.objects.unscoped(reason="机构信息公开").filter(pk=line.institution_id)
    sheets = _day_sheets(scope, line)
    state = LineState(line.state)
    return Explained(
        line_id=line.pk,
        child_id=line.child_id,
        child_name=child.values_list("name", flat=True).first()
        or names_at_settlement({line.child_id}).get(line.child_id, ""),
        class_title=book.name_of(line.cls),
        institution_name=inst.values_list("name", flat=True).first() or "",
        month=line.month,
        rule_name=book.rule(line.run.rule).name,
        state=state.label,
        kind=KINDS[state],
        amount_fen=line.amount_fen,
        delta_fen=line.delta_fen,
        is_delta=line.run.is_delta,
        number=line.run.number,
        limit_fen=line.limit_fen,
        set_fen=line.set_fen,
        set_note=_set_note(told, line),
        gates=cast(list[dict[str, Any]], told["steps"]),
        sentence=str(told["why"]),
        cites=_cites(told),
        params=cast(list[dict[str, Any]], told["params"]),
        days=[sheet for sheet in sheets if sheet["day"]],
        attended=sum(sheet["kind"] == "a" for sheet in sheets),
        leave=sum(sheet["kind"] == "l" for sheet in sheets),
        receipt=str(told["receipt"]),
        run_receipt=line.run.receipt,
        previous_receipt=line.run.previous_receipt,
        known_on=line.run.known_on,
        made_at=line.run.made_at,
        agrees=told["pays"] == line.amount_fen,
        earlier=_earlier(scope, line) if line.run.is_delta else [],
    )


def _explain(book: Book, line: Line) -> dict[str, object]:
    """Made on demand from the stored inputs, under what was known then."""
    run: Run = line.run
    given: dict[str, Any] = {
        "county": line.unit_code,
        "cls": line.cls,
        "age_months": line.age_months,
        "inclusive": line.inclusive,
        "days": line.days,
        "fee": line.fee_fen,
    }
    told = explain(book, run.rule, month_of(line.month), run.known_on, given)
    return _withdrawn(told) if line.gate == rules.WITHDRAWN else told


def _withdrawn(told: dict[str, object]) -> dict[str, object]:
    amount = yuan(0)
    step = {"no": 1, "title": "不再计入本机构", "fact": rules.WITHDRAWN_WORDS, "result": "—"}
    last = {"no": 2, "title": f"实付 {amount} 元", "fact": "", "result": f"= {amount}"}
    why = f"{amount} 元：{rules.WITHDRAWN_WORDS}"
    return told | {"pays": 0, "why": why, "steps": [step, last]}


def _set_note(told: dict[str, object], line: Line) -> str:
    for param in cast(list[dict[str, Any]], told["params"]):
        if param["kind"] == "open_term" and param["value"] == line.set_fen and param.get("from"):
            return f"{param['from']} 起"
    return "尚无通知" if line.set_fen is None else ""


def _cites(told: dict[str, object]) -> list[dict[str, Any]]:
    rows = cast(list[dict[str, Any]], told["cites"])
    return [{"no": f"{r['document']} {r['at']}".strip(), "text": r["text"]} for r in rows]


def _earlier(scope: Scope, line: Line) -> list[dict[str, Any]]:
    rows = (
        Line.objects.visible_to(scope)
        .filter(child_id=line.child_id, month=line.month, institution_id=line.institution_id)
        .filter(run__rule=line.run.rule, run__number__lt=line.run.number)
        .select_related("run")
        .order_by("run__number")
    )
    return [
        {"number": r.run.number, "amount_fen": r.amount_fen, "receipt": r.run.receipt} for r in rows
    ]


def _day_sheets(scope: Scope, line: Line) -> list[dict[str, Any]]:
    """当月每一天：a 到托, l 请假, empty otherwise; 待核 is said in words."""
    rows = DaySheet.objects.visible_to(scope).filter(
        child_id=line.child_id,
        institution_id=line.institution_id,
        day__gte=line.month,
        day__lt=add_months(line.month, 1),
    )
    found = dict(rows.values_list("day", "status"))
    end = add_months(line.month, 1)
    marks: dict[int | None, str] = {DayStatus.PRESENT: "a", DayStatus.LEAVE: "l"}
    notes: dict[int | None, str] = {DayStatus.ABSENT: "缺勤", None: "待核"}
    out = []
    for n in range((end - line.month).days):
        day = line.month.replace(day=n + 1)
        status = found.get(day, DayStatus.ABSENT)
        note = notes.get(status, "") if day in found else ""
        out.append({"day": day.day, "kind": marks.get(status, ""), "note": note})
    return out
