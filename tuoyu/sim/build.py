"""生成城市：regions first, then who and where, then a year of days, then what rests on them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from tuoyu.core.errors import DomainError
from tuoyu.core.progress import progress
from tuoyu.domains.identity.models import User
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.services import load_regions
from tuoyu.sim import closing, history, tables
from tuoyu.sim.cast import cast_rows, make_cast
from tuoyu.sim.checks import plan_checks
from tuoyu.sim.children import make_children
from tuoyu.sim.days import EPOCH, child_days, horizon, span_of
from tuoyu.sim.digest import city_models
from tuoyu.sim.events import door_events, with_times
from tuoyu.sim.families import make_families
from tuoyu.sim.frauds import plan_doubles, plan_ghosts, plan_institutions, seat, tamper, witness
from tuoyu.sim.geography import city_of
from tuoyu.sim.habits import habits
from tuoyu.sim.institutions import make_institutions
from tuoyu.sim.premises import Rows, premises
from tuoyu.sim.records import device_rows, make_devices, people_rows
from tuoyu.sim.scales import SCALES
from tuoyu.sim.sheets import derive, sums
from tuoyu.sim.state import Built
from tuoyu.sim.waves import waves
from tuoyu.sim.workforce import with_accounts, workforce

TRUTH = "truth.json"


def build_if_empty(scale: str, seed: int) -> bool:
    """空库才生成演示城市；returns whether it was built."""
    if not _is_empty():
        return False
    build(scale, seed)
    return True


def build(scale: str, seed: int, *, again: bool = False, truth: Path | None = None) -> Built:
    """生成一座城市。Refuses outside demo mode and, unless ``again``, a database with a city."""
    if not settings.DEMO:
        raise DomainError(
            "not-demo",
            "只能在演示模式下生成模拟城市，以免与真实数据混在一起；"
            "请设置环境变量 TUOYU_DEMO=1，并使用单独的数据目录后再试",
        )
    if not again and not _is_empty():
        raise DomainError(
            "not-empty",
            "数据库里已经有机构，再生成会混在一起；如要清空后重建，请加 --again",
        )
    if again and not _is_empty() and User.objects.filter(demo_slug="parent").first() is None:
        raise DomainError(
            "not-simulated",
            "数据库里的机构不是模拟生成的，不能清空；请另选一个数据目录（--data）",
        )
    book = current_book()
    built = Built(city_of(book), SCALES[scale], seed)
    with transaction.atomic():
        if again:
            clear()
        load_regions(book.city)
        _write_people(built, populate(built))
        _write_days(built)
        closing.close(built)
        tables.set_sequences(built.rows)
    _analyse(built.rows)
    _write_truth(built, truth or Path(settings.DATA_DIR) / TRUTH)
    finish(built)
    _analyse({m._meta.db_table for m in city_models()} - set(built.rows))
    return built


def finish(built: Built) -> None:
    """收尾：the steps that need what the city is built on, in order."""
    with progress("往月结算与指标", len(history.FINISH)) as step:
        for each in history.FINISH:
            with transaction.atomic():  # whole or not at all, and written to disk once
                each(built)
            step()


def _is_empty() -> bool:
    return not Institution.objects.unscoped(reason="生成城市前查是否为空").exists()


def clear() -> None:
    """清空城市：everything that domains and cases hold, but not regions, packs and the audit."""
    core = ("tuoyu.core.cases", "tuoyu.core.files", "tuoyu.core.excel")
    names = [m._meta.db_table for m in city_models()]
    names += [m._meta.db_table for m in apps.get_models() if m.__module__.startswith(core)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait on these tables
        # What the database keeps for good (强制报告) is kept from everybody; only the owner of a
        # made-up city may say that its own triggers rest.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(sorted(names))} RESTART IDENTITY CASCADE")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as they are declared


def populate(b: Built) -> Rows:
    """谁在哪里：all that is small enough for Python."""
    numbers = b.numbers
    with progress("机构与人", 6) as step:
        b.institutions = make_institutions(b.city, b.scale, b.seed)
        b.plot = plan_institutions(b.city, b.scale, b.institutions, b.seed)
        rows, fees = premises(b.city, b.institutions, b.seed)
        step(1, "机构")
        staff, b.workers = workforce(b.city, b.institutions, numbers, b.seed)
        step(1, "员工")
        b.kids = make_children(b.city, b.scale, b.institutions, fees, b.seed)
        plan_ghosts(b.city, b.scale, b.kids, b.plot, b.seed)
        step(1, "儿童")
        b.families = make_families(b.city, b.kids, numbers, b.seed)
        without_number = plan_doubles(b.city, b.scale, b.families, b.plot, b.seed)
        plan_checks(b.city, b.scale, b.institutions, b.kids, b.families, b.workers, b.plot, b.seed)
        step(1, "家庭")
        b.cast = make_cast(b.city, b.institutions, b.workers, b.families, numbers, b.seed)
        staff = with_accounts(staff, b.cast.staff_user)
        b.devices = make_devices(b.institutions, b.seed)
        step(1, "账号")
        b.habits, usual = habits(b.city, b.kids, b.families, b.cast, b.devices, b.seed)
        rows |= cast_rows(b.cast) | staff
        rows |= people_rows(b.city, b.kids, b.families, numbers, without_number, usual, b.seed)
        rows |= device_rows(b.city, b.institutions, b.devices, b.seed)
        step(1, "证件")
    return rows


def _write_people(b: Built, rows: Rows) -> None:
    with progress("写入机构与人", len(rows)) as step:
        for table, (columns, values) in rows.items():
            b.rows[table] = tables.copy_rows(table, columns, values)
            step(1, table)


def _write_days(b: Built) -> None:
    """一年的日子：month by month, events and the day sheets made of them."""
    last, cutoff = horizon(b.city.now, b.scale.until)
    ahead = last + timedelta(days=9) if b.scale.until is None else last
    found = closing.months(b.scale.start, last + timedelta(days=1))
    days = [
        EPOCH + timedelta(days=n)
        for n in range((found[0] - EPOCH).days - 40, (ahead - EPOCH).days + 1)
    ]
    illness = waves(b.city, days, b.seed)
    with (
        tables.without_indexes("attendance_event"),
        tables.without_indexes("attendance_daysheet"),
        progress("每日考勤", len(found)) as step,
    ):
        for month in found:
            is_open = b.scale.until is None and month == found[-1]
            _write_month(b, illness, month, ahead, cutoff, is_open=is_open)
            step(1, f"{month:%Y-%m}")


def _write_month(
    b: Built, illness: pl.DataFrame, month: date, last: date, cutoff: datetime, *, is_open: bool
) -> None:
    span = span_of(month, last, is_open=is_open)
    rows = tamper(child_days(b.habits, illness, span, b.seed), b.plot)
    events = door_events(rows, cutoff, b.seed)
    witness(events, b.plot)
    rooms = seat(rows.select("child_id", "day", "class_group_id"), b.plot)
    sheets = derive(events).join(rooms, on=["child_id", "day"], how="left")
    b.sums[month] = sums(sheets)
    start = b.rows.get("attendance_daysheet", 0) + 1
    sheets = sheets.sort("day", "institution_id", "child_id").with_row_index("id", offset=start)
    for table, frame in (("attendance_event", events), ("attendance_daysheet", sheets)):
        count = tables.copy_frame(table, with_times(frame))
        b.rows[table] = b.rows.get(table, 0) + count


def _analyse(names: Iterable[str]) -> None:
    """统计这些表。A table that is still empty is left out: once the planner has been told so, it
    reads the whole of it over and over while it grows.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(sorted(names))}")


def _write_truth(b: Built, path: Path) -> None:
    """真相文件：what was planted, for checking what the platform finds."""
    told = {
        "note": "演示数据：以下违规全部虚构，由生成程序按种子埋设",
        "city": b.city.code,
        "scale": b.scale.name,
        "seed": b.seed,
        "frauds": [f.told() for f in b.plot.frauds],
        "near_misses": [f.told() for f in b.plot.near],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
