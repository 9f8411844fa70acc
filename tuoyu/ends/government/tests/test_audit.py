"""操作日志：the auditor finds who did what, and a changed or missing row is named."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from openpyxl import load_workbook

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.core import audit
from tuoyu.core.audit import chain
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.identity.selectors import actor_of


@pytest.fixture
def logged(world: World) -> World:
    for who in ("county-officer", "other-county-officer", "parent"):
        user = world.users[who]
        assignment = user.assignments.get()
        for n in range(2):
            audit.record(
                actor=actor_of(user, assignment, frozenset()),
                action="看儿童原值" if n else "导出机构名单",
                target=f"/gov/{who}/{n}",
                at=NOW,
                note=f"理由{n}",
            )
    chain.seal(at=NOW)
    return world


def page(world: World, query: str = "") -> str:
    answer = world.client("auditor").get(f"/gov/audit/{query}")
    assert answer.status_code == 200
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


def verify(world: World) -> str:
    answer = world.client("auditor").post("/gov/audit/verify/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_city_auditor_sees_all_counties_and_the_families(logged: World) -> None:
    found = page(logged)
    for who in ("county-officer", "other-county-officer", "parent"):
        assert f"/gov/{who}/0" in found


def test_filters(logged: World) -> None:
    assert "/gov/parent/0" not in page(logged, "?action=看儿童原值")
    assert "/gov/parent/1" in page(logged, "?q=理由1")
    assert "没有符合的日志" in page(logged, "?from=2025-10-16")
    assert "没有符合的日志" in page(logged, "?refused=1")
    assert "/gov/parent/1" in page(logged, "?from=x&to=2025-10-15")


def test_a_sound_chain_is_said_to_be(logged: World) -> None:
    assert "全链相符" in verify(logged)


def test_a_changed_row_is_named(logged: World) -> None:
    event = AuditEvent.objects.get(target="/gov/parent/1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET note = 'x' WHERE id = %s", [event.pk])
    found = verify(logged)
    assert "日志被改动" in found
    assert str(event.pk) in found


def test_a_missing_row_is_named(logged: World) -> None:
    event = AuditEvent.objects.get(target="/gov/parent/0")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [event.pk])
    found = verify(logged)
    assert "日志缺失" in found
    assert str(event.pk) in found


def test_looking_for_faults_is_itself_logged(logged: World) -> None:
    verify(logged)
    assert AuditEvent.objects.get(action="核对日志链").note == "全链相符"


def test_the_export_holds_the_rows(logged: World) -> None:
    answer = logged.client("auditor").get("/gov/audit/export/?action=看儿童原值")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet.max_row == 3 + 3


@pytest.mark.parametrize("who", ["city-officer", "county-officer", "director", "parent"])
@pytest.mark.parametrize("path", ["/gov/audit/", "/gov/audit/export/"])
def test_only_the_auditor(logged: World, who: str, path: str) -> None:
    assert logged.client(who).get(path).status_code == 404
