"""机构相关的行：institutions, rooms, places and their steps, recognitions, fees, contracts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from psycopg.types.range import DateRange

from tuoyu.core import crypto
from tuoyu.sim.draws import stream
from tuoyu.sim.geography import City, spot_in
from tuoyu.sim.institutions import Inst
from tuoyu.sim.names import STREETS, search_key
from tuoyu.sim.numbers import uscc

Row = tuple[Any, ...]
Rows = dict[str, tuple[tuple[str, ...], list[Row]]]
_PATH = ("planned", "building", "built", "filed", "operating")
_NOTES = (
    "立项批复（虚构）",
    "施工许可（虚构）",
    "竣工验收（虚构）",
    "备案回执（虚构）",
    "开班（虚构）",
)
Fees = dict[tuple[int, str], list[tuple[date, int]]]


def clock_time(minutes: int) -> time:
    """分钟数 → 时刻。"""
    return time(minutes // 60, minutes % 60)


def premises(city: City, found: list[Inst], seed: int) -> tuple[Rows, Fees]:
    """全部行，和各机构各班型的收费（供入托登记用）。"""
    rng = stream(seed, "premises")
    fees = _fees(rng, found)
    rows: Rows = {
        "institutions_institution": (_INSTITUTION, [_institution(rng, i) for i in found]),
        "institutions_classgroup": (
            ("id", "institution_id", "region_code", "name", "class_type", "capacity", "is_open"),
            [
                (r.id, i.id, i.unit.code, r.name, r.type, r.capacity, i.status == "filed")
                for i in found
                for r in i.rooms
            ],
        ),
        "institutions_recognition": (
            ("id", "institution_id", "region_code", "document", "period"),
            _numbered(_recognitions(found)),
        ),
        "institutions_feestandard": (
            ("id", "institution_id", "region_code", "class_type", "monthly_fen", "from_on"),
            _numbered(_fee_rows(found, fees)),
        ),
        "institutions_contract": (
            ("id", "institution_id", "region_code", "clinic", "period", "guided_on"),
            _numbered(_contracts(rng, city, found)),
        ),
    }
    rows |= _places(rng, city, found)
    return rows, fees


def _numbered(rows: Iterator[Row]) -> list[Row]:
    return [(n, *row) for n, row in enumerate(rows, 1)]


_INSTITUTION = (
    "id", "name", "search", "uscc", "kind", "nature", "region_code", "unit_code", "address",
    "lon", "lat", "phone", "status", "record_no", "filed_on", "opens_at", "closes_at",
    "leave_cutoff", "bank_account",
)  # fmt: skip


def _institution(rng: random.Random, i: Inst) -> Row:
    lon, lat = spot_in(rng, i.unit)
    account = f"0000{rng.randrange(10**14, 10**15)}"
    filed = i.status != "preparing"
    return (
        i.id,
        i.name,
        search_key(i.name.removesuffix("（虚构）"))[:200],
        uscc(i.unit.area, 1000 + i.id, i.is_public),
        i.kind,
        "public" if i.is_public else "private",
        i.unit.code,
        i.unit.code,
        f"{i.unit.name}{rng.choice(STREETS)} {rng.randint(1, 199)} 号（演示数据）",
        lon,
        lat,
        f"1990100{i.id:04d}",
        i.status,
        f"示例备〔{i.opened.year}〕{i.unit.code}-{i.id:04d}" if filed else "",
        i.opened if filed else None,
        clock_time(i.opens),
        clock_time(i.closes),
        time(9, 0),
        crypto.seal(account, "institutions_institution.bank_account"),
    )


def _recognitions(found: list[Inst]) -> Iterator[Row]:
    for i in found:
        for n, (start, end) in enumerate(i.recognised, 1):
            document = f"示例普惠认〔{start.year}〕{i.id:04d}-{n} 号（虚构）"
            yield i.id, i.unit.code, document, DateRange(start, end)


def _fees(rng: random.Random, found: list[Inst]) -> Fees:
    fees: Fees = {}
    for i in found:
        for kind in dict.fromkeys(r.type for r in i.rooms):
            fen = i.fee_fen(rng, kind)
            steps = [(date(2022, 1, 1), fen)]
            if rng.random() < 0.15 and not i.is_show:
                steps.append((date(2025, 9, 1), fen + rng.choice((-50, 50, 100)) * 100))
            fees[i.id, kind] = steps
    return fees


def _fee_rows(found: list[Inst], fees: Fees) -> Iterator[Row]:
    by_id = {i.id: i for i in found}
    for (number, kind), steps in fees.items():
        for start, fen in steps:
            yield number, by_id[number].unit.code, kind, fen, start


def _contracts(rng: random.Random, city: City, found: list[Inst]) -> Iterator[Row]:
    """医育签约：most are signed and guided, some ended, some never."""
    today = city.now.date()
    for i in found:
        chance = 0.5 if i.is_show else rng.random()
        if chance < 0.1 or i.status == "preparing":
            continue
        clinic = rng.choice(("妇幼保健院", "社区卫生服务中心", "中心卫生院"))
        ended = chance < 0.17
        period = (
            DateRange(date(2024, 6, 1), date(2025, 6, 1))
            if ended
            else DateRange(date(2025, 1, 1), date(2026, 1, 1))
        )
        guided = today - timedelta(days=rng.randint(5, 90)) if chance > 0.25 else None
        name = f"{i.unit.short}示例{clinic}（虚构）"
        yield i.id, i.unit.code, name, period, None if ended else guided


def _places(rng: random.Random, city: City, found: list[Inst]) -> Rows:
    """托位：numbered things, each with the steps of its life."""
    places: list[Row] = []
    steps: list[Row] = []
    today = city.now.date()
    for i in found:
        paid = "中央预算内投资（虚构）" if rng.random() < 0.08 and i.opened.year < 2025 else ""
        seats: list[tuple[int | None, str]] = [
            (r.id, _seat_state(i)) for r in i.rooms for _ in range(r.capacity)
        ]
        kinds = ("planned", "planned", "building", "built", "filed")
        seats += [(None, rng.choice(kinds)) for _ in range(i.spare)]
        for n, (room, state) in enumerate(seats, 1):
            dates = _life(i, state, today)
            number = len(places) + 1
            places.append(
                (number, i.id, i.unit.code, room, f"{i.unit.code}-{i.id:04d}-{n:03d}", state,
                 dates[-1][1], i.opened >= date(2024, 11, 15) or room is None, paid)
            )  # fmt: skip
            before = ""
            for (target, on), note in zip(dates, (*_NOTES, "停用"), strict=False):
                steps.append((len(steps) + 1, number, before, target, on, note))
                before = target
    return {
        "institutions_place": (
            ("id", "institution_id", "region_code", "class_group_id", "number", "state",
             "state_on", "is_new", "paid_by"),
            places,
        ),
        "institutions_placestep": (("id", "place_id", "source", "target", "on", "note"), steps),
    }  # fmt: skip


def _seat_state(i: Inst) -> str:
    return {"preparing": "building", "suspended": "closed"}.get(i.status, "operating")


def _life(i: Inst, state: str, today: date) -> list[tuple[str, date]]:
    """依次经过的状态与日期，the last one is the present state."""
    path = [*_PATH, "closed"]
    reached = path[: path.index(state) + 1]
    if state in ("operating", "closed"):
        days = (420, 300, 60, 20, 0)
        dates = [i.opened - timedelta(days=d) for d in days]
        dates += [i.stopped] if state == "closed" and i.stopped else []
    else:
        dates = [today - timedelta(days=30 + 60 * (len(reached) - n)) for n in range(len(reached))]
    return list(zip(reached, dates, strict=True))
