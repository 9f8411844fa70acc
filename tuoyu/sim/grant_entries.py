"""可申报的：who may apply for which programme on a day, and what is registered before.

A source is asked once for each stage and answers with candidates, the likeliest first.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tuoyu.core import clock, workdays
from tuoyu.core.periods import add_months
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Item
from tuoyu.domains.institutions.models import Place, PlaceState, PlaceStep
from tuoyu.domains.quality.selectors import stars_on
from tuoyu.domains.workforce.models import Certificate
from tuoyu.sim.draws import stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.state import Built

SLOT_KINDS = {
    "community_slot": ("community", "neighbourhood"),
    "enterprise_slot": ("employer", "park"),
    "hospital_slot": ("hospital",),
    "kindergarten_slot": ("kindergarten",),
}
MANY = {"community_slot": 20, "kindergarten_slot": 24, "enterprise_slot": 45}  # above ¥100 000
FEW = 3
PACKAGES = ("guard", "technical", "physical", "kitchen", "fire")
SCHOOLS = ("示例职业技术学校", "示例幼儿师范学校", "示例卫生职业学院", "示例技师学院",
           "示例开放大学", "示例信息学校", "示例护理学校", "示例工贸学校",
           "示例商贸学校", "示例财经学校", "示例旅游学校", "示例理工学校")  # fmt: skip
CLOSES_AFTER = 9  # days of the next month until a month is surely closed


@dataclass(frozen=True)
class Entry:
    """一件可以申报的：whose, and for which month or person."""

    inst: Inst | None
    month: date | None = None
    pick: str = ""
    school_id: int | None = None


@cache
def _paper() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), (236, 231, 222)).save(out, "JPEG")
    return out.getvalue()


def upload(name: str) -> SimpleUploadedFile:
    """一张示例照片。"""
    return SimpleUploadedFile(f"{name}（示例）.jpg", _paper())


class Entries:
    """演示城市里可以申报的。"""

    def __init__(self, b: Built) -> None:
        self.b = b
        self.rng = stream(b.seed, "grant-entries")
        self.today = b.city.now.date()
        self.filed = [i for i in b.institutions if i.status == "filed" and not i.tags]
        self.by_id = {i.id: i for i in b.institutions}
        self.used: Counter[tuple[str, int, str]] = Counter()
        self._were_new: set[int] = set()
        self.sources: dict[str, Callable[[str, int], Iterator[Entry]]] = {
            **{rule: self._slots(rule) for rule in SLOT_KINDS},
            "star_grant": self._stars,
            "safety_package": self._works,
            "feature_park": self._features,
            "special_family": self._special,
            "operating_subsidy": self._monthly("operating_subsidy"),
            "rent_relief": self._rent,
            "training_subsidy": self._training,
            "school_grant": self._schools,
        }

    def offers(self, rule: str, stage: str, back: int) -> Iterator[Entry]:
        """某项目在某日的候选。"""
        return self.sources[rule](stage, back)

    def take(self, rule: str, entry: Entry) -> None:
        """已经用来申报。"""
        whose = entry.inst.id if entry.inst else entry.school_id or 0
        self.used[rule, whose, f"{entry.month or ''}{entry.pick}"] += 1

    def _at(self, back: int, hour: int = 10) -> datetime:
        return clock.at(workdays.before(self.today, back), hour)

    def _is_free(self, rule: str, whose: int, what: str = "") -> bool:
        return not self.used[rule, whose, what]

    def _free_first(self, rule: str, found: list[Inst]) -> Iterator[Inst]:
        """没有申报过的在前，whose application fell in the end comes again."""
        held = set(
            Item.all_rows.filter(is_live=True, application__programme=rule).values_list(
                "institution_id", flat=True
            )
        )
        free = [i for i in found if i.id not in held]
        return iter(sorted(free, key=lambda i: self.used[rule, i.id, ""]))

    # ── 一次性的 ──

    def _slots(self, rule: str) -> Callable[[str, int], Iterator[Entry]]:
        kinds = SLOT_KINDS[rule]
        found = [i for i in self.filed if i.kind in kinds]
        if rule == "enterprise_slot":
            found = [i for i in found if i.is_public]

        def offers(stage: str, back: int) -> Iterator[Entry]:
            if rule == "hospital_slot":
                yield from (Entry(i) for i in self._free_first(rule, found))
                return
            wanted = MANY[rule] if stage == "second" else FEW
            inst = self._most_places(rule, found, least_used=stage != "second")
            if inst is not None:
                self._mark_new(inst, wanted)
                yield Entry(inst)

        return offers

    @cached_property
    def _old_places(self) -> dict[int, list[int]]:
        """机构 → 尚未列为新增的在用托位，the last numbered first."""
        insts = [i.id for i in self.filed if any(i.kind in kinds for kinds in SLOT_KINDS.values())]
        rows = Place.all_rows.filter(
            institution_id__in=insts, state=PlaceState.OPERATING, paid_by=""
        )
        self._were_new = set(rows.filter(is_new=True).values_list("pk", flat=True))
        rows.update(is_new=False)  # they are declared as new part by part
        found: dict[int, list[int]] = {}
        for inst, pk in rows.order_by("-number").values_list("institution_id", "pk"):
            found.setdefault(inst, []).append(pk)
        return found

    def _most_places(self, rule: str, found: list[Inst], *, least_used: bool) -> Inst | None:
        def order(inst: Inst) -> tuple[int, int, int]:
            size = len(self._old_places.get(inst.id, ()))
            return (self.used[rule, inst.id, ""], size, inst.id) if least_used else (0, -size, 0)

        able = [i for i in found if len(self._old_places.get(i.id, ())) >= FEW]
        return min(able, key=order, default=None)

    def _mark_new(self, inst: Inst, count: int) -> None:
        """这几个托位是新增的：filed after the document came out, and in use."""
        old = self._old_places[inst.id]
        chosen, old[:count] = old[:count], []
        rows = Place.all_rows.filter(pk__in=chosen)
        rows.update(is_new=True)
        older = rows.filter(state_on__lt=date(2024, 12, 25))
        steps = PlaceStep.objects.filter(place_id__in=list(older.values_list("pk", flat=True)))
        older.update(state_on=date(2024, 12, 25))
        steps.filter(target=PlaceState.FILED).update(on=date(2024, 12, 16))
        steps.filter(target=PlaceState.OPERATING).update(on=date(2024, 12, 25))

    def restore(self) -> None:
        """没有申报的仍是新增托位。"""
        left = {pk for rows in self._old_places.values() for pk in rows}
        Place.all_rows.filter(pk__in=left & self._were_new).update(is_new=True)

    def _stars(self, stage: str, back: int) -> Iterator[Entry]:
        """有星级的机构；for two approvals one of the province's level, whose ceiling is higher."""
        levels = stars_on(workdays.before(self.today, back))
        high = [i for i in self.filed if levels.get(i.id) == "province"]
        low = [i for i in self.filed if levels.get(i.id) == "city"]
        found = high if stage == "second" else low + high
        return (Entry(i) for i in self._free_first("star_grant", found))

    def _works(self, stage: str, back: int) -> Iterator[Entry]:
        """安防改造：public institutions that spent and were accepted."""
        public = [i for i in self.filed if i.is_public]
        for inst in self._free_first("safety_package", public):
            for package in self.rng.sample(PACKAGES, self.rng.randint(1, 3)):
                if self._is_free("works", inst.id):
                    services.enter_works(
                        package=package,
                        invoice_fen=self.rng.randrange(300, 60_000) * 100,
                        invoice_no=f"示例{self.rng.randrange(10**8):08d}",
                        accepted_on=workdays.before(self.today, back + 26),
                        upload=upload("发票"),
                        by=self.b.people.director(inst.id),
                        at=self._at(back + 6),
                    )
            self.used["works", inst.id, ""] += 1
            yield Entry(inst)

    def _features(self, stage: str, back: int) -> Iterator[Entry]:
        """县域特色托育园：named by the city's own review shortly before it applies."""
        chosen = [i for i in self.filed if i.recognised and i.kind != "home"]
        for inst in self._free_first("feature_park", chosen[3:]):
            if self._is_free("named", inst.id):
                number = sum(n for (what, *_), n in self.used.items() if what == "named") + 1
                services.name_feature_park(
                    institution_id=inst.id,
                    document=f"示例托特〔2025〕{number}号（虚构）",
                    named_on=workdays.before(self.today, back + 11),
                    by=self.b.people.city,
                    at=self._at(back + 10),
                )
                self.used["named", inst.id, ""] += 1
            yield Entry(inst)

    # ── 按月的：only the largest county has fixed these standards; the others stay 待定 ──

    def _months(self, back: int) -> list[date]:
        """那天已经月结的月份，newest first."""
        day = workdays.before(self.today, back)
        closed = (
            day.replace(day=1) if day.day > CLOSES_AFTER else add_months(day.replace(day=1), -1)
        )
        months = [add_months(closed, -n) for n in range(1, 7)]
        return [m for m in months if m >= self.b.scale.start]

    def _homes(self, month: date) -> list[Inst]:
        return [
            i
            for i in self.filed
            if i.unit is self.b.city.largest and any(a <= month < z for a, z in i.recognised)
        ]

    def _month_entries(self, rule: str, back: int, able: set[int] | None = None) -> Iterator[Entry]:
        for month in self._months(back):
            for inst in self._homes(month):
                if able is not None and inst.id not in able:
                    continue
                if self._is_free(rule, inst.id, str(month)):
                    yield Entry(inst, month)

    def _monthly(self, rule: str) -> Callable[[str, int], Iterator[Entry]]:
        return lambda stage, back: self._month_entries(rule, back)

    @cached_property
    def _with_status(self) -> set[int]:
        """有已核验特殊家庭儿童在托的机构。"""
        rows = SpecialStatus.all_rows.exclude(verified_at=None)
        children = set(rows.values_list("child_id", flat=True))
        waiting = SpecialStatus.all_rows.filter(verified_at=None)
        unsure = set(waiting.values_list("child_id", flat=True))
        homes = {s.inst.id for k in self.b.kids if k.id in children for s in k.stays}
        return homes - {s.inst.id for k in self.b.kids if k.id in unsure for s in k.stays}

    def _special(self, stage: str, back: int) -> Iterator[Entry]:
        return self._month_entries("special_family", back, self._with_status)

    def _rent(self, stage: str, back: int) -> Iterator[Entry]:
        for entry in self._month_entries("rent_relief", back):
            inst = entry.inst
            if inst is not None and self._is_free("lease", inst.id):
                self.lease(inst, self.rng.randrange(8, 30) * 100_000, back + 3)
                self.used["lease", inst.id, ""] += 1
            yield entry

    def lease(self, inst: Inst, monthly_fen: int, back: int) -> None:
        """登记租约；a later one with another rent stands in its place."""
        services.enter_lease(
            monthly_fen=monthly_fen,
            from_on=date(2025, 1, 1),
            to_on=date(2027, 1, 1),
            landlord="示例资产管理公司（虚构）",
            is_state_property=self.rng.random() < 0.4,
            upload=upload("租赁合同"),
            by=self.b.people.director(inst.id),
            at=self._at(back),
        )

    # ── 人员与学校 ──

    @cached_property
    def _certificates(self) -> list[tuple[int, int, date]]:
        kinds = ("infant_carer", "nursery_teacher", "health_carer")
        rows = Certificate.all_rows.filter(kind__in=kinds, staff__left_on=None)
        rows = rows.filter(institution_id__in=[i.id for i in self.filed])
        return list(rows.order_by("pk").values_list("institution_id", "pk", "issued_on"))

    def _training(self, stage: str, back: int) -> Iterator[Entry]:
        day = workdays.before(self.today, back)
        for inst, pk, issued in self._certificates:
            if issued <= day and self._is_free("training-home", inst):
                self.used["training-home", inst, ""] += 1
                yield Entry(self.by_id[inst], pick=str(pk))

    def _schools(self, stage: str, back: int) -> Iterator[Entry]:
        number = sum(n for (what, *_), n in self.used.items() if what == "school_grant")
        for n, name in enumerate(SCHOOLS[number:], number + 1):
            school = services.enter_school(
                name=f"{name}（虚构）",
                major="婴幼儿托育服务与管理",
                basis=f"示例教职〔2024〕{n}号（虚构）",
                by=self.b.people.city,
                at=self._at(back + 4),
            )
            yield Entry(None, school_id=school.pk)
