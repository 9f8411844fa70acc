"""医育端：the doctor sees his own institutions, and of a child only what the parents share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.children.models import Consent
from tuoyu.domains.institutions.models import Contract


def arrive(world: World, child: str, evidence: dict[str, Any] | None) -> None:
    kid = world.children[child]
    assert kid.institution_id is not None
    came = NOW - timedelta(minutes=5)
    [answer] = record(
        institution_id=kid.institution_id,
        events=[NewEvent(kid.pk, EventKind.IN, came, Method.WALL, evidence=evidence)],
        at=NOW,
    )
    assert answer.outcome == "stored"


def share(world: World, child: str, withdrawn: bool = False) -> None:
    kid = world.children[child]
    Consent.all_rows.create(
        child=kid,
        institution_id=kid.institution_id,
        region_code=kid.region_code,
        guardian=kid.guardianships.get().guardian,
        purpose="clinic",
        granted_at=NOW,
        withdrawn_at=NOW if withdrawn else None,
    )


def page(world: World) -> str:
    answer = world.client("doctor").get("/clinic/")
    assert answer.status_code == 200
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


def test_an_exception_is_shown_when_the_parents_share(world: World) -> None:
    share(world, "miao")
    arrive(world, "miao", {"temperature": "38.1", "symptoms": ["咳嗽"]})
    arrive(world, "nuo", None)
    found = page(world)
    assert "今晨 1 例晨检异常" in found
    assert "江小苗" in found
    assert "38.1" in found
    assert "咳嗽" in found
    assert "方一诺" not in found


def test_without_consent_only_the_count_is_told(world: World) -> None:
    arrive(world, "miao", {"temperature": "38.1"})
    share(world, "nuo", withdrawn=True)
    arrive(world, "nuo", {"symptoms": ["皮疹"]})
    found = page(world)
    assert "江小苗" not in found
    assert "38.1" not in found
    assert "皮疹" not in found
    assert "另有 2 例的监护人未同意共享" in found


def test_another_doctors_institution_is_not_seen(world: World) -> None:
    share(world, "feng")
    arrive(world, "feng", {"temperature": "39.0"})
    found = page(world)
    assert "海风" not in found
    assert "39.0" not in found


def test_each_look_is_logged_with_the_child(world: World) -> None:
    share(world, "miao")
    arrive(world, "miao", {"temperature": "38.1"})
    page(world)
    event = AuditEvent.objects.get(action="查看晨检异常")
    assert event.persons == [world.children["miao"].pk]


def test_the_signing_state_is_told(world: World) -> None:
    assert "未签约" in page(world)
    contract = Contract.all_rows.create(
        institution=world.institutions["a1"],
        region_code="350582",
        clinic="示例卫生院（虚构）",
        period=DateRange(date(2025, 1, 1), date(2026, 1, 1)),
    )
    assert "尚未指导" in page(world)
    contract.guided_on = date(2025, 6, 1)
    contract.save()
    assert "本季待指导" in page(world)
    contract.guided_on = date(2025, 9, 30)
    contract.save()
    assert "有效" in page(world)


def test_officers_and_parents_do_not_find_it(world: World) -> None:
    for who in ("county-officer", "parent", "director", "trainer"):
        assert world.client(who).get("/clinic/").status_code == 404
