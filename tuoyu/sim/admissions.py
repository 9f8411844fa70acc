"""报名入托的由来：a few families at each step at the show institution.

Everything by the same services as the pages, on plausible days before today.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.files.paper import make_pdf
from tuoyu.core.periods import add_months
from tuoyu.core.scope import Scope
from tuoyu.domains.admissions.models import Application, Contract, PaperKind, Slot, Wish
from tuoyu.domains.admissions.services import (
    applying,
    contracts,
    offers,
    papers,
    starting,
    visiting,
)
from tuoyu.domains.enrolment.services import most_at_once
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.policies.books import current_book
from tuoyu.sim.draws import opaque, stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.names import SURNAMES, adult_name, child_name
from tuoyu.sim.state import Built

_STROKES = (
    "M20 30L60 24L110 34L70 60L30 92L90 70L150 88M170 20L176 60L172 104L220 40L262 30L248 74",
    "M24 24L84 30L60 52L28 96M96 28L150 22L120 64L104 100L164 84M180 34L240 28L210 58L190 98",
)
_WAITING, _VISITS = 5, 2


@dataclass
class _Play:
    """演到哪里：who acts at the show institution, and the drawn names."""

    b: Built
    rng: random.Random
    here: Inst
    others: list[Inst]
    director: Actor
    ids: random.Random
    count: int = 0

    def number(self) -> int:
        return opaque(self.ids)

    def day(self, back: int, hour: int, minute: int = 0) -> datetime:
        return clock.at(workdays.before(self.b.city.now.date(), back), hour, minute)


def admit_families(b: Built) -> None:
    """报名、参观、候补、录取、材料、合同、入托。"""
    if b.scale.until is not None:
        return
    here = next(i for i in b.institutions if i.is_show)
    near = [
        i for i in b.institutions if i.unit is here.unit and i is not here and i.stopped is None
    ]
    rng, ids = stream(b.seed, "admissions"), stream(b.seed, "admission-ids")
    play = _Play(b, rng, here, near[:3], b.people.director(here.id), ids)
    _slots(play)
    first = [_apply(play, 20 - n, n) for n in range(_WAITING)]
    for step in ("papers", "contract", "started"):
        _on_the_way(play, step)
    offered = _own_family(play)
    for wish in first[2:]:
        visiting.mark_waiting(wish_id=wish.pk, visited=True, by=play.director, at=play.day(8, 16))
    _practice(play)
    _away(play, first[0])
    _visitors(play)
    for n in range(2):
        _apply(play, 1, n, online=True)
    _offer(play, offered, play.day(1, 15))


def _slots(play: _Play) -> None:
    for n in (1, 3, 6):
        day = workdays.add(clock.at(play.b.city.now.date(), 9), n).date()
        visiting.open_slot(
            institution_id=play.here.id, starts_at=clock.at(day, 16, 30), families=2,
            by=play.director, at=play.day(9, 9),
        )  # fmt: skip


def _practice(play: _Play) -> None:
    visiting.set_practice(
        institution_id=play.here.id, offer_hours=72, siblings_first=True, special_first=False,
        basis=f"本园 {play.b.city.now.year} 年招生公告（虚构）", by=play.director,
        at=play.day(6, 10),
    )  # fmt: skip


def _born_for(play: _Play, group: ClassGroup, on: date) -> date:
    """入托那天正合这个班的月龄。"""
    rule = current_book().national.class_types[group.class_type]
    months = play.rng.randrange(rule.age_from + 1, max(rule.age_from + 2, rule.age_to - 4))
    return add_months(on.replace(day=1), -months) + timedelta(days=play.rng.randrange(0, 20))


def _family(play: _Play, group: ClassGroup, surname: str = "") -> applying.Family:
    play.count += 1
    surname = surname or play.rng.choice(SURNAMES)
    on = add_months(play.b.city.now.date().replace(day=1), 1) + timedelta(days=2)
    return applying.Family(
        child_name=child_name(play.rng, surname),
        sex=play.rng.choice("mf"),
        born_on=_born_for(play, group, on),
        guardian_name=adult_name(play.rng, play.rng.choice(SURNAMES), True),
        relation="mother",
        phone=play.b.numbers.phone(),
        wanted_on=on,
    )


def _groups(inst: Inst) -> list[ClassGroup]:
    """余位多的班在前。"""
    rows = list(ClassGroup.all_rows.filter(institution_id=inst.id, is_open=True).order_by("pk"))
    ahead = date(2100, 1, 1)
    return sorted(rows, key=lambda g: most_at_once(g.pk, ahead, None) - g.capacity)


def _apply(play: _Play, back: int, minute: int, *, online: bool = False) -> Wish:
    group = _groups(play.here)[0]
    where = [play.here.id] + [i.id for i in play.others[: play.rng.randrange(0, 3)]]
    source = Application.Source.PUBLIC if online else Application.Source.DESK
    at = play.day(back, 7 if online else 9, 12 + 7 * minute)
    return _wish(play, _apply_to(play, _family(play, group), where, source, at))


def _apply_to(
    play: _Play,
    family: applying.Family,
    where: list[int],
    source: str,
    at: datetime,
    by: Actor | None = None,
) -> Application:
    """志愿里有哪家没有合适班型的，只报第一家。"""
    for ids in (where, where[:1]):
        try:
            return applying.apply(
                family=family, institution_ids=ids, source=source, at=at, by=by,
                numbers=play.number,
            ).application  # fmt: skip
        except DomainError as error:
            if error.code != "age" or len(ids) == 1:
                raise
    raise AssertionError


def _wish(play: _Play, made: Application) -> Wish:
    return Wish.all_rows.select_related("application").get(
        application=made, institution_id=play.here.id
    )


def _visitors(play: _Play) -> None:
    slot = Slot.all_rows.filter(institution_id=play.here.id).order_by("starts_at").first()
    for n in range(_VISITS):
        wish = _apply(play, 4, n, online=True)
        if slot is not None:
            visiting.book_visit(
                wish_id=wish.pk, slot_id=slot.pk, by=play.director, at=play.day(3, 11, n)
            )


def _away(play: _Play, wish: Wish) -> None:
    """一份录取过期没有答复，自动暂缓。"""
    made = play.day(5, 10)
    if _offer(play, wish, made, hours=48):
        offers.expire_due(made + timedelta(hours=48))


def _offer(play: _Play, wish: Wish, at: datetime, hours: int = 72) -> bool:
    for group in _groups(play.here):
        try:
            offers.make_offer(
                wish_id=wish.pk, class_group_id=group.pk, from_on=wish.application.wanted_on,
                expires_at=at + timedelta(hours=hours), first_come=False, by=play.director, at=at,
            )  # fmt: skip
        except DomainError as error:
            if error.code not in ("full", "age"):
                raise
        else:
            return True
    return False


def _own_family(play: _Play) -> Wish:
    """演示家长：one twin's contract waits to be signed; the other will be offered a place."""
    family = next(f for f in play.b.families if any(k.role == "elder" for k in f.kids))
    by = _parent(family.first.user_id, family.first.name, [k.id for k in family.kids])
    group = _groups(play.here)[0]
    where = [play.here.id, *[i.id for i in play.others[:2]]]
    born: date | None = None
    for n, step in enumerate(("contract", "offer")):
        plain = _family(play, group, family.surname)
        born = born or plain.born_on
        child = applying.Family(
            child_name=plain.child_name, sex=plain.sex, born_on=born,
            guardian_name=family.first.name, relation=family.first.relation,
            phone=family.first.phone, wanted_on=plain.wanted_on,
        )  # fmt: skip
        source, at = Application.Source.FAMILY, play.day(12, 20, n)
        ids = where if step == "offer" else [play.here.id]
        wish = _wish(play, _apply_to(play, child, ids, source, at, by))
        if step == "contract" and _offer(play, wish, play.day(7, 9)):
            _papers(play, wish, by, len(PaperKind.values))
            _sign(_contract(play, wish), play.director, play.day(2, 17))
    return wish


