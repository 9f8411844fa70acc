"""授牌与摘牌：objections before the plaque, its period, and how it is taken away again."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tests.quality.world import (
    DAY,
    awarded,
    decided,
    refused,
    state,
    who,
)  # fmt: skip
from tests.world import FOREVER, NOW, World
from tuoyu.core.errors import NotFound
from tuoyu.domains.institutions.models import Recognition
from tuoyu.domains.publicity.models import NoticeRow
from tuoyu.domains.publicity.services import answer, close_due, object_to
from tuoyu.domains.quality import services
from tuoyu.domains.quality.models import (
    Award,
    Withdrawal,
)
from tuoyu.domains.quality.selectors import star_of

pytestmark = pytest.mark.django_db


def test_an_upheld_objection_stops_the_plaque(ready: World) -> None:
    made = decided(ready)
    row = NoticeRow.all_rows.get()
    at = NOW + 2 * DAY
    said = object_to(
        notice_id=row.notice_id, row_id=row.pk, opinion="评分表的签名不是本人", contact="", at=at
    )
    close_due(NOW + 20 * DAY)
    assert (state(made), Award.all_rows.count()) == ("notice", 0)  # it waits for the answer
    answer(
        objection_id=said.pk,
        upheld=True,
        reason="核查属实",
        by=who(ready, "city-officer"),
        at=NOW + 21 * DAY,
    )
    assert (state(made), Award.all_rows.count()) == ("refused", 0)


def test_a_rejected_objection_lets_it_go_on(ready: World) -> None:
    made = decided(ready)
    row = NoticeRow.all_rows.get()
    said = object_to(
        notice_id=row.notice_id,
        row_id=row.pk,
        opinion="评分表的签名不是本人",
        contact="",
        at=NOW + 2 * DAY,
    )
    close_due(NOW + 20 * DAY)
    answer(
        objection_id=said.pk,
        upheld=False,
        reason="核对原件无误",
        by=who(ready, "city-officer"),
        at=NOW + 21 * DAY,
    )
    assert (state(made), Award.all_rows.count()) == ("awarded", 1)


def test_recognition_begins_after_the_present_one_and_ends_with_its_plaque(ready: World) -> None:
    made = awarded(ready, "inclusive")
    award = Award.all_rows.get()
    found = Recognition.all_rows.get(pk=award.recognition_id or 0)
    assert found.period == DateRange(FOREVER, date(2029, 9, 1))
    assert (award.number, made.level, found.document) == ("普2025-001", "", award.document_no)
    told = _withdraw(ready, award, NOW + 30 * DAY)
    assert told.award.withdrawn_on == (NOW + 31 * DAY).date()
    assert not Recognition.all_rows.filter(
        pk=award.recognition_id or 0
    ).exists()  # never took effect


def test_withdrawal_ends_a_running_recognition(ready: World) -> None:
    a1 = ready.institutions["a1"]
    Recognition.all_rows.filter(institution=a1).update(
        period=DateRange(date(2024, 1, 1), date(2025, 1, 1))
    )
    awarded(ready, "inclusive")
    award = Award.all_rows.get()
    assert award.period.lower == date(2025, 11, 4)
    _withdraw(ready, award, NOW + 60 * DAY)
    found = Recognition.all_rows.get(pk=award.recognition_id or 0)
    assert found.period == DateRange(date(2025, 11, 4), (NOW + 61 * DAY).date())


def _withdraw(w: World, award: Award, at: datetime) -> Withdrawal:
    told = services.tell_withdrawal(
        award_id=award.pk, reason="现场检查发现虚报托位", by=who(w, "city-officer"), at=at
    )
    services.make_statement(
        withdrawal_id=told.pk, text="情况属实，接受处理", wants_hearing=False,
        by=who(w, "director"), at=at,
    )  # fmt: skip
    return services.judge_withdrawal(
        withdrawal_id=told.pk, withdraw=True, reason="事实清楚", hearing="",
        by=who(w, "city-officer-2"), at=at + DAY,
    )  # fmt: skip


def test_the_institution_is_heard_before_its_plaque_is_taken(ready: World) -> None:
    awarded(ready)
    award, a1 = Award.all_rows.get(), ready.institutions["a1"].pk
    at = NOW + 30 * DAY
    one, two = who(ready, "city-officer"), who(ready, "city-officer-2")
    told = services.tell_withdrawal(award_id=award.pk, reason="现场检查发现虚报托位", by=one, at=at)
    with refused("open"):
        services.tell_withdrawal(award_id=award.pk, reason="再告知一次看看", by=one, at=at)
    judge = {"withdrawal_id": told.pk, "withdraw": True, "reason": "事实清楚", "at": at}
    with refused("moved-on"):
        services.judge_withdrawal(**judge, hearing="", by=two)  # type: ignore[arg-type]
    with refused("too-soon"):
        services.lapse(withdrawal_id=told.pk, by=one, at=at + DAY)
    with pytest.raises(NotFound):
        services.make_statement(withdrawal_id=told.pk, text="不是我家的牌", wants_hearing=False,
                                by=who(ready, "other-director"), at=at)  # fmt: skip
    services.make_statement(withdrawal_id=told.pk, text="要求当面说明情况", wants_hearing=True,
                            by=who(ready, "director"), at=at)  # fmt: skip
    with refused("hearing"):
        services.judge_withdrawal(**judge, hearing="", by=two)  # type: ignore[arg-type]
    with refused("same-person"):
        services.judge_withdrawal(**judge, hearing="已听证", by=one)  # type: ignore[arg-type]
    services.judge_withdrawal(**judge, hearing="已听证", by=two)  # type: ignore[arg-type]
    award.refresh_from_db()
    assert award.state_on(at.date()) == "withdrawn"
    assert [star_of(a1, d) for d in (at.date() - DAY, at.date())] == ["city", "none"]


def test_silence_is_not_consent_but_time_runs_out(ready: World) -> None:
    awarded(ready)
    award, at = Award.all_rows.get(), NOW + 30 * DAY
    told = services.tell_withdrawal(
        award_id=award.pk, reason="现场检查发现虚报托位", by=who(ready, "city-officer"), at=at
    )
    services.lapse(withdrawal_id=told.pk, by=who(ready, "city-officer"), at=at + 8 * DAY)
    services.judge_withdrawal(
        withdrawal_id=told.pk, withdraw=False, reason="已整改到位", hearing="",
        by=who(ready, "city-officer-2"), at=at + 9 * DAY,
    )  # fmt: skip
    award.refresh_from_db()
    assert award.state_on((at + 10 * DAY).date()) == "valid"
