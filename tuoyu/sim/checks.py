"""核验的真相：for each rule of the 奖补核验 something planted, something disguised, and something
rightful that looks like it. All of it is drawn apart, so that the honest days stay as they were.

The last closed month carries them. What is disguised, the rules are expected to miss; some of the
rightful ones they are expected to take for planted: the figures shown are honest for that.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tuoyu.core import workdays
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.families import Family, Person
from tuoyu.sim.frauds import Fraud, Mark, Merge, Plot
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst
from tuoyu.sim.scales import Scale
from tuoyu.sim.voucher_frauds import plan_vouchers
from tuoyu.sim.workforce import Worker

Told = tuple[str, str, str]  # kind, title, sign


def last_closed(city: City, scale: Scale) -> date:
    """最近已结束的月份。"""
    return ((scale.until or city.now.date()).replace(day=1) - timedelta(days=1)).replace(day=1)


@dataclass
class Planner:
    """布置：each institution is used once."""

    month: date
    days: list[date]
    rng: random.Random
    plot: Plot
    free: list[Inst]
    kids: dict[int, list[Kid]]
    families: list[Family]
    workers: dict[int, list[Worker]]
    start: date

    def take(self, fits: Callable[[Inst], bool]) -> Inst | None:
        """下一家合适的机构。"""
        for place, inst in enumerate(self.free):
            if fits(inst):
                return self.free.pop(place)
        return None

    def of(self, inst: Inst) -> list[Kid]:
        return self.kids.get(inst.id, [])

    def some(self, many: int) -> list[date]:
        return sorted(self.rng.sample(self.days, min(many, len(self.days))))

    def tell(
        self,
        rule: str,
        told: Told,
        places: list[int],
        *,
        near: bool = False,
        kids: list[Kid] | None = None,
        days: list[date] | None = None,
        rooms: list[int] | None = None,
        staff: list[int] | None = None,
        months: list[date] | None = None,
    ) -> Fraud:
        """记入真相。"""
        kind, title, sign = told
        made = Fraud(
            kind, title, sign, places,
            child_ids=sorted(k.id for k in kids or []),
            class_group_ids=rooms or [],
            days=[d.isoformat() for d in days or []],
            staff_ids=staff or [],
            rule=rule,
            months=[f"{m:%Y-%m}" for m in months or [self.month]],
        )  # fmt: skip
        (self.plot.near if near else self.plot.frauds).append(made)
        return made


def plan_checks(
    city: City,
    scale: Scale,
    found: list[Inst],
    kids: list[Kid],
    families: list[Family],
    workers: list[Worker],
    plot: Plot,
    seed: int,
) -> None:
    """全部布置（证件与习惯生成之前）。"""
    month = last_closed(city, scale)
    if month < scale.start:
        return
    p = _planner(month, scale, found, kids, families, workers, plot, seed)
    for _ in range(scale.frauds):
        for each in (
            _bursts, _same_second, _hours, _crowds, _phones, _homonyms, _empty_rooms, _two_sites
        ):  # fmt: skip
            each(p)
    show = next((i for i in found if i.is_show), None)
    if show is not None:
        _community_phone(p, show)
    plan_vouchers(p)


def _planner(
    month: date,
    scale: Scale,
    found: list[Inst],
    kids: list[Kid],
    families: list[Family],
    workers: list[Worker],
    plot: Plot,
    seed: int,
) -> Planner:
    rng = stream(seed, "checks")
    after = (month + timedelta(days=32)).replace(day=1)
    used = {i for f in plot.frauds for i in f.institution_ids}
    free = [
        i for i in found
        if i.status == "filed" and not i.is_show and not i.tags and i.id not in used
        and i.opened < scale.start
    ]  # fmt: skip
    rng.shuffle(free)
    by_inst: dict[int, list[Kid]] = {}
    for kid in kids:
        stay = next((s for s in kid.stays if s.start <= month and s.end >= after), None)
        if stay is not None and not kid.role and stay.form == "full_day":
            by_inst.setdefault(stay.inst.id, []).append(kid)
    staff: dict[int, list[Worker]] = {}
    for worker in workers:
        staff.setdefault(worker.inst, []).append(worker)
    return Planner(
        month, workdays.days_of(month), rng, plot, free, by_inst, families, staff, scale.start
    )  # fmt: skip


def _many(p: Planner, least: int, most: int = 10_000) -> Callable[[Inst], bool]:
    return lambda inst: least <= len(p.of(inst)) <= most


def _small(p: Planner) -> Callable[[Inst], bool]:
    return lambda inst: len(p.of(inst)) >= 4 and sum(r.capacity for r in inst.rooms) < 20


def _bursts(p: Planner) -> None:
    """接送码：代扫；小机构代扫；老师连点；晨间排队。"""
    for told, fits, near, kind in (
        (("fast_codes", "代扫接送码", "家长接送码每 2 秒一个，当日无人缺勤"), _many(p, 26), False,
         "burst"),
        (("fast_codes_small", "小机构代扫接送码", "同上，人数不足 20"), _small(p), False,
         "burst"),
        (("near_quick_roll", "老师连点一遍", "老师在一分钟内点完全园"), _many(p, 26), True,
         "batch"),
        (("near_queue", "晨间排队扫码", "家长排队，每 12 秒一个接送码"), _many(p, 26), True,
         "queue"),
    ):  # fmt: skip
        inst = p.take(fits)
        if inst is None:
            continue
        days = p.some(4)
        p.tell("fast_codes", told, [inst.id], near=near, days=days)
        p.plot.marks.append(Mark(kind, inst.id, days))


def _same_second(p: Planner) -> None:
    """老师点名：略有变动的虚报；每日一次点全班；平板坏了按作息补登。"""
    inst = p.take(_many(p, 5))
    if inst is not None:
        kids = p.rng.sample(p.of(inst), 3)
        told = ("ghost_disguised", "略有变动的虚报出勤", "天天到托，8:00 至 8:05 入园，从不缺勤")
        p.tell("staff_batches", told, [inst.id], kids=kids)
        p.plot.marks.append(Mark("jitter", inst.id, p.days, frozenset(k.id for k in kids)))
    inst = p.take(_many(p, 8))
    if inst is not None:
        told = ("near_class_tap", "一次点全班", "老师每天一次点全园，各天时刻不同")
        p.tell("staff_batches", told, [inst.id], near=True)
        p.plot.marks.append(Mark("tap", inst.id, p.days))
    inst = p.take(_many(p, 3))
    if inst is not None:
        kids = p.of(inst)[:5]
        told = ("near_broken_tablet", "平板坏了按作息补登", "老师整月按 08:00:00 补登，人确实到了")
        p.tell("staff_batches", told, [inst.id], near=True, kids=kids)
        p.plot.marks.append(Mark("desk", inst.id, p.days, frozenset(k.id for k in kids)))


def _hours(p: Planner) -> None:
    """时段：暴雨晚接；未变更备案的早到班。"""
    inst = p.take(_many(p, 6))
    if inst is not None:
        days = p.some(1)
        told = ("near_storm", "暴雨晚接", "一天里多名儿童 21 点前后才被接走")
        p.tell("outside_hours", told, [inst.id], near=True, days=days)
        p.plot.marks.append(Mark("storm", inst.id, days))
    inst = p.take(_many(p, 5))
    if inst is not None:
        kids = p.rng.sample(p.of(inst), 3)
        told = ("near_early_birds", "早到班", "三名儿童因家长早班 6 点半入园，机构没有变更备案时间")
        p.tell("outside_hours", told, [inst.id], near=True, kids=kids)
        p.plot.marks.append(Mark("early", inst.id, p.days, frozenset(k.id for k in kids)))


def _crowds(p: Planner) -> None:
    """合班：超额数日；一日合班。"""
    for told, many, near in (
        (("over_places", "合班超额", "两班并成一班，数日超出核定人数"), 5, False),
        (("near_one_day", "一日合班", "老师培训，当日两班并成一班"), 1, True),
    ):
        inst = p.take(lambda i: len(i.rooms) >= 2 and len(p.of(i)) >= 24)
        if inst is None:
            continue
        days = p.some(many)
        source, target = sorted(inst.rooms, key=lambda r: -r.capacity)[:2]
        p.tell("over_places", told, [inst.id], near=near, days=days, rooms=[target.id])
        p.plot.merges.append(Merge(source.id, target.id, days))


def _phones(p: Planner) -> None:
    """手机：一号四家；姑嫂两家共用。"""
    for told, many, near in (
        (("shared_phones", "一个手机号登记四家", "四家第一监护人的手机是同一个号码"), 4, False),
        (("near_relatives", "亲戚两家共用", "两家第一监护人留了同一个手机号"), 2, True),
    ):
        inst = p.take(_many(p, many + 1))
        if inst is None:
            continue
        chosen = _families_of(p, inst)[:many]
        for family in chosen[1:]:
            family.first.phone = chosen[0].first.phone
        kids = [k for f in chosen for k in f.kids]
        p.tell("shared_phones", told, [inst.id], near=near, kids=kids, months=_months(p, kids))


def _months(p: Planner, kids: list[Kid]) -> list[date]:
    """两个以上孩子在托的各月（已结束的）：a phone once written down stands in each of them."""
    out, month = [], p.start.replace(day=1)
    while month <= p.month:
        after = (month + timedelta(days=32)).replace(day=1)
        if sum(any(s.start < after and s.end > month for s in k.stays) for k in kids) >= 2:
            out.append(month)
        month = after
    return out


def _community_phone(p: Planner, show: Inst) -> None:
    """三位老人留社区电话：rightful, and found all the same."""
    elders: list[tuple[Family, Person]] = []
    for family in _families_of(p, show):
        person = next((x for x in family.people if not x.is_guardian and not x.is_blocked), None)
        if person is not None and not any(k.role for k in family.kids):
            elders.append((family, person))
    if len(elders) < 3:
        return
    for _, person in elders[1:3]:
        person.phone = elders[0][1].phone
    told = (
        "near_community_phone",
        "老人留社区电话",
        "三位接送老人没有手机，都留了社区居家养老站的电话",
    )
    kids = [k for f, _ in elders[:3] for k in f.kids]
    p.tell("shared_phones", told, [show.id], near=True, kids=kids, months=_months(p, kids))


def _families_of(p: Planner, inst: Inst) -> list[Family]:
    """该园整月在托、没有账号与演示身份的家庭。"""
    numbers = sorted({k.family for k in p.of(inst)})
    found = [p.families[n] for n in numbers]
    return [f for f in found if not any(k.role for k in f.kids)]


def _homonyms(p: Planner) -> None:
    """两份档案：一人两档；少写一字的一人两档（disguised）；同名同日生的两家孩子（rightful）。"""
    ready = [k for rows in p.kids.values() for k in rows if len(p.families[k.family].kids) == 1]
    ready = [k for k in ready if len(k.stays) == 1]
    p.rng.shuffle(ready)
    for kind, title, sign in (
        ("two_places", "一人两档、两处同日打卡", "同名、同日出生、同一监护人手机"),
        ("two_places_disguised", "一人两档、名字有异", "同一孩子两处登记，名字末字不同"),
        ("near_homonym", "同名同日出生", "两家不同家庭的孩子，同名同日生，手机不同"),
    ):
        pair = _pair(ready)
        if pair is None:
            continue
        a, b = pair
        ready = [k for k in ready if k not in pair]
        b.born, b.female, b.name = a.born, a.female, a.name
        near = kind == "near_homonym"
        if kind == "two_places_disguised":
            b.name = f"{a.name[:-1]}儿"
        if not near:
            p.families[b.family].first.phone = p.families[a.family].first.phone
        p.tell("two_places", (kind, title, sign), _places(a, b), near=near, kids=[a, b],
               months=_both(p, a, b))  # fmt: skip


def _both(p: Planner, a: Kid, b: Kid) -> list[date]:
    """两处都在托一周以上的各月。"""
    since = max(a.stays[0].start, b.stays[0].start, p.start)
    return [m for m in _months(p, [a, b]) if m + timedelta(days=21) > since]


def _pair(ready: list[Kid]) -> tuple[Kid, Kid] | None:
    """``b`` may take on the birthday of ``a`` without falling out of its class's ages."""
    for a in ready[:400]:
        x = a.stays[0]
        for b in ready:
            y = b.stays[0]
            if (
                x.room.type == y.room.type and x.inst is not y.inst and a.born <= b.born
                and y.start >= x.start and x.end >= y.end and (b.born - a.born).days <= 40
            ):  # fmt: skip
                return a, b
    return None


