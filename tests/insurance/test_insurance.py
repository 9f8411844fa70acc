"""统一保险：tender, contracts, roster, premium through the funds, claims, renewal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from psycopg.types.range import DateRange

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import publish
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.funds import services as funds
from tuoyu.domains.funds.events import OrderSettled
from tuoyu.domains.funds.models import Order
from tuoyu.domains.insurance import selectors, services
from tuoyu.domains.insurance.models import CountyContract, Insured, Premium, Reminder, Tender

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
COVERS = [{"name": "意外伤害", "limit": "按保单"}, {"name": "食品卫生", "limit": "按保单"}]


def who(world: World, slug: str) -> Actor:
    return actor_for_user(world.users[slug])


@pytest.fixture
def tender(world: World) -> Tender:
    return services.award(
        title="2025 年托育机构统一保险", document="示例中标〔2025〕1号（虚构）",
        insurer="示例财产保险泉州分公司（虚构）", covers=COVERS, from_on=date(2025, 1, 1),
        to_on=date(2026, 1, 1), by=who(world, "city-officer"), at=NOW,
    )  # fmt: skip


@pytest.fixture
def contract(world: World, tender: Tender) -> CountyContract:
    made = services.sign(
        tender_id=tender.pk, unit_code="350582", policy_no="示例保单350582",
        signed_on=date(2025, 1, 20), by=who(world, "county-officer"), at=NOW,
    )  # fmt: skip
    services.sync_roster(tender=tender, on=TODAY)
    return made


def budget(world: World, fen: int = 10_000_000) -> None:
    funds.allot(
        key="t1", year=2025, unit_code="350582", programme="insurance", source="county", rank=1,
        document_no="示例〔2025〕9号（虚构）", amount_fen=fen, by=who(world, "finance-officer"),
        at=NOW,
    )  # fmt: skip


def state(premium: Premium) -> str:
    return Case.all_rows.get(type="insurance", subject_id=premium.pk).state


def test_the_roster_is_made_from_enrolment_and_again_changes_nothing(
    world: World, tender: Tender
) -> None:
    added, removed = services.sync_roster(tender=tender, on=TODAY)
    assert (added, removed) == (len(world.children), 0)
    assert services.sync_roster(tender=tender, on=TODAY) == (0, 0)
    assert set(Insured.all_rows.values_list("from_on", flat=True)) == {date(2025, 3, 1)}


def test_who_leaves_is_removed_on_the_day_and_shown_in_the_months_diff(
    world: World, contract: CountyContract
) -> None:
    he = world.children["he"]
    end = date(2025, 10, 10)
    Enrolment.all_rows.filter(child=he).update(period=DateRange(date(2025, 3, 1), end))
    assert services.sync_roster(tender=contract.tender, on=TODAY) == (0, 1)
    diff = selectors.month_diff(SYSTEM, contract.tender, date(2025, 10, 1))
    assert [r.child_id for r in diff.removed] == [he.pk]
    assert diff.removed[0].to_on == end
    assert diff.added == []
    assert not selectors.roster(SYSTEM, contract.tender, TODAY).filter(child_id=he.pk).exists()
    joined = selectors.month_diff(SYSTEM, contract.tender, date(2025, 3, 1)).added
    assert len(joined) == len(world.children)


def test_the_premium_is_the_engines_amount_and_goes_through_both_reviews(
    world: World, contract: CountyContract
) -> None:
    county, city = who(world, "county-officer"), who(world, "city-officer")
    premium = services.compute(contract_id=contract.pk, on=TODAY, by=county, at=NOW)
    in_county = selectors.count_by_unit(SYSTEM, contract.tender, TODAY)["350582"]
    assert premium.insured == in_county
    assert premium.amount_fen == in_county * 6000, "60 yuan each, by the notice of the pack"
    assert sum(line.amount_fen for line in premium.lines.all()) == premium.amount_fen
    with pytest.raises(DomainError, match="预算不足"):
        services.review(premium_id=premium.pk, by=county, at=NOW)
    assert state(premium) == "county", "without money nothing moves"
    budget(world)
    services.review(premium_id=premium.pk, by=county, at=NOW)
    with pytest.raises(NotFound):
        services.approve(premium_id=premium.pk, by=county, at=NOW)
    services.approve(premium_id=premium.pk, by=city, at=NOW)
    order = Order.all_rows.get()
    assert (order.payee_kind, order.amount_fen) == ("insurer", premium.amount_fen)
    assert state(premium) == "payable", "approved is not yet paid"
    publish(OrderSettled("insurance", premium.pk, order.pk, order.amount_fen, TODAY, NOW))
    assert state(premium) == "paid"
    premium.refresh_from_db()
    assert premium.paid_on == TODAY


def test_sent_back_the_reserve_is_given_back(world: World, contract: CountyContract) -> None:
    county, city = who(world, "county-officer"), who(world, "city-officer")
    premium = services.compute(contract_id=contract.pk, on=TODAY, by=county, at=NOW)
    budget(world, premium.amount_fen)
    for _ in range(2):
        services.review(premium_id=premium.pk, by=county, at=NOW)
        services.send_back(premium_id=premium.pk, by=city, at=NOW, opinion="名册请再核")
    assert funds.balances_of(f"insurance:{premium.pk}").get("reserved", 0) == 0


def test_without_a_contract_of_ones_own_county_nothing(world: World, tender: Tender) -> None:
    with pytest.raises(NotFound):
        services.sign(tender_id=tender.pk, unit_code="350502", policy_no="x", signed_on=TODAY,
                      by=who(world, "county-officer"), at=NOW)  # fmt: skip
    contract = services.sign(tender_id=tender.pk, unit_code="350502", policy_no="x",
                             signed_on=TODAY, by=who(world, "other-county-officer"),
                             at=NOW)  # fmt: skip
    with pytest.raises(NotFound):
        services.compute(contract_id=contract.pk, on=TODAY, by=who(world, "county-officer"), at=NOW)
    with pytest.raises(DomainError, match="没有参保儿童"):
        services.compute(
            contract_id=contract.pk, on=TODAY, by=who(world, "other-county-officer"), at=NOW
        )


def test_two_tenders_do_not_overlap(world: World, tender: Tender) -> None:
    with pytest.raises(DomainError, match="已有中标结果"):
        services.award(title="又一次", document="示例", insurer="示例", covers=[],
                       from_on=date(2025, 12, 1), to_on=date(2026, 12, 1),
                       by=who(world, "city-officer"), at=NOW)  # fmt: skip


def test_a_claim_from_report_to_payment(world: World, contract: CountyContract) -> None:
    director, he = who(world, "director"), world.children["he"].pk
    claim = services.report(child_id=he, happened_on=TODAY, cover="意外伤害", what="磕伤送医",
                            by=director, at=NOW)  # fmt: skip
    services.hand_over(claim_id=claim.pk, insurer_no="示例报案1", by=director, at=NOW)
    with pytest.raises(DomainError, match="大于零"):
        services.conclude(claim_id=claim.pk, paid_fen=0, answer="", by=director, at=NOW)
    services.conclude(claim_id=claim.pk, paid_fen=32_050, answer="", by=director, at=NOW)
    claim.refresh_from_db()
    assert claim.paid_fen == 32_050
    assert Case.all_rows.get(type="insurance_claim").state == "paid"


def test_a_refusal_keeps_its_reason(world: World, contract: CountyContract) -> None:
    director = who(world, "director")
    claim = services.report(child_id=world.children["he"].pk, happened_on=TODAY, cover="食品卫生",
                            what="饭后腹泻", by=director, at=NOW)  # fmt: skip
    services.hand_over(claim_id=claim.pk, insurer_no="示例报案2", by=director, at=NOW)
    with pytest.raises(DomainError, match="意见"):
        services.conclude(claim_id=claim.pk, paid_fen=None, answer=" ", by=director, at=NOW)
    services.conclude(claim_id=claim.pk, paid_fen=None, answer="与饮食无关", by=director, at=NOW)
    claim.refresh_from_db()
    assert (claim.paid_fen, claim.answer) == (None, "与饮食无关")


def test_only_ones_own_insured_children(world: World, contract: CountyContract) -> None:
    with pytest.raises(DomainError, match="不在参保名册"):
        services.report(child_id=world.children["feng"].pk, happened_on=TODAY, cover="意外伤害",
                        what="磕伤", by=who(world, "director"), at=NOW)  # fmt: skip
    with pytest.raises(DomainError, match="不在参保名册"):
        services.report(child_id=world.children["he"].pk, happened_on=date(2025, 2, 1),
                        cover="意外伤害", what="入托以前", by=who(world, "director"),
                        at=NOW)  # fmt: skip


def test_reminders_at_60_30_and_7_days_once_each(world: World, tender: Tender) -> None:
    assert services.remind(at=NOW) == []
    for days, known in [(60, 1), (59, 1), (30, 2), (7, 3), (6, 3)]:
        services.remind(at=NOW + (tender.to_on - TODAY) - timedelta(days=days))
        assert Reminder.all_rows.count() == known
    case = Case.all_rows.get(type="insurance_renewal")
    services.award(title="2026 年统一保险", document="示例中标〔2026〕1号", insurer="示例保险",
                   covers=COVERS, from_on=tender.to_on, to_on=date(2027, 1, 1),
                   by=who(world, "city-officer"), at=NOW)  # fmt: skip
    case.refresh_from_db()
    assert case.state == "done"
