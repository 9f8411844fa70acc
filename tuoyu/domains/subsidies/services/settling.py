"""月度结算：inputs → policy engine → explained lines, one transaction, one run, never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db import connection, transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.cases.batch import Opening, open_all
from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan_grouped
from tuoyu.core.periods import month_of, month_start
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.engine import Book, Resolved, may_settle, receipt, resolve
from tuoyu.domains.subsidies import rules
from tuoyu.domains.subsidies.catalogue import STATEMENT
from tuoyu.domains.subsidies.models import Run
from tuoyu.domains.subsidies.selectors import gather

Tell = Callable[[str], None]
_COUNTED = (
    "institution_id",
    "region_code",
    "lines",
    "paid_lines",
    "zero_lines",
    "undetermined_lines",
    "total_fen",
)
_STATEMENTS = """
INSERT INTO subsidies_statement (run_id, month, institution_id, region_code, lines, paid_lines,
    zero_lines, undetermined_lines, total_fen)
SELECT %s, %s, s.* FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[], %s::int[],
    %s::int[], %s::bigint[]) AS s
RETURNING institution_id, id
"""
STAGES = ("读取日考勤", "按政策计算", "与前次比较", "存入结算行", "发起机构结算单")


@dataclass(frozen=True)
class Settled:
    """结算结果。``run`` is None when there was nothing to do."""

    run: Run | None
    last: Run | None
    known: date
    left_out: list[int]
    newer_notices: list[str]

    @property
    def text(self) -> str:
        """一句话说明办成了什么。"""
        if self.run is None:
            return (
                "没有变化：结果与已有结算相同，未新增"
                if self.last
                else "没有可结算的人月：本月尚无机构完成月结"
            )
        kind = f"第 {self.run.number} 次增减结算" if self.run.is_delta else "结算"
        return f"{kind}完成：{self.run.lines} 条，合计 {yuan_grouped(self.run.total_fen)} 元"


def _silent(_: str) -> None:
    return None


def settle(
    *,
    book: Book,
    rule_id: str,
    month: str,
    by: Actor,
    at: datetime,
    known: date | None = None,
    tell: Tell = _silent,
) -> Settled:
    """结算一个月。Refuses what may not be paid; makes nothing when nothing has changed."""
    check_may_settle(book, rule_id, month, at.date())
    first = month_start(month)
    with transaction.atomic():
        rls.leave()  # 全市一次算完；权限已由页面或命令行核过
        _lock(f"settle:{rule_id}:{month}")
        last = Run.all_rows.filter(rule=rule_id, month=first).order_by("-number").first()
        known = _known(book, month, at.date(), known, last)
        done = _settle(book, rule_id, first, known, last, by, at, tell)
        rls.enter(by.scope)
    return done


def check_may_settle(book: Book, rule_id: str, month: str, today: date) -> None:
    """能否结算；每一种不能都说明原因。"""
    if rule_id not in book.rules:
        known = "、".join(sorted(gather.SOURCES))
        raise DomainError("no-rule", f"政策包没有规则“{rule_id}”，现可结算的有：{known}")
    allowed, why = may_settle(book, rule_id, month, today)
    if not allowed:
        raise DomainError("may-not-settle", f"不能结算：{why}")
    if rule_id not in gather.SOURCES:
        name = book.rule(rule_id).name
        raise DomainError(
            "not-yet", f"“{name}”尚未接入按月结算；现可结算：{'、'.join(gather.SOURCES)}"
        )


def _known(book: Book, month: str, today: date, asked: date | None, last: Run | None) -> date:
    """知悉截止日：by default the settle day of the pack, later that of the run before."""
    default = last.known_on if last else min(book.city.settled_on(month), today)
    chosen = asked or default
    if chosen > today:
        raise DomainError("future", f"知悉截止日 {chosen} 晚于今天 {today}，请改为今天或以前")
    if last is not None and chosen < last.known_on:
        raise DomainError(
            "known-back",
            f"知悉截止日 {chosen} 早于前次结算的 {last.known_on}；"
            "已知的通知不能当作不知，请改为该日或以后",
        )
    return chosen


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _settle(
    book: Book,
    rule_id: str,
    month: date,
    known: date,
    last: Run | None,
    by: Actor,
    at: datetime,
    tell: Tell,
) -> Settled:
    tell(STAGES[0])
    inputs = gather.read_inputs(book, rule_id, month)
    left_out = gather.list_unclosed(month)
    tell(STAGES[1])
    resolved = resolve(book, rule_id, month_of(month), known)
    lines = rules.compute(resolved, inputs)
    tell(STAGES[2])
    number = last.number + 1 if last else 0
    if last is not None:
        lines = rules.changes(lines, gather.read_before(rule_id, month, number))
    newer = _newer_notices(resolved, at.date())
    if lines.is_empty():
        return Settled(None, last, known, left_out, newer)
    tell(STAGES[3])
    run = _store_run(resolved, month, number, lines, last, left_out, by, at)
    _copy_lines(run, lines)
    tell(STAGES[4])
    _open_statements(run, book.rule(rule_id).name, rules.statements(lines), by, at)
    return Settled(run, last, known, left_out, newer)


def _newer_notices(resolved: Resolved, today: date) -> list[str]:
    """已收到而本次不计的通知：told, so that nobody wonders."""
    used = set(resolved.rule.params)
    return [
        notice.number
        for notice in resolved.book.notices
        if resolved.known < notice.known <= today
        and any(
            row.param in used and month_start(resolved.month) in row.period for row in notice.rows
        )
    ]


def _store_run(
    resolved: Resolved,
    month: date,
    number: int,
    lines: pl.DataFrame,
    last: Run | None,
    left_out: list[int],
    by: Actor,
    at: datetime,
) -> Run:
    book, input_sha256 = resolved.book, rules.digest_inputs(lines)
    return Run.all_rows.create(
        rule=resolved.rule.id,
        month=month,
        number=number,
        known_on=resolved.known,
        pack_sha256=book.sha256,
        input_sha256=input_sha256,
        output_sha256=rules.digest_lines(lines),
        receipt=receipt(
            pack=book.pack.id,
            pack_sha256=book.sha256,
            rule=resolved.rule.id,
            month=resolved.month,
            known=resolved.known,
            input_sha256=input_sha256,
        ),
        previous_receipt=last.receipt if last else "",
        param_rows=[row.id for row in resolved.rows],
        left_out=left_out,
        region_code=book.city.code,
        made_at=at,
        made_by=by.name,
        lines=lines.height,
        total_fen=int(lines["delta_fen"].sum()),
    )


def _copy_lines(run: Run, lines: pl.DataFrame) -> None:
    text = lines.select(
        pl.lit(run.pk).alias("run_id"), pl.lit(run.month).alias("month"), *rules.LINE
    ).write_csv(include_header=False, quote_style="non_numeric", null_value="")
    columns = ", ".join(["run_id", "month", *rules.LINE])
    sql = f"COPY subsidies_line ({columns}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(sql) as into:
        into.write(text.encode())


def _open_statements(run: Run, rule_name: str, rows: pl.DataFrame, by: Actor, at: datetime) -> None:
    """每家机构一张结算单，各自走办理流程。"""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS, [run.pk, run.month, *(rows[c].to_list() for c in _COUNTED)])
        made = dict(cursor.fetchall())
    found = Institution.all_rows.filter(pk__in=rows["institution_id"].to_list())
    names = dict(found.values_list("pk", "name"))
    kind = f"第 {run.number} 次增减" if run.is_delta else "结算"
    month = f"{run.month.year} 年 {run.month.month} 月"
    openings = [
        Opening(
            title=f"{names[row['institution_id']]} {month}{kind}",
            detail=f"{rule_name} · {row['lines']} 条 · {yuan_grouped(row['total_fen'])} 元",
            subject_id=made[row["institution_id"]],
            region_code=row["region_code"],
            institution_id=row["institution_id"],
            url=f"/gov/settlements/{made[row['institution_id']]}/",
        )
        for row in rows.iter_rows(named=True)
    ]
    open_all(type_code=STATEMENT.code, openings=openings, by=by, at=at)
