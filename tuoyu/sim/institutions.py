"""机构、班级、托位、认定、收费、签约：who offers what, where and since when."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from tuoyu.sim.draws import stream
from tuoyu.sim.geography import City, Unit, spread
from tuoyu.sim.names import institution_name
from tuoyu.sim.scales import Scale

# kind → (weight, least places, most places, share run by the public)
KINDS: dict[str, tuple[int, int, int, float]] = {
    "private": (42, 30, 78, 0.0),
    "kindergarten": (20, 20, 60, 0.6),
    "community": (12, 20, 43, 0.3),
    "neighbourhood": (7, 18, 40, 0.5),
    "center": (4, 100, 130, 1.0),
    "employer": (5, 30, 60, 0.7),
    "hospital": (3, 30, 50, 1.0),
    "home": (4, 5, 5, 0.0),
    "park": (3, 40, 78, 0.3),
}
HOSPITALS = 10  # each is granted once; its application is shown in every state
_DECK = ("toddler", "older", "toddler", "mixed", "older", "infant", "toddler", "older", "mixed")
_TITLES = {"infant": "乳儿", "toddler": "托小", "older": "托大", "mixed": "混龄", "home": "家庭"}
_ORDINALS = "一二三四五六七八九十"
SHOW_CLASSES = (("infant", 10), ("toddler", 15), ("older", 20), ("mixed", 18))


@dataclass
class Room:
    """班级。"""

    id: int
    type: str
    name: str
    capacity: int


@dataclass
class Inst:
    """机构。``opened`` and ``stopped`` bound the days on which children come (half-open)."""

    id: int
    unit: Unit
    kind: str
    name: str
    is_public: bool
    status: str
    opened: date
    stopped: date | None
    opens: int
    closes: int
    rooms: list[Room] = field(default_factory=list)
    spare: int = 0
    recognised: list[tuple[date, date]] = field(default_factory=list)
    is_show: bool = False
    tags: set[str] = field(default_factory=set)

    def fee_fen(self, rng: random.Random, room_type: str) -> int:
        """月保育费：whole tens of yuan."""
        base = {"infant": 215, "toddler": 185, "older": 160, "mixed": 170, "home": 200}[room_type]
        return (base - (45 if self.is_public else 0) + rng.randrange(-20, 21)) * 1000


def make_institutions(city: City, scale: Scale, seed: int) -> list[Inst]:
    """全部机构，the show institution (director, teacher, parent) among them."""
    rng = stream(seed, "institutions")
    total = max(scale.institutions, len(city.units))  # every unit has one
    counts = spread(total, [u.weight for u in city.units], 1)
    kinds = _kinds(rng, total)
    units = [u for u, n in zip(city.units, counts, strict=True) for _ in range(n)]
    rng.shuffle(kinds)
    show = units.index(city.largest)
    private = next(i for i, kind in enumerate(kinds) if kind == "private")
    kinds[show], kinds[private] = kinds[private], kinds[show]
    sizes = _sizes(rng, kinds, round(scale.places * 0.965), show)
    taken: set[str] = set()
    found: list[Inst] = []
    for i, (unit, kind, size) in enumerate(zip(units, kinds, sizes, strict=True)):
        inst = _institution(rng, i + 1, unit, kind, taken, is_show=i == show)
        _rooms(city, inst, size, len(found))
        found.append(inst)
    _number_rooms(found)
    _spare_places(rng, found, scale)
    return found


def _kinds(rng: random.Random, count: int) -> list[str]:
    shares = spread(count, [k[0] for k in KINDS.values()], 1 if count < 40 else 2)
    if count >= 40:
        kinds = list(KINDS)
        hospital, private = kinds.index("hospital"), kinds.index("private")
        lack = max(HOSPITALS - shares[hospital], 0)
        shares[hospital], shares[private] = shares[hospital] + lack, shares[private] - lack
    return [kind for kind, n in zip(KINDS, shares, strict=True) for _ in range(n)]


def _sizes(rng: random.Random, kinds: list[str], total: int, show: int) -> list[int]:
    """各机构的班级托位数：drawn within the kind's range, then fitted to the total."""
    show_size = sum(n for _, n in SHOW_CLASSES)
    drawn = [rng.randint(KINDS[k][1], KINDS[k][2]) for k in kinds]
    drawn[show] = show_size
    fixed = [i == show or k == "home" for i, k in enumerate(kinds)]
    kept = sum(n for n, f in zip(drawn, fixed, strict=True) if f)
    ratio = (total - kept) / max(sum(drawn) - kept, 1)
    return [n if f else max(8, int(n * ratio)) for n, f in zip(drawn, fixed, strict=True)]


