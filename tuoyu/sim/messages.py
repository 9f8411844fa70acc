"""消息：the families of the shown institution have accounts, boxes, notices and a 联络簿.

Accounts are opened first, so that whatever the other rooms tell finds its readers; what was told at
the door of these days, the notices and the notes come at the end.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Event
from tuoyu.domains.children.models import Guardian, Guardianship
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.messages.models import Announcement, Recipient
from tuoyu.domains.messages.services import announcing
from tuoyu.domains.messages.services.book import answer, see, write_home
from tuoyu.domains.messages.services.digest import send_digests
from tuoyu.domains.messages.services.door import tell_events
from tuoyu.sim.draws import stream
from tuoyu.sim.state import Built

SINCE = date(2024, 9, 1)
DAYS = 2
NOTES_A_DAY = 6
_WORDS = ("下午外婆来接", "夜里踢被子，有点鼻塞", "早上自己穿的鞋", "今天带了换洗衣服", "", "", "")
_REPLIES = ("午饭添了一次饭", "户外跑得一头汗，换了衣服", "午睡醒来要抱一会儿", "")


@dataclass(frozen=True)
class _Home:
    """一位有账号的监护人和孩子。"""

    actor: Actor
    child_id: int


def open_family_accounts(b: Built) -> None:
    """示例机构的家长账号；no account has a password."""
    if b.scale.until is not None:
        return
    rng, links = stream(b.seed, "family-accounts"), _links(b)
    chosen: dict[int, Guardian] = {}
    for link in links:
        if link.guardian.user_id is None and rng.random() < 0.75:
            chosen.setdefault(link.guardian_id, link.guardian)
    users = User.objects.bulk_create(
        User(
            username=f"family-{n:04d}",
            name=guardian.name,
            password=f"!{rng.getrandbits(200):x}",
            phone=guardian.phone,
            phone_index=guardian.phone_index,
        )
        for n, guardian in enumerate(chosen.values(), 1)
    )
    for guardian, user in zip(chosen.values(), users, strict=True):
        guardian.user_id = user.pk
    Guardian.all_rows.bulk_update(chosen.values(), ["user_id"])
    Assignment.objects.bulk_create(
        Assignment(user=u, role="parent", organisation="家庭（演示数据）", from_on=SINCE)
        for u in users
    )


def _links(b: Built) -> list[Guardianship]:
    show = next(i for i in b.institutions if i.is_show)
    today = b.city.now.date()
    rows = Guardianship.all_rows.filter(
        institution_id=show.id, is_guardian=True, is_blocked=False, from_on__lte=today, to_on=None
    )
    return list(rows.select_related("guardian").order_by("child_id", "pk"))


def tell_families(b: Built) -> None:
    """到离园、小结、通知和联络簿。"""
    if b.scale.until is not None:
        return
    show = next(i for i in b.institutions if i.is_show)
    rng, homes = stream(b.seed, "messages"), _homes(b)
    days = [workdays.before(b.city.now.date(), n) for n in range(DAYS, 0, -1)]
    director = b.people.director(show.id)
    teacher = b.people.of(b.cast.teacher[show.id], "teacher")
    _announce(b, rng, show.id, director, homes, days)
    for day in [*days, b.city.now.date()]:
        _write(b, rng, show.id, teacher, homes, day)
        _tell_door(b, show.id, day)
        if day < b.city.now.date():
            send_digests(clock.at(day, 17, 30))


def _homes(b: Built) -> list[_Home]:
    links = [k for k in _links(b) if k.guardian.user_id is not None]
    own: dict[int, set[int]] = {}
    for link in links:
        own.setdefault(link.guardian.user_id or 0, set()).add(link.child_id)
    role = ROLES["parent"]
    return [
        _Home(
            Actor(
                k.guardian.user_id,
                k.guardian.name,
                role.code,
                role.title,
                role.end,
                role.permissions,
                Scope(
                    kind="family",
                    child_ids=frozenset(own[k.guardian.user_id or 0]),
                    user_id=k.guardian.user_id,
                ),
            ),
            k.child_id,
        )
        for k in links
    ]


def _tell_door(b: Built, institution_id: int, day: date) -> None:
    events = Event.all_rows.filter(
        institution_id=institution_id, day=day, kind__lte=2, received_at__lte=b.city.now
    )
    tell_events(list(events.order_by("at", "id")), b.city.now)


def _write(
    b: Built, rng: random.Random, show: int, teacher: Actor, homes: list[_Home], day: date
) -> None:
    """早上几家写，傍晚老师回；of the children who came that day."""
    came = set(
        DaySheet.all_rows.filter(
            institution_id=show, day=day, status=DayStatus.PRESENT
        ).values_list("child_id", flat=True)
    )
    wrote = [h for h in _first_of_each(homes) if h.child_id in came]
    demo = [h for h in wrote if h.actor.user_id in (b.people.named("parent", "parent").user_id,)]
    rest = [h for h in wrote if h not in demo]
    for home in [*demo, *rng.sample(rest, min(NOTES_A_DAY, len(rest)))]:
        at = clock.at(day, 7, rng.randint(12, 55))
        if at > b.city.now:
            continue
        chips = {
            "sleep": rng.choice(("睡得好", "睡得好", "醒过几次")),
            "breakfast": rng.choice(("吃好了", "吃了一点", "吃好了")),
            "mood": rng.choice(("开心", "平静", "开心")),
        }
        heat = rng.choice(("", "36.5", "36.7"))
        write_home(
            by=home.actor,
            child_id=home.child_id,
            heat=heat,
            chips=chips,
            words=rng.choice(_WORDS),
            at=at,
        )
        evening = clock.at(day, 16, rng.randint(30, 59))
        if evening < b.city.now:
            see(by=teacher, child_ids=[home.child_id], at=at + timedelta(minutes=40))
            picks = [rng.choice(("今天很开心", "吃得香", "睡得好"))]
            answer(
                by=teacher,
                child_id=home.child_id,
                picks=picks,
                words=rng.choice(_REPLIES),
                at=evening,
            )


def _first_of_each(homes: list[_Home]) -> list[_Home]:
    found: dict[int, _Home] = {}
    for home in homes:
        found.setdefault(home.child_id, home)
    return list(found.values())


def _announce(
    b: Built,
    rng: random.Random,
    show: int,
    director: Actor,
    homes: list[_Home],
    days: list[date],
) -> None:
    """三份通知：one to receipt and reminded once, one to sign, one only to read."""
    open_day = _send(
        director,
        "10 月 24 日家长开放日",
        "10 月 24 日上午 9:00–10:30 请家长来园，和孩子一起做操、吃点心。\n"
        "来不了的也请回执，我们好准备座位。",
        clock.at(days[0], 16, 20),
        receipt=True,
    )
    _answer(rng, open_day, homes, 0.6, clock.at(days[0], 19, 5), sign=False)
    announcing.remind(by=director, notice_id=open_day.pk, at=clock.at(days[1], 10, 0))
    rooms = list(
        ClassGroup.all_rows.filter(institution_id=show, class_type__in=("toddler", "older"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    outing = _send(
        director,
        "秋游活动告知与同意",
        "10 月 22 日上午去园旁公园捡落叶，步行 5 分钟，每 5 名孩子配 2 名老师。\n"
        "请看清安排，同意的签字；不同意的孩子由老师在园照看。",
        clock.at(days[1], 15, 40),
        receipt=True,
        signature=True,
        rooms=rooms,
    )
    _answer(rng, outing, homes, 0.5, clock.at(days[1], 18, 10), sign=True)
    today = clock.at(b.city.now.date(), 7, 20)
    if today < b.city.now:
        _send(
            director,
            "今天降温，请备一件外套",
            "今天最高 19 ℃，请给孩子带一件外套，写上名字。",
            today,
        )


def _send(
    director: Actor,
    title: str,
    body: str,
    at: datetime,
    *,
    receipt: bool = False,
    signature: bool = False,
    rooms: list[int] | None = None,
) -> Announcement:
    return announcing.announce(
        by=director,
        title=title,
        body=body,
        class_ids=rooms or [],
        wants_receipt=receipt,
        wants_signature=signature,
        at=at,
    )


def _answer(
    rng: random.Random,
    one: Announcement,
    homes: list[_Home],
    share: float,
    at: datetime,
    *,
    sign: bool,
) -> None:
    """一部分家庭的回应。"""
    got = set(Recipient.all_rows.filter(announcement=one).values_list("child_id", "user_id"))
    for home in homes:
        if (home.child_id, home.actor.user_id) not in got or rng.random() >= share:
            continue
        moment = at + timedelta(minutes=rng.randint(0, 120))
        announcing.give_receipt(by=home.actor, notice_id=one.pk, child_id=home.child_id, at=moment)
        if sign and rng.random() < 0.8:
            announcing.sign_notice(
                by=home.actor,
                notice_id=one.pk,
                child_id=home.child_id,
                name=home.actor.name,
                agrees=True,
                at=moment + timedelta(minutes=1),
            )
