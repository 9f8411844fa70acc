"""投诉：who sees it, who is hidden, what happens when nobody answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.core import rls, workdays
from tuoyu.core.access import ANONYMOUS, Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import todo
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.complaints import selectors, services
from tuoyu.domains.complaints.models import Complainant, Complaint

TEXT = "昨天下午接孩子时，发现手臂有一处没有告知的抓痕。"


def actor(world: World, who: str) -> Actor:
    return actor_for_user(world.users[who])


def complain(world: World, who: str = "parent", **more: Any) -> Complaint:
    values: dict[str, Any] = {
        "text": TEXT, "subject": "care", "address": "institution",
        "about_id": world.institutions["a1"].pk, "child_id": world.children["he"].pk,
    } | more  # fmt: skip
    return services.complain(words=services.Words(**values), by=actor(world, who), at=NOW).complaint


def seen_by(world: World, who: str) -> list[int]:
    return [c.pk for c in selectors.list_complaints(actor(world, who).scope)]


def state(found: Complaint) -> str:
    return Case.all_rows.get(type="complaint", subject_id=found.pk).state


def term(world: World) -> None:
    services.set_term(
        region_code="350582", desk_days=5, county_days=10, document="示例文件（虚构）",
        by=actor(world, "county-officer"), at=NOW,
    )  # fmt: skip


def test_county_complaint_is_hidden_until_shared(world: World) -> None:
    found = complain(world, address="county")
    assert seen_by(world, "director") == []
    assert seen_by(world, "county-officer") == [found.pk]
    assert seen_by(world, "other-county-officer") == []
    assert [c.subject_id for c in todo(actor(world, "county-officer"))] == [found.pk]
    assert not todo(actor(world, "director")).exists()
    services.share(complaint_id=found.pk, by=actor(world, "county-officer"), at=NOW)
    found.refresh_from_db()
    assert seen_by(world, "director") == [found.pk]
    assert selectors.person_of(actor(world, "director").scope, found) is None


def test_anonymous_hides_the_person_and_the_database_agrees(world: World) -> None:
    found = complain(world, is_anonymous=True)
    named = complain(world, text=TEXT + "第二件")
    director = actor(world, "director")
    assert selectors.person_of(director.scope, found) is None
    assert selectors.person_of(director.scope, named) is not None
    rls.enter(director.scope)
    rows = list(Complainant.all_rows.values_list("complaint_id", flat=True))
    rls.leave()
    assert rows == [named.pk]
    page = world.client("director").get(f"/inst/complaints/{found.pk}/").content.decode()
    assert "匿名" in page
    assert "林妈妈" not in page


def test_only_the_one_who_complained_reads_the_answer(world: World) -> None:
    found = complain(world)
    services.answer_desk(
        complaint_id=found.pk, text="已核查监控并向家长当面说明。", by=actor(world, "director"),
        at=NOW,
    )  # fmt: skip
    assert (
        "当面说明" in world.client("parent").get(f"/family/complaints/{found.pk}/").content.decode()
    )
    assert world.client("sibling-parent").get(f"/family/complaints/{found.pk}/").status_code == 404
    with pytest.raises(NotFound):
        services.answer_desk(
            complaint_id=found.pk, text="x", by=actor(world, "other-director"), at=NOW
        )


def test_without_a_term_the_deadline_is_undetermined(world: World) -> None:
    found = complain(world)
    assert Case.all_rows.get(subject_id=found.pk).due_at is None
    assert services.escalate_due(NOW + timedelta(days=365)) == 0


def test_overdue_goes_to_the_county(world: World) -> None:
    term(world)
    found = complain(world)
    due = workdays.add(NOW, 5)
    assert services.escalate_due(due - timedelta(minutes=1)) == 0
    assert services.escalate_due(due) == 1
    assert services.escalate_due(due) == 0
    found.refresh_from_db()
    assert (state(found), found.raised_why) == ("county", "机构逾期没有答复")
    assert Case.all_rows.get(subject_id=found.pk).due_at == workdays.add(due, 10)
    services.answer_county(
        complaint_id=found.pk, text="已责令整改。", by=actor(world, "county-officer"), at=due
    )
    assert state(found) == "closed"


def test_not_content_with_the_answer(world: World) -> None:
    found = complain(world)
    services.answer_desk(
        complaint_id=found.pk, text="情况属实。", by=actor(world, "director"), at=NOW
    )
    services.step_back(
        complaint_id=found.pk, name="raise", why="没有说明原因", by=actor(world, "parent"), at=NOW
    )
    assert state(found) == "county"
    with pytest.raises(DomainError, match="进度已经变了"):
        services.step_back(
            complaint_id=found.pk, name="accept", why="", by=actor(world, "parent"), at=NOW
        )
    with pytest.raises(NotFound):
        services.step_back(
            complaint_id=found.pk, name="withdraw", why="", by=actor(world, "other-parent"), at=NOW
        )


def test_public_ticket_needs_its_secret(world: World) -> None:
    words = services.Words(
        text=TEXT, subject="safety", address="county", region_code="350582", contact="19900000001"
    )
    made = services.complain(words=words, by=ANONYMOUS, at=NOW)
    number = made.complaint.number
    assert number == "TS20251015-0001"
    assert selectors.find_by_ticket(number, made.secret.lower()) == made.complaint
    assert selectors.find_by_ticket(number, "AAAAAAAA") is None
    page = Client().post("/public/complaints/find/", {"number": number, "secret": "AAAAAAAA"})
    assert page.status_code == 422
    page = Client().post("/public/complaints/find/", {"number": number, "secret": made.secret})
    assert "还没有答复" in page.content.decode()


def test_public_page_gives_ticket_and_secret_once(world: World) -> None:
    asked = {"text": TEXT, "subject": "food", "about": world.institutions["a1"].pk}
    page = Client().post("/public/complaints/", asked).content.decode()
    assert "TS20251015-0001" in page
    assert Complainant.all_rows.get().user_id is None
    short = Client().post("/public/complaints/", asked | {"text": "差"})
    assert short.status_code == 422
    assert "内容太短" in short.content.decode()
