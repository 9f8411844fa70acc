"""指标统计：counted from the registers; what nobody reported is unknown, never zero."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from pytest_django import DjangoAssertNumQueries

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.indicators import selectors, services
from tuoyu.domains.indicators.models import MeasureFact, PublishedVacancy
from tuoyu.domains.institutions.models import Contract, Institution, Kind, Place, Recognition
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import load_book
from tuoyu.domains.regions.models import Region
from tuoyu.domains.workforce.models import Certificate, Staff

TODAY = NOW.date()
JINJIANG = "350582"


def value(measure: str, region: str = JINJIANG, on: date = TODAY) -> int | None:
    found = MeasureFact.all_rows.filter(measure=measure, region_code=region, on=on).first()
    return found.value if found else None


def card(indicator: str, region: str = JINJIANG) -> selectors.Card:
    where = Region.objects.get(pk=region)
    cards = selectors.list_cards(current_book(), where, TODAY)
    return next(c for c in cards if c.indicator.id == indicator)


def test_places_are_counted_by_unit_and_city(world: World) -> None:
    services.refresh_all(NOW)
    assert (value("places_total"), value("places_total", "350502")) == (86, 43)
    assert value("places_total", "350500") == 129


def test_a_unit_without_institutions_is_unknown_not_zero(world: World) -> None:
    services.refresh_all(NOW)
    assert value("places_total", "3505A1") is None
    found = card("places_per_thousand", "3505A1")
    assert found.text is None
    assert found.state == "未知"
    assert "尚无机构登记" in found.why_unknown


def test_what_nobody_reports_is_unknown_with_its_reason(world: World) -> None:
    services.refresh_all(NOW)
    found = card("filed_share")
    assert found.text is None
    assert "平台尚未收到" in found.why_unknown


def test_a_reported_figure_is_shown(world: World) -> None:
    MeasureFact.all_rows.create(
        measure="feature_parks", region_code="350500", on=TODAY, value=9, source="评审（虚构）"
    )
    found = card("feature_parks", "350500")
    assert (found.text, found.gap, found.state) == ("9", "差 3 家", "落后")


def test_a_closed_place_does_not_count(world: World) -> None:
    Place.all_rows.filter(number="a1-infant-01").update(state="closed")
    services.refresh_all(NOW)
    assert value("places_total") == 85


def test_an_inclusive_place_needs_a_recognition_on_the_day(world: World) -> None:
    Recognition.all_rows.filter(institution=world.institutions["a1"]).update(
        period=DateRange(date(2025, 1, 1), TODAY)
    )
    services.refresh_all(NOW)
    assert value("places_inclusive") == 43  # a1 ran out today: half-open


def test_exactly_sixty_percent_is_not_reached_when_the_text_says_over() -> None:
    indicator = current_book().indicators["inclusive_share"]
    assert indicator.comparison == ">"


def test_a_contract_counts_only_with_guidance(world: World) -> None:
    a1 = world.institutions["a1"]
    contract = Contract.all_rows.create(
        institution=a1,
        region_code=JINJIANG,
        clinic="示例卫生院（虚构）",
        period=DateRange(date(2025, 1, 1), date(2026, 1, 1)),
    )
    services.refresh_all(NOW)
    assert value("institutions_contracted") == 0
    contract.guided_on = date(2025, 9, 1)
    contract.save()
    services.refresh_all(NOW)
    assert value("institutions_contracted") == 1


def test_an_expired_certificate_does_not_count(world: World) -> None:
    Certificate.all_rows.filter(staff=world.staff["a1.infant"]).update(expires_on=TODAY)
    services.refresh_all(NOW)
    assert (value("staff_certified"), value("staff_working")) == (5, 6)
    assert card("certified_share").gap_short == "差 1 人"


def test_one_who_left_is_not_counted(world: World) -> None:
    Staff.all_rows.filter(pk=world.staff["a1.infant"].pk).update(left_on=TODAY)
    services.refresh_all(NOW)
    assert value("staff_working") == 5


def test_two_half_days_make_one_child_in_the_city(world: World) -> None:
    rows = Enrolment.all_rows.filter(child__in=[world.children["chen"], world.children["feng"]])
    rows.update(form="half_day")
    services.refresh_all(NOW)
    assert value("children_enrolled") == 6  # 晋江 6.5，不进位
    assert value("children_enrolled", "350502") == 0
    assert value("children_enrolled", "350500") == 7


def test_running_again_corrects_the_day_and_adds_no_row(world: World) -> None:
    services.refresh_all(NOW)
    before = MeasureFact.all_rows.count()
    Place.all_rows.filter(number="a1-infant-01").update(state="closed")
    services.refresh_all(NOW + timedelta(hours=1))
    assert MeasureFact.all_rows.count() == before
    assert value("places_total") == 85


def test_the_population_keeps_its_own_year(world: World) -> None:
    services.refresh_all(NOW)
    found = card("places_per_thousand")
    assert found.denominator is not None
    assert found.denominator.on == date(2021, 12, 31)
    assert found.numerator.on == TODAY


def test_both_denominators_stay_apart(world: World) -> None:
    book = current_book()
    quanzhou = book.indicators["places_per_thousand"].denominator
    yueqing = (
        load_book(settings.PACKS_DIR, "yueqing-2025")
        .indicators["places_per_thousand_under3"]
        .denominator
    )
    assert quanzhou is not None
    assert yueqing is not None
    assert (quanzhou.id, yueqing.id) == ("resident_population", "under3_population")


def test_a_count_set_for_each_county_is_judged_county_by_county(world: World) -> None:
    Institution.all_rows.filter(pk=world.institutions["a1"].pk).update(kind=Kind.CENTER)
    Place.all_rows.bulk_create(
        Place(
            institution=world.institutions["a1"],
            region_code=JINJIANG,
            number=f"c-{n}",
            state="operating",
            state_on=TODAY,
        )
        for n in range(60)
    )
    services.refresh_all(NOW)
    assert card("centre_places").text == "103"
    assert card("centre_places").reached
    city = card("centre_places", "350500")
    assert (city.reached_units, city.unit_count, city.reached) == (1, 3, False)
    assert city.gap == "1/3 个单位达标"


def test_a_target_of_the_whole_city_does_not_judge_a_county(world: World) -> None:
    services.refresh_all(NOW)
    found = card("hub_points")
    assert (found.text, found.state, found.target) == ("0", "全市考核", None)


def test_every_measure_of_both_packs_is_counted_or_says_who_reports_it(world: World) -> None:
    services.refresh_all(NOW)
    for city in ("quanzhou-2024", "yueqing-2025"):
        book = load_book(settings.PACKS_DIR, city)
        for found in selectors.list_cards(book, Region.objects.get(pk=JINJIANG), TODAY):
            assert found.text is not None or found.why_unknown, found.indicator.id


def test_the_average_fee_is_weighted_and_shows_the_plain_mean(world: World) -> None:
    Enrolment.all_rows.filter(child=world.children["chen"]).update(monthly_fen=180_000)
    services.refresh_all(NOW, load_book(settings.PACKS_DIR, "yueqing-2025"))
    fact = MeasureFact.all_rows.get(measure="average_month_fee", region_code=JINJIANG)
    a1 = Enrolment.all_rows.filter(institution=world.institutions["a1"]).count()
    assert fact.value == -(-(a1 * 150_000 + 180_000) // (a1 + 1))
    assert "按机构简单平均为 1,650 元" in fact.source


def test_the_list_behind_a_figure_is_as_long_as_the_figure(world: World) -> None:
    services.refresh_all(NOW)
    book = current_book()
    county = Scope(kind="region", region_prefix=JINJIANG)
    how, rows = selectors.rows_behind(
        book.indicators["inclusive_share"], "numerator", county, TODAY
    )
    assert rows.count() == value("places_inclusive") == 86
    assert how.noun == "个托位"
    with pytest.raises(NotFound):
        selectors.rows_behind(book.indicators["places_per_thousand"], "denominator", county, TODAY)


def test_reading_all_cards_takes_few_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services.refresh_all(NOW)
    region = Region.objects.get(pk="350500")
    with django_assert_num_queries(2):
        selectors.list_cards(current_book(), region, TODAY)


def test_old_days_are_thinned_to_month_ends(world: World) -> None:
    for day in (date(2025, 8, 30), date(2025, 8, 31), date(2025, 10, 1)):
        services.refresh_all(clock.at(day, 1))
    services.refresh_all(NOW)
    days = MeasureFact.all_rows.filter(measure="places_total").values_list("on", flat=True)
    assert set(days) == {date(2025, 8, 31), date(2025, 10, 1), TODAY}
    trend = selectors.trend("places_total", JINJIANG, TODAY)
    assert [f.on for f in trend] == [date(2025, 8, 31), TODAY]


def test_vacancies_are_published_with_their_time(world: World) -> None:
    assert services.publish_vacancies(NOW) == 9
    row = PublishedVacancy.all_rows.get(
        institution_id=world.institutions["a1"].pk, class_type="infant"
    )
    assert (row.places, row.vacant, row.at) == (10, 8, NOW)
    later: datetime = NOW + timedelta(minutes=30)
    Institution.all_rows.filter(pk=world.institutions["a1"].pk).update(status="suspended")
    assert services.publish_vacancies(later) == 6
    assert not PublishedVacancy.all_rows.filter(institution_id=world.institutions["a1"].pk).exists()


def test_a_full_class_has_no_negative_vacancy(world: World) -> None:
    Place.all_rows.filter(class_group=world.classes["a1.infant"]).update(state="closed")
    services.publish_vacancies(NOW)
    row = PublishedVacancy.all_rows.get(
        institution_id=world.institutions["a1"].pk, class_type="infant"
    )
    assert (row.places, row.vacant) == (0, 0)
