"""家庭：siblings, twins, guardians, pick-up persons, blocked persons, consents, evidence."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from tuoyu.core import clock, crypto
from tuoyu.core.periods import add_months
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.geography import City
from tuoyu.sim.names import SURNAMES, adult_name, child_name, elder_name
from tuoyu.sim.numbers import Numbers

_ELDERS = (
    ("grandmother", True), ("grandmother_m", True), ("grandfather", False), ("grandfather_m", False)
)  # fmt: skip


@dataclass
class Person:
    """监护人或接送人。"""

    id: int
    name: str
    phone: str
    relation: str
    is_guardian: bool
    is_blocked: bool = False
    user_id: int | None = None


@dataclass
class Family:
    """家庭。``births`` counts the children at home, those in no institution included."""

    no: int
    surname: str
    births: int = 1
    kids: list[Kid] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    @property
    def first(self) -> Person:
        return self.people[0]


def make_families(city: City, kids: list[Kid], numbers: Numbers, seed: int) -> list[Family]:
    """全部家庭；sets each child's family and name."""
    rng = stream(seed, "families")
    groups = _groups(rng, city, kids)
    found: list[Family] = []
    people = 0
    for group in groups:
        family = Family(len(found), rng.choice(SURNAMES), kids=group)
        chance = rng.random()
        family.births = max(len(group), 3 if chance < 0.05 else 2 if chance < 0.4 else 1)
        for kid in group:
            kid.family = family.no
            kid.name = child_name(rng, family.surname)
        for person in _people(rng, family, numbers):
            people += 1
            person.id = people
            family.people.append(person)
        found.append(family)
    return found


def _groups(rng: random.Random, city: City, kids: list[Kid]) -> list[list[Kid]]:
    """兄弟姐妹与双胞胎在同一家机构。"""
    groups: list[list[Kid]] = []
    show = [k for k in kids if k.role in ("elder", "younger")]
    if show:
        groups.append(show)
    by_inst: dict[int, list[Kid]] = {}
    for kid in kids:
        if kid.role not in ("elder", "younger"):
            by_inst.setdefault(kid.stays[-1].inst.id, []).append(kid)
    for members in by_inst.values():
        left = list(members)
        while left:
            kid = left.pop(0)
            mate = _mate(rng, city, kid, left[:60]) if rng.random() < 0.08 else None
            if mate is not None:
                left.remove(mate)
            groups.append([kid] if mate is None else [kid, mate])
    return groups


def _mate(rng: random.Random, city: City, kid: Kid, others: list[Kid]) -> Kid | None:
    if kid.role:
        return None
    wants_twin = rng.random() < 0.3
    for other in others:
        if other.role or not _meet(kid, other):
            continue
        if wants_twin and _could_be_born(city, other, kid.born):
            other.born = kid.born
            return other
        if not wants_twin and abs((kid.born - other.born).days) >= 300:
            return other
    return None


def _meet(a: Kid, b: Kid) -> bool:
    return a.stays[-1].start < b.stays[-1].end and b.stays[-1].start < a.stays[-1].end


def _could_be_born(city: City, kid: Kid, born: date) -> bool:
    """换一个生日后，月龄仍合各段班型。"""
    return all(
        add_months(born, city.ages[s.room.type].start) <= s.start
        and s.end <= add_months(born, city.ages[s.room.type].end)
        for s in kid.stays
    )


def _people(rng: random.Random, family: Family, numbers: Numbers) -> Iterator[Person]:
    mother = rng.choice(SURNAMES)
    show = any(k.role for k in family.kids)
    separated = not show and rng.random() < 0.015
    yield Person(0, adult_name(rng, mother, True), numbers.phone(), "mother", True)
    if show or rng.random() < 0.82:
        name = adult_name(rng, family.surname, False)
        yield Person(0, name, numbers.phone(), "father", not separated, separated)
    if show or rng.random() < 0.55:
        relation, female = rng.choice(_ELDERS)
        surname = mother if relation.endswith("_m") else family.surname
        yield Person(0, elder_name(rng, surname, female), numbers.phone(), relation, False)


