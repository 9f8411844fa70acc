"""核验测试的布置：for each rule something planted and something near it that is rightful.

June 2025. 青禾 (a1) and 小满 (a2) in 晋江, 海风 (b1) in 鲤城.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from psycopg.types.range import DateRange

from tests.world import FOREVER, START, World
from tuoyu.core import clock, crypto, workdays
from tuoyu.domains.attendance.models import EventKind, Method, StaffShift
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.children.models import Child, Guardian, Guardianship
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.workforce.models import Post, Staff

JUNE = date(2025, 6, 1)
DAYS = workdays.days_of(JUNE)
_names: Iterator[int] = count(1)


def kid(
    w: World,
    room: str,
    *,
    name: str = "",
    born: date = date(2024, 1, 5),
    phone: str = "",
    guardian: Guardian | None = None,
) -> Child:
    """一名在托儿童；``room`` as a1.toddler."""
    group = w.classes[room]
    child = Child.all_rows.create(
        name=name or f"示例童{next(_names)}", sex="f", born_on=born,
        institution_id=group.institution_id, region_code=group.region_code,
    )  # fmt: skip
    Enrolment.all_rows.create(
        child=child, institution_id=group.institution_id, region_code=group.region_code,
        class_group=group, period=DateRange(START, FOREVER), monthly_fen=150_000,
    )  # fmt: skip
    guardian = guardian or Guardian.all_rows.create(
        name=f"示例家长{next(_names)}",
        phone_index=crypto.blind_index(phone) if phone else None,
    )
    Guardianship.all_rows.create(
        child=child, guardian=guardian, institution_id=group.institution_id,
        region_code=group.region_code, relation="mother", from_on=START,
    )  # fmt: skip
    return child


def kids(w: World, room: str, many: int) -> list[Child]:
    return [kid(w, room) for _ in range(many)]


def come(
    child: Child,
    at: datetime,
    *,
    until: datetime | None = None,
    method: Method = Method.WALL,
    device: uuid.UUID | None = None,
) -> None:
    """入园（与离园）：through the one door."""
    assert child.institution_id is not None
    events = [NewEvent(child.pk, EventKind.IN, at, method)]
    if until is not None:
        events.append(NewEvent(child.pk, EventKind.OUT, until, Method.WALL))
    answers = record(
        institution_id=child.institution_id, events=events, at=until or at, device_id=device
    )
    assert {a.outcome for a in answers} == {"stored"}


def stay(child: Child, day: date, since: float = 8.0, until: float = 17.0) -> None:
    """在园的一段，hours as 8.5."""
    start = clock.at(day)
    come(child, start + timedelta(hours=since), until=start + timedelta(hours=until))


def alike_in_two_places(w: World) -> None:
    """埋：同一孩子两份档案，两处全天。近：同名同日生的另一家孩子；上午一处下午一处。"""
    a = kid(w, "a1.toddler", name="童一", phone="19900000001")
    b = kid(w, "b1.toddler", name="童一", phone="19900000001")
    c = kid(w, "a2.toddler", name="童一", phone="19900000002")
    d = kid(w, "a2.mixed", name="童二", phone="19900000003")
    e = kid(w, "b1.mixed", name="童二", phone="19900000003")
    for day in DAYS[:3]:
        for child in (a, b, c):
            stay(child, day)
        stay(d, day, 8, 11.5)
        stay(e, day, 13, 17)


def codes_too_fast(w: World) -> None:
    """埋：一分钟内 22 个接送码。近：老师 22 人连点；22 个接送码用了十分钟。"""
    door = uuid.uuid4()
    for room, step, method in [
        ("a1.mixed", 2, Method.QR), ("a2.mixed", 2, Method.WALL), ("b1.mixed", 28, Method.QR)
    ]:  # fmt: skip
        for n, child in enumerate(kids(w, room, 22)):
            at = clock.at(DAYS[4], 8, 0) + timedelta(seconds=n * step)
            come(child, at, method=method, device=door)


def same_second(w: World) -> None:
    """埋：三名儿童天天 08:00:00。近：一次点两人，各天时刻不同。"""
    three, two = kids(w, "a1.toddler", 3), kids(w, "b1.toddler", 2)
    for n, day in enumerate(DAYS[:12]):
        for child in three:
            come(child, clock.at(day, 8, 0))
        for child in two:
            come(child, clock.at(day, 8, 0) + timedelta(seconds=37 * n))


def at_night(w: World) -> None:
    """埋：三次 21:40 入园。近：21:00 才接走；一早 07:05；只有两次。"""
    for child in kids(w, "a1.toddler", 3):
        come(child, clock.at(DAYS[1], 21, 40))
    for child in kids(w, "b1.toddler", 4):
        stay(child, DAYS[1], 7.1, 21.0)
    for child in kids(w, "a2.toddler", 2):
        come(child, clock.at(DAYS[1], 21, 40))


def nobody_on_duty(w: World) -> None:
    """埋：乳儿班三天有人到托、无人在岗，别的班在岗。近：从不登记在岗的机构。"""
    for room in ("a1.infant", "a1.toddler", "b1.infant"):
        for child in kids(w, room, 3):
            for day in DAYS[:3]:
                stay(child, day)
    for day in DAYS[:3]:
        shift(w, w.staff["a1.toddler"], "a1.toddler", day)


def over_the_places(w: World) -> None:
    """埋：乳儿班两天超两人。近：只一天超；上下午分开的半日托。"""
    for room in ("a1.infant", "b1.infant", "a2.infant"):
        w.classes[room].capacity = 3
        w.classes[room].save(update_fields=["capacity"])
    for child in kids(w, "a1.infant", 5):
        for day in DAYS[:2]:
            stay(child, day)
    for child in kids(w, "b1.infant", 5):
        stay(child, DAYS[0])
    for n, child in enumerate(kids(w, "a2.infant", 6)):
        for day in DAYS[:2]:
            stay(child, day, *((8, 11.5) if n % 2 else (13, 17)))


def one_person_twice(w: World) -> None:
    """埋：同一身份证号两处全天在岗。近：上午一处、下午一处。"""
    for card, hours in [("甲证", (8, 17)), ("乙证", (12.2, 17))]:
        one = person(w, "a1", card)
        two = person(w, "b1" if card == "甲证" else "a2", card)
        for day in DAYS[:2]:
            shift(w, one, "a1.toddler", day, 8, 12.3 if card == "乙证" else 17)
            shift(w, two, "b1.toddler" if card == "甲证" else "a2.toddler", day, *hours)


def one_phone_for_many(w: World) -> None:
    """埋：四家四名监护人一个手机号。近：两家共用；三孩一位监护人。"""
    for _ in range(4):
        kid(w, "a1.mixed", phone="19900000009")
    for _ in range(2):
        kid(w, "b1.mixed", phone="19900000008")
    mother = Guardian.all_rows.create(
        name="三孩妈妈", phone_index=crypto.blind_index("19900000007")
    )
    for _ in range(3):
        kid(w, "a2.mixed", guardian=mother)


def person(w: World, key: str, card: str) -> Staff:
    inst = w.institutions[key]
    return Staff.all_rows.create(
        institution=inst, region_code=inst.region_code, name=f"示例员工{key}{card}",
        post=Post.CARER, hired_on=START, id_index=crypto.blind_index(card),
    )  # fmt: skip


def shift(
    w: World, staff: Staff, room: str, day: date, since: float = 7.5, until: float = 17.5
) -> None:
    start = clock.at(day)
    StaffShift.all_rows.create(
        staff_id=staff.pk, institution_id=staff.institution_id, region_code=staff.region_code,
        class_group_id=w.classes[room].pk, in_at=start + timedelta(hours=since),
        out_at=start + timedelta(hours=until),
    )  # fmt: skip
