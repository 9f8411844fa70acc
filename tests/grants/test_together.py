"""集中复核：many decisions in one notice; an objection holds up its own row and no other."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from tests.grants.town import (
    AT,
    accepted,
    after_notice,
    again,
    assessed,
    become,
    fund,
    state_of,
    submitted,
    who,
)
from tests.pages.checks import faults_of
from tests.world import World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.funds.services import balances_of
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.publicity.models import Notice, NoticeRow, Objection
from tuoyu.domains.publicity.services import answer, close_due
from tuoyu.domains.workforce.models import Certificate

SLOT, TRAINING = "community_slot", "training_subsidy"


def approved(world: World, rule: str, slug: str = "director", **more: object) -> Application:
    """已批准、待财政复核的一份。"""
    made = submitted(world, rule, slug, **more)
    reviewer, approver = "county-officer", "city-officer"
    if slug == "other-director":
        reviewer = "other-county-officer"
    if rule == TRAINING:  # 由市级落实
        reviewer, approver = "city-officer", "city-officer-2"
        assessed(world, made, reviewer, eligible=True)
    else:
        assessed(world, made, reviewer, approved_fen=900_000)
    made = accepted(world, made, reviewer)
    services.approve(application_id=made.pk, by=who(world, approver), at=AT)
    return again(made)


@pytest.fixture
def three(world: World) -> list[Application]:
    """青禾的托位与一位老师的培训，鲤城海风的托位。"""
    become(world, "a1", Kind.COMMUNITY)
    become(world, "b1", Kind.COMMUNITY)
    fund(world, SLOT)
    fund(world, TRAINING, unit="350500")
    fund(world, SLOT, unit="350502")
    found = Certificate.all_rows.filter(institution_id=world.institutions["a1"].pk).first()
    assert found is not None
    return [
        approved(world, SLOT),
        approved(world, TRAINING, pick=str(found.pk)),
        approved(world, SLOT, "other-director"),
    ]


def together(world: World, made: list[Application], slug: str = "finance-officer") -> Client:
    client = world.client(slug)
    answer_ = client.post(
        "/gov/grants/together/",
        {
            "grant": [str(a.pk) for a in made],
            "document_no": "示例公示〔2025〕3号（虚构）",
            "reason": "资金无误",
            "submit_key": str(uuid.uuid4()),
        },
    )
    client.status = answer_.status_code  # type: ignore[attr-defined]
    return client


def test_one_notice_for_a_county_and_each_decision_a_row(
    world: World, three: list[Application]
) -> None:
    page = world.client("finance-officer").get("/gov/grants/together/").content.decode()
    assert not faults_of(page)
    assert "共 3 份" in page
    assert together(world, three).status == 302  # type: ignore[attr-defined]
    assert [state_of(a) for a in three] == ["notice"] * 3
    own, foreign = Notice.all_rows.order_by("-region_code")
    assert (own.region_code, foreign.region_code) == ("350582", "350502")
    assert own.document_no == "示例公示〔2025〕3号（虚构）"
    rows = list(NoticeRow.all_rows.filter(notice=own))
    assert [r.source_id for r in rows] == [three[0].pk, three[1].pk]
    assert {again(a).notice_id for a in three[:2]} == {own.pk}
    public = Client().get(f"/public/publicity/{own.pk}/").content.decode()
    assert "关于拟拨付托育奖补资金的公示" in public
    assert "示**" in public or "示*" in public  # the teacher's name is masked
    assert three[1].payee_name not in public
    assert "共 5 个工作日" in public  # published today, counted from tomorrow
    printed = Client().get(f"/public/publicity/{own.pk}/print/").content.decode()
    assert three[1].payee_name not in printed
    assert "90,000.00" in printed


def test_an_objection_stays_at_its_row_and_the_others_are_paid(
    world: World, three: list[Application]
) -> None:
    together(world, three[:2])
    notice = Notice.all_rows.get()
    row = NoticeRow.all_rows.get(source_id=three[0].pk)
    said = {
        "row": str(row.pk),
        "opinion": "这一家的托位数与实际不符",
        "submit_key": str(uuid.uuid4()),
    }
    Client().post(f"/public/publicity/{notice.pk}/object/", said)
    officer = world.client("county-officer")
    page = officer.get(f"/gov/publicity/{notice.pk}/").content.decode()
    assert not faults_of(page)
    assert page.count("有异议待答复") == 1
    assert f'href="/gov/grants/{three[0].pk}/"' in page
    close_due(after_notice())
    assert [state_of(a) for a in three[:2]] == ["notice", "payable"]
    with clock.fixed(after_notice()):
        answer(
            objection_id=Objection.all_rows.get().pk, upheld=True, reason="经核查属实",
            by=who(world, "county-officer"), at=after_notice(),
        )  # fmt: skip
    assert [state_of(a) for a in three[:2]] == ["refused", "payable"]
    assert balances_of(f"grant:{three[0].pk}") == {}
    assert balances_of(again(three[1]).fund_key) == {"committed": again(three[1]).amount_fen}


def test_only_finance_and_all_or_none(world: World, three: list[Application]) -> None:
    for slug in ("city-officer", "county-officer", "payment-clerk", "auditor", "director"):
        assert together(world, three, slug).status == 404  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        services.check_together(
            application_ids=[three[0].pk], document_no="", opinion="x",
            by=who(world, "city-officer"), at=AT,
        )  # fmt: skip
    assert together(world, []).status == 422  # type: ignore[attr-defined]
    services.send_back(
        application_id=three[2].pk, by=who(world, "finance-officer"), at=AT, opinion="请核对"
    )
    with pytest.raises(DomainError, match="整批未办"):
        services.check_together(
            application_ids=[a.pk for a in three], document_no="", opinion="x",
            by=who(world, "finance-officer"), at=AT,
        )  # fmt: skip
    assert not Notice.all_rows.exists()
    assert [state_of(a) for a in three] == ["finance", "finance", "city"]
