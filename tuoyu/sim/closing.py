"""月结、家长确认、异议、今早在岗：what people did on top of the days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from tuoyu.core import clock
from tuoyu.sim import tables
from tuoyu.sim.days import next_workday
from tuoyu.sim.draws import stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.state import Built


def first_open_month(b: Built) -> date:
    """尚未月结的第一个月：the present one, or none at ``full``."""
    return (b.scale.until or b.city.now.date()).replace(day=1)


def months(start: date, end: date) -> list[date]:
    """[start, end) 的各月首日。"""
    out, month = [], start.replace(day=1)
    while month < end:
        out.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return out


def late_closers(b: Built) -> dict[int, date]:
    """尚未月结的几家：institution → its first month left open."""
    if b.scale.until is not None:
        return {}
    rng = stream(b.seed, "late-closers")
    able = [i for i in b.institutions if i.status == "filed" and not i.is_show and not i.tags]
    chosen = rng.sample(able, min(len(able), 4))
    end = first_open_month(b)
    last = (end - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    return {inst.id: before if n == 0 else last for n, inst in enumerate(chosen)}


def close(b: Built) -> None:
    """月结各月。"""
    rng = stream(b.seed, "closing")
    by_id = {i.id: i for i in b.institutions}
    late = late_closers(b)
    rows: list[tuple[Any, ...]] = []
    for month in months(b.scale.start, first_open_month(b)):
        after = (month + timedelta(days=32)).replace(day=1)
        closed_on = next_workday(next_workday(after))
        for inst_id, total in sorted(b.sums[month].items()):
            if inst_id in late and month >= late[inst_id]:
                continue
            at = clock.at(closed_on, 15, rng.randrange(60))
            user = b.cast.director[inst_id]
            inst = by_id[inst_id]
            rows.append(
                (len(rows) + 1, inst_id, inst.unit.code, month, at, user, b.cast.names[user],
                 total.children, total.days, total.digest)
            )  # fmt: skip
    b.rows["attendance_monthclose"] = tables.copy_rows(
        "attendance_monthclose",
        ("id", "institution_id", "region_code", "month", "closed_at", "closed_by",
         "closed_by_name", "children", "days", "sheets_hash"),
        rows,
    )  # fmt: skip
    _confirmations(b, late, _disputes(b))
    if b.scale.until is None:
        _shifts(b)


def _confirmations(b: Built, late: dict[int, date], waiting: set[int]) -> None:
    """家长月确认：most confirm, fewer in the last month."""
    rng = stream(b.seed, "confirmations")
    rows: list[tuple[Any, ...]] = []
    closed = months(b.scale.start, first_open_month(b))
    for month in closed:
        after = (month + timedelta(days=32)).replace(day=1)
        share = 0.55 if month == closed[-1] else 0.85
        for kid in b.kids:
            stay = next((s for s in kid.stays if s.start < after and s.end > month), None)
            if stay is None or rng.random() >= share:
                continue
            if month == closed[-1] and kid.id in waiting:
                continue
            if stay.inst.id in late and month >= late[stay.inst.id]:
                continue
            at = clock.at(after, 19) + timedelta(minutes=rng.randrange(4 * 24 * 60))
            if at >= b.city.now and b.scale.until is None:
                continue
            who = b.families[kid.family].first.id
            inst = stay.inst
            rows.append((len(rows) + 1, kid.id, inst.id, inst.unit.code, month, who, at))
    b.rows["attendance_guardianconfirmation"] = tables.copy_rows(
        "attendance_guardianconfirmation",
        ("id", "child_id", "institution_id", "region_code", "month", "guardian_id",
         "confirmed_at"),
        rows,
    )  # fmt: skip


def _disputes(b: Built) -> set[int]:
    """异议：a few answered, a few of the last month open. Returns the children of the open ones."""
    rng = stream(b.seed, "disputes")
    closed = months(b.scale.start, first_open_month(b))
    last, end = closed[-1], first_open_month(b)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child_id, institution_id, region_code, day FROM attendance_daysheet"
            " WHERE status IN (2, 3) AND day >= %s AND day < %s ORDER BY day, child_id",
            [closed[max(len(closed) - 2, 0)], end],
        )
        away = cursor.fetchall()
    kids = {k.id: k for k in b.kids}
    rows: list[tuple[Any, ...]] = []
    waiting_for: set[int] = set()
    for child, inst, region, day in sorted(rng.sample(away, min(len(away), 24))):
        who = b.families[kids[child].family].first.id
        waiting = day >= last and rng.random() < 0.7
        said = (day, 1, "当天送去了，请核对监控", who)
        if waiting:
            waiting_for.add(child)
            made = clock.at(end, 20, rng.randrange(60)) + timedelta(days=rng.randint(10, 13))
            answer: tuple[Any, ...] = (made, "", None, None, None)
        else:
            made = clock.at(day, 20, rng.randrange(60)) + timedelta(days=1)
            text = "经核对监控与晨检记录，当日确未到托"
            answer = (made, text, made + timedelta(hours=14), b.cast.director[inst], False)
        rows.append((len(rows) + 1, child, inst, region, *said, *answer))
    b.rows["attendance_dispute"] = tables.copy_rows(
        "attendance_dispute",
        ("id", "child_id", "institution_id", "region_code", "day", "says", "reason",
         "guardian_id", "made_at", "answer", "answered_at", "answered_by", "accepted"),
        rows,
    )  # fmt: skip
    return waiting_for


def _shifts(b: Built) -> None:
    """今早在岗：carers in their rooms, most of them already there."""
    rng = stream(b.seed, "shifts")
    by_id: dict[int, Inst] = {i.id: i for i in b.institutions}
    now: datetime = b.city.now
    rows: list[tuple[Any, ...]] = []
    for worker in b.workers:
        inst = by_id[worker.inst]
        if worker.room is None or inst.status != "filed":
            continue
        came = clock.at(now.date()) + timedelta(minutes=inst.opens - rng.randrange(-12, 25))
        if came > now or (not inst.is_show and rng.random() < 0.06):
            continue
        rows.append((len(rows) + 1, worker.id, inst.id, inst.unit.code, worker.room, came, None))
    b.rows["attendance_staffshift"] = tables.copy_rows(
        "attendance_staffshift",
        ("id", "staff_id", "institution_id", "region_code", "class_group_id", "in_at",
         "out_at"),
        rows,
    )  # fmt: skip
