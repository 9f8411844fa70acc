"""计时托、养育活动与投诉的由来：by the city's own directors, families and officers."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from django.db import transaction

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import age_months
from tuoyu.core.scope import Scope
from tuoyu.domains.bookings import services as bookings
from tuoyu.domains.bookings.models import Opening
from tuoyu.domains.bookings.selectors.lists import prices_of
from tuoyu.domains.bookings.selectors.supply import certified, half_hours
from tuoyu.domains.children.models import Child, Consent, Guardian, Guardianship
from tuoyu.domains.children.services.consents import grant_consent
from tuoyu.domains.children.services.persons import known_person
from tuoyu.domains.complaints import services as complaints
from tuoyu.domains.groups import selectors as group_reads
from tuoyu.domains.groups import services as groups
from tuoyu.domains.groups.models import Session
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.sim.draws import opaque, stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.state import Built

TALKS = (
    ("group", "辅食怎么加、怎么停", 6, 18), ("class", "两三岁的脾气怎么接", 18, 36),
    ("open_day", "儿保医生互动日", 6, 36), ("group", "一起读绘本", 12, 36),
)  # fmt: skip
GUESTS = ("示例小舟", "示例小禾苗", "示例小满仓", "示例小河")
SAID = (
    ("care", "institution", False, "接孩子时发现裤子湿了没有换，希望午睡后能看一下（虚构）"),
    ("fees", "institution", True, "请假五天，伙食费退得和说的不一样，想知道怎么算（虚构）"),
    ("food", "county", False, "晚点心连着三天是饼干，和食谱不符（虚构）"),
)
PARENT = ROLES["parent"].permissions
FAMILIES = 16


def reach_out(b: Built) -> None:
    """预约、活动与投诉。"""
    if b.scale.until is not None:
        return
    rng = stream(b.seed, "outreach")
    show = next(i for i in b.institutions if i.is_show)
    with transaction.atomic():
        families = _families(b, rng, show)
        _groups(b, rng, show, families)
        _complaints(b, show, families)
        _bookings(b, rng, show)


def _families(b: Built, rng: random.Random, show: Inst) -> list[tuple[Child, Actor]]:
    """示范园的十几户；those without an account are given one."""
    ties = Guardianship.all_rows.filter(
        institution_id=show.id, is_guardian=True, is_blocked=False
    ).select_related("child", "guardian")
    demo = User.objects.filter(demo_slug="parent").values_list("pk", flat=True).first()
    found: dict[int, tuple[Child, Actor]] = {}
    for tie in sorted(
        ties, key=lambda t: (demo is None or t.guardian.user_id != demo, t.child_id, t.pk)
    ):
        if tie.child_id in found or len(found) >= FAMILIES:
            continue
        who = tie.guardian
        if who.user_id is None:
            _account(rng, who, b.city.now.date())
        found[tie.child_id] = tie.child, _parent(who, tie.child)
    return list(found.values())


def _account(rng: random.Random, who: Guardian, today: date) -> None:
    """家长账号：cannot be signed in to with a password."""
    login = f"family-{rng.getrandbits(40):010x}"
    user = User.objects.create(username=login, name=who.name, password=f"!{rng.getrandbits(200):x}")
    Assignment.objects.create(
        user=user, role="parent", organisation="家庭（演示数据）",
        from_on=today - timedelta(days=200),
    )  # fmt: skip
    who.user_id = user.pk
    who.save(update_fields=["user_id"])


def _parent(who: Guardian, child: Child) -> Actor:
    scope = Scope(kind="family", child_ids=frozenset({child.pk}))
    return Actor(who.user_id, who.name, "parent", "家长", "family", PARENT, scope)


def _groups(b: Built, rng: random.Random, show: Inst, families: list[tuple[Child, Actor]]) -> None:
    """办过的几场、今天的一场、报名中的几场。"""
    today = b.city.now.date()
    director, officer = b.people.director(show.id), b.people.officer(show.unit.code)
    days = [*(workdays.before(today, n) for n in (48, 33, 19, 6)), today]
    ahead = [today + timedelta(days=n) for n in (3, 9, 16)]
    for n, day in enumerate([*days, *ahead]):
        by = officer if n % 3 == 2 else director
        session = _session(rng, by, day, n)
        guests = [f for f in families if _fits(session, f[0])]
        for child, parent in [*guests[:1], *rng.sample(guests[1:], min(len(guests[1:]), 7))]:
            _attend(rng, session, child, parent, came=day < today)


def _session(rng: random.Random, by: Actor, day: date, n: int) -> Session:
    kind, title, young, old = TALKS[n % len(TALKS)]
    start = clock.at(day, 15 if n % 2 else 9, 30)
    plan = groups.Plan(
        kind=kind, title=title, place="县级综合服务中心（虚构）" if n % 3 == 2 else "本园活动室",
        starts_at=start, ends_at=start + timedelta(minutes=75), seats=6 + n % 3 * 6,
        age_from=young, age_to=old, leader="妇幼保健院医生（虚构）" if n % 2 else "",
        about="请带一件孩子喜欢的玩具，现场有老师看护。",
    )  # fmt: skip
    secret = f"{rng.getrandbits(128):032x}"
    return groups.publish(plan=plan, by=by, at=start - timedelta(days=12), secret=secret)


def _fits(session: Session, child: Child) -> bool:
    months = age_months(child.born_on, clock.day_of(session.starts_at))
    return session.age_from <= months < session.age_to


def _attend(
    rng: random.Random, session: Session, child: Child, parent: Actor, *, came: bool
) -> None:
    asked = session.starts_at - timedelta(days=9) + timedelta(minutes=rng.randrange(600))
    made = groups.sign_up(session_id=session.pk, child_id=child.pk, by=parent, at=asked)
    if not came or made.state != "in" or rng.random() < 0.15:
        return
    at = session.starts_at - timedelta(minutes=rng.randrange(1, 20))
    groups.sign_in(
        session_id=session.pk, child_id=child.pk, code=group_reads.code_now(session, at),
        by=parent, at=at,
    )  # fmt: skip
    if rng.random() < 0.7:
        groups.give_feedback(
            session_id=session.pk, child_id=child.pk, useful=rng.choice((3, 3, 2)),
            clear=rng.choice((3, 2, 3)), by=parent, at=session.ends_at,
        )  # fmt: skip


def _complaints(b: Built, show: Inst, families: list[tuple[Child, Actor]]) -> None:
    """本县定了期限；一件已答复，一件待答复，一件直接送县级。"""
    today = b.city.now.date()
    officer, director = b.people.officer(show.unit.code), b.people.director(show.id)
    complaints.set_term(
        region_code=show.unit.code, desk_days=5, county_days=10,
        document="示例办法〔2025〕6号（虚构）", by=officer,
        at=clock.at(workdays.before(today, 60), 10),
    )  # fmt: skip
    for n, (subject, address, anonymous, text) in enumerate(SAID):
        child, parent = families[n % len(families)]
        at = clock.at(workdays.before(today, 7 - 3 * n if n < 2 else 2), 20, 10)
        words = complaints.Words(
            text=text, subject=subject, address=address, about_id=show.id,
            is_anonymous=anonymous, child_id=child.pk,
        )  # fmt: skip
        made = complaints.complain(words=words, by=parent, at=at).complaint
        if n == 0:
            complaints.answer_desk(
                complaint_id=made.pk, by=director, at=workdays.add(at, 1),
                text="当日换衣记录漏了一次，已向家长当面说明，午睡后增加一次查看（虚构）。",
            )  # fmt: skip


def _bookings(b: Built, rng: random.Random, show: Inst) -> None:
    """示范园开放托小班，几户未包月的家庭已约。"""
    now, today = b.city.now, b.city.now.date()
    director = b.people.director(show.id)
    group = ClassGroup.all_rows.filter(institution_id=show.id, class_type="toddler").first()
    if group is None or not prices_of(show.id, "toddler", today):
        return
    bookings.set_terms(
        institution_id=show.id, cancel_hours=2, ahead_days=14,
        note="请带一套换洗衣物，餐点按备案价另计。", by=director,
        at=now - timedelta(days=20),
    )  # fmt: skip
    days = [d for n in range(12) if workdays.is_workday(d := today + timedelta(days=n))][:6]
    staff = sorted(certified(show.id, today))
    openings = [o for day in days if (o := _open(group, day, staff, director, now)) is not None]
    if len(openings) < 3:
        return
    for n, name in enumerate(GUESTS):
        child, parent = _guest(b, rng, name, n)
        _book(openings, child, parent, n, now - timedelta(hours=20 - n))


def _open(
    group: ClassGroup, day: date, staff: list[int], director: Actor, now: datetime
) -> Opening | None:
    """Carers enough for the enrolled children and a few seats more."""
    for count in range(2, len(staff) + 1):
        with transaction.atomic():
            (made,) = bookings.open_hours(
                class_group_id=group.pk, days=[day], from_minute=510, to_minute=1020,
                staff_ids=staff[:count], most=4, by=director, at=now - timedelta(days=2),
            )  # fmt: skip
            seats = min(h.seats for h in half_hours(made, now - timedelta(days=2)))
            if seats >= 2 or count == len(staff):
                return made
            made.delete()
    return None


def _guest(b: Built, rng: random.Random, name: str, n: int) -> tuple[Child, Actor]:
    """未在任何园包月的家庭，with what a booking needs."""
    today = b.city.now.date()
    born = today - timedelta(days=rng.randrange(430, 640))
    child = Child.all_rows.create(
        id=opaque(rng), name=name, sex="fm"[n % 2], born_on=born, search=name
    )
    guardian = known_person(name=f"{name}妈妈", phone=b.numbers.phone())
    Guardianship.all_rows.create(
        child=child, guardian=guardian, relation="mother", from_on=today - timedelta(days=30)
    )
    _account(rng, guardian, today)
    asked = b.city.now - timedelta(days=3)
    for purpose in (Consent.Purpose.ENROL, Consent.Purpose.HEALTH):
        grant_consent(child=child, guardian=guardian, purpose=purpose, at=asked)
    return child, _parent(guardian, child)


def _book(openings: list[Opening], child: Child, parent: Actor, n: int, at: datetime) -> None:
    """两户约同一天上午，两户约下午。"""
    start = 540 if n < 2 else 840
    wish = bookings.Wish(
        opening_id=openings[1 + n % 2].pk, child_id=child.pk, from_minute=start,
        to_minute=start + 150, form="hourly", is_well=True,
        health_note="对芒果过敏（虚构）" if n == 0 else "",
    )  # fmt: skip
    try:
        bookings.book(wish=wish, by=parent, at=at)
    except DomainError as error:  # a small city may have no carer to spare
        if error.code != "full":
            raise
