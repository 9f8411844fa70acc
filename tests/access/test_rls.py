"""行级安全：with the application's filter forgotten, the database alone still lets nothing out."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.world import World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import rls
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.subsidies.selectors.lines import names_at_settlement


def _names(world: World, who: str) -> set[str]:
    with transaction.atomic():
        rls.enter(actor_for_user(world.users[who]).scope)
        seen = set(Child.all_rows.values_list("name", flat=True))
        rls.leave()
    return seen


@pytest.mark.parametrize(
    ("who", "count"),
    [
        ("city-officer", 8), ("county-officer", 7), ("other-county-officer", 1), ("director", 6),
        ("other-director", 1), ("doctor", 6), ("parent", 2), ("sibling-parent", 1), ("auditor", 8),
    ],
)  # fmt: skip
def test_each_sees_their_own_children_only(world: World, who: str, count: int) -> None:
    assert len(_names(world, who)) == count


def test_rows_cannot_be_written_into_anothers_scope(world: World) -> None:
    foreign = world.classes["b1.toddler"]
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        rls.enter(actor_for_user(world.users["director"]).scope)
        Child.all_rows.create(
            name="越权",
            sex="m",
            born_on="2024-01-01",
            institution_id=foreign.institution_id,
            region_code=foreign.region_code,
        )


def test_a_foreign_row_cannot_be_changed(world: World) -> None:
    with transaction.atomic():
        rls.enter(actor_for_user(world.users["director"]).scope)
        changed = Enrolment.all_rows.filter(institution_id=world.institutions["b1"].pk).update(
            monthly_fen=1
        )
        rls.leave()
    assert changed == 0


def test_without_a_scope_nothing_is_there(world: World) -> None:
    with transaction.atomic():
        rls.enter(type(actor_for_user(world.users["parent"]).scope)())
        assert Child.all_rows.count() == 0
        rls.leave()


def test_the_role_ends_with_the_request(world: World) -> None:
    world.client("director").get("/account/me/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), current_setting('app.institutions', true)")
        role, _ = cursor.fetchone() or ("?", "")
    assert role == "none"


def test_each_scoped_table_has_row_level_security() -> None:
    tables = {c.table for c in rls.scoped_tables()}
    assert {"children_child", "attendance_daysheet", "subsidies_line"} <= tables


def test_each_scoped_table_is_protected(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        guarded = {row[0] for row in cursor.fetchall()}
    assert {c.table for c in rls.scoped_tables()} <= guarded


def test_public_facts_of_all_institutions_are_readable_but_not_writable(world: World) -> None:
    other = world.institutions["b1"].pk
    with transaction.atomic():
        rls.enter(actor_for_user(world.users["county-officer"]).scope)
        assert Institution.all_rows.filter(pk=other).exists()
        assert Institution.all_rows.filter(pk=other).update(address="改了") == 0
        rls.leave()


def test_the_name_on_a_statement_stays_known_and_masked(world: World) -> None:
    """结算单上的姓名：only the masked name comes back, and the role is what it was."""
    outside = next(
        c for c in world.children.values() if c.region_code == "350582" and c.institution_id
    )
    with transaction.atomic():
        rls.enter(actor_for_user(world.users["other-director"]).scope)
        found = names_at_settlement({outside.pk})
        assert not Child.all_rows.filter(pk=outside.pk).exists()
        rls.leave()
    assert found[outside.pk] != outside.name
    assert found[outside.pk].startswith(outside.name[0])
    assert "*" in found[outside.pk]
