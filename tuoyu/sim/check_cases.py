"""核验的由来：the duty sheets of the last closed month, and what officers and institutions did.

The rules run as the worker runs them; some cases are asked about, answered and decided by the
people of the city, some wait, so that each state has its cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import StaffShift
from tuoyu.domains.checks.models import Finding
from tuoyu.domains.checks.services import (
    CLERK,
    Planted,
    answer,
    ask,
    decide,
    follow_up,
    measure,
    run_month,
)
from tuoyu.domains.workforce.models import Staff
from tuoyu.sim import tables
from tuoyu.sim.checks import last_closed
from tuoyu.sim.draws import stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.state import Built
from tuoyu.sim.workforce import Worker

_ASKED = "请说明下列记录的情况，并附签到表、监控截图或其他佐证。"
_ANSWERS = {
    "fast_codes": "当日家长在门口排队，由门卫协助依次扫码；现附当日门口监控时间截图说明。",
    "staff_batches": "平板故障期间，老师按作息时间统一补登，人确实到园，有纸质签到表。",
    "outside_hours": "应家长早班需要提前开门，已向县级报告，正在办理开园时间变更。",
    "no_trace": "该班当日与隔壁班合班，在岗登记仍记在隔壁班名下。",
    "over_places": "老师外出培训，两班合班活动，午睡仍在各自教室。",
    "staff_two_sites": "该员工中午离开时忘记登记离岗，有调班单为证。",
    "shared_phones": "三位老人没有手机，登记的是社区居家养老站电话。",
    "voucher_idle": "核销当日孩子在园，事后核对签到表发现整月误点，已按实更正。",
    "redemption_rush": "到期前一周逐户提醒，家长集中在到期前一日来用，有提醒记录。",
    "two_places": "经核对，两份档案应为同一名儿童，我园系重复建档。",
}


def write_shifts(b: Built) -> None:
    """上月的在岗登记，and the second entries of those who stood in two places."""
    month = last_closed(b.city, b.scale)
    if month < b.scale.start:
        return
    rng = stream(b.seed, "duty")
    first = (StaffShift.all_rows.aggregate(last=Max("pk"))["last"] or 0) + 1
    found = list(_shifts(b, month)) + list(_second_sites(b))
    rows = [
        (first + n, *row, came, gone + timedelta(minutes=rng.randrange(-6, 7)))
        for n, (*row, came, gone) in enumerate(found)
    ]
    columns = ("id", "staff_id", "institution_id", "region_code", "class_group_id", "in_at",
               "out_at")  # fmt: skip
    count = tables.copy_rows("attendance_staffshift", columns, rows)
    b.rows["attendance_staffshift"] = b.rows.get("attendance_staffshift", 0) + count
    tables.set_sequences(["attendance_staffshift"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE attendance_staffshift")


def _shifts(b: Built, month: date) -> Iterator[tuple[Any, ...]]:
    """各园保育人员逐日在岗；about one institution in seven does not write duty down at all."""
    rng = stream(b.seed, "duty-days")
    by_id = {i.id: i for i in b.institutions}
    silent = {i.id for i in b.institutions if rng.random() < 0.15} - b.plot.on_duty
    empty = {(room, day) for room, days in b.plot.off_duty for day in days}
    halves = {(s[0], day) for s in b.plot.second_sites if s[5] for day in s[3]}
    days = workdays.days_of(month)
    for worker in b.workers:
        inst = by_id[worker.inst]
        if worker.room is None or inst.status != "filed" or inst.id in silent:
            continue
        if inst.opened > month:
            continue
        for day in days:
            late = rng.randrange(-10, 20)
            if (worker.room, day) in empty:
                continue
            came = clock.at(day) + timedelta(minutes=inst.opens + late)
            length = 270 if (worker.id, day) in halves else inst.closes - inst.opens
            yield (worker.id, inst.id, inst.unit.code, worker.room, came,
                   came + timedelta(minutes=length))  # fmt: skip


def _second_sites(b: Built) -> Iterator[tuple[Any, ...]]:
    """另一处的从业登记与在岗。"""
    by_id: dict[int, Inst] = {i.id: i for i in b.institutions}
    workers: dict[int, Worker] = {w.id: w for w in b.workers}
    for worker_id, _, other_id, days, (start, length), _ in b.plot.second_sites:
        own = Staff.all_rows.get(pk=worker_id)
        other = by_id[other_id]
        twin = Staff.all_rows.create(
            institution_id=other.id,
            region_code=other.unit.code,
            name=workers[worker_id].name,
            post=own.post,
            id_number=own.id_number,
            id_index=own.id_index,
            hired_on=own.hired_on,
        )
        room = min(r.id for r in other.rooms)
        for day in days:
            came = clock.at(day) + timedelta(minutes=other.opens + start)
            yield (twin.pk, other.id, other.unit.code, room, came,
                   came + timedelta(minutes=length))  # fmt: skip


def check_history(b: Built) -> None:
    """核验上两个月，并办理一部分。"""
    if b.scale.until is not None:
        return
    last = last_closed(b.city, b.scale)
    before = add_months(last, -1)
    today = b.city.now.date()
    runs = {before: workdays.before(today, 24), last: workdays.before(today, 5)}
    for month, day in runs.items():
        if month >= b.scale.start:
            run_month(month=month, by=CLERK, at=clock.at(day, 2, 40))
    _handle(b, before, runs[before])
    _handle(b, last, runs[last])
    told = {
        "frauds": [f.told() for f in b.plot.frauds],
        "near_misses": [f.told() for f in b.plot.near],
    }
    measure(planted=Planted.of(told), at=clock.at(runs[last], 3))


def _handle(b: Built, month: date, found_on: date) -> None:
    """逐件办理：the older month is mostly decided, the last one waits in each state."""
    truth = {
        (f.rule, i)
        for f in b.plot.frauds
        for i in f.institution_ids
        if f"{month:%Y-%m}" in f.months
    }
    rows = Finding.all_rows.filter(month=month).order_by("pk")
    old = month < last_closed(b.city, b.scale)
    units = {i.id: i.unit.code for i in b.institutions}
    shows = {i.id for i in b.institutions if i.is_show}
    for n, finding in enumerate(rows):
        officer = b.people.officer(units[finding.institution_id])
        asked = workdays.add(clock.at(found_on, 9, 10 + n % 40), 1)
        stage = 3 if old else n % 4
        if finding.institution_id in shows and not old:
            stage = 1  # the director of the show institution has something to answer
        if stage >= 1:
            ask(finding_id=finding.pk, question=_ASKED, by=officer, at=asked)
        if stage >= 2:
            _answer(b, finding, workdays.add(asked, 1))
        if stage >= 3:
            is_true = (finding.rule, finding.institution_id) in truth
            _decide(finding, officer, workdays.add(asked, 2), is_true=is_true, n=n)


def _answer(b: Built, finding: Finding, at: datetime) -> None:
    director = b.people.director(finding.institution_id)
    text = _ANSWERS.get(finding.rule, "情况属实，愿意配合核查。")
    answer(finding_id=finding.pk, text=text, upload=None, by=director, at=at)


def _decide(finding: Finding, by: Actor, at: datetime, *, is_true: bool, n: int) -> None:
    if not is_true:
        decide(finding_id=finding.pk, conclusion="false", by=by, at=at,
               reason="答复与佐证相符，未见虚报")  # fmt: skip
        return
    if n % 5 == 4:
        decide(finding_id=finding.pk, conclusion="doubt", by=by, at=at,
               reason="答复缺少佐证，监控已过保存期，列入下月重点")  # fmt: skip
        return
    decide(finding_id=finding.pk, conclusion="true", by=by, at=at,
           reason="与家长电话核实、抽查监控不符")  # fmt: skip
    follow_up(finding_id=finding.pk, follow="correction", link="/gov/settlements/", by=by, at=at,
              note="由机构按实更正考勤，差额列入下次增减结算")  # fmt: skip
