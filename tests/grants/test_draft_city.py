"""征求意见稿的城市：the same pages simulate; nothing can be applied for."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.grants.test_programmes import A1_KIDS, closed_june
from tests.grants.town import AT, JUNE, who
from tests.world import World
from tuoyu.core.errors import DomainError
from tuoyu.domains.grants import services
from tuoyu.domains.grants.computing import may_pay
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import PROGRAMMES, offered
from tuoyu.domains.grants.selectors import list_offers
from tuoyu.domains.policies import books
from tuoyu.domains.policies.engine import Book, load_book

DRAFT = {"operating_subsidy", "rent_relief", "reimbursement"}


@pytest.fixture
def draft_city(monkeypatch: pytest.MonkeyPatch, world: World) -> Book:
    """换上草案的政策包。"""
    book = load_book(settings.PACKS_DIR, "yueqing-2025")
    for module in ("selectors", "services.drafting", "programmes.institutions", "services.flow"):
        monkeypatch.setattr(f"tuoyu.domains.grants.{module}.current_book", lambda: book)
    return book


def test_what_a_draft_offers(draft_city: Book) -> None:
    assert {p.rule for p in offered(draft_city)} == DRAFT


def test_it_simulates_and_says_who_must_set_the_sum(draft_city: Book, world: World) -> None:
    closed_june(world, *A1_KIDS)
    offers = {o.programme.rule: o for o in list_offers(world.institutions["a1"], AT.date())}
    assert set(offers) == DRAFT
    for offer in offers.values():
        assert offer.simulated
        assert not offer.may
        assert "只作测算" in offer.why_not
    # 没有数的留待实施细则：待定，不是零；未评级的机构不符合运营补助。
    sums = {rule: offer.amount_fen for rule, offer in offers.items()}
    assert sums == {"operating_subsidy": 0, "rent_relief": None, "reimbursement": None}


def test_it_can_never_be_handed_in(draft_city: Book, world: World) -> None:
    by = who(world, "director")
    for rule in sorted(DRAFT):
        fine, why = may_pay(draft_city, PROGRAMMES[rule], JUNE, AT.date())
        assert not fine
        assert "不能支付" in why
        with pytest.raises(DomainError, match="不能申报"):
            services.draft(rule=rule, institution_id=by.institution_id, month=JUNE, by=by, at=AT)
    assert not Application.all_rows.exists()


def test_the_city_with_a_document_does_not_offer_the_drafts_own() -> None:
    assert "reimbursement" not in {p.rule for p in offered(books.current_book())}
