"""审计链：a changed or missing row is found and named; the application cannot touch one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import audit, rls
from tuoyu.core.audit import chain
from tuoyu.core.audit.cli import verify
from tuoyu.core.audit.models import AuditEvent, SealedBatch


def _record(world: World, count: int) -> list[AuditEvent]:
    by = actor_for_user(world.users["county-officer"])
    return [
        audit.record(actor=by, action="查看", target=f"/x/{n}/", persons=[n],
                     at=NOW + timedelta(seconds=n))
        for n in range(count)
    ]  # fmt: skip


def test_an_honest_chain_verifies(world: World) -> None:
    _record(world, 1100)
    assert chain.seal(at=NOW) == 1100
    assert chain.seal(at=NOW) == 0
    _record(world, 3)
    assert chain.seal(at=NOW) == 3
    assert list(chain.verify()) == []
    assert [b.count for b in SealedBatch.objects.order_by("number")] == [1000, 100, 3]


@pytest.mark.parametrize("field", ["action", "target", "note", "result", "actor"])
def test_a_changed_row_is_named(world: World, field: str) -> None:
    rows = _record(world, 20)
    chain.seal(at=NOW)
    AuditEvent.objects.filter(pk=rows[7].pk).update(**{field: "另一个"})
    (fault,) = chain.verify()
    assert (fault.event_id, fault.what) == (str(rows[7].pk), "日志被改动")
    result = CliRunner().invoke(verify)
    assert result.exit_code == 1
    assert str(rows[7].pk) in result.output


def test_a_missing_row_is_named(world: World) -> None:
    rows = _record(world, 20)
    chain.seal(at=NOW)
    AuditEvent.objects.filter(pk=rows[3].pk).delete()
    (fault,) = chain.verify()
    assert (fault.event_id, fault.what) == (str(rows[3].pk), "日志缺失")


def test_a_forged_seal_is_found(world: World) -> None:
    _record(world, 5)
    chain.seal(at=NOW)
    SealedBatch.objects.update(root=b"\1" * 32)
    assert any("链根不符" in f.what for f in chain.verify())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET note = 'x'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "UPDATE attendance_event SET reason = 'x'",
        "DELETE FROM attendance_event",
    ],
)
@pytest.mark.parametrize("who", ["county-officer", "director", "parent"])
def test_the_application_can_only_add(world: World, statement: str, who: str) -> None:
    scope = actor_for_user(world.users[who]).scope
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rls.enter(scope)
        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_refusal_is_written_though_the_work_is_rolled_back(world: World) -> None:
    world.client("other-director").get("/gov/")
    assert AuditEvent.objects.filter(result__startswith="拒绝").exists()
