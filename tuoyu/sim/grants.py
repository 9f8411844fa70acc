"""奖补申请：each programme from draft to bank, by the right people, on past working days."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months
from tuoyu.domains.children.models import Child, SpecialStatus
from tuoyu.domains.children.services.special import declare_with_file
from tuoyu.domains.funds.models.payments import OrderState
from tuoyu.domains.funds.selectors.payments import find_waiting, list_orders
from tuoyu.domains.funds.services.orders import Payee
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.identity.selectors import actor_of
from tuoyu.domains.institutions.models import Place, PlaceState, PlaceStep
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.publicity.services import close_due
from tuoyu.domains.workforce.models import Certificate
from tuoyu.sim.draws import stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.payments import send_and_book, set_account
from tuoyu.sim.people import actor_in
from tuoyu.sim.state import Built

# How far an application goes, and how many working days ago it was begun. The first of each
# programme ends (and gives its places back), so that the next can go on with them.
ENDED = {"refused": 15, "withdrawn": 12}
GOING = {
    "paid": 34,
    "notice": 9,
    "city": 8,
    "county": 5,
    "finance": 9,
    "payable": 22,
    "returned": 7,
    "draft": 2,
}
SLOT_KINDS = {
    "community_slot": ("community", "neighbourhood"),
    "enterprise_slot": ("employer", "park"),
    "hospital_slot": ("hospital",),
    "kindergarten_slot": ("kindergarten",),
}
EACH_FEN = {
    "community_slot": (600_000, 1_000_000),
    "enterprise_slot": (200_000, 300_000),
    "hospital_slot": (900_000, 1_500_000),
    "kindergarten_slot": (500_000, 900_000),
    "star_grant": (6_000_000, 10_000_000),
    "feature_park": (10_000_000, 12_000_000),
}
PACKAGES = ("guard", "technical", "physical", "kitchen", "fire")
SCHOOLS = ("示例职业技术学校", "示例幼儿师范学校", "示例卫生职业学院", "示例技师学院",
           "示例开放大学", "示例信息学校", "示例护理学校", "示例工贸学校",
           "示例商贸学校", "示例财经学校")  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """一件可以申报的：whose, and for which month or person."""

    inst: Inst | None
    month: date | None = None
    pick: str = ""
    school_id: int | None = None


def apply_for_grants(b: Built) -> None:
    """各项目的申请。"""
    book = current_book()
    if b.scale.until is not None or book.pack.is_draft or "community_slot" not in book.rules:
        return
    Town(b).run()


@cache
def _paper() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (240, 160), (236, 231, 222)).save(out, "JPEG")
    return out.getvalue()


class Town:
    """演示城市里办奖补的人与日子。"""

    def __init__(self, b: Built) -> None:
        self.b = b
        self.rng = stream(b.seed, "grants")
        self.today = b.city.now.date()
        self.posts = {
            (p.user_id, p.role): p for p in Assignment.objects.select_related("user").order_by("pk")
        }
        self.actors: dict[tuple[int, str], Actor] = {}
        self.filed = [i for i in b.institutions if i.status == "filed" and not i.tags]

    def run(self) -> None:
        """先做准备，再逐项申报，最后付到账。"""
        self._new_places()
        self._new_family()
        sources: dict[str, Callable[[], Iterator[Entry]]] = {
            **{rule: self._kind_entries(kinds) for rule, kinds in SLOT_KINDS.items()},
            "star_grant": self._all_entries,
            "safety_package": self._works_entries,
            "feature_park": self._feature_entries,
            "special_family": self._monthly_entries(special=True),
            "operating_subsidy": self._monthly_entries(),
            "rent_relief": self._rent_entries,
            "training_subsidy": self._training_entries,
            "school_grant": self._school_entries,
        }
        for rule, entries in sources.items():
            if rule in current_book().rules:
                self._programme(rule, entries())
        close_due(self._at(11, 8))
        for rule in sources:
            self._pay(rule)
        close_due(self._at(2, 8))

    # ── 人与日子 ──

    def _at(self, back: int, hour: int = 10, minute: int = 0) -> datetime:
        return clock.at(workdays.before(self.today, back), hour, minute)

    def _actor(self, user_id: int, role: str) -> Actor:
        key = (user_id, role)
        if key not in self.actors:
            post = self.posts[key]
            self.actors[key] = actor_of(post.user, post, frozenset())
        return self.actors[key]

    def _director(self, inst: Inst) -> Actor:
        return self._actor(self.b.cast.director[inst.id], "director")

    def _city(self, second: bool = False) -> Actor:
        slug = "city-officer-2" if second else "city-officer"
        return actor_in(slug, "city_officer", self.today)

    def _upload(self, name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(f"{name}（示例）.jpg", _paper())

    # ── 可申报的 ──

    def _of(self, kinds: tuple[str, ...]) -> list[Inst]:
        return [i for i in self.filed if i.kind in kinds]

    def _kind_entries(self, kinds: tuple[str, ...]) -> Callable[[], Iterator[Entry]]:
        return lambda: (Entry(i) for i in self._of(kinds))

    def _all_entries(self) -> Iterator[Entry]:
        return (Entry(i) for i in self.filed)

    def _works_entries(self) -> Iterator[Entry]:
        """安防改造：public institutions that spent and were accepted."""
        for inst in [i for i in self.filed if i.is_public][: len(GOING) + 2]:
            for package in self.rng.sample(PACKAGES, self.rng.randint(1, 3)):
                services.enter_works(
                    package=package,
                    invoice_fen=self.rng.randrange(300, 60_000) * 100,
                    invoice_no=f"示例{self.rng.randrange(10**8):08d}",
                    accepted_on=workdays.before(self.today, 60),
                    upload=self._upload("发票"),
                    by=self._director(inst),
                    at=self._at(40),
                )
            yield Entry(inst)

    def _feature_entries(self) -> Iterator[Entry]:
        chosen = [i for i in self.filed if i.recognised and i.kind != "home"]
        for n, inst in enumerate(chosen[3 : 3 + len(GOING) + 2], 1):
            services.name_feature_park(
                institution_id=inst.id,
                document=f"示例托特〔2025〕{n}号（虚构）",
                named_on=workdays.before(self.today, 45),
                by=self._city(),
                at=self._at(44),
            )
            yield Entry(inst)

    def _months(self) -> list[date]:
        this = self.today.replace(day=1)
        months = [add_months(this, -n) for n in range(1, 6)]
        return [m for m in months if m >= self.b.scale.start]

    def _monthly_entries(self, special: bool = False) -> Callable[[], Iterator[Entry]]:
        """有通知的县在前；where the county has none the line stays 待定."""
        home = [i for i in self.filed if i.unit is self.b.city.largest and i.recognised]
        other = [i for i in self.filed if i.unit is not self.b.city.largest and i.recognised]
        months = self._months()
        listed = [(i, m) for m in months for i in home] + [(i, months[0]) for i in other[:4]]
        if special:
            listed = [(i, m) for m in months for i in home] + [(i, months[0]) for i in other[:8]]
        return lambda: (Entry(i, m) for i, m in listed)

    def _rent_entries(self) -> Iterator[Entry]:
        home = [i for i in self.filed if i.unit is self.b.city.largest and i.recognised]
        for inst in home:
            services.enter_lease(
                monthly_fen=self.rng.randrange(8, 30) * 100_000,
                from_on=date(2025, 1, 1),
                to_on=date(2027, 1, 1),
                landlord="示例资产管理公司（虚构）",
                is_state_property=self.rng.random() < 0.4,
                upload=self._upload("租赁合同"),
                by=self._director(inst),
                at=self._at(40),
            )
        return (Entry(i, m) for m in self._months() for i in home)

    def _training_entries(self) -> Iterator[Entry]:
        kinds = ("infant_carer", "nursery_teacher", "health_carer")
        rows = Certificate.all_rows.filter(kind__in=kinds, staff__left_on=None)
        first = dict(rows.order_by("institution_id", "-pk").values_list("institution_id", "pk"))
        return (Entry(i, pick=str(first[i.id])) for i in self.filed if i.id in first)

    def _school_entries(self) -> Iterator[Entry]:
        for n, name in enumerate(SCHOOLS, 1):
            school = services.enter_school(
                name=f"{name}（虚构）",
                major="婴幼儿托育服务与管理",
                basis=f"示例教职〔2024〕{n}号（虚构）",
                by=self._city(),
                at=self._at(40),
            )
            yield Entry(None, school_id=school.pk)

    def _new_places(self) -> None:
        """新增托位：the youngest room of these kinds was filed after the document came out."""
        kinds = {kind for kinds in SLOT_KINDS.values() for kind in kinds}
        for inst in (i for i in self.filed if i.kind in kinds):
            rows = Place.all_rows.filter(institution_id=inst.id, state=PlaceState.OPERATING)
            chosen = list(rows.order_by("-number").values_list("pk", flat=True)[:10])
            Place.all_rows.filter(pk__in=chosen).update(is_new=True)
            older = rows.filter(pk__in=chosen, state_on__lt=date(2024, 12, 25))
            steps = PlaceStep.objects.filter(place_id__in=list(older.values_list("pk", flat=True)))
            older.update(state_on=date(2024, 12, 25))
            steps.filter(target=PlaceState.FILED).update(on=date(2024, 12, 16))
            steps.filter(target=PlaceState.OPERATING).update(on=date(2024, 12, 25))

    def _new_family(self) -> None:
        """一项待县级核验的特殊家庭身份，with its evidence."""
        show = next(i for i in self.b.institutions if i.is_show)
        known = SpecialStatus.all_rows.values("child_id")
        rows = Child.all_rows.filter(institution_id=show.id).exclude(pk__in=known)
        declare_with_file(
            child=rows.order_by("born_on", "pk")[0],
            kind="disabled",
            evidence="残疾评定材料（虚构）",
            from_on=self._at(6).date(),
            to_on=None,
            upload=self._upload("评定材料"),
            by=self.b.cast.director[show.id],
            at=self._at(2, 16),
        )

    # ── 办理 ──

    def _programme(self, rule: str, entries: Iterator[Entry]) -> None:
        """一个项目：each stage takes the next entry that may be applied for."""
        stages = [*ENDED, *GOING]
        failures = 0
        for entry in entries:
            if not stages or failures > 15:
                break
            stage = stages[0]
            if self._apply(rule, entry, stage):
                stages.pop(0)
                while stages and stage in ENDED:  # what ended may be applied for again
                    stage = stages[0]
                    if not self._apply(rule, entry, stage):
                        break
                    stages.pop(0)
            else:
                failures += 1

    def _apply(self, rule: str, entry: Entry, stage: str) -> bool:
        back = (ENDED | GOING)[stage]
        by = self._director(entry.inst) if entry.inst else self._city()
        try:
            made = services.draft(
                rule=rule,
                institution_id=entry.inst.id if entry.inst else None,
                school_id=entry.school_id,
                month=entry.month,
                pick=entry.pick,
                by=by,
                at=self._at(back, 9, self.rng.randrange(60)),
            )
        except DomainError:
            return False
        self._papers(made, by, back)
        if stage == "draft":
            return True
        try:
            services.submit(application_id=made.pk, by=by, at=self._at(back - 1, 9))
        except DomainError:  # not for this one after all: its author takes it back
            if entry.inst is not None:
                services.withdraw(application_id=made.pk, by=by, at=self._at(back - 1, 9, 30))
            return False
        self._go(made, by, entry, stage, back)
        return True

    def _papers(self, made: Application, by: Actor, back: int) -> None:
        for paper in programme_of(made.programme).papers:
            if paper.is_uploaded:
                services.add_evidence(
                    application_id=made.pk,
                    code=paper.code,
                    upload=self._upload(paper.name),
                    by=by,
                    at=self._at(back, 10, self.rng.randrange(60)),
                )

    def _go(self, made: Application, by: Actor, entry: Entry, stage: str, back: int) -> None:
        """一步一步办到该停的地方；what the books refuse stays where it is."""
        pk = made.pk
        if stage == "withdrawn" and entry.inst is not None:
            services.withdraw(application_id=pk, by=by, at=self._at(back - 2, 9))
            return
        reviewer = self._reviewer(made, entry)
        if stage == "county":
            return
        if stage == "returned":
            services.send_back(
                application_id=pk,
                by=reviewer,
                at=self._at(back - 3, 15),
                opinion="材料不清，请补正后再报",
                marks={
                    p.code: "看不清公章与日期" for p in programme_of(made.programme).papers[-1:]
                },
            )
            return
        if stage in ("refused", "withdrawn"):
            why = "所报内容与现场核查不符"
            at = self._at(back - 3, 15)
            services.refuse(application_id=pk, by=reviewer, at=at, opinion=why)
            return
        if self._review(made, reviewer, back - 3):
            self._approve(pk, stage, entry, back - 5)

    def _reviewer(self, made: Application, entry: Entry) -> Actor:
        if entry.inst is None or programme_of(made.programme).path == "city":
            return self._city(second=True)
        return self._actor(self.b.cast.officer[entry.inst.unit.code], "county_officer")

    def _review(self, made: Application, reviewer: Actor, back: int) -> bool:
        given: dict[str, int] = {}
        wanted = programme_of(made.programme).reviewer
        if "approved_fen" in wanted:
            low, high = EACH_FEN[made.programme]
            given["approved_fen"] = self.rng.randrange(low, high + 1, 10_000)
        if "eligible" in wanted:
            given["eligible"] = True
        at = self._at(back, 11)
        try:
            if given:
                services.assess(
                    application_id=made.pk, given=given, basis="工程决算与现场核查记录（虚构）",
                    by=reviewer, at=at,
                )  # fmt: skip
            services.accept(
                application_id=made.pk, by=reviewer, at=at + timedelta(minutes=20),
                opinion="材料与现场核查一致",
            )  # fmt: skip
        except DomainError:
            return False
        return True

    def _approve(self, pk: int, stage: str, entry: Entry, back: int) -> None:
        if stage == "city":
            return
        at = self._at(back, 16)
        if entry.inst is not None:
            services.approve(application_id=pk, by=self._city(), at=at, opinion="同意")
        if Case.all_rows.get(type="grant", subject_id=pk).state == "second":
            at += timedelta(minutes=40)
            services.approve(application_id=pk, by=self._city(second=True), at=at, opinion="同意")
        if stage != "finance":
            finance = actor_in("finance-officer", "finance_officer", self.today)
            services.check(
                application_id=pk, by=finance, at=self._at(back - 1, 10), opinion="额度与依据无误"
            )

    # ── 付款 ──

    def _pay(self, rule: str) -> None:
        """公示早已期满的一份付到账；the others wait on the finance desk."""
        begin, before = self._at(10, 14), self._at(13, 9)
        clerk = actor_in("payment-clerk", "payment_clerk", self.today)
        finance = actor_in("finance-officer", "finance_officer", self.today)
        for order in list_orders(clerk.scope, programme=rule, state=OrderState.WAITING):
            if order.payee_kind != "institution":
                payee = Payee(order.payee_kind, order.payee_id, order.payee_name)
                set_account(self.rng, payee, order.region_code, order.institution_id, clerk,
                            finance, before)  # fmt: skip
        if find_waiting(clerk.scope, rule).payable:
            send_and_book(self.b, rule, begin, stream(self.b.seed, f"grants-bank-{rule}"))
