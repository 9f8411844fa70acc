"""演示人物：one per role with a slug, a director and a teacher for each institution."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tuoyu.core import crypto
from tuoyu.sim.draws import stream
from tuoyu.sim.families import Family
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst
from tuoyu.sim.names import SURNAMES, adult_name
from tuoyu.sim.numbers import Numbers
from tuoyu.sim.premises import Rows
from tuoyu.sim.workforce import Worker

_SINCE = date(2024, 9, 1)


@dataclass
class Cast:
    """人物表：``director`` and ``teacher`` by institution; ``names`` by user."""

    director: dict[int, int] = field(default_factory=dict)
    teacher: dict[int, int] = field(default_factory=dict)
    officer: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    staff_user: dict[int, int] = field(default_factory=dict)
    users: list[tuple[Any, ...]] = field(default_factory=list)
    posts: list[tuple[Any, ...]] = field(default_factory=list)


def make_cast(
    city: City,
    found: list[Inst],
    workers: list[Worker],
    families: list[Family],
    numbers: Numbers,
    seed: int,
) -> Cast:
    """全部账号与任职；no account has a password."""
    rng = stream(seed, "cast")
    cast = Cast()
    show = next(i for i in found if i.is_show)
    _government(rng, city, cast, numbers)
    by_inst = _by_inst(workers)
    for inst in found:
        _institution_people(rng, inst, by_inst[inst.id], cast, numbers, families)
    parent = next(f for f in families if any(k.role == "younger" for k in f.kids)).first
    user = _user(rng, cast, "parent", parent.name, parent.phone, slug="parent")
    parent.user_id = user
    _post(cast, user, "parent", "家庭（演示数据）")
    trainer = adult_name(rng, rng.choice(SURNAMES), True)
    user = _user(rng, cast, "trainer", trainer, numbers.phone(), slug="trainer")
    _post(cast, user, "trainer", f"{city.name}托育人才学院（虚构）", city.code)
    doctor = adult_name(rng, rng.choice(SURNAMES), True)
    user = _user(rng, cast, "doctor", doctor, numbers.phone(), slug="doctor")
    clinic = f"{show.unit.short}示例妇幼保健院（虚构）"
    near = [i.id for i in found if i.unit is show.unit and i.status == "filed"][:6]
    _post(cast, user, "doctor", clinic, show.unit.code, sorted({show.id, *near}))
    for unit in city.units:
        slug = "protection-officer" if unit is city.largest else ""
        guard = adult_name(rng, rng.choice(SURNAMES), True)
        login = slug or f"protection-{unit.code}"
        user = _user(rng, cast, login, guard, numbers.phone(), slug=slug)
        _post(cast, user, "protection_officer", f"{unit.name}未成年人保护专岗（虚构）", unit.code)
    return cast


def _government(rng: random.Random, city: City, cast: Cast, numbers: Numbers) -> None:
    rows = [
        ("city-officer", "city_officer", "市托育服务主管科室（虚构）"),
        ("city-officer-2", "city_officer", "市托育服务主管科室（虚构）"),
        ("finance-officer", "finance_officer", "市级财政国库岗（虚构）"),
        ("payment-clerk", "payment_clerk", "市级资金编制岗（虚构）"),
        ("auditor", "auditor", "市级审计岗（虚构）"),
    ]
    for slug, role, office in rows:
        name = adult_name(rng, rng.choice(SURNAMES), rng.random() < 0.5)
        user = _user(rng, cast, slug, name, numbers.phone(), slug=slug)
        _post(cast, user, role, office, city.code)
    for unit in city.units:
        slug = "county-officer" if unit is city.largest else ""
        name = adult_name(rng, rng.choice(SURNAMES), rng.random() < 0.5)
        login = slug or f"officer-{unit.code}"
        user = _user(rng, cast, login, name, numbers.phone(), slug=slug)
        _post(cast, user, "county_officer", f"{unit.name}托育服务主管部门（虚构）", unit.code)
        cast.officer[unit.code] = user
    name = adult_name(rng, rng.choice(SURNAMES), False)
    user = _user(rng, cast, "inspector", name, numbers.phone(), slug="inspector")
    _post(cast, user, "inspector", f"{city.largest.name}托育巡查队（虚构）", city.largest.code)


def _institution_people(
    rng: random.Random,
    inst: Inst,
    mine: list[Worker],
    cast: Cast,
    numbers: Numbers,
    families: list[Family],
) -> None:
    head = next(w for w in mine if w.post == "head")
    slug = "director" if inst.is_show else ""
    user = _user(
        rng, cast, slug or f"director-{inst.id:04d}", head.name, numbers.phone(), slug=slug
    )
    _post(cast, user, "director", inst.name, inst.unit.code, [inst.id])
    cast.director[inst.id] = user
    cast.staff_user[head.id] = user
    if inst.is_show:
        own = next(f for f in families if any(k.role == "director-child" for k in f.kids))
        own.first.user_id, own.first.name = user, head.name
        _post(cast, user, "parent", "家庭（演示数据）")
    rooms = [r.id for r in inst.rooms if not inst.is_show or r.type == "toddler"]
    carer = next((w for w in mine if w.post == "carer" and w.room in rooms), None)
    if carer is None:
        cast.teacher[inst.id] = user
        return
    slug = "teacher" if inst.is_show else ""
    user = _user(
        rng, cast, slug or f"teacher-{inst.id:04d}", carer.name, numbers.phone(), slug=slug
    )
    _post(cast, user, "teacher", inst.name, inst.unit.code, [inst.id])
    cast.teacher[inst.id] = user
    cast.staff_user[carer.id] = user


def _by_inst(workers: list[Worker]) -> dict[int, list[Worker]]:
    found: dict[int, list[Worker]] = {}
    for worker in workers:
        found.setdefault(worker.inst, []).append(worker)
    return found


def _user(
    rng: random.Random, cast: Cast, username: str, name: str, phone: str, *, slug: str = ""
) -> int:
    number = len(cast.users) + 1
    cast.names[number] = name
    cast.users.append(
        (number, f"!{rng.getrandbits(200):x}", username, name, "",
         crypto.seal(phone, "identity_user.phone"), crypto.blind_index(phone), True,
         slug or None, False)
    )  # fmt: skip
    return number


def _post(
    cast: Cast,
    user: int,
    role: str,
    organisation: str,
    region: str = "",
    institutions: list[int] | None = None,
) -> None:
    number = len(cast.posts) + 1
    cast.posts.append(
        (number, user, role, organisation[:80], "", region, institutions or [], _SINCE, None)
    )


def cast_rows(cast: Cast) -> Rows:
    """账号与任职的行。"""
    return {
        "identity_user": (
            ("id", "password", "username", "name", "email", "phone", "phone_index", "is_active",
             "demo_slug", "prefers_elder"),
            cast.users,
        ),
        "identity_assignment": (
            ("id", "user_id", "role", "organisation", "post", "region_code", "institution_ids",
             "from_on", "to_on"),
            cast.posts,
        ),
    }  # fmt: skip
