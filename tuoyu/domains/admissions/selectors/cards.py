"""报名的读取：one card a wish, with rank and reasons, offer, papers and contract.

Applications belong to the whole city: the rows are chosen by institution, account or region first
and what hangs on them is then read as the system.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import age_months
from tuoyu.core.scope import Scope
from tuoyu.domains.admissions.models import (
    QUEUE,
    Application,
    Change,
    Contract,
    Offer,
    Paper,
    PaperKind,
    Practice,
    Signature,
    Slot,
    Stage,
    Wish,
)
from tuoyu.domains.admissions.selectors.queue import Standing, queue_of
from tuoyu.domains.institutions.models import ClassType

CITY = "报名属于全市：先按机构、账号或区划选定，再读其内容"


@dataclass
class Card:
    """一个志愿的一张卡。"""

    wish: Wish
    application: Application
    standing: Standing | None = None
    offer: Offer | None = None
    papers: list[Paper] = field(default_factory=list)
    contract: Contract | None = None
    sides: frozenset[str] = frozenset()

    @property
    def stage_title(self) -> str:
        return Stage(self.wish.stage).label

    @property
    def tone(self) -> str:
        tones = {
            Stage.OFFER: "warn", Stage.PAPERS: "info", Stage.CONTRACT: "accent",
            Stage.STARTED: "ok",
        }  # fmt: skip
        return tones.get(Stage(self.wish.stage), "")

    @property
    def class_title(self) -> str:
        return ClassType(self.wish.class_type).label

    @property
    def given(self) -> int:
        return sum(p.given_at is not None for p in self.papers)

    @property
    def checked(self) -> int:
        return sum(p.checked_at is not None for p in self.papers)

    @property
    def percent(self) -> int:
        """材料完成度：given counts half, checked whole."""
        total = len(self.papers) * 2
        return (self.given + self.checked) * 100 // total if total else 0

    @property
    def lacking(self) -> list[str]:
        return [PaperKind(p.kind).label for p in self.papers if p.given_at is None]

    @property
    def months(self) -> int:
        """入托时的月龄。"""
        a = self.application
        return age_months(a.born_on, max(a.wanted_on, a.born_on))

    def is_late(self, now: datetime) -> bool:
        """录取已过期限（后台尚未收回）。"""
        return self.offer is not None and not self.offer.answer and self.offer.expires_at <= now


def cards(wishes: Iterable[Wish], *, ranks: bool = True) -> list[Card]:
    """配上名次、录取、材料与合同；called as the system."""
    out = {w.pk: Card(w, w.application) for w in wishes}
    ids = list(out)
    for offer in Offer.all_rows.filter(wish__in=ids, answer__in=["", "accepted"]).select_related(
        "class_group"
    ):
        out[offer.wish_id].offer = offer
    order = list(PaperKind.values)
    for paper in Paper.all_rows.filter(wish__in=ids):
        out[paper.wish_id].papers.append(paper)
    for card in out.values():
        card.papers.sort(key=lambda p: order.index(p.kind))
    live = Contract.all_rows.filter(wish__in=ids, main=None, replaced_at=None)
    for contract in live.prefetch_related("signatures"):
        found = out[contract.wish_id]
        found.contract = contract
        found.sides = frozenset(s.side for s in contract.signatures.all())
    if ranks:
        _rank(out)
    return list(out.values())


def _rank(out: dict[int, Card]) -> None:
    queues = {(c.wish.institution_id, c.wish.class_type) for c in out.values()
              if c.wish.stage in QUEUE}  # fmt: skip
    for key in sorted(queues):
        for standing in queue_of(*key):
            if standing.wish.pk in out:
                out[standing.wish.pk].standing = standing


def board_of(institution_id: int) -> list[Card]:
    """一家机构的报名，没有结束的；the caller's own institution."""
    with rls.as_system(CITY):
        rows = Wish.all_rows.filter(institution_id=institution_id).exclude(stage=Stage.CLOSED)
        rows = rows.select_related("application", "slot", "institution")
        return cards(rows.order_by("stage_at", "pk"))


def standings_of(institution_id: int, class_type: str) -> list[Standing]:
    """本园一个班型的次序与理由。"""
    with rls.as_system(CITY):
        return queue_of(institution_id, class_type)


def access_card(by: Actor, wish_id: int) -> Card:
    """取一个志愿：its institution's or one's own; someone else's is not found."""
    with rls.as_system(CITY):
        rows = Wish.all_rows.select_related("application", "slot", "institution")
        wish = rows.filter(pk=wish_id).first()
        if wish is None or not _may_see(by, wish):
            raise NotFound
        return cards([wish])[0]


def _may_see(by: Actor, wish: Wish) -> bool:
    if by.scope.kind == "institutions":
        return wish.institution_id in by.scope.institution_ids
    return by.user_id is not None and wish.application.user_id == by.user_id


