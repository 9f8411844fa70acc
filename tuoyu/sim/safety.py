"""安全的由来：points, four weeks of rounds (one missed, one late), hazards, drills, papers."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.periods import add_months
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.safety import services
from tuoyu.domains.safety.models import Point
from tuoyu.domains.safety.services.points import Result
from tuoyu.sim.draws import opaque, stream, uuid_of
from tuoyu.sim.state import Built

_POINTS: tuple[tuple[str, str, str, tuple[str, ...], tuple[time, ...]], ...] = (
    ("门厅与门禁", "一楼", "day", ("门禁完好，来访登记", "通道与出口畅通", "一键报警可用"),
     (time(7, 40), time(17, 50))),
    ("户外场地", "一楼东侧", "day", ("地面无尖锐物和积水", "游乐设施牢固", "围栏完好"),
     (time(9, 0),)),
    ("厨房", "一楼西侧", "day", ("燃气阀门关闭", "生熟分开，刀具入柜", "冰箱温度正常"),
     (time(17, 30),)),
    ("寝室与活动室", "二楼", "week", ("窗户限位", "插座有保护盖", "柜体固定", "小物件已收"), ()),
    ("配电与消防通道", "一楼", "month", ("配电箱上锁", "疏散指示亮", "灭火器压力正常"), ()),
)  # fmt: skip
_EQUIPMENT = (
    ("extinguisher", "灭火器 1 号", "一楼门厅", 18),
    ("extinguisher", "灭火器 2 号", "厨房", 26),
    ("light", "应急照明（一层）", "一楼走廊", 3),
    ("smoke", "烟感报警主机", "值班室", 9),
    ("alarm", "一键报警装置", "门卫", 12),
    ("camera", "监控录像（90 日）", "值班室", 5),
    ("first_aid", "急救箱", "保健室", 35),
    ("play", "滑梯", "户外场地", 60),
)
_PAPERS = (
    ("licence", "营业执照", None, -900),
    ("premises", "场地租赁合同", 380, -715),
    ("health", "卫生评价报告", 24, -341),
    ("fire", "消防安全检查合格证明", 200, -500),
    ("food", "食品经营许可证", 6, -1820),
    ("liability", "托育机构责任险保单", 52, -313),
)


def guard(b: Built) -> None:
    """示例机构的安全记录。"""
    if b.scale.until is None:
        _House(b).run()


class _House:
    """一家机构：its director and its teacher walk."""

    def __init__(self, b: Built) -> None:
        show = next(i for i in b.institutions if i.is_show)
        self.rng: random.Random = stream(b.seed, "safety")
        self.now, self.today = b.city.now, b.city.now.date()
        self.inst = Institution.all_rows.get(pk=show.id)
        self.director: Actor = b.people.director(show.id)
        self.teacher: Actor = b.people.of(b.cast.teacher[show.id], "teacher")

    def run(self) -> None:
        start = workdays.before(self.today, 14)
        points = [
            services.add_point(
                institution=self.inst, name=name, place=place, items=items, every=every,
                due_times=times, needs_photo=False, from_on=start, key=opaque(self.rng),
            )
            for name, place, every, items, times in _POINTS
        ]  # fmt: skip
        for back in range(14, -1, -1):
            self._walk(points, workdays.before(self.today, back) if back else self.today, back)
        self._hazards()
        self._drills()
        self._things(start)

    def _walk(self, points: list[Point], day: date, back: int) -> None:
        for n, point in enumerate(points):
            if point.every == "day":
                times = [time.fromisoformat(t) for t in point.due_times]
            else:
                times = [time(10, 30)] if back % 5 == n - 2 else []
            for k, due in enumerate(times):
                missed = (back + n + k) in (9, 14) or (back == 0 and n == 0)
                early = timedelta(minutes=self.rng.randrange(-25, 0) + (40 if back == 4 else 0))
                at = clock.at(day, due.hour, due.minute) + early
                if not missed and at < self.now:
                    self._round(point, at, back == 1 and n == 1)

    def _round(self, point: Point, at: datetime, bad: bool) -> None:
        by = self.teacher if self.rng.random() < 0.7 else self.director
        results = [Result(i, True) for i in point.items]
        if bad:
            results[1] = Result(point.items[1], False, "滑梯一颗螺栓松动")
        services.record_round(
            scope=by.scope, point_id=point.pk, results=results, by=by, at=at,
            fix_by=clock.day_of(at) + timedelta(days=3) if bad else None,
            key=uuid_of(self.rng, int(at.timestamp() * 1000)),
        )  # fmt: skip

    def _hazards(self) -> None:
        rows: tuple[tuple[int, str, str, int], ...] = (
            (9, "二楼走廊", "疏散指示灯一盏不亮", 3),
            (5, "厨房", "灭火器前堆放纸箱", 1),
            (4, "午睡室", "窗帘拉绳过长，儿童够得到", 1),
        )
        for n, (back, place, what, days) in enumerate(rows):
            day = workdays.before(self.today, back)
            found = services.find_hazard(
                institution_id=self.inst.pk, region_code=self.inst.region_code, place=place,
                what=what, grade="plain", due_on=day + timedelta(days=days), by=self.teacher,
                at=clock.at(day, 10, 5),
            )  # fmt: skip
            if n < 2:
                services.fix_hazard(
                    scope=self.director.scope, hazard_id=found.pk, by=self.director,
                    opinion="已更换并试亮" if n == 0 else "已清走，并划线禁放",
                    at=clock.at(day, 15, 40),
                )  # fmt: skip
            if n == 0:
                services.close_hazard(
                    scope=self.teacher.scope, hazard_id=found.pk, is_good=True, opinion="灯亮",
                    by=self.teacher, at=clock.at(workdays.before(self.today, back - 1), 9, 15),
                )  # fmt: skip

    def _drills(self) -> None:
        rows: tuple[tuple[str, int, int, str], ...] = (
            ("fire", 140, 168, "二楼托大班下楼略慢，已调整带队顺序"),
            ("disease", 60, 900, "按预案隔离、通知、消毒，流程走通"),
            ("food", 15, 720, "封存留样、报告、送医演练完成"),
        )
        for kind, back, seconds, account in rows:
            day = workdays.before(self.today, back)
            drill = services.plan_drill(
                institution=self.inst, kind=kind, planned_on=day, by=self.director
            )
            n = self.rng.randrange(38, 46)
            services.hold_drill(
                scope=self.director.scope, drill_id=drill.pk, held_at=clock.at(day, 10),
                seconds=seconds, children_present=n, children_counted=n, staff_counted=9,
                account=account, by=self.director, at=clock.at(day, 11),
            )  # fmt: skip
        services.plan_drill(
            institution=self.inst, kind="fire", planned_on=self.today + timedelta(days=7),
            by=self.director,
        )  # fmt: skip

    def _things(self, start: date) -> None:
        for kind, name, place, ago in _EQUIPMENT:
            last = kind in ("extinguisher", "first_aid")
            item = services.add_equipment(
                institution=self.inst, kind=kind, name=name, place=place, check_months=1,
                expires_on=add_months(self.today, 1 + ago // 2) if last else None, from_on=start,
            )  # fmt: skip
            services.check_equipment(
                scope=self.teacher.scope, equipment_id=item.pk, is_sound=True, note="",
                by=self.teacher, at=clock.at(self.today - timedelta(days=ago), 16),
            )  # fmt: skip
        for n, (kind, name, left, issued) in enumerate(_PAPERS):
            given: dict[str, Any] = {"kind": kind, "name": name, "number": f"示例证号{n + 1:03d}"}
            services.add_document(
                institution=self.inst, scope=self.director.scope,
                issued_on=self.today + timedelta(days=issued),
                expires_on=None if left is None else self.today + timedelta(days=left),
                by=self.director, at=clock.at(start, 15), **given,
            )  # fmt: skip
