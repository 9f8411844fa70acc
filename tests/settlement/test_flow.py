"""办理与拨付：the right people, in order, never one person twice, totals agreed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.settlement.month import JUNE, SETTLED_AT, june, line_of, made, run_june
from tests.world import World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.models import PaymentBatch, Run, Statement
from tuoyu.domains.subsidies.selectors.payments import find_payable

AT = SETTLED_AT


def who(world: World, slug: str) -> Actor:
    return actor_for_user(world.users[slug])


def settled(world: World) -> tuple[Run, Statement]:
    june(world)
    run = made(run_june())
    return run, run.statements.get(institution_id=world.institutions["a1"].pk)


def state_of(statement: Statement) -> str:
    return Case.all_rows.get(type="subsidy_statement", subject_id=statement.pk).state


def to_approval(world: World, statement: Statement) -> None:
    services.confirm(statement_id=statement.pk, by=who(world, "director"), at=AT)
    services.review(statement_id=statement.pk, by=who(world, "county-officer"), at=AT)


def approved(world: World) -> Statement:
    _, statement = settled(world)
    to_approval(world, statement)
    services.approve(statement_id=statement.pk, by=who(world, "city-officer"), at=AT)
    return statement


def prepared(world: World) -> tuple[Statement, PaymentBatch]:
    statement = approved(world)
    batch = services.prepare(
        rule_id="class_subsidy",
        month=JUNE,
        declared_count=1,
        declared_total_fen=72_000,
        region_code="350500",
        by=who(world, "payment-clerk"),
        at=AT,
    )
    return statement, batch


def test_the_ordinary_way(world: World) -> None:
    statement, batch = prepared(world)
    assert state_of(statement) == "pay"
    services.release(
        batch_id=batch.pk, count=1, total_fen=72_000, by=who(world, "finance-officer"), at=AT
    )
    batch.refresh_from_db()
    assert state_of(statement) == "paid"
    assert batch.released_by == world.users["finance-officer"].pk
    steps = Case.all_rows.get(subject_id=statement.pk).steps.values_list("move", flat=True)
    assert list(steps) == ["open", "confirm", "review", "approve", "pay"]


def test_wrong_people_find_nothing(world: World) -> None:
    _, statement = settled(world)
    pk = statement.pk
    for slug in ("other-director", "county-officer", "teacher", "auditor", "parent"):
        with pytest.raises(NotFound):
            services.confirm(statement_id=pk, by=who(world, slug), at=AT)
    services.confirm(statement_id=pk, by=who(world, "director"), at=AT)
    for slug in ("other-county-officer", "city-officer", "director", "finance-officer"):
        with pytest.raises(NotFound):
            services.review(statement_id=pk, by=who(world, slug), at=AT)
    services.review(statement_id=pk, by=who(world, "county-officer"), at=AT)
    for slug in ("county-officer", "payment-clerk", "director", "inspector"):
        with pytest.raises(NotFound):
            services.approve(statement_id=pk, by=who(world, slug), at=AT)
    assert state_of(statement) == "approve"


def test_steps_cannot_be_jumped(world: World) -> None:
    _, statement = settled(world)
    with pytest.raises(DomainError, match="待机构确认"):
        services.review(statement_id=statement.pk, by=who(world, "county-officer"), at=AT)


def test_who_made_or_reviewed_may_not_approve(world: World) -> None:
    """The same person in another role is still the same person."""
    from dataclasses import replace

    _, statement = settled(world)
    to_approval(world, statement)
    both = replace(
        who(world, "city-officer"), user_id=world.users["county-officer"].pk, name="晋江甲"
    )
    with pytest.raises(DomainError, match="县级审核"):
        services.approve(statement_id=statement.pk, by=both, at=AT)
    case = Case.all_rows.get(subject_id=statement.pk)
    case.steps.filter(move="open").update(by_user_id=world.users["city-officer"].pk)
    with pytest.raises(DomainError, match="发起"):
        services.approve(statement_id=statement.pk, by=who(world, "city-officer"), at=AT)
    services.approve(statement_id=statement.pk, by=who(world, "city-officer-2"), at=AT)
    assert state_of(statement) == "pay"


def test_sent_back_with_marked_lines_and_opinion(world: World) -> None:
    run, statement = settled(world)
    services.confirm(statement_id=statement.pk, by=who(world, "director"), at=AT)
    county = who(world, "county-officer")
    marked = line_of(world, run, "nuo").pk
    foreign = line_of(world, run, "chen").pk
    with pytest.raises(DomainError, match="写明意见"):
        services.return_to_institution(statement_id=statement.pk, by=county, at=AT, opinion=" ")
    with pytest.raises(DomainError, match="不在这张结算单"):
        services.return_to_institution(
            statement_id=statement.pk, by=county, at=AT, opinion="核对", line_ids=[foreign]
        )
    services.return_to_institution(
        statement_id=statement.pk, by=county, at=AT, opinion="请核对出勤", line_ids=[marked]
    )
    step = Case.all_rows.get(subject_id=statement.pk).steps.last()
    assert step is not None
    assert (step.move, step.opinion, step.marks) == (
        "return_inst",
        "请核对出勤",
        {"lines": [marked]},
    )
    to_approval(world, statement)
    assert state_of(statement) == "approve"


def test_batch_approval_takes_only_the_plain_ones(world: World) -> None:
    run, with_open = settled(world)
    plain = run.statements.get(institution_id=world.institutions["a2"].pk)
    Case.all_rows.filter(subject_id__in=[with_open.pk, plain.pk]).update(state="approve")
    city = who(world, "city-officer")
    with pytest.raises(DomainError, match="写明意见"):
        services.approve_low_risk(month=JUNE, by=city, at=AT, opinion="")
    done = services.approve_low_risk(month=JUNE, by=city, at=AT, opinion="逐条有据，同意")
    assert (done.done, done.held) == (1, 1)
    assert (state_of(plain), state_of(with_open)) == ("pay", "approve")
    with pytest.raises(DomainError, match="逐张审批"):
        services.approve_low_risk(month=JUNE, by=city, at=AT, opinion="同意")
    with pytest.raises(NotFound):
        services.approve_low_risk(
            month=JUNE, by=who(world, "county-officer"), at=AT, opinion="同意"
        )


def test_batch_approval_refuses_the_reviewer_as_a_whole(world: World) -> None:
    run, _ = settled(world)
    plain = run.statements.get(institution_id=world.institutions["a2"].pk)
    case = Case.all_rows.get(subject_id=plain.pk)
    case.steps.update(by_user_id=world.users["city-officer"].pk)
    Case.all_rows.filter(pk=case.pk).update(state="approve")
    with pytest.raises(DomainError, match="整批未办"):
        services.approve_low_risk(month=JUNE, by=who(world, "city-officer"), at=AT, opinion="同意")
    assert state_of(plain) == "approve"


@pytest.mark.parametrize(("count", "fen", "why"), [(2, 72_000, "2 笔"), (1, 72_001, "合计")])
def test_declared_totals_must_agree(world: World, count: int, fen: int, why: str) -> None:
    approved(world)
    with pytest.raises(DomainError, match=why):
        services.prepare(
            rule_id="class_subsidy",
            month=JUNE,
            declared_count=count,
            declared_total_fen=fen,
            region_code="350500",
            by=who(world, "payment-clerk"),
            at=AT,
        )
    assert not PaymentBatch.all_rows.exists()


def test_release_needs_another_person_and_the_same_totals(world: World) -> None:
    from dataclasses import replace

    statement, batch = prepared(world)
    finance = who(world, "finance-officer")
    with pytest.raises(NotFound):
        services.release(
            batch_id=batch.pk, count=1, total_fen=72_000, by=who(world, "payment-clerk"), at=AT
        )
    clerk_as_finance = replace(finance, user_id=world.users["payment-clerk"].pk)
    with pytest.raises(DomainError, match="编制人不能"):
        services.release(batch_id=batch.pk, count=1, total_fen=72_000, by=clerk_as_finance, at=AT)
    with pytest.raises(DomainError, match="不符"):
        services.release(batch_id=batch.pk, count=1, total_fen=71_999, by=finance, at=AT)
    assert state_of(statement) == "pay"
    services.release(batch_id=batch.pk, count=1, total_fen=72_000, by=finance, at=AT)
    with pytest.raises(DomainError, match="已经拨付"):
        services.release(batch_id=batch.pk, count=1, total_fen=72_000, by=finance, at=AT)


def test_the_database_itself_refuses_preparer_as_releaser(world: World) -> None:
    _, batch = prepared(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.all_rows.filter(pk=batch.pk).update(released_by=batch.prepared_by)


def test_release_checks_the_lines_themselves(world: World) -> None:
    from tuoyu.domains.subsidies.models import Line

    _, batch = prepared(world)
    Line.all_rows.filter(child_id=world.children["miao"].pk).update(delta_fen=23_999)
    with pytest.raises(DomainError, match="逐人明细"):
        services.release(
            batch_id=batch.pk, count=1, total_fen=72_000, by=who(world, "finance-officer"), at=AT
        )


def test_an_institution_that_owes_is_held_back(world: World) -> None:
    statement = approved(world)
    Statement.all_rows.filter(pk=statement.pk).update(total_fen=-100)
    payable = find_payable(who(world, "payment-clerk").scope, "class_subsidy", JUNE)
    assert (payable.statements, [p.net_fen for p in payable.held]) == ([], [-100])


def test_a_withdrawn_batch_leaves_its_statements_waiting(world: World) -> None:
    statement, batch = prepared(world)
    services.withdraw(batch_id=batch.pk, by=who(world, "payment-clerk"))
    statement.refresh_from_db()
    assert statement.batch is None
    assert state_of(statement) == "pay"
