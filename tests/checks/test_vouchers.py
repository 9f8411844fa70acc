"""托育券的核验规则，on real redemptions: what was planted is found and measured."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings

from tests.vouchers.scene import Scene
from tests.world import NOW, START, World
from tuoyu.core import clock
from tuoyu.domains.attendance.models import DaySheet, DayStatus, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.checks.models import CheckHit, Finding
from tuoyu.domains.checks.services import CLERK, Planted, measure, run_month
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.policies.engine import load_book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Campaign, Redemption

pytestmark = pytest.mark.django_db
SEPTEMBER, LAST = date(2025, 9, 1), date(2025, 9, 26)  # claimed on 30 June, ends on 28 September


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world, load_book(settings.PACKS_DIR, "yueqing-2025"))


def june(scene: Scene) -> Campaign:
    opened = clock.at(date(2025, 6, 30), 9)
    return scene.open(at=opened, claim_from=opened, claim_to=opened + timedelta(hours=9))


def used(scene: Scene, campaign: Campaign, child: str, at: datetime) -> Redemption:
    kid = scene.world.children[child]
    scene.attend(child, 4, SEPTEMBER)
    bill = scene.bill(child, month=SEPTEMBER)
    who = (
        "director" if kid.institution_id == scene.world.institutions["a1"].pk else "other-director"
    )
    voucher = scene.voucher(campaign, child, who="city-officer", at=clock.at(date(2025, 6, 30), 10))
    scene.hold(voucher, who=who, at=at)
    done = scene.redeem(voucher, bill, who=who, at=at)
    assert isinstance(done, Redemption)
    return done


def crowd(scene: Scene, room: str, many: int) -> list[str]:
    group, names = scene.world.classes[room], [f"{room}-{n}" for n in range(many)]
    for name in names:
        at = {"institution_id": group.institution_id, "region_code": group.region_code}
        child = Child.all_rows.create(name=name, sex="f", born_on=date(2024, 3, 1), **at)
        Enrolment.all_rows.create(child=child, class_group=group, period=(START, None),
                                  monthly_fen=150_000, **at)  # fmt: skip
        scene.world.children[name] = child
    return names


def absent(scene: Scene, child: str, kept: int) -> None:
    kid = scene.world.children[child]
    assert kid.institution_id is not None
    rows = DaySheet.all_rows.filter(child_id=kid.pk, status=DayStatus.PRESENT).order_by("day")
    events = [
        NewEvent(kid.pk, EventKind.CORRECT, NOW, Method.DESK, day=day, reason="核对后更正",
                 set_status=DayStatus.ABSENT)
        for day in list(rows.values_list("day", flat=True))[kept:]
    ]  # fmt: skip
    answers = record(institution_id=kid.institution_id, events=events, at=NOW)
    assert {a.outcome for a in answers} == {"stored"}


def test_used_and_then_corrected_away(scene: Scene) -> None:
    campaign = june(scene)
    for n, child in enumerate(("he", "sui", "feng")):
        used(scene, campaign, child, clock.at(date(2025, 9, 22), 10 + n))
    absent(scene, "he", 0)
    absent(scene, "sui", 1)
    run_month(month=SEPTEMBER, by=CLERK, at=NOW)
    hit = CheckHit.all_rows.get(finding__rule="voucher_idle")
    assert (hit.subject_id, hit.measured) == (scene.world.children["he"].pk, 0)


def test_a_reversed_redemption_raises_nothing(scene: Scene) -> None:
    campaign = june(scene)
    done = used(scene, campaign, "he", clock.at(date(2025, 9, 22), 10))
    absent(scene, "he", 0)
    services.reverse(
        redemption_id=done.pk, reason="误点的考勤已更正", by=scene.actor("director"), at=NOW
    )
    ran = {r.rule: r for r in run_month(month=SEPTEMBER, by=CLERK, at=NOW).rules}
    assert not Finding.all_rows.exists()
    assert ran["voucher_idle"].cases == 0


def test_a_rush_at_the_windows_end_and_how_well_it_is_found(scene: Scene) -> None:
    campaign = june(scene)
    for n, child in enumerate(crowd(scene, "a1.toddler", 10)):
        used(scene, campaign, child, clock.at(LAST, 14) + timedelta(minutes=n))
    for n, child in enumerate(crowd(scene, "b1.toddler", 10)):
        day = LAST if n < 5 else date(2025, 9, 22)
        used(scene, campaign, child, clock.at(day, 14) + timedelta(minutes=n))
    run_month(month=SEPTEMBER, by=CLERK, at=NOW)
    hit = CheckHit.all_rows.get(finding__rule="redemption_rush")
    a1, b1 = (scene.world.institutions[k].pk for k in ("a1", "b1"))
    assert (hit.subject_id, hit.measured) == (a1, 10)
    rule = "redemption_rush"
    planted = Planted(frozenset([(rule, a1, "2025-09"), (rule, b1, "2025-09")]), frozenset())
    (row,) = [r for r in measure(planted=planted, at=NOW) if r.rule == rule]
    assert (row.planted, row.found, row.cases, row.true_cases) == (2, 1, 1, 1)
