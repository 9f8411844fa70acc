"""佐证材料：the director adds it to a special-family status; it goes where the child goes."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core.audit.models import AuditEvent
from tuoyu.core.files.models import StoredFile
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.enrolment.services import leave


def declare(
    client: Client, world: World, blob: bytes | None, name: str = "证.jpg"
) -> tuple[int, str]:
    data: dict[str, object] = {
        "kind": "disabled", "evidence": "残疾证 示例-1", "from_on": "2025-09-01",
    }  # fmt: skip
    if blob is not None:
        data["file"] = SimpleUploadedFile(name, blob)
    url = reverse("institution:status_add", args=[world.children["he"].pk])
    answer = client.post(url, data, follow=True)
    return answer.status_code, answer.content.decode()


def test_the_director_adds_a_photo_and_takes_it_back_down(world: World) -> None:
    director = world.client("director")
    form = director.get(
        reverse("institution:status_add", args=[world.children["he"].pk]),
        headers={"hx-request": "true"},
    ).content.decode()
    assert 'hx-encoding="multipart/form-data"' in form
    assert "不超过 5 MB" in form
    status, html = declare(director, world, samples.photo(), "残疾证 正面.png")
    assert status == 200
    row = SpecialStatus.all_rows.get()
    url = reverse("institution:status_evidence", args=[row.pk])
    assert url in html
    stored = StoredFile.all_rows.get()
    assert stored.pk == row.evidence_file_id
    assert stored.purpose == "special_status"
    assert stored.uploaded_by == world.users["director"].pk
    answer = director.get(url)
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert b"Exif" not in answer.content
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%E6%AE%8B%E7%96%BE%E8%AF%81%20%E6%AD%A3%E9%9D%A2.jpg" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="下载佐证材料")
    assert event.persons == [world.children["he"].pk]


def test_others_do_not_find_it(world: World) -> None:
    declare(world.client("director"), world, samples.pdf())
    url = reverse("institution:status_evidence", args=[SpecialStatus.all_rows.get().pk])
    assert world.client("teacher").get(url).status_code == 404
    for who in ("other-director", "parent", "county-officer", "doctor"):
        assert world.client(who).get(url).status_code == 404, who
    assert Client().get(url).status_code == 302


def test_a_refused_file_leaves_nothing_behind(world: World) -> None:
    director = world.client("director")
    for blob, says in [
        (samples.pdf(b"/OpenAction<</S/JavaScript/JS(go)>>"), "脚本"),
        (b"\xff\xd8\xff" + b"\0" * 5 * 1024 * 1024, "超过 5 MB"),
        (b"<svg/>", "SVG"),
        (b"", "空的"),
    ]:
        status, html = declare(director, world, blob)
        assert status == 422, says
        assert says in html
    assert not SpecialStatus.all_rows.exists()
    assert not StoredFile.all_rows.exists()


def test_without_a_file_it_is_still_declared(world: World) -> None:
    director = world.client("director")
    status, html = declare(director, world, None)
    assert status == 200
    row = SpecialStatus.all_rows.get()
    assert row.evidence_file_id is None
    url = reverse("institution:status_evidence", args=[row.pk])
    assert url not in html
    assert director.get(url).status_code == 404


def test_the_file_leaves_with_the_child(world: World) -> None:
    director = world.client("director")
    declare(director, world, samples.pdf())
    child = world.children["he"]
    leave(
        scope=actor_for_user(world.users["director"]).scope,
        enrolment_id=child.enrolments.get().pk,
        on=NOW.date(),
        today=NOW.date() + timedelta(days=1),
    )
    assert StoredFile.all_rows.get().institution_id is None
    row = SpecialStatus.all_rows.get()
    url = reverse("institution:status_evidence", args=[row.pk])
    assert director.get(url).status_code == 404
