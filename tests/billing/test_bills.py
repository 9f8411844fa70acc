"""出账：from the filed prices only, once a month, and what was looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.billing.conftest import (
    MEAL_FEN,
    OCTOBER,
    SEPTEMBER,
    director,
    issue,
    sheets,
    special,
    waiver,
)
from tests.world import World
from tuoyu.core import clock, workdays
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import Bill, BillLine, FeeItem, Payment
from tuoyu.domains.billing.selectors import find_bill, paid_care_fee, standing_of, waived
from tuoyu.domains.billing.selectors.planning import Draft, PlannedBill, draft_month
from tuoyu.domains.enrolment.models import Enrolment

pytestmark = pytest.mark.django_db


def draft(w: World, month: date = OCTOBER) -> Draft:
    return draft_month(director(w).scope, w.institutions["a1"], month, clock.today())


def row(w: World, child: str, month: date = OCTOBER) -> PlannedBill:
    return next(r for r in draft(w, month).rows if r.child_id == w.children[child].pk)


def bill(w: World, child: str = "he", month: date = OCTOBER) -> Bill:
    found = find_bill(w.children[child].pk, w.institutions["a1"].pk, month)
    assert found is not None
    return found


def test_a_draft_has_care_and_meals_and_their_sums(filed: World) -> None:
    days = len(workdays.days_of(OCTOBER))
    lines = row(filed, "he").lines
    assert [(x.item_kind, x.amount_fen) for x in lines] == [
        ("care", 150_000),
        ("meal", MEAL_FEN * days),
    ]
    assert f"× {days} 天" in lines[1].why
    assert not Bill.all_rows.exists()


def test_an_item_that_is_not_filed_is_not_charged(world: World) -> None:
    assert [x.item_kind for x in row(world, "he").lines] == ["care"]


def test_a_class_without_a_filed_price_cannot_be_billed(filed: World) -> None:
    filed.institutions["a1"].fees.filter(class_type="toddler").delete()
    with pytest.raises(DomainError, match="没有备案的全日托保育费"):
        issue(filed)


def test_one_fen_above_the_filed_price_cannot_be_issued(filed: World) -> None:
    agreed = Enrolment.all_rows.filter(child=filed.children["he"])
    agreed.update(monthly_fen=150_001)
    with pytest.raises(DomainError, match=r"1500\.01 元高于备案价 1500\.00 元"):
        issue(filed)
    agreed.update(monthly_fen=150_000)
    assert issue(filed).count == 1


def test_the_database_itself_refuses_a_charge_above_the_filed_price_or_cap(filed: World) -> None:
    issue(filed)
    b = bill(filed)
    for unit, cap in ((150_001, None), (150_000, 149_999)):
        with pytest.raises(IntegrityError), transaction.atomic():
            BillLine.all_rows.create(
                bill=b, child_id=b.child_id, institution_id=b.institution_id,
                region_code=b.region_code, for_month=OCTOBER, kind="charge", item_kind="care",
                label="保育费", unit="month", quantity=1, unit_fen=unit, filed_fen=150_000,
                cap_fen=cap, amount_fen=unit, why="", made_at=clock.now(), made_by_name="",
            )  # fmt: skip


def test_a_month_is_issued_once(filed: World) -> None:
    assert issue(filed).count == 1
    with pytest.raises(DomainError, match="已经发出"):
        issue(filed)
    assert Bill.all_rows.count() == 1


def test_what_has_changed_since_it_was_looked_at_is_not_issued(filed: World) -> None:
    seen = draft(filed).digest
    Enrolment.all_rows.filter(child=filed.children["he"]).update(monthly_fen=140_000)
    with pytest.raises(DomainError, match="有变化"):
        services.issue_month(
            institution_id=filed.institutions["a1"].pk, month=OCTOBER, digest=seen,
            child_ids=[filed.children["he"].pk], by=director(filed), at=clock.now(),
        )  # fmt: skip
    assert not Bill.all_rows.exists()


def test_a_waiver_lowers_the_bill_with_its_reason(filed: World) -> None:
    special(filed, "he")
    waiver(filed)
    issue(filed, children=("he", "sui"))
    he, a1 = filed.children["he"].pk, filed.institutions["a1"].pk
    assert waived(he, a1, OCTOBER) == 30_000
    assert waived(filed.children["sui"].pk, a1, OCTOBER) == 0
    assert waived(filed.children["miao"].pk, a1, OCTOBER) is None
    line = BillLine.all_rows.get(kind="waiver")
    assert line.label == "三孩家庭减免"
    assert "身份已核验" in line.why


def test_an_unverified_status_waives_nothing(filed: World) -> None:
    special(filed, "he", verified=False)
    waiver(filed)
    assert {x.kind for x in row(filed, "he").lines} == {"charge"}


def test_of_two_statuses_the_larger_waiver_holds_once(filed: World) -> None:
    for kind, fen in (("third_child", 30_000), ("disabled", 50_000)):
        special(filed, "he", kind)
        waiver(filed, kind, fen)
    found = [x.amount_fen for x in row(filed, "he").lines if x.kind == "waiver"]
    assert found == [-50_000]


def test_last_months_absence_comes_back_in_this_months_bill(filed: World) -> None:
    days = len(workdays.days_of(SEPTEMBER))
    issue(filed, SEPTEMBER)
    sheets(filed, "he", {DayStatus.PRESENT: 4, DayStatus.LEAVE: days - 4}, SEPTEMBER)
    issue(filed, OCTOBER)
    found = {x.item_kind: x for x in BillLine.all_rows.filter(kind="refund")}
    assert found["meal"].amount_fen == -MEAL_FEN * (days - 4)
    assert found["care"].amount_fen == -120_000
    assert found["care"].for_month == SEPTEMBER
    assert "退 80%" in found["care"].why


def test_a_refund_waits_while_days_are_open_and_with_it_the_bill(filed: World) -> None:
    issue(filed, SEPTEMBER)
    sheets(filed, "he", {DayStatus.PRESENT: 10, None: 2}, SEPTEMBER)
    problem = row(filed, "he").problems
    assert problem
    assert "考勤待核" in problem[0]
    assert "none" not in problem[0].lower()
    with pytest.raises(DomainError, match="考勤待核"):
        issue(filed, OCTOBER)


def test_the_difference_to_last_month_is_told(filed: World) -> None:
    issue(filed, SEPTEMBER)
    sheets(filed, "he", {DayStatus.PRESENT: len(workdays.days_of(SEPTEMBER))}, SEPTEMBER)
    Enrolment.all_rows.filter(child=filed.children["he"]).update(monthly_fen=140_000)
    found = row(filed, "he")
    assert "保育费 1500.00 → 1400.00" in found.changes
    assert found.diff_fen is not None
    assert found.diff_fen < 0


def test_a_child_that_left_gets_only_its_refund(filed: World) -> None:
    days = len(workdays.days_of(SEPTEMBER))
    issue(filed, SEPTEMBER)
    sheets(filed, "he", {DayStatus.PRESENT: days - 2, DayStatus.LEAVE: 2}, SEPTEMBER)
    Enrolment.all_rows.filter(child=filed.children["he"]).update(period=(date(2025, 3, 1), OCTOBER))
    issue(filed, OCTOBER)
    assert [x.amount_fen for x in bill(filed).lines.all()] == [-2 * MEAL_FEN]
    standing = standing_of(filed.children["he"].pk, filed.institutions["a1"].pk, OCTOBER)
    assert standing is not None
    assert standing.left_fen == -2 * MEAL_FEN


def test_paid_care_fee_needs_a_bill_and_money(world: World) -> None:
    he, a1 = world.children["he"].pk, world.institutions["a1"].pk
    assert paid_care_fee(he, a1, OCTOBER) is None
    issue(world)
    assert paid_care_fee(he, a1, OCTOBER) == 0
    pay(world, 50_000)
    assert paid_care_fee(he, a1, OCTOBER) == 50_000
    pay(world, 100_000)
    assert paid_care_fee(he, a1, OCTOBER) == 150_000


def pay(w: World, fen: int, who: str = "director") -> Payment:
    return services.record_payment(
        bill_id=bill(w).pk, amount_fen=fen, method="transfer", paid_on=clock.today(),
        by=director(w, who), at=clock.now(),
    )  # fmt: skip


def test_no_more_is_taken_than_is_left_and_receipts_are_numbered(world: World) -> None:
    issue(world)
    first, second = pay(world, 50_000), pay(world, 60_000)
    assert first.receipt_no < second.receipt_no
    with pytest.raises(DomainError, match=r"未缴 400\.00 元"):
        pay(world, 40_001)
    pay(world, 40_000)
    with pytest.raises(DomainError, match="已经缴清"):
        pay(world, 1)


def test_a_slip_is_reversed_by_a_second_record_once(world: World) -> None:
    issue(world)
    slip = pay(world, 150_000)
    at: dict[str, Any] = {"by": director(world), "at": clock.now()}
    services.reverse_payment(payment_id=slip.pk, reason="登记到了别家", **at)
    assert Payment.all_rows.count() == 2
    slip.refresh_from_db()
    assert slip.amount_fen == 150_000
    with pytest.raises(DomainError, match="已经冲正"):
        services.reverse_payment(payment_id=slip.pk, reason="再来", **at)


def test_a_correction_after_payment_is_given_back(world: World) -> None:
    issue(world)
    pay(world, 150_000)
    services.correct_bill(
        bill_id=bill(world).pk, item_kind="care", amount_fen=-20_000, reason="多计一周",
        by=director(world), at=clock.now(),
    )  # fmt: skip
    with pytest.raises(DomainError, match=r"应退 200\.00 元"):
        pay(world, -20_001)
    pay(world, -20_000)
    he, a1 = world.children["he"].pk, world.institutions["a1"].pk
    assert paid_care_fee(he, a1, OCTOBER) == 130_000
    standing = standing_of(he, a1, OCTOBER)
    assert standing is not None
    assert standing.left_fen == 0


def test_a_correction_stays_within_the_filed_price_and_the_bill(filed: World) -> None:
    issue(filed)
    at: dict[str, Any] = {"bill_id": bill(filed).pk, "by": director(filed), "at": clock.now()}
    with pytest.raises(DomainError, match="高于按备案价"):
        services.correct_bill(item_kind="care", amount_fen=1, reason="加", **at)
    with pytest.raises(DomainError, match="目录清单外不得收费"):
        services.correct_bill(item_kind="material", amount_fen=1, reason="加", **at)
    with pytest.raises(DomainError, match="低于"):
        services.correct_bill(item_kind="care", amount_fen=-150_001, reason="减", **at)


def test_a_voucher_takes_its_part_once(world: World) -> None:
    issue(world)
    b, by = bill(world), director(world)
    for _ in range(2):
        services.deduct(
            bill_id=b.pk, amount_fen=30_000, key="voucher:1", label="托育券", by=by, at=clock.now()
        )
    he, a1 = world.children["he"].pk, world.institutions["a1"].pk
    standing = standing_of(he, a1, OCTOBER)
    assert standing is not None
    assert standing.left_fen == 120_000
    with pytest.raises(DomainError, match="已用于另一笔"):
        services.deduct(
            bill_id=b.pk, amount_fen=1, key="voucher:1", label="托育券", by=by, at=clock.now()
        )
    with pytest.raises(DomainError, match="还可抵扣"):
        services.deduct(
            bill_id=b.pk, amount_fen=120_001, key="voucher:2", label="券", by=by, at=clock.now()
        )
    services.give_back(key="voucher:1", reason="券已撤销", by=by, at=clock.now())
    standing = standing_of(he, a1, OCTOBER)
    assert standing is not None
    assert standing.left_fen == 150_000


def test_foreign_bills_and_payments_are_not_found(world: World) -> None:
    issue(world)
    paid = pay(world, 1)
    stranger = director(world, "other-director")
    with pytest.raises(NotFound):
        pay(world, 1, "other-director")
    with pytest.raises(NotFound):
        services.reverse_payment(payment_id=paid.pk, reason="x", by=stranger, at=clock.now())
    with pytest.raises(NotFound):
        services.issue_month(
            institution_id=world.institutions["a1"].pk, month=OCTOBER, child_ids=[1], digest="",
            by=stranger, at=clock.now(),
        )  # fmt: skip
    with pytest.raises(NotFound):  # a child of another institution inside the payload
        issue(world, SEPTEMBER, ("feng",))
    with pytest.raises(NotFound):
        services.deduct(
            bill_id=bill(world).pk, amount_fen=1, key="k", label="券", by=stranger, at=clock.now()
        )


def test_an_elective_is_charged_only_to_those_who_chose_it(filed: World) -> None:
    a1 = filed.institutions["a1"]
    at: dict[str, Any] = {"by": director(filed), "at": clock.now()}
    told: dict[str, Any] = {
        "institution_id": a1.pk,
        "child_id": filed.children["he"].pk,
        "from_on": OCTOBER,
    }
    with pytest.raises(DomainError, match="目录清单外不得收费"):
        services.choose_item(kind="extended", **told, **at)
    FeeItem.all_rows.create(
        institution=a1, region_code="350582", kind="extended", unit="month", price_fen=20_000,
        is_elective=True, from_on=SEPTEMBER, accepted_on=SEPTEMBER,
    )  # fmt: skip
    services.choose_item(kind="extended", **told, **at)
    assert [x.item_kind for x in row(filed, "he").lines] == ["care", "meal", "extended"]
    assert [x.item_kind for x in row(filed, "sui").lines] == ["care", "meal"]
    stranger: dict[str, Any] = {"by": director(filed, "other-director"), "at": clock.now()}
    with pytest.raises(NotFound):
        services.choose_item(kind="extended", **told, **stranger)


def test_care_by_the_hour_is_billed_by_the_minute_once_the_month_is_over(filed: World) -> None:
    a1 = filed.institutions["a1"]
    FeeItem.all_rows.create(
        institution=a1, region_code="350582", kind="care", unit="hour", form="hourly",
        price_fen=3_000, from_on=SEPTEMBER, accepted_on=SEPTEMBER,
    )  # fmt: skip
    Enrolment.all_rows.filter(child=filed.children["he"]).update(form="hourly")
    assert "11-01 起出账" in row(filed, "he").problems[0]
    day = workdays.days_of(SEPTEMBER)[0]
    DaySheet.all_rows.create(
        child_id=filed.children["he"].pk, day=day, institution_id=a1.pk, region_code="350582",
        status=DayStatus.PRESENT, in_at=clock.at(day, 9), out_at=clock.at(day, 10, 35),
    )  # fmt: skip
    assert [x.amount_fen for x in row(filed, "he", SEPTEMBER).lines] == [4_750]
    DaySheet.all_rows.update(out_at=None)
    assert "没有完整的到离时间" in row(filed, "he", SEPTEMBER).problems[0]
