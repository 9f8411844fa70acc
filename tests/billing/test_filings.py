"""收费备案：nothing may be charged before the county accepts; the cap holds to the fen."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from tests.billing.conftest import director
from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.billing import services
from tuoyu.domains.billing.models import FeeFiling, FeeItem
from tuoyu.domains.billing.selectors import caps
from tuoyu.domains.billing.selectors.prices import refund_words, tariff_of
from tuoyu.domains.billing.selectors.watching import means_of, watch
from tuoyu.domains.billing.services import NewItem, NewRefund
from tuoyu.domains.institutions.models import FeeStandard, Recognition
from tuoyu.domains.institutions.selectors import current_fees
from tuoyu.domains.policies.engine import load_book

pytestmark = pytest.mark.django_db
NOVEMBER = date(2025, 11, 1)


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """乐清的限额（1,750 元）in the small world."""
    book = load_book(settings.PACKS_DIR, "yueqing")
    monkeypatch.setattr(caps, "current_book", lambda: book)


def file(w: World, fen: int = 160_000, **more: object) -> FeeFiling:
    told = {
        "institution_id": w.institutions["a1"].pk,
        "from_on": NOVEMBER,
        "evidence": "成本测算（虚构）",
        "items": [NewItem(kind="care", unit="month", price_fen=fen, class_type="infant")],
        "by": director(w),
        "at": NOW,
    } | more
    return services.file_fees(**told)  # type: ignore[arg-type]


def accept(w: World, filing: FeeFiling, who: str = "county-officer") -> None:
    services.accept_filing(filing_id=filing.pk, by=actor_for_user(w.users[who]), at=NOW)


def test_a_price_is_in_force_only_after_acceptance_and_from_its_day(world: World) -> None:
    a1 = world.institutions["a1"].pk
    filing = file(world)
    assert current_fees([a1], NOVEMBER)[a1]["infant"] == 150_000
    accept(world, filing)
    assert current_fees([a1], date(2025, 10, 31))[a1]["infant"] == 150_000
    assert current_fees([a1], NOVEMBER)[a1]["infant"] == 160_000
    care = tariff_of(a1, NOVEMBER).care("infant", "full_day")
    assert care is not None
    assert care.price_fen == 160_000


def test_other_items_refunds_and_electives(world: World) -> None:
    a1 = world.institutions["a1"].pk
    filing = file(
        world,
        items=[
            NewItem(kind="meal", unit="day", price_fen=2_000),
            NewItem(kind="extended", unit="month", price_fen=20_000, is_elective=True),
        ],
        refunds=[NewRefund(kind="meal", basis="absent_day", percent=100)],
    )
    assert not tariff_of(a1, NOVEMBER).electives()
    accept(world, filing)
    tariff = tariff_of(a1, NOVEMBER)
    assert [p.kind for p in tariff.others("toddler", "full_day", frozenset())] == ["meal"]
    assert [p.kind for p in tariff.electives()] == ["extended"]
    assert refund_words(a1, NOVEMBER) == [
        {"name": "伙食费", "text": "未到托的每天退当日费用的 100%"}
    ]


def test_late_acceptance_does_not_reach_back(world: World) -> None:
    filing = file(world, from_on=NOW.date())
    later = clock.at(date(2025, 10, 20), 9)
    services.accept_filing(
        filing_id=filing.pk, by=actor_for_user(world.users["county-officer"]), at=later
    )
    assert FeeStandard.all_rows.filter(monthly_fen=160_000).get().from_on == date(2025, 10, 20)


@pytest.mark.usefixtures("capped")
def test_exactly_at_the_cap_is_accepted_one_fen_above_is_not(world: World) -> None:
    with pytest.raises(DomainError, match=r"1750\.01 元高于普惠机构月收费限额 1750\.00 元"):
        accept(world, file(world, 175_001))
    assert not FeeStandard.all_rows.filter(from_on=NOVEMBER).exists()
    accept(world, file(world, 175_000))
    assert FeeItem.all_rows.get(accepted_on__isnull=False).cap_fen == 175_000


@pytest.mark.usefixtures("capped")
def test_the_database_refuses_an_accepted_price_above_its_cap(world: World) -> None:
    accept(world, file(world, 175_000))
    with pytest.raises(IntegrityError), transaction.atomic():
        FeeItem.all_rows.filter(accepted_on__isnull=False).update(price_fen=175_001)


@pytest.mark.usefixtures("capped")
def test_an_institution_that_is_not_inclusive_is_not_capped(world: World) -> None:
    Recognition.all_rows.filter(institution=world.institutions["a1"]).delete()
    accept(world, file(world, 250_000))


@pytest.mark.usefixtures("capped")
def test_both_means_and_who_is_above(world: World) -> None:
    FeeStandard.all_rows.filter(institution=world.institutions["a1"], class_type="infant").update(
        monthly_fen=180_000
    )
    rows = watch(actor_for_user(world.users["city-officer"]).scope, NOW.date(), NOW.date())
    found = {r.name[:2]: r for r in rows}
    assert found["青禾"].state == "above"
    assert found["青禾"].above == ["乳儿班"]
    assert found["青禾"].mean == 160_000  # two at 1,800, four at 1,500
    assert found["海风"].state == "within"
    means = means_of(rows)
    assert means.plain_fen == (160_000 + 150_000 * 2) // 3
    assert means.weighted == (180_000 * 2 + 150_000 * 6) / 8
    assert means.children == 8


def test_what_cannot_be_filed(world: World) -> None:
    for more, words in (
        ({"from_on": date(2025, 10, 14)}, "不能追溯"),
        ({"evidence": " "}, "定价依据"),
        ({"items": []}, "至少改一项"),
        ({"items": [NewItem(kind="care", unit="month", price_fen=1)]}, "按班型"),
        ({"items": [NewItem(kind="toys", unit="month", price_fen=1)]}, "不在名单里"),
        ({"items": [NewItem(kind="meal", unit="day", price_fen=-1)]}, "不能为负"),
        ({"items": [NewItem(kind="meal", unit="day", price_fen=1)] * 2}, "填了两次"),
        ({"refunds": [NewRefund(kind="care", basis="attended", percent=50)]}, "界限"),
    ):
        with pytest.raises(DomainError, match=words):
            file(world, **more)
    assert not FeeFiling.all_rows.exists()


def test_the_course_returned_amended_accepted(world: World) -> None:
    county = actor_for_user(world.users["county-officer"])
    filing = file(world)
    services.move_filing(filing_id=filing.pk, name="return", by=county, at=NOW, opinion="补成本表")
    with pytest.raises(DomainError, match="不能再受理"):
        accept(world, filing)
    services.amend_filing(
        filing_id=filing.pk, from_on=NOVEMBER, evidence="成本表",
        items=[NewItem(kind="care", unit="month", price_fen=155_000, class_type="infant")],
        by=director(world), at=NOW,
    )  # fmt: skip
    accept(world, filing)
    assert Case.all_rows.get(type="fee_filing").state == "accepted"
    assert FeeStandard.all_rows.get(from_on=NOVEMBER).monthly_fen == 155_000


def test_foreign_filings_are_not_found(world: World) -> None:
    filing = file(world)
    with pytest.raises(NotFound):
        accept(world, filing, "other-county-officer")
    with pytest.raises(NotFound):
        accept(world, filing, "director")
    with pytest.raises(NotFound):
        file(world, by=director(world, "other-director"))


def test_the_county_reads_the_evidence_that_was_uploaded(filed: World) -> None:
    desk, county = filed.client("director"), filed.client("county-officer")
    told = {
        "from_on": "2025-11-01", "evidence": "成本测算表", "submit_key": str(uuid.uuid4()),
        "item-0-kind": "meal", "item-0-unit": "day", "item-0-price": "22",
        "item-0-form": "full_day", "item-0-class_type": "",
    }  # fmt: skip
    sent = desk.post(
        "/inst/fees/filings/new/",
        {**told, "file": SimpleUploadedFile("成本测算表.pdf", samples.pdf())},
    )
    assert sent.status_code == 302, sent.content.decode()
    filing = FeeFiling.all_rows.get()
    page = county.get(f"/gov/fees/filings/{filing.pk}/").content.decode()
    link = f"/gov/fees/filings/{filing.pk}/evidence/"
    assert link in page
    got = county.get(link)
    assert got.content == samples.pdf()
    assert "attachment" in got["Content-Disposition"]
    assert desk.get(f"/inst/fees/filings/{filing.pk}/evidence/").content == samples.pdf()
    for who in ("other-county-officer", "parent", "teacher"):
        assert filed.client(who).get(link).status_code == 404
    stranger = filed.client("other-director")
    assert stranger.get(f"/inst/fees/filings/{filing.pk}/evidence/").status_code == 404


def test_a_file_that_is_no_evidence_is_refused_and_nothing_is_filed(filed: World) -> None:
    desk = filed.client("director")
    sent = desk.post(
        "/inst/fees/filings/new/",
        {
            "from_on": "2025-11-01", "evidence": "成本测算表", "item-0-kind": "meal",
            "item-0-unit": "day", "item-0-price": "22", "item-0-form": "full_day",
            "file": SimpleUploadedFile("成本.pdf", b"MZ not a pdf"),
        },
    )  # fmt: skip
    assert sent.status_code == 422
    assert not FeeFiling.all_rows.exists()
