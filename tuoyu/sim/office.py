"""办公室的由来：checks, a week's rota with its gap, leave, sent reports, a second site."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import StaffShift
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.reports import services as reports
from tuoyu.domains.workforce import services
from tuoyu.domains.workforce.models import BackgroundCheck, RotaShift
from tuoyu.sim.draws import opaque, stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.state import Built
from tuoyu.sim.workforce import Worker

_MONTHS_BACK = (4, 3, 2)


def run_office(b: Built) -> None:
    """办公室一个月的事。"""
    if b.scale.until is not None:
        return
    rng = stream(b.seed, "office")
    house = _House(b, next(i for i in b.institutions if i.is_show), stream(b.seed, "reports"))
    BackgroundCheck.all_rows.bulk_create(_checks(b, rng), batch_size=1000)
    house.plan_week()
    house.were_there()
    house.ask_leaves()
    house.send_reports()
    _second_site(b, house.show)


def _checks(b: Built, rng: random.Random) -> Iterator[BackgroundCheck]:
    """从业查询：most within the year, a few due, a few never."""
    filed = {i.id: i for i in b.institutions if i.status == "filed"}
    for worker in b.workers:
        inst = filed.get(worker.inst)
        if inst is None or rng.random() < (0.12 if inst.is_show else 0.04):
            continue
        day = b.city.now.date() - timedelta(days=rng.randint(20, 352 if inst.is_show else 375))
        yield BackgroundCheck(
            staff_id=worker.id,
            institution_id=inst.id,
            region_code=inst.unit.code,
            checked_on=day,
            agency=f"{inst.unit.short}公安机关（演示）",
            result="clear",
            made_at=clock.at(day, 16, 20),
            made_by_name=b.cast.names[b.cast.director[inst.id]],
        )


@dataclass
class _House:
    """示例机构。"""

    b: Built
    show: Inst
    rng: random.Random

    @property
    def now(self) -> datetime:
        return self.b.city.now

    @property
    def director(self) -> Actor:
        return self.b.people.director(self.show.id)

    @property
    def carers(self) -> list[Worker]:
        mine = [w for w in self.b.workers if w.inst == self.show.id and w.room is not None]
        return sorted(mine, key=lambda w: (w.room or 0, w.id))

    def plan_week(self) -> None:
        """本周排班：the last one of each room comes later and goes earlier."""
        monday = self.now.date() - timedelta(days=self.now.weekday())
        last = {w.room: w.id for w in self.carers}
        made_at = clock.at(workdays.before(monday, 1), 15)
        for day in (monday + timedelta(days=n) for n in range(5)):
            if not workdays.is_workday(day):
                continue
            for worker in self.carers:
                late = last[worker.room] == worker.id
                services.plan_shift(
                    scope=self.director.scope,
                    staff_id=worker.id,
                    class_group_id=worker.room or 0,
                    day=day,
                    from_minute=480 if late else 450,
                    to_minute=1020 if late else 1050,
                    by_name=self.director.name,
                    at=made_at,
                )

    def were_there(self) -> None:
        """本周已过去的日子：they came as planned, one of them half an hour late."""
        shifts = RotaShift.all_rows.filter(
            institution_id=self.show.id, day__lt=self.now.date()
        ).order_by("day", "id")
        rows = []
        for n, s in enumerate(shifts):
            came = s.from_minute + (35 if n == 1 else -4)
            rows.append(
                StaffShift(
                    staff_id=s.staff_id,
                    institution_id=s.institution_id,
                    region_code=s.region_code,
                    class_group_id=s.class_group_id,
                    in_at=clock.at(s.day) + timedelta(minutes=came),
                    out_at=clock.at(s.day) + timedelta(minutes=s.to_minute + 5),
                )
            )
        StaffShift.all_rows.bulk_create(rows)

    def ask_leaves(self) -> None:
        """请假：one granted for tomorrow, one that waits, one refused."""
        day = self.now.date()
        yesterday = clock.at(workdays.before(day, 1), 16, 40)
        teacher = self.b.people.of(self.b.cast.teacher[self.show.id], "teacher")
        own = next(s for s, u in self.b.cast.staff_user.items() if u == teacher.user_id)
        other = next(w.id for w in self.carers if w.id != own)
        rows = [
            (self.director, other, "annual", day + timedelta(days=1), True, "家中有事，已商量好"),
            (self.director, other, "training", day + timedelta(days=12), False, "县级轮训"),
        ]
        for by, staff, kind, first, granted, why in rows:
            leave = services.ask_leave(
                by=by, staff_id=staff, kind=kind, first=first, last=first, reason=why, at=yesterday
            )
            services.decide_leave(
                by=self.director,
                leave_id=leave.pk,
                granted=granted,
                note="" if granted else "当天已有两人参加，请改报下一期",
                at=yesterday + timedelta(minutes=12),
            )
        services.ask_leave(
            by=teacher,
            staff_id=own,
            kind="personal",
            first=day + timedelta(days=5),
            last=day + timedelta(days=5),
            reason="孩子家长会",
            at=clock.at(day, 7, 40),
        )

    def send_reports(self) -> None:
        """月报：three months were sent, the last one is half filled."""
        inst = Institution.all_rows.get(pk=self.show.id)
        month = self.now.date().replace(day=1)
        for back in _MONTHS_BACK:
            first = add_months(month, -back)
            if first < self.b.scale.start:
                continue
            due = clock.at(workdays.add(clock.at(add_months(first, 1)), 3).date(), 10, 5)
            self._report(inst, first, due, "无" if back != 3 else "户外场地遮阳改造的资金")
        first = add_months(month, -1)
        made = reports.start_report(
            institution=inst, kind="month", day=first, today=self.now.date(), at=self.now,
            number=opaque(self.rng),
        )  # fmt: skip
        given = {"closed_days": "0", "helpers": "1"}
        reports.answer(by=self.director, report_id=made.pk, given=given, at=self.now)

    def _report(self, inst: Institution, first: date, at: datetime, needs: str) -> None:
        made = reports.start_report(
            institution=inst, kind="month", day=first, today=clock.day_of(at), at=at,
            number=opaque(self.rng),
        )  # fmt: skip
        given = {"closed_days": "0", "helpers": "0", "wages": "yes", "needs": needs}
        reports.answer(by=self.director, report_id=made.pk, given=given, at=at)
        try:
            reports.submit(by=self.director, report_id=made.pk, at=at)
        except DomainError as error:
            if error.code != "not-ready":  # a month that was never closed stays open
                raise


def _second_site(b: Built, show: Inst) -> None:
    """示例园长兼管邻近的一个园。His posts are read before: the first one stays his first."""
    director = b.people.director(show.id)
    near = next(
        (
            i
            for i in b.institutions
            if i.unit is show.unit and i.id != show.id and i.status == "filed" and len(i.rooms) >= 2
        ),
        None,
    )
    if near is None:  # a small unit may have no second one
        return
    Assignment.objects.create(
        user_id=director.user_id or 0,
        role="director",
        organisation=near.name[:80],
        post="园长（兼）",
        region_code=near.unit.code,
        institution_ids=[near.id],
        from_on=date(2025, 3, 1),
    )