def _places(a: Kid, b: Kid) -> list[int]:
    return sorted({a.stays[0].inst.id, b.stays[0].inst.id})


def _empty_rooms(p: Planner) -> None:
    """在岗：整月无人的班；登记作假的班；忘记两天；合班未改登记。"""
    for told, many, near, faked in (
        (("no_trace", "空班报到托", "一个班天天有人到托，整月无人在岗"), 0, False, False),
        (("no_trace_disguised", "在岗登记作假", "一个班的儿童未到，在岗照登"), 0, False, True),
        (("near_forgot_duty", "忘记登记在岗", "一个班有两天忘记登记在岗"), 2, True, False),
        (("near_merged_duty", "合班未改登记", "人少合班八天，在岗只登记在另一班"), 8, True, False),
    ):
        inst = p.take(lambda i: len(i.rooms) >= 2 and len(p.of(i)) >= 16 and bool(_cared(p, i)))
        if inst is None:
            continue
        room = _cared(p, inst)[0]
        days = p.some(many) if many else p.days
        p.tell("no_trace", told, [inst.id], near=near, days=days if many else None, rooms=[room])
        p.plot.on_duty.add(inst.id)
        if not faked:
            p.plot.off_duty.append((room, days))


def _cared(p: Planner, inst: Inst) -> list[int]:
    """该园有整月在托儿童 5 人以上的班。"""
    counts: dict[int, int] = {}
    for kid in p.of(inst):
        stay = kid.stay_on(p.month)
        if stay is not None:
            counts[stay.room.id] = counts.get(stay.room.id, 0) + 1
    return sorted(r for r, n in counts.items() if n >= 5)


