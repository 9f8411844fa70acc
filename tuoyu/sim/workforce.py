"""从业人员与证书：enough carers in most rooms, some certificates expired or missing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tuoyu.core import crypto
from tuoyu.sim.draws import stream
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst
from tuoyu.sim.names import SURNAMES, adult_name
from tuoyu.sim.numbers import Numbers
from tuoyu.sim.premises import Rows

_CARE = ("nursery_teacher", "nursery_teacher", "infant_carer", "health_carer")


@dataclass(frozen=True)
class Worker:
    """员工。``certified``: holds a valid care certificate today."""

    id: int
    inst: int
    name: str
    post: str
    room: int | None
    certified: bool


def workforce(
    city: City, found: list[Inst], numbers: Numbers, seed: int
) -> tuple[Rows, list[Worker]]:
    """全部员工、证书的行，和在岗名单。"""
    rng = stream(seed, "workforce")
    staff: list[tuple[Any, ...]] = []
    papers: list[tuple[Any, ...]] = []
    workers: list[Worker] = []
    for inst in found:
        for post, room in _posts(city, inst):
            number = len(staff) + 1
            female = post != "guard" and rng.random() < 0.95
            name = adult_name(rng, rng.choice(SURNAMES), female)
            held = _certificates(rng, city.now.date(), post, inst.is_show)
            staff.append(_staff(rng, city, inst, number, name, post, female, numbers))
            for kind, issued, expires in held:
                papers.append(
                    (len(papers) + 1, number, inst.id, inst.unit.code, kind,
                     f"示例证{number:06d}{kind[0].upper()}", issued, expires)
                )  # fmt: skip
            today = city.now.date()
            valid = any(k in _CARE and (e is None or e > today) for k, _, e in held)
            workers.append(Worker(number, inst.id, name, post, room, valid))
    rows: Rows = {
        "workforce_staff": (
            ("id", "institution_id", "region_code", "name", "post", "user_id", "id_number",
             "id_index", "phone", "hired_on", "left_on", "trained_on"),
            staff,
        ),
        "workforce_certificate": (
            ("id", "staff_id", "institution_id", "region_code", "kind", "number", "issued_on",
             "expires_on"),
            papers,
        ),
    }  # fmt: skip
    return rows, workers


def _posts(city: City, inst: Inst) -> list[tuple[str, int | None]]:
    out: list[tuple[str, int | None]] = [("head", None)]
    if inst.status == "preparing":
        return out
    for room in inst.rooms:
        ratio = city.ages[room.type].ratio
        need = -(-room.capacity // ratio)
        out += [("carer", room.id)] * (1 if "ratio" in inst.tags else need)
    out.append(("guard", None))
    if len(inst.rooms) >= 2:
        out.append(("cook", None))
    if len(inst.rooms) >= 3:
        out.append(("health", None))
    return out


def _staff(
    rng: random.Random,
    city: City,
    inst: Inst,
    number: int,
    name: str,
    post: str,
    female: bool,
    numbers: Numbers,
) -> tuple[Any, ...]:
    born = date(rng.randint(1970, 2002), rng.randint(1, 12), rng.randint(1, 28))
    card = numbers.id_number(inst.unit.area, born, female)
    hired = max(inst.opened, date(2023, 1, 1)) - timedelta(days=rng.randint(10, 60))
    trained = city.now.date() - timedelta(days=rng.randint(20, 600))
    return (
        number,
        inst.id,
        inst.unit.code,
        name,
        post,
        None,
        crypto.seal(card, "workforce_staff.id_number"),
        crypto.blind_index(card),
        crypto.seal(numbers.phone(), "workforce_staff.phone"),
        hired,
        None,
        trained if rng.random() < 0.85 else None,
    )


def _certificates(
    rng: random.Random, today: date, post: str, is_show: bool
) -> list[tuple[str, date, date | None]]:
    """(种类, 发证, 到期)。"""
    out: list[tuple[str, date, date | None]] = []
    checked = today - timedelta(days=rng.randint(20, 330))
    if not is_show and rng.random() < 0.04:
        checked -= timedelta(days=300)
    out.append(("health_check", checked, checked + timedelta(days=365)))
    special = {"head": "head_training", "guard": "guard_licence"}.get(post)
    if special and (is_show or rng.random() < 0.93):
        out.append((special, date(2023, 5, 1) + timedelta(days=rng.randint(0, 500)), None))
    if post in ("carer", "head", "health"):
        chance = 1.0 if is_show else rng.random()
        issued = date(2022, 3, 1) + timedelta(days=rng.randint(0, 700))
        kind = rng.choice(_CARE)
        if chance >= 0.12 or (post != "carer" and chance >= 0.06):
            out.append((kind, issued, None if kind == "nursery_teacher" else date(2027, 6, 1)))
        elif chance >= 0.05:
            out.append((kind, issued, today - timedelta(days=rng.randint(5, 200))))
    return out


def with_accounts(rows: Rows, users: dict[int, int]) -> Rows:
    """把账号写到员工上。"""
    columns, staff = rows["workforce_staff"]
    place = columns.index("user_id")
    done = [(*r[:place], users.get(r[0]), *r[place + 1 :]) for r in staff]
    return {**rows, "workforce_staff": (columns, done)}