def _parent(user_id: int | None, name: str, children: list[int]) -> Actor:
    role = ROLES["parent"]
    return Actor(
        user_id, name, role.code, role.title, role.end, role.permissions,
        Scope(kind="family", child_ids=frozenset(children)),
    )  # fmt: skip


def _on_the_way(play: _Play, step: str) -> None:
    """别的家庭：材料交了一半、在签合同、已入托。"""
    child = _family(play, _groups(play.here)[0])
    by = _account(play, child.guardian_name)
    made = applying.apply(
        family=child, institution_ids=[play.here.id], source=Application.Source.FAMILY,
        at=play.day(15, 9), by=by, numbers=play.number,
    ).application  # fmt: skip
    wish = _wish(play, made)
    if not _offer(play, wish, play.day(7, 10)):
        return
    _papers(play, wish, by, 3 if step == "papers" else len(PaperKind.values))
    if step == "papers":
        return
    contract = _contract(play, wish)
    if step == "started":
        _sign(contract, by, play.day(3, 12))
        _sign(contract, play.director, play.day(3, 13))
        starting.start(wish_id=wish.pk, by=play.director, at=play.day(2, 9), number=play.number())


def _account(play: _Play, name: str) -> Actor:
    """一个还没有孩子在园的家长账号。"""
    user = User.objects.create(
        username=f"demo-family-{play.count}",
        name=name,
        password=f"!{play.ids.getrandbits(200):x}",
    )
    Assignment.objects.create(user=user, role="parent", from_on=play.day(15, 9).date())
    return _parent(user.pk, name, [])


def _papers(play: _Play, wish: Wish, by: Actor, count: int) -> None:
    offers.accept(wish_id=wish.pk, by=by, at=play.day(6, 12))
    at = play.day(5, 19)
    for kind in papers.WITH_FILE[:count]:
        title = PaperKind(kind).label
        body = make_pdf([f"{title}（演示）", "本页为演示数据，不含真实信息。"])
        upload = SimpleUploadedFile(f"{title}.pdf", body)
        papers.give_file(wish_id=wish.pk, kind=kind, upload=upload, by=by, at=at)
    if count < len(PaperKind.values):
        papers.check(wish_id=wish.pk, kind="checkup", by=play.director, at=play.day(4, 9))
        return
    papers.give_allergy(wish_id=wish.pk, text="", none=True, by=by, at=at)
    bearer = papers.Bearer(wish.application.guardian_name, "mother", wish.application.phone)
    papers.give_bearers(wish_id=wish.pk, bearers=[bearer], by=by, at=at)
    for each in PaperKind.values:
        papers.check(wish_id=wish.pk, kind=each, by=play.director, at=play.day(4, 9))


def _contract(play: _Play, wish: Wish) -> Contract:
    extra = "午睡自带小毯子；周五由外婆接。"
    return contracts.draw_up(wish_id=wish.pk, extra=extra, by=play.director, at=play.day(4, 10))


def _sign(contract: Contract, by: Actor, at: datetime) -> None:
    strokes = _STROKES[by.role == "director"]
    contracts.sign(
        contract_id=contract.pk, sm3=contract.sm3, name="", strokes=strokes, by=by, at=at
    )
