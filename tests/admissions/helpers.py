"""报名入托测试的共同步骤：a family of the small world and the director of 青禾."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.access import Actor
from tuoyu.domains.admissions.models import Contract, PaperKind, Wish
from tuoyu.domains.admissions.services import applying, contracts, offers, papers
from tuoyu.domains.admissions.services.applying import Family
from tuoyu.domains.institutions.models import PlaceState

BORN = date(2024, 6, 1)
FROM = date(2025, 11, 3)
STROKES = "M10 10L40 90L80 20L120 80L160 30L200 100"


@dataclass
class Office:
    """经办的人。"""

    world: World

    def actor(self, slug: str) -> Actor:
        return actor_for_user(self.world.users[slug])

    @property
    def director(self) -> Actor:
        return self.actor("director")

    def apply(
        self, name: str = "许小溪", *, at: datetime = NOW, phone: str = "19900000001",
        who: str = "parent", where: tuple[str, ...] = ("a1",),
    ) -> list[Wish]:  # fmt: skip
        made = applying.apply(
            family=family(name, phone),
            institution_ids=[self.world.institutions[k].pk for k in where],
            source="family",
            at=at,
            by=self.actor(who),
        ).application
        return list(Wish.all_rows.filter(application=made).order_by("rank"))

    def offer(self, wish: Wish, at: datetime = NOW, *, first_come: bool = False) -> None:
        offers.make_offer(
            wish_id=wish.pk, class_group_id=self.world.classes["a1.toddler"].pk, from_on=FROM,
            expires_at=at + timedelta(hours=72), first_come=first_come, by=self.director, at=at,
        )  # fmt: skip

    def to_contract(self, who: str = "parent") -> Wish:
        """接受、交齐材料、核对。"""
        wish, parent = self.apply(who=who)[0], self.actor(who)
        self.offer(wish)
        offers.accept(wish_id=wish.pk, by=parent, at=NOW)
        for kind in papers.WITH_FILE:
            papers.give_file(
                wish_id=wish.pk, kind=kind, upload=SimpleUploadedFile("表.pdf", samples.pdf()),
                by=parent, at=NOW,
            )  # fmt: skip
        papers.give_allergy(wish_id=wish.pk, text="鸡蛋", none=False, by=parent, at=NOW)
        bearer = papers.Bearer("许外婆", "grandmother_m", "19900000002")
        papers.give_bearers(wish_id=wish.pk, bearers=[bearer], by=parent, at=NOW)
        for each in PaperKind.values:
            papers.check(wish_id=wish.pk, kind=each, by=self.director, at=NOW)
        return Wish.all_rows.get(pk=wish.pk)

    def sign(self, contract: Contract, by: Actor) -> None:
        contracts.sign(
            contract_id=contract.pk, sm3=contract.sm3, name="", strokes=STROKES, by=by, at=NOW
        )

    def leave_places(self, key: str, count: int) -> None:
        """班里只余若干托位。"""
        group = self.world.classes[key]
        taken = group.enrolments.count()
        spare = group.places.order_by("pk")[taken + count :]
        group.places.filter(pk__in=[p.pk for p in spare]).update(state=PlaceState.CLOSED)


def family(name: str = "许小溪", phone: str = "19900000001") -> Family:
    return Family(
        child_name=name, sex="f", born_on=BORN, guardian_name="许妈妈", relation="mother",
        phone=phone, wanted_on=FROM,
    )  # fmt: skip
