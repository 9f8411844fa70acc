"""照片与观察：some days of the shown institution, through the services that its teacher uses."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.files.images import Picture
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.care.services import NewCare, record
from tuoyu.domains.children.models import Child, Consent, Guardian
from tuoyu.domains.children.selectors import consenting
from tuoyu.domains.children.services.consents import grant_consent, withdraw_consent
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.identity.models import User
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.moments.catalogue import OBSERVE
from tuoyu.domains.moments.rules import Area
from tuoyu.domains.moments.services import photos
from tuoyu.sim.draws import stream, uuid_of
from tuoyu.sim.scenes import scenes
from tuoyu.sim.state import Built

DAYS = 5
PHOTOS_A_DAY = 5
SCENES = 12
_CAPTIONS = ("一起搭高楼", "在海洋球里找小鸭", "树下玩滑梯", "给落叶安家", "", "")
_SEEN: dict[str, tuple[str, ...]] = {
    Area.FEEDING: (
        "自己用勺子舀了几口米饭，撒了一些，没有放弃。",
        "第一次尝了山药，先皱眉，第二口就笑了。",
    ),
    Area.SLEEP: ("午睡时自己抱着小毯子躺下，十来分钟就睡着了。", "睡醒后没有哭，坐起来等老师。"),
    Area.HABITS: (
        "听到洗手歌就走到水池边，卷袖子要老师帮忙。",
        "玩完把球放回筐里，放一个看老师一眼。",
    ),
    Area.MOTION: ("扶着栏杆上了两级台阶，到顶后转身拍手。", "蹲下捡积木再站起来，没有扶东西。"),
    Area.LANGUAGE: ("看到窗外的车，指着说“车车”，又说“走了”。", "听故事时跟着学小羊叫，同伴也学。"),
    Area.COGNITION: ("把积木一块块摞起来，倒了又摞，试了四次。", "把红色的球都挑到一个筐里。"),
    Area.FEELING: ("同伴哭了，他把自己的小熊递过去。", "早上和家人挥手再见，哭了一会儿就去玩了。"),
}


def keep_moments(b: Built) -> None:
    """示例机构的照片、观察与同意台账。"""
    if b.scale.until is not None:
        return
    inst = next(i for i in b.institutions if i.is_show)
    rng = stream(b.seed, "moments")
    teacher = b.people.of(b.cast.teacher[inst.id], "teacher")
    place = Institution.all_rows.get(pk=inst.id)
    _decide(b)
    _observe(b, rng, place, teacher)
    drawn = scenes(rng, SCENES)
    number = 0
    for back in range(DAYS, 0, -1):
        day = workdays.before(b.city.now.date(), back)
        own = sorted(_demo_children())
        for hour in range(PHOTOS_A_DAY):
            at = clock.at(day, 9 + hour, rng.randint(0, 55))
            shot = _shot(rng, drawn[number % SCENES], at, number)
            _shoot(rng, place, teacher, shot, must=own[hour] if hour < len(own) else None)
            number += 1
        photos.publish_due(at=clock.at(day, 17, 2))
    _this_morning(b, rng, place, teacher, drawn)


def _shot(rng: random.Random, drawn: Picture, at: datetime, number: int) -> photos.Shot:
    return photos.Shot(
        drawn,
        at,
        caption=_CAPTIONS[number % 4] if rng.random() < 0.7 else "",
        id=uuid_of(rng, int(at.timestamp() * 1000)),
    )


def _shoot(
    rng: random.Random,
    place: Institution,
    teacher: Actor,
    shot: photos.Shot,
    *,
    tag: bool = True,
    must: int | None = None,
) -> None:
    """拍一张，标两三个当天到托、监护人同意了的孩子；``must`` is among them when it came."""
    rooms = _present(place, clock.day_of(shot.taken_at))
    room = next((r for r, kids in rooms.items() if must in kids), None)
    if room is None and rooms:
        room = rng.choice(sorted(rooms))
    made = photos.add_photo(
        institution=place,
        shot=photos.Shot(shot.picture, shot.taken_at, room, shot.caption, shot.id),
        by=teacher.user_id or 0,
        at=shot.taken_at,
    )
    able = rooms.get(room or 0, [])
    if tag and able:
        named = set(rng.sample(able, min(len(able), rng.randint(2, 4))))
        if must is not None and must in able:
            named.add(must)
        photos.tag_children(
            scope=teacher.scope,
            photo_id=made.pk,
            child_ids=named,
            by=teacher.user_id or 0,
            at=shot.taken_at + timedelta(minutes=3),
        )


def _present(place: Institution, day: date) -> dict[int, list[int]]:
    """班级 → 当天到托、可以标的儿童。"""
    came = set(
        DaySheet.all_rows.filter(
            institution_id=place.pk, day=day, status=DayStatus.PRESENT
        ).values_list("child_id", flat=True)
    )
    still = Child.all_rows.filter(pk__in=came, institution_id=place.pk)  # nobody names who has left
    able = consenting(set(still.values_list("pk", flat=True)), Consent.Purpose.PHOTO, day)
    rooms: dict[int, list[int]] = {}
    rows = Enrolment.all_rows.filter(
        institution_id=place.pk, period__contains=day, child_id__in=able
    ).order_by("class_group_id", "child_id")
    for room, child in rows.values_list("class_group_id", "child_id"):
        rooms.setdefault(room, []).append(child)
    return rooms


def _this_morning(
    b: Built, rng: random.Random, place: Institution, teacher: Actor, drawn: list[Picture]
) -> None:
    """今晨：one tagged and waiting, one not yet tagged, one with a child in it who may not be."""
    now = b.city.now
    for n, tag in enumerate((True, False, False)):
        at = now - timedelta(minutes=14 - 4 * n)
        shot = _shot(rng, drawn[n], at, n)
        _shoot(rng, place, teacher, shot, tag=tag)
        if n == 2 and shot.id is not None:
            photos.withhold(scope=teacher.scope, photo_id=shot.id)


def _observe(b: Built, rng: random.Random, place: Institution, teacher: Actor) -> None:
    """近两个月的观察：most children of the house, and more of the demo family's."""
    today = b.city.now.date()
    rows = Enrolment.all_rows.filter(institution_id=place.pk, period__contains=today)
    kids = list(rows.order_by("child_id").values_list("child_id", flat=True))
    own = set(_demo_children())
    batches: dict[date, list[NewCare]] = {}
    for back in (24, 17, 9, 3, 1):
        day = workdays.before(today, back)
        for child in kids:
            if rng.random() < (0.85 if child in own else 0.16):
                at = clock.at(day, rng.randint(9, 16), rng.randint(0, 59))
                batches.setdefault(day, []).append(_note(rng, child, at, teacher))
    for day, events in batches.items():
        record(institution_id=place.pk, events=events, at=clock.at(day, 17, 30))