def _two_sites(p: Planner) -> None:
    """员工：两处全天在岗；上下午各一处；忘记登记离岗。"""
    for told, hours, many, near in (
        (("staff_two_sites", "一人两处在岗", "同一身份证号，两家机构同时登记在岗"),
         (0, 540), 6, False),
        (("near_two_half_days", "上下午各一处", "同一员工上午一处、下午一处"), (300, 240), 6, True),
        (("near_forgot_sign_out", "忘记登记离岗", "中午离开时忘记登记，下午在另一处"),
         (300, 240), 1, True),
    ):  # fmt: skip
        pair = _sites(p)
        if pair is None:
            continue
        home, other = pair
        worker = _carer(p, home)[0]
        days = p.some(many)
        p.plot.on_duty |= {home.id, other.id}
        is_half = told[0] == "near_two_half_days"
        p.plot.second_sites.append((worker.id, home.id, other.id, days, hours, is_half))
        p.tell("staff_two_sites", told, [home.id, other.id], near=near, days=days,
               staff=[worker.id])  # fmt: skip


def _sites(p: Planner) -> tuple[Inst, Inst] | None:
    """一位员工的两处：in one county when it can be."""
    home = p.take(lambda i: bool(_carer(p, i)))
    if home is None:
        return None
    unit = home.unit
    other = p.take(lambda i: i.unit is unit) or p.take(lambda _: True)
    return None if other is None else (home, other)


def _carer(p: Planner, inst: Inst) -> list[Worker]:
    rows = p.workers.get(inst.id, [])
    return [w for w in rows if w.post == "carer" and w.room is not None]
