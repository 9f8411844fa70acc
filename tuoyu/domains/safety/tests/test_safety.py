"""漏巡会显出来；隐患由另一人复查；证照到期前提醒。"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.domains.safety import rules, services
from tuoyu.domains.safety.models import Point
from tuoyu.domains.safety.packs import month_pack
from tuoyu.domains.safety.selectors import list_hazards, tasks_on, today
from tuoyu.domains.safety.services.points import Result
from tuoyu.domains.safety.tasks import tell_missed

DAY = NOW.date()


def director(w: World) -> Actor:
    return actor_for_user(w.users["director"])


def point(w: World, **more: Any) -> Point:
    given: dict[str, Any] = {
        "name": "门厅", "place": "一楼", "items": ["门禁完好", "通道畅通"], "every": "day",
        "due_times": [time(7, 40), time(17, 40)], "needs_photo": False,
        "from_on": date(2025, 10, 1),
    }  # fmt: skip
    return services.add_point(institution=w.institutions["a1"], **(given | more))


def good(p: Point) -> list[Result]:
    return [Result(i, True) for i in p.items]


def test_a_round_that_was_not_made_is_shown_and_may_still_be_made_late(world: World) -> None:
    by, inst, p = director(world), world.institutions["a1"].pk, point(world)
    states = [t.state for t in tasks_on(by.scope, inst, DAY, NOW)]
    assert states == [rules.OVERDUE, rules.DUE], "it is 08:10; 07:40 has gone by"
    assert today(by.scope, inst, NOW).overdue == 1
    assert tell_missed(NOW) == 1
    assert tell_missed(NOW) == 0, "told once, not every ten minutes"
    services.record_round(scope=by.scope, point_id=p.pk, results=good(p), by=by, at=NOW)
    states = [t.state for t in tasks_on(by.scope, inst, DAY, NOW)]
    assert states == [rules.DUE, rules.LATE], "one late round does not fill the evening too"
    evening = clock.at(DAY, 17, 30)
    services.record_round(scope=by.scope, point_id=p.pk, results=good(p), by=by, at=evening)
    assert [t.state for t in tasks_on(by.scope, inst, DAY, evening)] == [rules.LATE, rules.DONE]


def test_a_day_of_rest_asks_for_nothing(world: World) -> None:
    by, inst = director(world), world.institutions["a1"].pk
    point(world)
    assert tasks_on(by.scope, inst, date(2025, 10, 18), clock.at(date(2025, 10, 18), 20)) == []


def test_a_round_answers_every_item_and_a_wrong_one_becomes_a_hazard(world: World) -> None:
    by, p = director(world), point(world)
    inst = world.institutions["a1"].pk

    def round_(*results: Result, fix_by: date | None = None) -> None:
        services.record_round(
            scope=by.scope, point_id=p.pk, results=results, fix_by=fix_by, by=by, at=NOW
        )

    with pytest.raises(DomainError, match="没有逐项答完"):
        round_(Result("门禁完好", True))
    with pytest.raises(DomainError, match="写明看到了什么"):
        round_(Result("门禁完好", True), Result("通道畅通", False))
    round_(
        Result("门禁完好", True), Result("通道畅通", False, "堆了纸箱"), fix_by=DAY + timedelta(2)
    )
    [found] = list_hazards(by.scope, inst, DAY)
    assert (found.hazard.what, found.state_title) == ("通道畅通：堆了纸箱", "待整改")


def test_who_mended_it_does_not_close_it(world: World) -> None:
    by, teacher = director(world), actor_for_user(world.users["teacher"])
    a1 = world.institutions["a1"]
    found = services.find_hazard(
        institution_id=a1.pk, region_code=a1.region_code, place="楼梯", what="扶手松动",
        grade="plain", due_on=DAY, by=teacher, at=NOW,
    )  # fmt: skip
    assert not list_hazards(by.scope, a1.pk, DAY)[0].is_late
    assert list_hazards(by.scope, a1.pk, DAY + timedelta(days=1))[0].is_late
    services.fix_hazard(scope=by.scope, hazard_id=found.pk, opinion="已加固", by=by, at=NOW)
    with pytest.raises(DomainError, match="另一位"):
        services.close_hazard(
            scope=by.scope, hazard_id=found.pk, is_good=True, opinion="", by=by, at=NOW
        )
    services.close_hazard(
        scope=teacher.scope, hazard_id=found.pk, is_good=True, opinion="牢固", by=teacher, at=NOW
    )
    assert list_hazards(by.scope, a1.pk, DAY) == []


def test_a_head_count_that_does_not_agree_is_explained(world: World) -> None:
    by = director(world)
    drill = services.plan_drill(
        institution=world.institutions["a1"], kind="fire", planned_on=DAY, by=by
    )
    what: dict[str, Any] = {
        "scope": by.scope, "drill_id": drill.pk, "held_at": NOW, "seconds": 150,
        "children_present": 6, "children_counted": 5, "staff_counted": 3, "by": by, "at": NOW,
    }  # fmt: skip
    with pytest.raises(DomainError, match="对不上"):
        services.hold_drill(**what, account="")
    services.hold_drill(**what, account="一名儿童在隔离室，由保健员带出后补点")
    with pytest.raises(DomainError, match="已经登记过"):
        services.hold_drill(**what, account="再写")


def test_papers_warn_60_30_and_7_days_before(world: World) -> None:
    tones = [rules.expiry_tone(DAY + timedelta(days=n), DAY)[0] for n in (61, 60, 31, 30, 7, 0, -1)]
    assert tones == ["ok", "info", "info", "warn", "danger", "danger", "danger"]
    by, inst = director(world), world.institutions["a1"]
    paper = services.add_document(
        institution=inst, scope=by.scope, kind="food", name="食品经营许可证", number="示例",
        issued_on=None, expires_on=DAY + timedelta(days=20), by=by, at=NOW,
    )  # fmt: skip
    assert today(by.scope, inst.pk, NOW).documents_soon == 1
    services.add_document(
        institution=inst, scope=by.scope, kind="food", name="食品经营许可证", number="示例二",
        issued_on=DAY, expires_on=date(2030, 1, 1), by=by, at=NOW, replaces_id=paper.pk,
    )  # fmt: skip
    assert today(by.scope, inst.pk, NOW).documents_soon == 0


def test_the_month_pack_counts_what_was_due(world: World) -> None:
    by, inst, p = director(world), world.institutions["a1"].pk, point(world)
    for hour in (7, 17):
        at = clock.at(date(2025, 10, 14), hour, 30)
        services.record_round(scope=by.scope, point_id=p.pk, results=good(p), by=by, at=at)
    pack = month_pack(by.scope, inst, date(2025, 10, 1), NOW)
    workdays_gone = len(pack.days)
    assert (pack.done, pack.wanted) == (2, (workdays_gone - 1) * 2 + 1)
    assert dict(pack.points[0].days)[date(2025, 10, 14)] == "✓✓"