def _note(rng: random.Random, child: int, at: datetime, teacher: Actor) -> NewCare:
    area = rng.choice([a.value for a in Area])
    return NewCare(
        OBSERVE,
        at,
        child,
        detail={"areas": [area], "text": rng.choice(_SEEN[area])},
        by=teacher.user_id,
        by_name=teacher.name,
        id=uuid_of(rng, int(at.timestamp() * 1000)),
    )


def _demo_children() -> list[int]:
    guardian = _demo_parent()
    return sorted(guardian.guardianships.values_list("child_id", flat=True)) if guardian else []


def _demo_parent() -> Guardian | None:
    user = User.objects.filter(demo_slug="parent").first()
    return Guardian.all_rows.filter(user_id=user.pk).first() if user else None


def _decide(b: Built) -> None:
    """演示家庭的台账：photos agreed to; the doctor's share withdrawn and given again for a year."""
    parent = _demo_parent()
    if parent is None:
        return
    today = b.city.now.date()
    asked, back = workdays.before(today, 40), workdays.before(today, 12)
    for child in Child.all_rows.filter(pk__in=_demo_children()).order_by("pk"):
        grant_consent(child=child, guardian=parent, purpose="photo", at=clock.at(asked, 19, 5))
        grant_consent(child=child, guardian=parent, purpose="clinic", at=clock.at(asked, 19, 6))
        gone = clock.at(asked, 19, 6) + timedelta(days=9)
        withdraw_consent(child=child, guardian=parent, purpose="clinic", at=gone)
        grant_consent(
            child=child,
            guardian=parent,
            purpose="clinic",
            at=clock.at(back, 20, 10),
            until=date(back.year + 1, back.month, 1),
        )
