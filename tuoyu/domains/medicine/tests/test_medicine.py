"""喂药：two consents, one dose a due time, two signatures, and what two tablets say."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent
from tuoyu.domains.attendance.services import record as come
from tuoyu.domains.care.services import NewCare
from tuoyu.domains.care.services import record as care
from tuoyu.domains.children.selectors import own_child_ids
from tuoyu.domains.identity.selectors import actor_of, list_assignments
from tuoyu.domains.medicine import services
from tuoyu.domains.medicine.models import Dose, MedicineRequest
from tuoyu.domains.medicine.selectors import board, list_conflicts
from tuoyu.domains.messages.models import Message

TODAY = NOW.date()
DUE = clock.at(TODAY, 11, 30)


def actor(w: World, slug: str) -> Actor:
    user, today = w.users[slug], NOW.date()
    return actor_of(user, list_assignments(user, today)[0], own_child_ids(user.pk, today))


def paper(**more: object) -> services.Paper:
    given: dict[str, object] = {
        "medicine": "示例止咳糖浆", "illness": "感冒咳嗽", "dose": "2.5 ml", "route": "mouth",
        "times": [time(11, 30)], "from_on": TODAY, "to_on": TODAY + timedelta(days=2),
    }  # fmt: skip
    return services.Paper(**(given | more))  # type: ignore[arg-type]


def asked(w: World, **more: object) -> MedicineRequest:
    he = w.children["he"]
    return services.ask(
        child_id=he.pk, institution_id=he.institution_id or 0, paper=paper(**more), photo_id=1,
        agreed=True, by=actor(w, "parent"), at=NOW,
    )  # fmt: skip


@pytest.fixture
def accepted(world: World) -> MedicineRequest:
    made = asked(world)
    return services.accept(request_id=made.pk, by=actor(world, "teacher"), at=NOW)


def give(w: World, made: MedicineRequest, at: datetime = DUE, **more: object) -> Dose:
    who = str(more.pop("who", "teacher"))
    return services.give(request_id=made.pk, due_at=DUE, by=actor(w, who), at=at, **more)  # type: ignore[arg-type]


def test_a_paper_says_what_is_missing(world: World) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({"medicine": " "}, "药名"),
        ({"dose": "适量"}, "数量"),
        ({"times": []}, "喂药时间"),
        ({"times": [time(9), time(9)]}, "填了两次"),
        ({"to_on": TODAY}, "结束日期"),
        ({"to_on": TODAY + timedelta(days=40)}, "最多委托"),
    ]
    for more, words in cases:
        with pytest.raises(DomainError, match=words):
            asked(world, **more)
    with pytest.raises(DomainError, match="勾选同意"):
        services.ask(
            child_id=world.children["he"].pk, institution_id=world.institutions["a1"].pk,
            paper=paper(), photo_id=1, agreed=False, by=actor(world, "parent"), at=NOW,
        )  # fmt: skip


def test_a_dose_given_twice_is_refused_by_the_service_and_by_the_database(
    world: World, accepted: MedicineRequest
) -> None:
    first = give(world, accepted)
    with pytest.raises(DomainError, match="已经有人喂过"):
        give(world, accepted, DUE + timedelta(minutes=4), who="director")
    with pytest.raises(IntegrityError), transaction.atomic():
        Dose.all_rows.filter(pk=first.pk).update(id=uuid.uuid4())
        first.pk = uuid.uuid4()
        first.save(force_insert=True)
    assert Dose.all_rows.filter(request=accepted).count() == 1


def test_two_people_sign_and_then_the_parent_has_a_receipt(
    world: World, accepted: MedicineRequest
) -> None:
    dose = give(world, accepted)
    told = Message.all_rows.filter(user_id=world.users["parent"].pk, key=f"dose-{dose.pk}")
    assert not told.exists(), "one signature is no receipt"
    teacher = actor(world, "teacher")
    same = services.Signer(teacher.user_id or 0, teacher.name)
    with pytest.raises(DomainError, match="两个人"):
        services.sign_second(dose_id=dose.pk, signer=same, by=teacher, at=DUE)
    director = actor(world, "director")
    other = services.Signer(director.user_id or 0, director.name)
    services.sign_second(dose_id=dose.pk, signer=other, by=director, at=DUE)
    assert "两人签字" in told.get().title
    with pytest.raises(IntegrityError), transaction.atomic():
        Dose.all_rows.filter(pk=dose.pk).update(second_user=dose.by_user)


def test_early_or_late_asks_for_a_reason_and_a_skipped_one_too(
    world: World, accepted: MedicineRequest
) -> None:
    late = DUE + timedelta(minutes=31)
    with pytest.raises(DomainError, match="晚 31 分钟"):
        give(world, accepted, late)
    with pytest.raises(DomainError, match="没有喂须写明原因"):
        give(world, accepted, outcome="skipped")
    services.set_minutes(alarm=5, tolerance=60, by=actor(world, "director"), at=NOW)
    assert give(world, accepted, late).reason == ""


def test_locked_by_the_first_dose_and_filed_away_after_the_last_day(
    world: World, accepted: MedicineRequest
) -> None:
    parent = actor(world, "parent")
    changed = services.change(
        request_id=accepted.pk, paper=paper(dose="5 ml"), photo_id=None, agreed=True, by=parent,
        at=NOW,
    )  # fmt: skip
    assert changed.state == "asked", "a change asks for the second consent anew"
    with pytest.raises(DomainError, match="不能喂"):
        give(world, changed)
    services.accept(request_id=changed.pk, by=actor(world, "teacher"), at=NOW)
    give(world, changed)
    with pytest.raises(DomainError, match="不能再改"):
        services.change(
            request_id=changed.pk, paper=paper(), photo_id=None, agreed=True, by=parent, at=NOW
        )
    assert services.archive(at=NOW + timedelta(days=1)) == 0
    assert services.archive(at=NOW + timedelta(days=2)) == 1


def test_refused_with_a_reason_of_the_list(world: World) -> None:
    made, teacher = asked(world), actor(world, "teacher")
    with pytest.raises(DomainError, match="所列理由"):
        services.refuse(request_id=made.pk, reason="无", note="", by=teacher, at=NOW)
    with pytest.raises(DomainError, match="写明理由"):
        services.refuse(request_id=made.pk, reason="other", note=" ", by=teacher, at=NOW)
    services.refuse(request_id=made.pk, reason="package", note="", by=teacher, at=NOW)
    said = Message.all_rows.get(user_id=world.users["parent"].pk, key=f"medicine-no-{made.pk}")
    assert "原包装" in (said.body or "")


def test_the_alarm_rings_once_when_near_and_once_when_late(
    world: World, accepted: MedicineRequest
) -> None:
    he = world.children["he"]
    came = NewEvent(he.pk, EventKind.IN, NOW, Method.WALL)
    assert services.raise_due(at=DUE) == 0, "nobody is alarmed for a child who is not here"
    come(institution_id=he.institution_id or 0, events=[came], at=NOW)
    rung = [services.raise_due(at=DUE + timedelta(minutes=m)) for m in (-30, -9, -8, 20, 40, 41)]
    assert rung == [0, 1, 0, 0, 1, 0]


def offline(w: World, made: MedicineRequest, who: str, at: datetime, **more: object) -> uuid.UUID:
    """What a class tablet sends when the network is back."""
    person, he = actor(w, who), w.children["he"]
    detail = {"request": made.pk, "due": DUE.isoformat(), "outcome": "given", "reason": "",
              "note": ""} | more  # fmt: skip
    new = NewCare("dose", at, he.pk, detail=detail, by=person.user_id, by_name=person.name)
    answers = care(
        institution_id=he.institution_id or 0, events=[new, new], at=DUE + timedelta(hours=3)
    )
    assert [a.outcome for a in answers] == ["stored", "duplicate"]
    return new.id


def test_two_tablets_giving_the_same_dose_offline_keep_both_and_show_it(
    world: World, accepted: MedicineRequest
) -> None:
    first = offline(world, accepted, "teacher", DUE)
    second = offline(world, accepted, "director", DUE + timedelta(minutes=6))
    kept = Dose.all_rows.get(pk=second)
    assert kept.conflict_with_id == first
    scope = actor(world, "teacher").scope
    assert [d.pk for d in list_conflicts(scope)] == [second]
    row = board(scope, accepted.institution_id, DUE + timedelta(hours=3))[0]
    assert row.has_conflict
    assert row.tone == "danger"
    titles = Message.all_rows.filter(user_id=world.users["director"].pk)
    assert any("记了两次" in m.title for m in titles)
    director = actor(world, "director")
    with pytest.raises(DomainError, match="核实结果"):
        services.settle(dose_id=second, note=" ", by=director, at=NOW)
    services.settle(dose_id=second, note="只喂了一次，已电话告知", by=director, at=NOW)
    assert not list_conflicts(scope)
    assert Dose.all_rows.count() == 2, "nothing was dropped"


def test_the_database_shows_a_family_its_own_child_only(
    world: World, accepted: MedicineRequest
) -> None:
    from tuoyu.core import rls

    give(world, accepted)
    with transaction.atomic():
        rls.enter(actor(world, "other-parent").scope)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM medicine_dose")
            assert cursor.fetchone() == (0,)
        rls.leave()
    with pytest.raises(NotFound):
        services.stop(request_id=accepted.pk, by=actor(world, "other-parent"), at=NOW)