@dataclass(frozen=True)
class Own:
    """自己家的一份报名。"""

    application: Application
    cards: list[Card]


def own_of(user_id: int) -> list[Own]:
    """自己家的报名，newest first."""
    with rls.as_system(CITY):
        rows = Wish.all_rows.filter(application__user_id=user_id)
        rows = rows.select_related("application", "slot", "institution")
        found: dict[int, list[Card]] = {}
        for card in cards(rows.order_by("-application__made_at", "rank")):
            found.setdefault(card.application.pk, []).append(card)
        return [Own(c[0].application, c) for c in found.values()]


def receipt_of(application: Application) -> list[Card]:
    """凭回执看到的；the caller has checked the code."""
    with rls.as_system(CITY):
        rows = application.wishes.select_related("application", "slot", "institution")
        return cards(rows.order_by("rank"))


def list_changes(wish: Wish, most: int = 40) -> list[Change]:
    """变动记录，newest first; the caller has been let in to the wish."""
    with rls.as_system(CITY):
        return list(wish.changes.order_by("-at", "-id")[:most])


def recent_changes(institution_id: int, most: int = 30) -> list[Change]:
    """本园的名次变动。"""
    with rls.as_system(CITY):
        rows = Change.all_rows.filter(institution_id=institution_id, after__isnull=False)
        return list(rows.select_related("wish__application").order_by("-at", "-id")[:most])


def free_slots(institution_id: int, now: datetime) -> list[Slot]:
    """还能约的参观时段。"""
    with rls.as_system(CITY):
        rows = Slot.all_rows.filter(institution_id=institution_id, starts_at__gt=now)
        rows = rows.annotate(booked=models.Count("wishes"))
        return list(rows.filter(booked__lt=models.F("families")).order_by("starts_at")[:30])


def coming_slots(institution_id: int, now: datetime) -> list[Slot]:
    """以后的参观时段，with who comes."""
    with rls.as_system(CITY):
        rows = Slot.all_rows.filter(institution_id=institution_id, starts_at__gt=now)
        return list(rows.prefetch_related("wishes__application").order_by("starts_at")[:30])


def practice_of(institution_id: int) -> Practice:
    """本园设定；unsaved defaults when none was made."""
    with rls.as_system(CITY):
        found = Practice.all_rows.filter(institution_id=institution_id).first()
    return found or Practice(institution_id=institution_id)


@dataclass(frozen=True)
class Agreement:
    """一份合同与它的志愿。"""

    contract: Contract
    card: Card
    chain: list[Contract]

    @property
    def signatures(self) -> list[Signature]:
        """签名，先签的在前；read with the contract, a family's role does not reach the table."""
        return sorted(self.contract.signatures.all(), key=lambda s: s.at)


def access_contract(by: Actor, contract_id: int) -> Agreement:
    """取一份合同，with its versions and supplements."""
    with rls.as_system(CITY):
        found = Contract.all_rows.filter(pk=contract_id).first()
        if found is None:
            raise NotFound
        rows = Contract.all_rows.filter(wish_id=found.wish_id).prefetch_related("signatures")
        chain = list(rows.order_by("main_id", "version", "pk"))
        one = next(c for c in chain if c.pk == contract_id)
        return Agreement(one, access_card(by, found.wish_id), chain)


@dataclass(frozen=True)
class CountyRow:
    """县里看的一家机构。"""

    institution_id: int
    name: str
    counts: dict[str, int]
    oldest: datetime | None

    @property
    def queue(self) -> int:
        return sum(self.counts.get(s, 0) for s in QUEUE)


def county_rows(scope: Scope) -> list[CountyRow]:
    """辖区各机构的报名：numbers only."""
    rows = Wish.objects.visible_to(scope).order_by()
    found = rows.values("institution_id", "institution__name", "stage").annotate(
        n=models.Count("pk"), first=models.Min("applied_at")
    )
    names: dict[int, str] = {}
    counts: dict[int, dict[str, int]] = {}
    oldest: dict[int, datetime] = {}
    for r in found:
        key = r["institution_id"]
        names[key] = r["institution__name"]
        counts.setdefault(key, {})[r["stage"]] = r["n"]
        if r["stage"] in QUEUE:
            oldest[key] = min(r["first"], oldest.get(key, r["first"]))
    listed = [CountyRow(k, names[k], counts[k], oldest.get(k)) for k in names]
    return sorted(listed, key=lambda r: (-r.queue, r.institution_id))


def county_queue(scope: Scope, institution_id: int) -> list[Standing]:
    """辖区一家机构的候补次序与理由；names are masked by the page."""
    rows = Wish.objects.visible_to(scope).filter(institution_id=institution_id)
    types = set(rows.order_by().values_list("class_type", flat=True))
    if not types:
        raise NotFound
    with rls.as_system(CITY):
        return [s for t in sorted(types) for s in queue_of(institution_id, t)]
