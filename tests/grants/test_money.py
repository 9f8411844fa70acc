"""只付一次、两人同时、到账以后的更正：paid once, two at once, and corrections after the bank."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from tests.grants.test_programmes import A1_KIDS, closed_june, lease
from tests.grants.town import (
    AT,
    JUNE,
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
from tests.payments.purse import bank_says, set_account
from tests.world import World
from tuoyu.core import workdays
from tuoyu.core.errors import DomainError
from tuoyu.domains.funds import services as funds
from tuoyu.domains.funds.files import tables
from tuoyu.domains.funds.models import Receivable
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application, Item
from tuoyu.domains.grants.showing import explain_item
from tuoyu.domains.institutions.models import Kind, Place
from tuoyu.domains.publicity.services import answer as answer_objection
from tuoyu.domains.publicity.services import close_due, object_to
from tuoyu.domains.quality.models import Application as Rating
from tuoyu.domains.quality.models import Award
from tuoyu.domains.workforce.models import Certificate


def bank_pays(world: World, programme: str, fen: int, at: datetime) -> datetime:
    """编批、送银行、回单；answers when it was settled."""
    inst = world.institutions["a1"]
    for payee, number, place in (
        (funds.Payee("institution", inst.pk, inst.name), "955880000001", inst.pk),
        (funds.Payee("treasury", 0, "市财政专户（虚构）"), "955880000002", None),
    ):
        set_account(world, payee, number, inst.region_code if place else "350500", place)
    batch = funds.prepare(
        programme=programme, declared_count=1, declared_total_fen=fen, region_code="350500",
        by=who(world, "payment-clerk"), at=at,
    )  # fmt: skip
    batch = funds.release(
        batch_id=batch.pk, count=1, total_fen=fen, by=who(world, "finance-officer"), at=at
    )
    back = workdays.add(at, 2)
    kept = funds.take_return(
        batch_id=batch.pk, file_name="回单.csv", blob=tables.write_csv(bank_says(batch)),
        by=who(world, "payment-clerk"), at=back,
    )  # fmt: skip
    assert list(kept.faults) == []
    return back


def paid_rent(world: World, fen: int = 1_000_000) -> Application:
    closed_june(world, *A1_KIDS[:5])
    lease(world, fen)
    fund(world, "rent_relief")
    made = cleared(checked(world, accepted(world, submitted(world, "rent_relief", month=JUNE))))
    bank_pays(world, "rent_relief", made.amount_fen or 0, after_notice())
    return again(made)


def test_from_application_to_the_reconciled_bank_line(world: World) -> None:
    made = paid_rent(world)
    assert state_of(made) == "paid"
    assert made.paid_on is not None
    assert funds.balances_of(made.fund_key) == {"paid": made.amount_fen}


LATER = datetime(2025, 11, 12, 9, 0, tzinfo=AT.tzinfo)


def test_a_correction_upwards_is_an_application_that_cites_the_first(world: World) -> None:
    """租约更正：10000 → 12000 元；the difference goes the whole way again."""
    made = paid_rent(world)
    before = made.amount_fen or 0
    assert services.find_change(made, LATER).delta_fen == 0
    lease(world, 1_200_000)
    by = who(world, "director")
    more = services.supplement(application_id=made.pk, by=by, at=LATER)
    wanted = 1_200_000 * 5 * 50 // (43 * 100)
    assert (more.corrects_id, more.amount_fen) == (made.pk, wanted - before)
    item = more.items.get()
    assert (item.amount_fen, item.delta_fen, item.is_live) == (wanted, wanted - before, False)
    with pytest.raises(DomainError, match="已有一份补差申请在办"):
        services.supplement(application_id=made.pk, by=by, at=LATER)
    services.submit(application_id=more.pk, by=by, at=LATER)
    services.accept(application_id=more.pk, by=who(world, "county-officer"), at=LATER)
    assert again(made).amount_fen == before
    assert again(more).amount_fen == wanted - before
    assert funds.balances_of(f"grant:{more.pk}")["reserved"] == wanted - before


def test_a_correction_downwards_is_claimed_back_and_only_once(world: World) -> None:
    made = paid_rent(world)
    before = made.amount_fen or 0
    lease(world, 800_000)
    wanted = 800_000 * 5 * 50 // (43 * 100)
    with pytest.raises(DomainError, match="没有可补的"):
        services.supplement(application_id=made.pk, by=who(world, "director"), at=LATER)
    county = who(world, "county-officer")
    fen = services.claw_back(application_id=made.pk, reason="租约更正", by=county, at=LATER)
    assert fen == before - wanted
    assert sum(r.amount_fen for r in Receivable.all_rows.all()) == fen
    back = Application.all_rows.get(corrects=made)
    assert (back.amount_fen, state_of(back)) == (-fen, "recover")
    assert services.find_change(again(made), LATER).delta_fen == 0
    with pytest.raises(DomainError, match="不用更正"):
        services.claw_back(application_id=made.pk, reason="再来", by=county, at=LATER)


def test_an_upheld_objection_stops_the_payment(world: World) -> None:
    closed_june(world, *A1_KIDS[:5])
    lease(world, 1_000_000)
    fund(world, "rent_relief")
    made = checked(world, accepted(world, submitted(world, "rent_relief", month=JUNE)))
    key = made.fund_key
    said = object_to(
        notice_id=made.notice_id or 0, row_id=None, opinion="这家机构并没有租用场地",
        contact="", at=AT + timedelta(days=1),
    )  # fmt: skip
    assert said.row_id is None or state_of(made) == "notice"
    from tuoyu.domains.publicity.models import NoticeRow

    row = NoticeRow.all_rows.get(notice_id=made.notice_id or 0)
    said = object_to(
        notice_id=made.notice_id or 0, row_id=row.pk, opinion="这家机构并没有租用场地",
        contact="", at=AT + timedelta(days=1),
    )  # fmt: skip
    close_due(after_notice())
    assert state_of(made) == "notice"  # an unanswered objection keeps it waiting
    answer_objection(
        objection_id=said.pk, upheld=True, reason="经核查属实", by=who(world, "county-officer"),
        at=after_notice(),
    )  # fmt: skip
    assert state_of(made) == "refused"
    assert not funds.balances_of(key).get("committed")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_claim_the_same_places_and_one_wins(world: World) -> None:
    become(world, "a1", Kind.COMMUNITY)
    made = [drafted(world, "community_slot") for _ in range(2)]
    by, together = who(world, "director"), threading.Barrier(2)
    said: list[str] = []

    def hand_in(pk: int) -> None:
        try:
            together.wait()
            services.submit(application_id=pk, by=by, at=AT)
            said.append("ok")
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in, args=(a.pk,)) for a in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) in (["claimed", "ok"], ["nothing", "ok"])
    assert Item.all_rows.filter(is_live=True).count() == 10
    assert sorted(map(state_of, made)) == ["county", "draft"]


def test_a_place_paid_by_another_channel_is_left_out(world: World) -> None:
    become(world, "a1", Kind.COMMUNITY)
    Place.all_rows.filter(number__in=["a1-infant-01", "a1-infant-02"]).update(
        paid_by="中央预算内投资（虚构）"
    )
    assert drafted(world, "community_slot").lines == 8


def test_a_place_claimed_in_one_kind_is_not_claimed_in_another(world: World) -> None:
    inst = become(world, "a1", Kind.COMMUNITY)
    submitted(world, "community_slot")
    inst.kind = Kind.KINDERGARTEN
    inst.save(update_fields=["kind"])
    with pytest.raises(DomainError, match="都已经申报"):
        drafted(world, "kindergarten_slot")


def star(world: World, level: str, number: str) -> None:
    inst = world.institutions["a1"]
    rating = Rating.all_rows.create(
        kind="star", institution=inst, region_code=inst.region_code, wanted=level, made_at=AT
    )
    Award.all_rows.create(
        kind="star", application=rating, institution=inst, region_code=inst.region_code,
        level=level, number=number, code=number, document_no="示例评定", issued_on=AT.date(),
        period=DateRange(date(2025, 1, 1), date(2028, 1, 1)),
    )  # fmt: skip


def test_stars_city_then_province_is_paid_the_difference(world: World) -> None:
    """市级 ≤10 万、省级 ≤20 万；已获市级的补差额（解释项 I15）。"""
    with pytest.raises(DomainError, match="尚未获评"):
        drafted(world, "star_grant")
    star(world, "city", "S1")
    made = submitted(world, "star_grant")
    with pytest.raises(DomainError, match=r"每家机构不高于 100,000.00 元"):
        assessed(world, made, approved_fen=10_000_001)
    assessed(world, made, approved_fen=10_000_000)
    assert again(made).amount_fen == 10_000_000
    with pytest.raises(DomainError, match="已经申报或享受过"):
        drafted(world, "star_grant")
    star(world, "province", "S2")
    more = submitted(world, "star_grant")
    with pytest.raises(DomainError, match=r"解释项 I15：补差额.*最多再核定 100,000.00 元"):
        assessed(world, more, approved_fen=10_000_001)
    assessed(world, more, approved_fen=10_000_000)
    assert again(more).amount_fen == 10_000_000


def test_a_certificate_that_ran_out_later_takes_nothing_back(world: World) -> None:
    found = Certificate.all_rows.get(staff=world.staff["a1.infant"])
    found.expires_on = date(2025, 11, 1)
    found.save(update_fields=["expires_on"])
    made = submitted(world, "training_subsidy", pick=str(found.pk))
    assessed(world, made, "city-officer", eligible=True)
    assert again(made).amount_fen == 100_000
    assert services.find_change(again(made), LATER).delta_fen == 0


def test_only_low_risk_kinds_are_approved_together(world: World) -> None:
    closed_june(world, *A1_KIDS[:5])
    lease(world, 1_000_000)
    become(world, "a1", Kind.COMMUNITY)
    fund(world, "rent_relief", "community_slot")
    rent = accepted(world, submitted(world, "rent_relief", month=JUNE))
    places = submitted(world, "community_slot")
    assessed(world, places, approved_fen=500_000)
    accepted(world, places)
    city = who(world, "city-officer")
    with pytest.raises(DomainError, match="意见"):
        services.approve_low_risk(by=city, at=AT, opinion="")
    done = services.approve_low_risk(by=city, at=AT, opinion="同意")
    assert (done.done, done.held) == (1, 1)
    assert (state_of(rent), state_of(places)) == ("finance", "city")


def test_each_line_is_the_same_when_computed_again(world: World) -> None:
    made = paid_rent(world)
    for item in made.items.all():
        told = explain_item(who(world, "county-officer").scope, made, item.pk)
        assert told.agrees
        assert told.sentence.startswith("581.39 元")
        assert any(c["no"].startswith("示例〔2025〕1号") for c in told.cites)
