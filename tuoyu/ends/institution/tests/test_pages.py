"""机构端各页：sound markup for those it is made for, and 「没有找到」 for everyone else."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.pages.checks import faults_of
from tests.world import NOW, World, month_of_days
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import DayStatus, Dispute, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, dispute_day, record

BOTH = ["home", "wall", "sheets", "sheets_month", "waiting", "children"]
DIRECTOR = [
    "month",
    "disputes",
    "staff",
    "imports",
    "devices",
    "releases",
    "release",
    "child_new",
]


def busy(world: World) -> Dispute:
    """A month of days, a leave, a dispute: something on each page."""
    month_of_days(world, "he", NOW.date().replace(month=9), 18)
    kid = world.children["he"]
    a1 = world.institutions["a1"]
    record(
        institution_id=a1.pk,
        events=[NewEvent(kid.pk, EventKind.IN, NOW, Method.WALL)],
        at=NOW,
    )
    return dispute_day(
        scope=SYSTEM,
        child_id=kid.pk,
        day=NOW.date().replace(month=9, day=30),
        says=DayStatus.PRESENT,
        reason="那天 8 点送到的",
        guardian_id=world.guardians["lin"].pk,
        at=NOW,
    )


def sound(client: Client, url: str, **headers: Any) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200, (url, response.status_code)
    html = response.content.decode()
    if not headers:
        assert faults_of(html) == [], url
    return html


@pytest.mark.parametrize("name", BOTH)
def test_teacher_and_director_read_sound_pages(world: World, name: str) -> None:
    busy(world)
    for who in ("teacher", "director"):
        sound(world.client(who), reverse(f"institution:{name}"))


@pytest.mark.parametrize("name", DIRECTOR)
def test_director_reads_sound_pages_the_teacher_does_not(world: World, name: str) -> None:
    busy(world)
    sound(world.client("director"), reverse(f"institution:{name}"))
    assert world.client("teacher").get(reverse(f"institution:{name}")).status_code == 404


def test_pages_of_an_empty_institution_say_what_to_do_next(world: World) -> None:
    client = world.client("other-director")
    from tuoyu.domains.attendance.models import DaySheet, Event
    from tuoyu.domains.enrolment.models import Enrolment

    b1 = world.institutions["b1"].pk
    Enrolment.all_rows.filter(institution_id=b1).delete()
    assert not Event.all_rows.filter(institution_id=b1).exists()
    assert not DaySheet.all_rows.filter(institution_id=b1).exists()
    for name in [*BOTH, *DIRECTOR]:
        sound(client, reverse(f"institution:{name}"))
    assert "还没有在托儿童" in sound(client, reverse("institution:home"))


def details(world: World, dispute: Dispute) -> list[tuple[str, str]]:
    """Each page and act that names a row, with rows of the first institution."""
    child, day = world.children["he"], "2025-10-15"
    relation = child.guardianships.get()
    rows: list[tuple[str, str, list[Any]]] = [
        ("get", "child", [child.pk]),
        ("get", "trail", [child.pk, day]),
        ("get", "correct", [child.pk, day]),
        ("post", "correct", [child.pk, day]),
        ("get", "call", [child.pk]),
        ("get", "child_leave", [child.pk]),
        ("post", "child_leave", [child.pk]),
        ("get", "child_move", [child.pk]),
        ("post", "child_move", [child.pk]),
        ("get", "guardian_add", [child.pk]),
        ("post", "guardian_add", [child.pk]),
        ("get", "status_add", [child.pk]),
        ("post", "status_add", [child.pk]),
        ("get", "reveal_form", [child.pk, "id_number"]),
        ("post", "reveal", [child.pk, "id_number"]),
        ("get", "relation", [relation.pk, "block"]),
        ("post", "relation", [relation.pk, "block"]),
        ("get", "dispute_answer", [dispute.pk]),
        ("post", "dispute_answer", [dispute.pk]),
    ]
    return [(verb, reverse(f"institution:{name}", args=args)) for verb, name, args in rows]


def test_another_institutions_rows_are_not_found(world: World) -> None:
    rows = details(world, busy(world))
    stranger = world.client("other-director")
    for verb, url in rows:
        filled = {"reason": "核对信息", "on": "2025-10-15", "status": "1", "accept": "no"}
        response = getattr(stranger, verb)(url, filled)
        assert response.status_code == 404, (verb, url)
    assert (
        stranger.get("/inst/wall/?room=" + str(world.classes["a1.toddler"].pk)).status_code == 404
    )
    posted = stranger.post(
        reverse("institution:act"), {"child": world.children["he"].pk, "do": "in"}
    )
    assert posted.status_code == 404
    staff = {"staff": world.staff["a1.infant"].pk, "room": world.classes["b1.infant"].pk}
    assert stranger.post(reverse("institution:shift"), staff).status_code == 404


def test_drawers_open_in_place_and_by_their_address(world: World) -> None:
    rows = details(world, busy(world))
    client = world.client("director")
    for verb, url in rows:
        if verb == "get" and "/call/" not in url:
            sound(client, url)
            inside = sound(client, url, hx_request="true")
            if url != reverse("institution:child", args=[world.children["he"].pk]):
                assert inside.lstrip().startswith("<header>"), url


def test_a_form_page_listens_to_the_event_stream_and_not_to_itself(
    world: World, settings: Any
) -> None:
    """The form's own address is named ``url`` too; asked as a stream it would be read again."""
    settings.LIVE_URL = "http://127.0.0.1:1/live/stream"
    address = reverse("institution:release")
    page = world.client("director").get(address).content.decode()
    assert 'data-live-url="/api/v1/live/ticket"' in page
