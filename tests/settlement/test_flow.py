"""办理与拨付：the right people, in order, never one person twice; what the money does then."""

from __future__ import annotations

from datetime import date

import pytest

from tests.payments import purse
from tests.settlement.month import JUNE, SETTLED_AT, june, line_of, made, run_june
from tests.world import World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import DayStatus
from tuoyu.domains.attendance.services import correct
from tuoyu.domains.funds import services as funds
from tuoyu.domains.funds.models import Batch, Order, Receivable
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.models import Line, Run, Statement

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


def prepared(world: World) -> tuple[Statement, Batch]:
    return approved(world), purse.prepared(world, 1, 72_000, AT)


def test_the_ordinary_way(world: World) -> None:
    """待拨付 until the bank has confirmed it: releasing alone pays nobody."""
    statement, batch = prepared(world)
    funds.release(
        batch_id=batch.pk, count=1, total_fen=72_000, by=who(world, "finance-officer"), at=AT
    )
    batch.refresh_from_db()
    assert state_of(statement) == "pay"
    assert batch.released_by == world.users["finance-officer"].pk
    assert purse.take(world, batch, purse.bank_says(batch), AT) == []
    assert state_of(statement) == "paid"
    steps = Case.all_rows.get(subject_id=statement.pk).steps.values_list("move", flat=True)
    assert list(steps) == ["open", "confirm", "review", "approve", "pay"]


def test_an_approval_without_money_approves_nothing(world: World) -> None:
    _, statement = settled(world)
    to_approval(world, statement)
    by = who(world, "finance-officer")
    funds.allot(
        key="收回", kind="withdraw", year=2025, unit_code="350582", programme="class_subsidy",
        source="county", rank=3, document_no="示例收回（虚构）", amount_fen=purse.BUDGET - 71_999,
        by=by, at=AT,
    )  # fmt: skip
    with pytest.raises(DomainError, match=r"还差 0\.01 元"):
        services.approve(statement_id=statement.pk, by=who(world, "city-officer"), at=AT)
    assert state_of(statement) == "approve"
    assert not Order.all_rows.exists()


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
    assert (state_of(plain), state_of(with_open)) == ("nothing", "approve")
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


def test_release_checks_the_lines_themselves(world: World) -> None:
    _, batch = prepared(world)
    Line.all_rows.filter(child_id=world.children["miao"].pk).update(delta_fen=23_999)
    with pytest.raises(DomainError, match="明细之和不符"):
        funds.release(
            batch_id=batch.pk, count=1, total_fen=72_000, by=who(world, "finance-officer"), at=AT
        )


def take_a_day_back(world: World) -> Statement:
    """小禾 loses a day after settlement: a delta statement of −160 元."""
    kid = world.children["he"]
    assert kid.institution_id
    correct(
        child_id=kid.pk, institution_id=kid.institution_id, day=date(2025, 6, 3),
        status=DayStatus.ABSENT, reason="误点名", user_id=1, at=AT,
    )  # fmt: skip
    delta = made(run_june()).statements.get(institution_id=kid.institution_id)
    assert delta.total_fen == -16_000
    to_approval(world, delta)
    return delta


def test_a_delta_below_zero_reduces_what_still_waits(world: World) -> None:
    first = approved(world)
    delta = take_a_day_back(world)
    services.approve(statement_id=delta.pk, by=who(world, "city-officer"), at=AT)
    order = Order.all_rows.get(source_id=first.pk)
    assert (order.amount_fen, order.offset_fen, order.net_fen) == (72_000, 16_000, 56_000)
    assert state_of(delta) == "recovered"


def test_a_delta_after_payment_is_owed_back(world: World) -> None:
    first, batch = prepared(world)
    batch = funds.release(
        batch_id=batch.pk, count=1, total_fen=72_000, by=who(world, "finance-officer"), at=AT
    )
    delta = take_a_day_back(world)
    services.approve(statement_id=delta.pk, by=who(world, "city-officer"), at=AT)
    owed = Receivable.all_rows.get()
    assert (owed.left_fen, owed.is_claimed, state_of(delta)) == (16_000, False, "recover")
    assert purse.take(world, batch, purse.bank_says(batch), AT) == []
    owed.refresh_from_db()
    assert owed.is_claimed
    assert state_of(first) == "paid"
    assert purse.ledger()["receivable"] == 16_000
    funds.repaid(
        receivable_id=owed.pk, amount_fen=16_000, bank_ref="T1", on=AT.date(),
        by=who(world, "payment-clerk"), at=AT,
    )  # fmt: skip
    assert state_of(delta) == "recovered"


def test_nothing_is_owed_back_before_the_first_is_approved(world: World) -> None:
    _, first = settled(world)
    delta = take_a_day_back(world)
    city = who(world, "city-officer")
    with pytest.raises(DomainError, match="前次结算"):
        services.approve(statement_id=delta.pk, by=city, at=AT)
    with pytest.raises(DomainError, match="前次未办完"):
        services.approve_low_risk(month=JUNE, by=city, at=AT, opinion="同意")
    assert (state_of(first), state_of(delta)) == ("confirm", "approve")


def test_a_statement_of_nothing_is_closed_without_payment(world: World) -> None:
    run, _ = settled(world)
    plain = run.statements.get(institution_id=world.institutions["a2"].pk)
    assert plain.total_fen == 0
    Case.all_rows.filter(subject_id=plain.pk).update(state="approve")
    services.approve(statement_id=plain.pk, by=who(world, "city-officer"), at=AT)
    assert state_of(plain) == "nothing"
    assert not Order.all_rows.exists()