def _institution(
    rng: random.Random, number: int, unit: Unit, kind: str, taken: set[str], *, is_show: bool
) -> Inst:
    opened = date(2022, 3, 1) + timedelta(days=rng.randrange(0, 900))
    status, stopped = "filed", None
    chance = 1.0 if is_show or kind in ("center", "home") else rng.random()
    if chance < 0.03:
        status = "preparing"
    elif chance < 0.05:
        status, stopped = "suspended", date(2025, 7, 1)
    elif chance < 0.20:
        opened = date(2025, rng.randint(1, 6), 1)
    opens = rng.choice((450, 450, 450, 465, 480))
    inst = Inst(
        id=number,
        unit=unit,
        kind=kind,
        name=institution_name(rng, kind, unit.short, taken),
        is_public=rng.random() < KINDS[kind][3],
        status=status,
        opened=opened,
        stopped=stopped,
        opens=450 if is_show else opens,
        closes=1050 if is_show else rng.choice((1035, 1050, 1050, 1080)),
        is_show=is_show,
    )
    inst.recognised = [(a, b) for a, b in _recognitions(rng, inst) if a < b]
    return inst


def _recognitions(rng: random.Random, inst: Inst) -> list[tuple[date, date]]:
    """普惠认定：most hold, some ended, some began in the year, some never were."""
    chance = 0.5 if inst.is_show or inst.is_public else rng.random()
    if chance < 0.20 or inst.status == "preparing":
        return []
    start = max(date(2024, 12, 1), inst.opened)
    if chance < 0.27:
        return [(start, date(2025, rng.choice((5, 7, 8)), 1))]
    if chance < 0.34:
        return [(max(start, date(2025, rng.choice((3, 4, 6)), 1)), date(2027, 6, 1))]
    if chance < 0.38:
        return [(start, date(2025, 6, 1)), (date(2025, 8, 1), date(2027, 8, 1))]
    return [(start, date(2027, 12, 1))]


def _rooms(city: City, inst: Inst, size: int, order: int) -> None:
    if inst.kind == "home":
        plan = [("home", min(size, city.ages["home"].size))]
    elif inst.is_show:
        plan = list(SHOW_CLASSES)
    else:
        plan, left, turn = [], size, order
        while left > 0:
            kind = _DECK[turn % len(_DECK)]
            seats = min(city.ages[kind].size, left)
            if seats < 5 and plan:
                break
            plan.append((kind, seats))
            left, turn = left - seats, turn + 1
    seen: dict[str, int] = {}
    for kind, seats in plan:
        seen[kind] = seen.get(kind, 0) + 1
        ordinal = _ORDINALS[(seen[kind] - 1) % 10]
        inst.rooms.append(Room(0, kind, f"{_TITLES[kind]}{ordinal}班", seats))


def _number_rooms(found: list[Inst]) -> None:
    number = 0
    for inst in found:
        for room in inst.rooms:
            number += 1
            room.id = number


def _spare_places(rng: random.Random, found: list[Inst], scale: Scale) -> None:
    """班级以外的托位（规划、在建、建成、备案），so that the sum of places is exact."""
    missing = scale.places - sum(r.capacity for i in found for r in i.rooms)
    growing = [i for i in found if i.kind != "home"]
    for _ in range(max(missing, 0)):
        rng.choice(growing).spare += 1
