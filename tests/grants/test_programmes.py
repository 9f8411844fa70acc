"""各项目的算例：the documents' numbers, through application to amount."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tests.grants.town import (
    AT,
    JUNE,
    accepted,
    again,
    assessed,
    become,
    drafted,
    fund,
    state_of,
    submitted,
    upload,
    who,
)
from tests.world import World, month_of_days
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.services import close_month
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.children.services.special import verify_status
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.grants import services
from tuoyu.domains.grants.facts import Facts
from tuoyu.domains.grants.models import Application
from tuoyu.domains.institutions.models import Kind, Place, PlaceState, Recognition
from tuoyu.domains.workforce.models import Certificate

A1_KIDS = ("miao", "nuo", "he", "sui", "xiao", "zhi")


def closed_june(world: World, *came: str) -> None:
    """六月：those named came ten days; the month is closed."""
    for kid in A1_KIDS:
        if kid in came:
            month_of_days(world, kid, JUNE, 10)
    close_month(
        scope=SYSTEM, institution_id=world.institutions["a1"].pk, month=JUNE,
        by=world.users["director"].pk, by_name="园长甲", at=AT,
    )  # fmt: skip


def lease(world: World, fen: int) -> None:
    services.enter_lease(
        monthly_fen=fen, from_on=date(2025, 1, 1), to_on=date(2026, 1, 1), landlord="示例公司",
        is_state_property=False, upload=upload(), by=who(world, "director"), at=AT,
    )  # fmt: skip


# ── 新增托位 ──


@pytest.mark.parametrize(
    ("rule", "kind", "ceiling"),
    [
        ("community_slot", Kind.COMMUNITY, 1_000_000),
        ("community_slot", Kind.NEIGHBOURHOOD, 1_000_000),
        ("enterprise_slot", Kind.EMPLOYER, 300_000),
        ("enterprise_slot", Kind.PARK, 300_000),
        ("kindergarten_slot", Kind.KINDERGARTEN, 1_000_000),
    ],
)
def test_new_places_at_the_ceiling_and_never_above(
    world: World, rule: str, kind: Kind, ceiling: int
) -> None:
    """10 new places: 不高于 1 万 (3000) 元/托位 each."""
    become(world, "a1", kind)
    made = submitted(world, rule)
    assert (made.lines, made.amount_fen) == (10, None)
    with pytest.raises(DomainError, match="超过上限"):
        assessed(world, made, approved_fen=ceiling + 1)
    assert again(made).amount_fen is None
    assessed(world, made, approved_fen=ceiling)
    assert again(made).amount_fen == 10 * ceiling
    assessed(world, made, approved_fen=ceiling // 2)
    assert again(made).amount_fen == 5 * ceiling


def test_a_hospital_is_paid_once_for_all_that_is_built(world: World) -> None:
    """43 places were built, new or not: ≤ 2 万元 each, 一次性."""
    become(world, "a1", Kind.HOSPITAL)
    fund(world, "hospital_slot")
    Place.all_rows.filter(number="a1-mixed-01").update(state=PlaceState.BUILDING)
    made = submitted(world, "hospital_slot")
    assert made.lines == 42
    with pytest.raises(DomainError, match="超过上限"):
        assessed(world, made, approved_fen=2_000_001)
    assessed(world, made, approved_fen=2_000_000)
    assert again(made).amount_fen == 42 * 2_000_000
    accepted(world, made)
    Place.all_rows.filter(number="a1-mixed-01").update(state=PlaceState.BUILT)
    with pytest.raises(DomainError, match="一次性奖补已经申报或享受过"):
        drafted(world, "hospital_slot")


def test_kindergarten_places_must_be_running(world: World) -> None:
    become(world, "a1", Kind.KINDERGARTEN)
    Place.all_rows.filter(number="a1-infant-01").update(state=PlaceState.FILED)
    made = submitted(world, "kindergarten_slot")
    assessed(world, made, approved_fen=1_000_000)
    idle = made.items.get(label="a1-infant-01")
    assert (idle.amount_fen, idle.gate) == (0, "operating")
    assert again(made).amount_fen == 9 * 1_000_000


@pytest.mark.parametrize(
    ("rule", "kind", "nature", "why"),
    [
        ("community_slot", Kind.PRIVATE, "private", "只受理社区托育点"),
        ("enterprise_slot", Kind.EMPLOYER, "private", "登记为民办"),
        ("hospital_slot", Kind.KINDERGARTEN, "public", "只受理公立医院办托"),
        ("kindergarten_slot", Kind.COMMUNITY, "public", "只受理幼儿园托班"),
        ("safety_package", Kind.PRIVATE, "private", "只受理公办机构"),
        ("feature_park", Kind.PRIVATE, "private", "未获评县域特色托育园"),
    ],
)
def test_not_for_this_institution(
    world: World, rule: str, kind: Kind, nature: str, why: str
) -> None:
    become(world, "a1", kind, nature)
    with pytest.raises(DomainError, match=why):
        drafted(world, rule)
    assert not Application.all_rows.exists()


# ── 安防五大包、特色园 ──


@pytest.mark.parametrize(
    ("package", "ceiling"),
    [
        ("kitchen", 1_000_000),
        ("fire", 5_000_000),
        ("physical", 1_000_000),
        ("technical", 1_000_000),
        ("guard", 50_000),
    ],
)
def test_safety_packages_pay_what_was_spent_up_to_the_ceiling(
    world: World, package: str, ceiling: int
) -> None:
    """1/5/1/1/0.05 万元每家."""
    become(world, "a1", Kind.PRIVATE, "public")
    for spent, paid in ((ceiling - 1, ceiling - 1), (ceiling + 1, ceiling)):
        services.enter_works(
            package=package, invoice_fen=spent, invoice_no="示例发票", accepted_on=AT.date(),
            upload=upload(), by=who(world, "director"), at=AT,
        )  # fmt: skip
        made = drafted(world, "safety_package")
        assert made.amount_fen == paid
        services.withdraw(application_id=made.pk, by=who(world, "director"), at=AT)


def test_a_package_once_for_each_institution(world: World) -> None:
    """解释项 I4；验收之前不付。"""
    become(world, "a1", Kind.PRIVATE, "public")
    director = who(world, "director")
    more = {"invoice_no": "示例", "by": director, "at": AT}
    services.enter_works(
        package="fire",
        invoice_fen=100,
        accepted_on=None,
        upload=upload(),
        **more,  # type: ignore[arg-type]
    )
    with pytest.raises(DomainError, match="改造尚未验收"):
        submitted(world, "safety_package")
    services.enter_works(
        package="fire",
        invoice_fen=100,
        accepted_on=AT.date(),
        upload=upload(),
        **more,  # type: ignore[arg-type]
    )
    submitted(world, "safety_package")
    with pytest.raises(DomainError, match="都已经申报"):
        drafted(world, "safety_package")
    with pytest.raises(DomainError, match="已经申报，不能再改"):
        services.enter_works(
            package="fire",
            invoice_fen=200,
            accepted_on=AT.date(),
            upload=upload(),
            **more,  # type: ignore[arg-type]
        )


def test_a_feature_park_is_paid_no_less_than_the_floor(world: World) -> None:
    """每个特色托育园不低于 10 万元；the floor is not an amount."""
    services.name_feature_park(
        institution_id=world.institutions["a1"].pk, document="示例评审", named_on=AT.date(),
        by=who(world, "city-officer"), at=AT,
    )  # fmt: skip
    made = submitted(world, "feature_park")
    assert made.amount_fen is None
    with pytest.raises(DomainError, match="低于每家下限"):
        assessed(world, made, approved_fen=9_999_999)
    assessed(world, made, approved_fen=10_000_000)
    assert again(made).amount_fen == 10_000_000
    assessed(world, made, approved_fen=15_000_000)
    assert again(made).amount_fen == 15_000_000


# ── 按月 ──


def test_operating_subsidy_by_the_countys_notice(world: World) -> None:
    """晋江：每月 5000 元，运营满 6 个月，收托满 60%。The world has 43 places and 6 children."""
    Place.all_rows.filter(institution=world.institutions["a1"]).exclude(
        number__in=[f"a1-infant-{n:02d}" for n in range(1, 11)]
    ).update(state=PlaceState.CLOSED)
    closed_june(world, *A1_KIDS)
    made = drafted(world, "operating_subsidy", month=JUNE)
    item = made.items.get()
    assert (item.inputs["enrolled"], item.inputs["places"], item.inputs["months_open"]) == (
        6,
        10,
        6,
    )
    assert made.amount_fen == 500_000


def test_operating_subsidy_one_child_too_few(world: World) -> None:
    Place.all_rows.filter(institution=world.institutions["a1"]).exclude(
        number__in=[f"a1-infant-{n:02d}" for n in range(1, 11)]
    ).update(state=PlaceState.CLOSED)
    closed_june(world, *A1_KIDS[:5])
    made = drafted(world, "operating_subsidy", month=JUNE)
    assert (made.amount_fen, made.items.get().gate) == (0, "occupied")
    with pytest.raises(DomainError, match="收托未达标"):
        services.submit(application_id=made.pk, by=who(world, "director"), at=AT)


def test_where_the_county_has_no_notice_it_stays_open(world: World) -> None:
    """鲤城没有运营补助通知：待定，不是零，也不能审核通过。"""
    month_of_days(world, "feng", JUNE, 10)
    close_month(
        scope=SYSTEM, institution_id=world.institutions["b1"].pk, month=JUNE,
        by=1, by_name="园长乙", at=AT,
    )  # fmt: skip
    made = submitted(world, "operating_subsidy", "other-director", month=JUNE)
    assert (made.amount_fen, made.undetermined_lines) == (None, 1)
    with pytest.raises(DomainError, match="鲤城区尚无县区通知规定“运营补助标准”"):
        accepted(world, made, "other-county-officer")


def test_rent_by_the_occupancy(world: World) -> None:
    """租金 10000 × 5/43 × 50%，不足一分的舍去。"""
    closed_june(world, *A1_KIDS[:5])
    with pytest.raises(DomainError, match="还缺场地租约"):
        submitted(world, "rent_relief", month=JUNE)
    lease(world, 1_000_000)
    made = Application.all_rows.get(undetermined_lines=1)
    services.recompute(application_id=made.pk, by=who(world, "director"), at=AT)
    assert again(made).amount_fen == 1_000_000 * 5 * 50 // (43 * 100)


def test_half_days_count_half(world: World) -> None:
    """解释项 I12：半日托折 0.5，不足一人的舍去。"""
    closed_june(world, *A1_KIDS)
    halves = [world.children[k] for k in A1_KIDS[:3]]
    Enrolment.all_rows.filter(child__in=halves).update(form="half_day")
    facts = Facts(JUNE, AT.date(), world.institutions["a1"])
    assert facts.enrolled == 4  # 3 + 1.5


def special(world: World, kid: str, kind: str, *, verified: bool = True) -> SpecialStatus:
    child = world.children[kid]
    made = SpecialStatus.all_rows.create(
        child=child, institution_id=child.institution_id, region_code=child.region_code,
        kind=kind, evidence="示例证", from_on=date(2025, 1, 1),
    )  # fmt: skip
    if verified:
        verify_status(scope=SYSTEM, status_id=made.pk, by=1, at=AT)
    return made


@pytest.mark.parametrize(
    ("kind", "set_fen"), [("third_child", 20_000), ("bereaved", 40_000), ("disabled", 50_000)]
)
def test_special_families_by_what_was_waived(world: World, kind: str, set_fen: int) -> None:
    """晋江：三孩 200、计生特殊 400、残疾 500 元；不超过实际减免。"""
    special(world, "miao", kind)
    closed_june(world, "miao")
    made = drafted(world, "special_family", month=JUNE)
    assert made.amount_fen is None
    with pytest.raises(DomainError, match="缺减免保育费"):
        services.submit(application_id=made.pk, by=who(world, "director"), at=AT)
    for typed, paid in ((set_fen + 1, set_fen), (set_fen - 1, set_fen - 1)):
        item = made.items.get()
        services.type_amounts(
            application_id=made.pk, name="reduced_fen", amounts={item.pk: typed},
            by=who(world, "director"), at=AT,
        )  # fmt: skip
        assert again(made).amount_fen == paid


def test_an_unverified_family_waits_for_the_county(world: World) -> None:
    status = special(world, "miao", "disabled", verified=False)
    closed_june(world, "miao")
    fund(world, "special_family")
    made = drafted(world, "special_family", month=JUNE)
    services.type_amounts(
        application_id=made.pk, name="reduced_fen", amounts={made.items.get().pk: 60_000},
        by=who(world, "director"), at=AT,
    )  # fmt: skip
    services.submit(application_id=made.pk, by=who(world, "director"), at=AT)
    with pytest.raises(DomainError, match="家庭类型"):
        accepted(world, made)
    verify_status(scope=SYSTEM, status_id=status.pk, by=1, at=AT)
    assessed(world, made)
    assert again(made).amount_fen == 50_000
    accepted(world, made)
    assert state_of(made) == "city"


def test_an_open_month_cannot_be_applied_for(world: World) -> None:
    with pytest.raises(DomainError, match="2025-06 尚未月结"):
        drafted(world, "operating_subsidy", month=JUNE)


# ── 人员与学校 ──


@pytest.mark.parametrize(
    ("kind", "paid"),
    [("infant_carer", 80_000), ("nursery_teacher", 100_000), ("health_carer", 120_000)],
)
def test_training_is_paid_to_the_person_once_found_eligible(
    world: World, kind: str, paid: int
) -> None:
    """市级通知：育婴员 800、保育师 1000、健康照护师 1200 元。"""
    found = Certificate.all_rows.get(staff=world.staff["a1.infant"])
    found.kind = kind
    found.save(update_fields=["kind"])
    made = submitted(world, "training_subsidy", pick=str(found.pk))
    assert (made.amount_fen, made.payee_kind, made.payee_id) == (None, "person", found.staff_id)
    assert (state_of(made), made.unit_code) == ("city_review", "350500")
    assessed(world, made, "city-officer", eligible=True)
    assert again(made).amount_fen == paid
    assessed(world, made, "city-officer", eligible=False)
    assert again(made).amount_fen == 0


# ── 期限 ──


def on(day: date) -> datetime:
    return clock.at(day, 9)


@pytest.mark.parametrize(
    ("day", "fine"),
    [
        (date(2024, 11, 4), False),  # 当月首日尚未施行（解释项 I9 的取法）
        (date(2025, 1, 10), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_only_inside_the_documents_term(world: World, day: date, fine: bool) -> None:
    become(world, "a1", Kind.COMMUNITY)
    by = who(world, "director")
    with clock.fixed(on(day)):
        more = {"rule": "community_slot", "institution_id": by.institution_id, "by": by}
        if fine:
            assert services.draft(**more, at=on(day)).lines == 10  # type: ignore[arg-type]
        else:
            with pytest.raises(DomainError, match="施行期"):
                services.draft(**more, at=on(day))  # type: ignore[arg-type]


def test_drafted_in_time_but_handed_in_too_late(world: World) -> None:
    become(world, "a1", Kind.COMMUNITY)
    made = drafted(world, "community_slot")
    with pytest.raises(DomainError, match="施行期"):
        services.submit(application_id=made.pk, by=who(world, "director"), at=on(date(2026, 1, 1)))


def test_unrecognised_institutions_get_no_monthly_money(world: World) -> None:
    Recognition.all_rows.filter(institution=world.institutions["a1"]).update(
        period=DateRange(date(2025, 7, 1), date(2026, 1, 1))
    )
    closed_june(world, *A1_KIDS)
    lease(world, 1_000_000)
    made = drafted(world, "rent_relief", month=JUNE)
    assert (made.amount_fen, made.items.get().gate) == (0, "inclusive")
