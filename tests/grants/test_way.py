"""办理：from the draft to the payment order, by the right people; sent back with marks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.grants.town import (
    AT,
    UNIT,
    accepted,
    after_notice,
    again,
    assessed,
    become,
    checked,
    cleared,
    drafted,
    fund,
    state_of,
    submitted,
    who,
)
from tests.world import World
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.domains.funds.events import OrderFailed, OrderSettled
from tuoyu.domains.funds.services import balances_of
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.selectors import access_case
from tuoyu.domains.grants.showing import last_marks, list_steps
from tuoyu.domains.institutions.models import Kind, Place
from tuoyu.domains.publicity.models import NoticeRow

RULE = "community_slot"


@pytest.fixture
def town(world: World) -> World:
    become(world, "a1", Kind.COMMUNITY)
    fund(world, RULE)
    return world


def paid_to_order(world: World) -> Application:
    made = submitted(world, RULE)
    assessed(world, made, approved_fen=900_000)
    return cleared(checked(world, accepted(world, made)))


def test_the_ordinary_way_to_the_bank(town: World) -> None:
    made = submitted(town, RULE)
    assert state_of(made) == "county"
    assert (made.amount_fen, made.undetermined_lines, made.lines) == (None, 10, 10)
    assessed(town, made, approved_fen=900_000)
    made = accepted(town, made)
    assert made.amount_fen == 9_000_000
    assert balances_of(made.fund_key)["reserved"] == 9_000_000
    made = checked(town, made)
    assert state_of(made) == "notice"
    assert balances_of(made.fund_key)["committed"] == 9_000_000
    row = NoticeRow.all_rows.get(notice_id=made.notice_id or 0)
    assert row.cells[-1] == "90,000.00"
    made = cleared(made)
    assert state_of(made) == "payable"
    assert made.order_id is not None
    publish(OrderSettled("grant", made.pk, made.order_id, 9_000_000, AT.date(), after_notice()))
    made = again(made)
    assert (state_of(made), made.paid_on) == ("paid", AT.date())
    assert Place.all_rows.filter(paid_by="邻里中心与社区托育点新增托位奖补").count() == 10
    moves = Case.all_rows.get(subject_id=made.pk, type="grant").steps.values_list("move", flat=True)
    assert list(moves) == ["open", "submit", "accept", "approve", "check", "clear", "settle"]


def test_the_bank_says_no_and_it_stays_to_be_paid(town: World) -> None:
    made = paid_to_order(town)
    publish(OrderFailed("grant", made.pk, made.order_id or 0, "账号与户名不符", after_notice()))
    assert state_of(made) == "payable"
    case = Case.all_rows.get(subject_id=made.pk, type="grant")
    assert case.steps.last().opinion == "账号与户名不符"  # type: ignore[union-attr]


def test_a_payment_that_comes_back_is_no_longer_told_as_paid(town: World) -> None:
    """退票：已拨付 → 待拨付，and paid once more when the bank has paid."""
    made = paid_to_order(town)
    order = made.order_id or 0
    publish(OrderSettled("grant", made.pk, order, 9_000_000, AT.date(), after_notice()))
    assert state_of(made) == "paid"
    publish(OrderFailed("grant", made.pk, order, "退票：账户已销户", after_notice()))
    assert (state_of(made), again(made).paid_on) == ("payable", None)
    case = Case.all_rows.get(subject_id=made.pk, type="grant")
    assert case.closed_at is None
    assert case.steps.last().opinion == "退票：账户已销户"  # type: ignore[union-attr]
    publish(OrderSettled("grant", made.pk, order, 9_000_000, AT.date(), after_notice()))
    assert (state_of(made), again(made).paid_on) == ("paid", AT.date())


def test_a_sum_that_is_not_the_applications_is_not_booked(town: World) -> None:
    made = paid_to_order(town)
    with pytest.raises(DomainError, match="不符"):
        publish(OrderSettled("grant", made.pk, made.order_id or 0, 1, AT.date(), after_notice()))
    assert state_of(made) == "payable"


def test_wrong_people_find_nothing(town: World) -> None:
    made = drafted(town, RULE)
    for slug in ("other-director", "teacher", "county-officer", "city-officer", "auditor"):
        with pytest.raises(NotFound):
            services.submit(application_id=made.pk, by=who(town, slug), at=AT)
    services.submit(application_id=made.pk, by=who(town, "director"), at=AT)
    for slug in ("other-county-officer", "city-officer", "director", "finance-officer"):
        with pytest.raises(NotFound):
            services.assess(
                application_id=made.pk, given={"approved_fen": 1}, basis="x",
                by=who(town, slug), at=AT,
            )  # fmt: skip
        with pytest.raises(NotFound):
            services.accept(application_id=made.pk, by=who(town, slug), at=AT)
    assessed(town, made, approved_fen=900_000)
    accepted(town, made)
    for slug in ("county-officer", "finance-officer", "director", "auditor"):
        with pytest.raises(NotFound):
            services.approve(application_id=made.pk, by=who(town, slug), at=AT)
    services.approve(application_id=made.pk, by=who(town, "city-officer"), at=AT)
    for slug in ("city-officer", "county-officer", "payment-clerk"):
        with pytest.raises(NotFound):
            services.check(application_id=made.pk, by=who(town, slug), at=AT)


def test_who_prepared_or_reviewed_may_not_approve(town: World) -> None:
    made = submitted(town, RULE)
    assessed(town, made, approved_fen=900_000)
    same = replace(who(town, "county-officer"), user_id=town.users["director"].pk)
    with pytest.raises(DomainError, match="您已在本件中办过"):
        services.accept(application_id=made.pk, by=same, at=AT)
    accepted(town, made)
    same = replace(who(town, "city-officer"), user_id=town.users["county-officer"].pk)
    with pytest.raises(DomainError, match="金额由您核定"):
        services.approve(application_id=made.pk, by=same, at=AT)


def test_above_the_threshold_a_second_person_approves(town: World) -> None:
    made = submitted(town, RULE)
    assessed(town, made, approved_fen=1_000_000)  # 10 places: 100,000.00, not above
    accepted(town, made)
    services.approve(application_id=made.pk, by=who(town, "city-officer"), at=AT)
    assert state_of(made) == "finance"


def test_one_fen_above_the_threshold_takes_two(town: World) -> None:
    Place.all_rows.filter(number="a1-toddler-01").update(is_new=True)
    made = submitted(town, RULE)
    assessed(town, made, approved_fen=1_000_000)  # 11 places: 110,000.00
    accepted(town, made)
    services.approve(application_id=made.pk, by=who(town, "city-officer"), at=AT)
    assert state_of(made) == "second"
    with pytest.raises(DomainError, match="市级审批"):
        services.approve(application_id=made.pk, by=who(town, "city-officer"), at=AT)
    services.approve(application_id=made.pk, by=who(town, "city-officer-2"), at=AT)
    assert state_of(made) == "finance"


def test_sent_back_with_marks_and_handed_in_again(town: World) -> None:
    made = submitted(town, RULE)
    county = who(town, "county-officer")
    with pytest.raises(DomainError, match="意见"):
        services.send_back(application_id=made.pk, by=county, at=AT, opinion=" ")
    services.send_back(
        application_id=made.pk, by=county, at=AT, opinion="验收单看不清",
        marks={"acceptance": "请上传清晰的验收单"},
    )  # fmt: skip
    assert state_of(made) == "draft"
    assert not made.items.filter(is_live=True).exists()
    returned, marks = last_marks(list_steps(access_case(county.scope, made)))
    assert returned is not None
    assert marks == {"acceptance": "请上传清晰的验收单"}
    services.submit(application_id=made.pk, by=who(town, "director"), at=AT)
    assert made.items.filter(is_live=True).count() == 10


def test_sent_back_by_the_city_the_money_is_free_again(town: World) -> None:
    made = submitted(town, RULE)
    assessed(town, made, approved_fen=900_000)
    made = accepted(town, made)
    key = made.fund_key
    services.send_back(
        application_id=made.pk, by=who(town, "city-officer"), at=AT, opinion="请复核决算"
    )
    assert balances_of(key).get("reserved", 0) == 0
    made = accepted(town, again(made))
    assert balances_of(made.fund_key)["reserved"] == 9_000_000


def test_refused_gives_money_and_places_back(town: World) -> None:
    made = submitted(town, RULE)
    assessed(town, made, approved_fen=900_000)
    made = accepted(town, made)
    key = made.fund_key
    services.refuse(application_id=made.pk, by=who(town, "city-officer"), at=AT, opinion="不属新增")
    assert state_of(made) == "refused"
    assert balances_of(key).get("reserved", 0) == 0
    assert submitted(town, RULE).lines == 10


def test_withdrawn_until_reviewed(town: World) -> None:
    made = submitted(town, RULE)
    services.withdraw(application_id=made.pk, by=who(town, "director"), at=AT)
    assert state_of(made) == "withdrawn"
    made = submitted(town, RULE)
    assessed(town, made, approved_fen=900_000)
    accepted(town, made)
    with pytest.raises(DomainError, match="待市级审批"):
        services.withdraw(application_id=made.pk, by=who(town, "director"), at=AT)


def test_without_a_budget_nothing_is_accepted(world: World) -> None:
    become(world, "a1", Kind.COMMUNITY)
    made = submitted(world, RULE)
    assessed(world, made, approved_fen=900_000)
    with pytest.raises(DomainError, match="预算不足"):
        accepted(world, made)
    assert state_of(made) == "county"


def test_papers_are_asked_for_and_what_is_known_is_not(town: World) -> None:
    by = who(town, "director")
    made = services.draft(rule=RULE, institution_id=by.institution_id, by=by, at=AT)
    with pytest.raises(DomainError, match="还缺建设或改造验收材料，"):
        services.submit(application_id=made.pk, by=by, at=AT)


def test_the_paying_unit_is_the_county(town: World) -> None:
    assert submitted(town, RULE).unit_code == UNIT
