"""儿童与入托：each seat holds a chain of children, so that no class is ever over its places."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from tuoyu.core.periods import add_months
from tuoyu.sim.draws import opaque, stream
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst, Room
from tuoyu.sim.premises import Fees
from tuoyu.sim.scales import Scale

_NEXT = {"infant": ("toddler",), "toddler": ("older", "mixed")}
_ORDER = {"infant": 0, "toddler": 1, "mixed": 2, "older": 3, "home": 4}
# months of age on the first day, by class type
_ARRIVE = {
    "infant": (6, 9), "toddler": (12, 20), "older": (24, 32), "mixed": (18, 30), "home": (8, 30)
}  # fmt: skip


@dataclass
class Stay:
    """一段入托。"""

    inst: Inst
    room: Room
    start: date
    end: date
    monthly_fen: int
    form: str


@dataclass
class Kid:
    """儿童。``role`` names those of the show family and of the planted frauds."""

    no: int
    id: int
    female: bool
    born: date
    stays: list[Stay] = field(default_factory=list)
    family: int = -1
    role: str = ""
    name: str = ""

    def stay_on(self, day: date) -> Stay | None:
        return next((s for s in self.stays if s.start <= day < s.end), None)


class _Nursery:
    """按座位排孩子。"""

    def __init__(self, city: City, scale: Scale, fees: Fees, seed: int) -> None:
        self.city, self.scale, self.fees = city, scale, fees
        self.rng = stream(seed, "children")
        self.last = scale.until or city.now.date()
        self.kids: list[Kid] = []
        self._ids: set[int] = set()

    def new_kid(self, born: date) -> Kid:
        number = opaque(self.rng)
        while number in self._ids:
            number = opaque(self.rng)
        self._ids.add(number)
        kid = Kid(len(self.kids) + 1, number, self.rng.random() < 0.48, born)
        self.kids.append(kid)
        return kid

    def stay(self, kid: Kid, inst: Inst, room: Room, start: date, end: date) -> None:
        steps = self.fees[inst.id, room.type]
        fen = next(fen for on, fen in reversed(steps) if on <= start)
        chance = 1.0 if kid.role else self.rng.random()
        if chance < 0.04:
            fen = fen * 9 // 10 // 100 * 100  # 二孩九折之类的约定
        form = "half_day" if chance > 0.97 and not kid.role else "full_day"
        kid.stays.append(Stay(inst, room, start, end, fen, form))

    def fill(self, inst: Inst) -> None:
        """一家机构：younger rooms first, since their children move up."""
        waiting: dict[str, list[tuple[date, Kid]]] = {}
        for room in sorted(inst.rooms, key=lambda r: (_ORDER[r.type], r.id)):
            queue = sorted(waiting.pop(room.type, []), key=lambda w: (w[0], w[1].no))
            for seat in range(room.capacity):
                if inst.is_show and seat == 0 and self._show_kid(inst, room):
                    continue
                if self.rng.random() >= self.scale.empty_seats:
                    self._chain(inst, room, queue, waiting)

    def _show_kid(self, inst: Inst, room: Room) -> bool:
        """演示家庭的孩子：an elder and a younger one, and the director's own."""
        known = {
            "toddler": ("younger", 640, 226),
            "mixed": ("elder", 1042, 371),
            "infant": ("director-child", 247, 58),
        }
        if room.type not in known:
            return False
        role, age, since = known[room.type]
        today = self.city.now.date()
        kid = self.new_kid(today - timedelta(days=age))
        kid.role = role
        start = today - timedelta(days=since)
        self.stay(kid, inst, room, start, add_months(kid.born, self.city.ages[room.type].end))
        return True

    def _chain(
        self,
        inst: Inst,
        room: Room,
        queue: list[tuple[date, Kid]],
        waiting: dict[str, list[tuple[date, Kid]]],
    ) -> None:
        """一个座位上先后的孩子。Those who left before the first day are not written down."""
        rng, ages = self.rng, self.city.ages[room.type]
        day = max(inst.opened, self.scale.start - timedelta(days=300))
        day += timedelta(days=rng.randrange(0, 60))
        close = inst.stopped or date(2026, 9, 1)
        while day < min(self.last, close):
            moved = _next_in(queue, day)
            if moved is not None:
                day, born = moved[0], moved[1].born
            else:
                months = rng.randint(*_ARRIVE[room.type])
                born = add_months(day, -months) - timedelta(days=rng.randrange(1, 28))
            out = add_months(born, ages.end)
            end = min(day + timedelta(days=rng.randint(150, 900)), out, close)
            if end <= day:
                day += timedelta(days=7)
                continue
            if moved is not None or end > self.scale.start:
                kid = moved[1] if moved is not None else self.new_kid(born)
                self.stay(kid, inst, room, day, end)
                if end == out and room.type in _NEXT:
                    waiting.setdefault(rng.choice(_NEXT[room.type]), []).append((end, kid))
            day = end + timedelta(days=rng.randrange(0, 45))


def _next_in(queue: list[tuple[date, Kid]], day: date) -> tuple[date, Kid] | None:
    """升班的孩子：who comes to this seat within ten weeks of its being free."""
    for place, (since, _) in enumerate(queue):
        if day <= since <= day + timedelta(days=70):
            return queue.pop(place)
    return None


def make_children(city: City, scale: Scale, found: list[Inst], fees: Fees, seed: int) -> list[Kid]:
    """全部儿童及其入托。"""
    nursery = _Nursery(city, scale, fees, seed)
    for inst in found:
        if inst.status != "preparing":
            nursery.fill(inst)
    return nursery.kids
