"""材料、合同与入托。"""

from __future__ import annotations

import pytest

from tests.admissions.helpers import FROM, Office
from tests.world import NOW
from tuoyu.core.errors import DomainError
from tuoyu.domains.admissions.models import Contract, Signature, Stage, Wish
from tuoyu.domains.admissions.services import contracts, papers, starting
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import FeeStandard


def drawn_up(office: Office, extra: str = "") -> Contract:
    wish = office.to_contract()
    return contracts.draw_up(wish_id=wish.pk, extra=extra, by=office.director, at=NOW)


def file_price(office: Office, fen: int) -> None:
    FeeStandard.all_rows.create(
        institution=office.world.institutions["a1"], region_code="350582", class_type="toddler",
        monthly_fen=fen, from_on=FROM,
    )  # fmt: skip


def test_price_comes_from_the_filing_and_is_in_the_text(office: Office) -> None:
    file_price(office, 123_400)
    made = drawn_up(office)
    assert made.care_fen == 123_400
    assert "保育费 1,234 元/月" in made.text or "保育费 1,234.00 元/月" in made.text
    assert contracts.digest(made.text) == made.sm3


def test_an_amount_cannot_be_typed_into_it(office: Office) -> None:
    with pytest.raises(DomainError, match="不能写金额"):
        drawn_up(office, "另收 500 元材料费")


def test_a_price_above_the_filed_one_is_not_signed(office: Office) -> None:
    made = drawn_up(office)
    file_price(office, 100_000)
    with pytest.raises(DomainError, match="请园方按备案价重新拟定"):
        office.sign(made, office.actor("parent"))
    again = contracts.draw_up(wish_id=made.wish_id, extra="", by=office.director, at=NOW)
    assert again.care_fen == 100_000
    office.sign(again, office.actor("parent"))


def test_changed_after_one_signature_both_sign_again(office: Office) -> None:
    parent, old = office.actor("parent"), drawn_up(office)
    office.sign(old, parent)
    new = contracts.draw_up(wish_id=old.wish_id, extra="午睡自带小毯子", by=office.director, at=NOW)
    assert (new.number, new.version) == (old.number, 2)
    assert new.sm3 != old.sm3
    with pytest.raises(DomainError, match="已经改过"):
        office.sign(old, office.director)
    office.sign(new, office.director)
    with pytest.raises(DomainError, match="双方签完"):
        starting.start(wish_id=old.wish_id, by=office.director, at=NOW)
    office.sign(new, parent)
    assert Contract.all_rows.get(pk=new.pk).concluded_at == NOW
    assert {s.sm3 for s in Signature.all_rows.filter(contract=new)} == {new.sm3}
    log = new.wish.changes.filter(text__contains="签名作废").get()
    assert log.text == "合同改为第 2 版，第 1 版的 1 个签名作废，须双方重签"


def test_what_was_shown_is_what_is_signed(office: Office) -> None:
    made = drawn_up(office)
    with pytest.raises(DomainError, match="已经改过"):
        contracts.sign(contract_id=made.pk, sm3="0" * 64, name="许妈妈", strokes="",
                       by=office.actor("parent"), at=NOW)  # fmt: skip
    with pytest.raises(DomainError, match="完整输入姓名"):
        contracts.sign(contract_id=made.pk, sm3=made.sm3, name="别人", strokes="",
                       by=office.actor("parent"), at=NOW)  # fmt: skip


def test_a_concluded_contract_takes_supplements_only(office: Office) -> None:
    made = drawn_up(office)
    office.sign(made, office.actor("parent"))
    office.sign(made, office.director)
    with pytest.raises(DomainError, match="补充协议"):
        contracts.draw_up(wish_id=made.wish_id, extra="改", by=office.director, at=NOW)
    more = contracts.supplement(
        wish_id=made.wish_id, extra="周五提前一小时接", by=office.director, at=NOW
    )
    assert more.number == f"{made.number}-补1"
    assert made.sm3 in more.text


def test_start_makes_the_file_from_the_application(office: Office) -> None:
    made = drawn_up(office)
    office.sign(made, office.actor("parent"))
    office.sign(made, office.director)
    child = starting.start(wish_id=made.wish_id, by=office.director, at=NOW)
    assert (child.name, child.allergy, child.has_allergy) == ("许小溪", "鸡蛋", True)
    stay = Enrolment.all_rows.get(child=child)
    assert (stay.monthly_fen, stay.period.lower) == (made.care_fen, FROM)
    related = {g.relation: g.is_guardian for g in Guardianship.all_rows.filter(child=child)}
    assert related == {"mother": True, "grandmother_m": False}
    assert Wish.all_rows.get(pk=made.wish_id).stage == Stage.STARTED


def test_none_must_be_said_for_allergies(office: Office) -> None:
    wish = office.to_contract()
    papers.send_back(wish_id=wish.pk, kind="allergy", why="请写全", by=office.director, at=NOW)
    with pytest.raises(DomainError, match="二者选一"):
        papers.give_allergy(
            wish_id=wish.pk, text=" ", none=False, by=office.actor("parent"), at=NOW
        )
    assert papers.remind(wish_id=wish.pk, by=office.director, at=NOW) == 1
    with pytest.raises(DomainError, match="今天已提醒过"):
        papers.remind(wish_id=wish.pk, by=office.director, at=NOW)