def guardian_rows(families: list[Family]) -> Iterator[tuple[Any, ...]]:
    """监护人（id, name, phone, phone_index, id_index, user_id, code_secret）。"""
    for person in (p for f in families for p in f.people):
        yield (
            person.id,
            person.name,
            crypto.seal(person.phone, "children_guardian.phone"),
            crypto.blind_index(person.phone),
            None,
            person.user_id,
            None,
        )


def place_of(kid: Kid, today: date) -> tuple[int | None, str]:
    """现机构与现区划。"""
    stay = kid.stay_on(today)
    return (stay.inst.id, stay.inst.unit.code) if stay else (None, "")


def guardianship_rows(families: list[Family], today: date) -> Iterator[tuple[Any, ...]]:
    """监护与接送关系。"""
    number = 0
    for family in families:
        for kid in family.kids:
            for p in family.people:
                number += 1
                reason = "监护权由一方行使，法院裁定书已存档（虚构）" if p.is_blocked else None
                yield (
                    number,
                    kid.id,
                    p.id,
                    *place_of(kid, today),
                    p.relation,
                    p.is_guardian,
                    not p.is_blocked,
                    p.is_blocked,
                    reason and crypto.seal(reason, "children_guardianship.block_reason"),
                    kid.stays[0].start,
                    None,
                )


def consent_rows(families: list[Family], today: date, seed: int) -> Iterator[tuple[Any, ...]]:
    """同意：all for enrolment and health, most for photos, some withdrawn."""
    rng = stream(seed, "consents")
    number = 0
    for family in families:
        for kid in family.kids:
            for purpose, share in (("enrol", 1), ("health", 1), ("photo", 0.85), ("clinic", 0.6)):
                if rng.random() >= share:
                    continue
                number += 1
                granted = clock.at(kid.stays[0].start, 9, 30) - timedelta(days=1)
                gone = purpose == "photo" and rng.random() < 0.03
                withdrawn = granted + timedelta(days=rng.randint(20, 60)) if gone else None
                if withdrawn is not None and withdrawn.date() >= today:
                    withdrawn = None
                place = place_of(kid, today)
                yield number, kid.id, *place, family.first.id, purpose, granted, withdrawn


def ledger_rows(consents: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """同意台账：the decisions behind the consents, in the order in which they were made."""
    found = []
    for _, child, institution, region, guardian, purpose, granted, withdrawn in consents:
        place = (child, institution, region, guardian, purpose)
        found.append((granted, *place, "grant"))
        if withdrawn is not None:
            found.append((withdrawn, *place, "withdraw"))
    found.sort(key=lambda row: (row[0], row[1], row[5]))
    for number, row in enumerate(found, 1):
        yield number, *row[1:], None, row[0], None, True


def status_rows(families: list[Family], now: datetime, seed: int) -> Iterator[tuple[Any, ...]]:
    """特殊家庭身份：three-child families, children with a disability, re-birth after loss."""
    rng = stream(seed, "special")
    number = 0
    for family in families:
        for kid in family.kids:
            start = kid.stays[0].start
            found = []
            if family.births >= 3:
                found.append(("third_child", "户口簿与出生医学证明（虚构）"))
            if rng.random() < 0.008:
                found.append(("disabled", "残疾人证（虚构）"))
            if rng.random() < 0.002:
                found.append(("bereaved", "计划生育特殊家庭证明（虚构）"))
            for kind, paper in found:
                number += 1
                at = datetime.combine(start, time(10, 0), clock.ZONE) + timedelta(days=3)
                verified = rng.random() < 0.9 and at < now
                evidence = f"{paper} 示例-{number:05d}"
                place = place_of(kid, now.date())
                yield (
                    number, kid.id, *place, kind, evidence, None, start, None,
                    None, at if verified else None,
                )  # fmt: skip
