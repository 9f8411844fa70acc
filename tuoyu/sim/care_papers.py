"""喂药、伤害记录与强制报告：what stands in the shown institution and its county this morning.

All through the services that the people use, on the days when it would have happened.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PIL import Image, ImageDraw

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.files.images import store_photo
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.identity.roles import ROLES
from tuoyu.domains.incidents import services as incidents
from tuoyu.domains.incidents.models import MandatoryStep
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.medicine import services as medicine
from tuoyu.domains.medicine.models import MedicineRequest
from tuoyu.sim.draws import opaque, stream, uuid_of
from tuoyu.sim.state import Built

_FALL = ("跑动时绊了一下，前额碰到沙池边", "扶坐安抚，冷敷 10 分钟，观察精神正常")
_BITE = ("抢玩具时被咬了手背，有牙印没有破皮", "清水冲洗，冷敷，安抚")
_BUMP = ("起身时碰到桌角", "冷敷，观察")
_GRAVE = ("从攀爬架上滑落，右臂着地，哭闹不肯动", "固定右臂，拨打 120 送医，家长到院")


@dataclass(frozen=True)
class _House:
    """一家机构里要用到的人和孩子。"""

    b: Built
    rng: random.Random
    place: Institution
    teacher: Actor
    director: Actor
    kids: list[Child]

    def number(self) -> int:
        return opaque(self.rng)


def write_papers(b: Built) -> None:
    """示例机构与本县的喂药、伤害、强制报告。"""
    if b.scale.until is not None:
        return
    rng = stream(b.seed, "care-papers")
    show = next(i for i in b.institutions if i.is_show)
    officer = b.people.officer(show.unit.code)
    set_at = clock.at(workdays.before(b.city.now.date(), 40), 10)
    incidents.set_clock(minutes=120, document="示例卫健〔2025〕7号（虚构）", by=officer, at=set_at)
    house = _house(b, rng, show.id)
    if len(house.kids) < 5:
        return
    _medicines(house)
    _injuries(house)
    near = [i.id for i in b.institutions if i.unit is show.unit and i.status == "filed"]
    other = next((i for i in near if i != show.id and i in b.cast.director), None)
    if other is not None:
        _grave(_house(b, rng, other), officer)
    _protect(house)


def _house(b: Built, rng: random.Random, institution_id: int) -> _House:
    today = b.city.now.date()
    here = DaySheet.all_rows.filter(
        institution_id=institution_id, day=today, status=DayStatus.PRESENT
    ).values("child_id")
    rows = Child.all_rows.filter(institution_id=institution_id)
    present = list(rows.filter(pk__in=here).order_by("pk"))
    own = b.people.named("parent", "parent").user_id
    mine = set(Guardianship.all_rows.filter(guardian__user_id=own).values_list("child", flat=True))
    present.sort(key=lambda c: (c.pk not in mine, c.pk))  # the shown family comes first
    director = b.people.director(institution_id)
    alone = b.cast.teacher[institution_id] == director.user_id
    return _House(
        b, rng, Institution.all_rows.get(pk=institution_id),
        director if alone else b.people.of(b.cast.teacher[institution_id], "teacher"), director,
        present or list(rows.order_by("pk")[:8]),
    )  # fmt: skip


def _parent(child: Child) -> Actor:
    """孩子的监护人；most have no account, the guardian is named all the same."""
    tie = (
        Guardianship.all_rows.filter(child=child, is_guardian=True, is_blocked=False)
        .select_related("guardian")
        .order_by("pk")[0]
    )
    scope = Scope(kind="family", child_ids=frozenset({child.pk}), user_id=tie.guardian.user_id)
    return Actor(
        tie.guardian.user_id, tie.guardian.name, "parent", "家长", "family",
        ROLES["parent"].permissions, scope,
    )  # fmt: skip


def _medicines(h: _House) -> None:
    now, today = h.b.city.now, h.b.city.now.date()
    before = workdays.before(today, 1)
    asked = clock.at(before, 7, 35)
    soon = (now + timedelta(minutes=8)).replace(second=0, microsecond=0)
    noon = time(11, 30)
    times = [soon.timetz().replace(tzinfo=None), noon]
    syrup = medicine.Paper("小儿止咳糖浆（示例）", "感冒咳嗽", "2.5 ml", "mouth", times, before,
                           today + timedelta(days=2), "冷藏，摇匀后喂")  # fmt: skip
    first = _ask(h, h.kids[0], syrup, asked)
    medicine.accept(request_id=first.pk, by=h.director, at=asked + timedelta(minutes=20))
    _give(h, first, clock.at(before, noon.hour, noon.minute), 3, signed=True)
    drops = medicine.Paper("生理盐水滴鼻（示例）", "鼻塞", "每侧 2 滴", "nose", [time(10, 0)],
                           before, today + timedelta(days=1))  # fmt: skip
    second = _ask(h, h.kids[2], drops, asked)
    medicine.accept(request_id=second.pk, by=h.teacher, at=asked + timedelta(minutes=30))
    _give(h, second, clock.at(before, 10), 6, signed=False)
    waiting = medicine.Paper("退热贴（示例）", "低热，37.6", "1 片", "skin", [time(14, 0)], today,
                             today + timedelta(days=1), "体温超过 38 请来电")  # fmt: skip
    _ask(h, h.kids[3], waiting, now - timedelta(minutes=25))
    powder = medicine.Paper("益生菌散（示例）", "腹泻", "半包", "mouth", [time(9, 30)], before,
                            today + timedelta(days=1))  # fmt: skip
    refused = _ask(h, h.kids[4], powder, asked)
    medicine.refuse(request_id=refused.pk, reason="package", note="分装在小袋里，看不到说明书",
                    by=h.director, at=asked + timedelta(minutes=40))  # fmt: skip
    twice = _ask(h, h.kids[4], powder, asked + timedelta(minutes=50))
    medicine.accept(request_id=twice.pk, by=h.teacher, at=asked + timedelta(minutes=70))
    _conflict(h, twice, clock.at(before, 9, 30))


def _ask(h: _House, child: Child, paper: medicine.Paper, at: datetime) -> MedicineRequest:
    photo = store_photo(
        upload=_label(h.rng), purpose="medicine", institution_id=h.place.pk,
        region_code=h.place.region_code, by=0, at=at,
    )  # fmt: skip
    return medicine.ask(
        child_id=child.pk, institution_id=h.place.pk, paper=paper, photo_id=photo.pk, agreed=True,
        by=_parent(child), at=at, number=h.number(),
    )  # fmt: skip


def _give(h: _House, it: MedicineRequest, due: datetime, late: int, *, signed: bool) -> None:
    at = due + timedelta(minutes=late)
    second = medicine.Signer(h.director.user_id or 0, h.director.name) if signed else None
    if second is not None and second.user_id == h.teacher.user_id:
        second = None
    medicine.give(
        request_id=it.pk, due_at=due, by=h.teacher, at=at, second=second, note="",
        dose_id=uuid_of(h.rng, int(at.timestamp() * 1000)),
    )  # fmt: skip


def _conflict(h: _House, it: MedicineRequest, due: datetime) -> None:
    """两台平板断网时各记了一次。"""
    for n, who in enumerate((h.teacher, h.director)):
        at = due + timedelta(minutes=4 + 7 * n)
        medicine.take_event(
            event_id=uuid_of(h.rng, int(at.timestamp() * 1000)), institution_id=h.place.pk,
            child_id=it.child_id, request_id=it.pk, due_at=due,
            by=medicine.Signer(who.user_id or 0, who.name), at=at,
            received_at=due + timedelta(hours=2), outcome="given", reason="", note="",
        )  # fmt: skip


def _label(rng: random.Random) -> io.BytesIO:
    """药品标签的示意图：a drawn bottle, no real product."""
    image = Image.new("RGB", (480, 640), "#efe9df")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((150, 60, 330, 130), 12, fill="#d7dbe0")
    pen.rounded_rectangle((110, 130, 370, 590), 30, fill="#8a5a34")
    pen.rectangle((110, 250, 370, 500), fill="#fdfdfb")
    pen.rectangle((110, 250, 370, 300), fill=rng.choice(("#2f7f86", "#c8553d", "#6d6aa8")))
    for n in range(5):
        pen.rectangle((135, 325 + n * 32, 345 - 30 * (n % 3), 337 + n * 32), fill="#5b5b5b")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    out.seek(0)
    return out


def _draft(
    h: _House, child: Child, at: datetime, kind: str, marks: list[str], facts: list[str],
    words: tuple[str, str], place: str,
) -> int:  # fmt: skip
    note = incidents.Note(at, place, kind, marks, facts, words[0], words[1])
    return incidents.draft(
        child_id=child.pk, note=note, by=h.teacher, at=at + timedelta(minutes=12),
        number=h.number(),
    ).pk  # fmt: skip


def _injuries(h: _House) -> None:
    """示例机构：one signed by all, one that waits for the parent, one draft of this morning."""
    today = h.b.city.now.date()
    two = h.teacher.user_id != h.director.user_id
    at = clock.at(workdays.before(today, 6), 10, 20)
    old = _draft(h, h.kids[1], at, "bite", ["hand-l"], ["wound"], _BITE, "活动室")
    _file(h, old, "minor", at, two)
    if two:
        incidents.tell_in_person(
            incident_id=old, told_name="来接的家长", witness_id=h.director.user_id or 0,
            note="知道了", by=h.teacher, at=at + timedelta(hours=7),
        )  # fmt: skip
    at = clock.at(workdays.before(today, 1), 15, 40)
    new = _draft(h, h.kids[0], at, "fall", ["head"], ["head_hit", "wound"], _FALL, "户外场地")
    _file(h, new, "moderate", at, two)
    for minutes, what in ((1, "冷敷，量体温 36.6"), (6, "电话告知妈妈"), (30, "精神、进食正常")):
        incidents.add_entry(
            incident_id=new, at=at + timedelta(minutes=minutes), what=what, by=h.teacher,
            made_at=at + timedelta(minutes=40),
        )  # fmt: skip
    incidents.call(incident_id=new, note="打给妈妈，已接通", by=h.teacher,
                   at=at + timedelta(minutes=6))  # fmt: skip
    incidents.choose_shown(
        incident_id=new, shows=["what", "grade", "timeline"], by=h.director
    )  # fmt: skip
    incidents.share(incident_id=new, by=h.director, at=at + timedelta(minutes=50))
    now = h.b.city.now - timedelta(minutes=20)
    _draft(h, h.kids[3], now, "bump", ["leg-r"], ["wound"], _BUMP, "活动室")


def _file(h: _House, number: int, grade: str, at: datetime, two: bool) -> None:
    incidents.file(incident_id=number, grade=grade, grade_note="", by=h.teacher,
                   at=at + timedelta(minutes=20))  # fmt: skip
    incidents.sign_staff(incident_id=number, by=h.teacher, at=at + timedelta(minutes=22))
    if two:
        incidents.sign_staff(incident_id=number, by=h.director, at=at + timedelta(minutes=45))


def _grave(h: _House, officer: Actor) -> None:
    """邻近机构：one grave injury received and followed, one of this morning within its clock."""
    if len(h.kids) < 2:
        return
    today, now = h.b.city.now.date(), h.b.city.now
    at = clock.at(workdays.before(today, 9), 10, 5)
    for child, when, place in ((h.kids[0], at, "户外场地"), (h.kids[1], now - timedelta(minutes=35),
                                                           "门口接送处")):  # fmt: skip
        number = _draft(h, child, when, "fall", ["arm-r", "hand-r"], ["fracture", "clinic"],
                        _GRAVE, place)  # fmt: skip
        incidents.call(incident_id=number, note="打给爸爸，已接通，正赶来", by=h.teacher,
                       at=when + timedelta(minutes=13))  # fmt: skip
        incidents.file(incident_id=number, grade="grave", grade_note="", by=h.teacher,
                       at=when + timedelta(minutes=15))  # fmt: skip
        if when == at:
            incidents.receive(incident_id=number, by=officer, at=at + timedelta(minutes=40))
            incidents.close(incident_id=number, by=officer, at=at + timedelta(days=5),
                            opinion="已到场核查，攀爬架停用整改，孩子复查愈合良好")  # fmt: skip


def _protect(h: _House) -> None:
    """一份强制报告，当天已报案，主管部门已收到。"""
    day: date = workdays.before(h.b.city.now.date(), 12)
    at = clock.at(day, 15, 10)
    made = incidents.report_mandatory(
        child_id=h.kids[2].pk, kinds=["violence"], found_at=at, number=h.number(),
        what="更衣时看到背部有几处新旧不一的瘀伤，孩子怕人靠近（演示数据，情节虚构）", by=h.teacher,
        at=at + timedelta(minutes=8),
    )  # fmt: skip
    incidents.add_step(
        report_id=made.pk, kind=MandatoryStep.Kind.POLICE, happened_at=at + timedelta(minutes=15),
        detail="示例派出所，接警人林警官（虚构），回执示例 0003", by=h.director,
        at=at + timedelta(minutes=20), number=h.number(),
    )  # fmt: skip
    guard = h.b.people.named("protection-officer", "protection_officer")
    incidents.add_step(
        report_id=made.pk, kind=MandatoryStep.Kind.COUNTY, happened_at=at + timedelta(minutes=40),
        detail="已与公安、民政会商", by=guard, at=at + timedelta(minutes=45),
        number=h.number(),
    )  # fmt: skip
