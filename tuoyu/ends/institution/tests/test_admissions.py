"""报名入托的页面：from the public form to the signed contract, by three people."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.files import samples
from tests.world import World
from tuoyu.core.files import pdf
from tuoyu.domains.admissions.models import Contract, Stage, Wish

FORM = {
    "child_name": "许小溪", "sex": "f", "born_on": "2024-06-01", "guardian_name": "许妈妈",
    "relation": "mother", "phone": "19900000001", "wanted_on": "2025-11-03",
}  # fmt: skip
STROKES = "M10 10L40 90L80 20L120 80L160 30L200 100"


@pytest.fixture
def director(world: World) -> Client:
    return world.client("director")


def applied(world: World) -> tuple[str, str]:
    page = Client().post(f"/find/{world.institutions['a1'].pk}/apply/", FORM)
    text = page.content.decode()
    number, code = re.findall(r"<b>([A-Z0-9]{8,})</b>", text)[:2]
    assert "第 1 位" in text
    return number, code


def do(client: Client, end: str, wish: Wish, step: str, **data: object) -> None:
    got = client.post(f"/{end}/admissions/{wish.pk}/do/{step}/", data)
    assert got.status_code == 302, got.content.decode()


def test_from_the_public_form_to_the_first_day(world: World, director: Client) -> None:
    number, code = applied(world)
    told = Client().post("/enquiry/", {"number": number, "code": code}).content.decode()
    assert "前面没有别的家庭" in told
    assert "许小溪" not in told
    parent = world.client("parent")
    parent.post("/family/admissions/claim/", {"number": number, "code": code})
    wish = Wish.all_rows.get()
    assert "许小溪" in director.get("/inst/admissions/").content.decode()
    do(director, "inst", wish, "offer", class_group=world.classes["a1.toddler"].pk,
       from_on="2025-11-03", until_day="2025-10-17", until_time="12:00")  # fmt: skip
    assert "10 月 17 日 12:00" in parent.get(f"/family/admissions/{wish.pk}/").content.decode()
    do(parent, "family", wish, "accept")
    for kind in ("checkup", "vaccination", "identity"):
        upload = SimpleUploadedFile("表.pdf", samples.pdf())
        do(parent, "family", wish, "file", kind=kind, file=upload)
    do(parent, "family", wish, "allergy", text="鸡蛋")
    do(parent, "family", wish, "bearers", name=["许外婆", ""], relation=["grandmother_m", "mother"],
       phone=["19900000002", ""])  # fmt: skip
    assert director.get(f"/inst/admissions/{wish.pk}/papers/checkup/").status_code == 200
    for kind in ("checkup", "vaccination", "identity", "allergy", "pickup"):
        do(director, "inst", wish, "check", kind=kind)
    do(director, "inst", wish, "draw-up", extra="")
    contract = Contract.all_rows.get()
    for client, end in ((parent, "family"), (director, "inst")):
        place = f"/{end}/admissions/contracts/{contract.pk}/"
        assert contract.sm3[:32] in client.get(place).content.decode()
        client.post(f"{place}sign/", {"sm3": contract.sm3, "strokes": STROKES})
    told = parent.get(f"/family/admissions/contracts/{contract.pk}/").content.decode()
    assert told.count('class="sg-ink"') == 2
    assert "data-sign" not in told
    made = parent.get(f"/family/admissions/contracts/{contract.pk}/pdf/").content
    assert made.startswith(b"%PDF")
    pdf.check(made)
    do(director, "inst", wish, "start")
    assert Wish.all_rows.get().stage == Stage.STARTED


def test_public_form_says_what_is_wrong_and_keeps_what_was_typed(world: World) -> None:
    place = f"/find/{world.institutions['a1'].pk}/apply/"
    page = Client().post(place, FORM | {"phone": "123"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "手机" in text
    assert 'value="许小溪"' in text


def test_foreign_wishes_are_not_found(world: World, director: Client) -> None:
    applied(world)
    wish = Wish.all_rows.get()
    for who, end in (("other-director", "inst"), ("other-parent", "family")):
        assert world.client(who).get(f"/{end}/admissions/{wish.pk}/").status_code == 404
    assert world.client("teacher").get("/inst/admissions/").status_code == 404


def test_the_county_reads_masked_names(world: World) -> None:
    applied(world)
    county = world.client("county-officer")
    assert "青禾托育园" in county.get("/gov/admissions/").content.decode()
    page = county.get(f"/gov/admissions/{world.institutions['a1'].pk}/").content.decode()
    assert "许*溪" in page
    assert "许小溪" not in page
    other = world.client("other-county-officer")
    assert other.get(f"/gov/admissions/{world.institutions['a1'].pk}/").status_code == 404


def test_family_applies_on_the_phone_with_ranked_wishes(world: World) -> None:
    parent = world.client("parent")
    wishes = [world.institutions[k].pk for k in ("b1", "a1")]
    got = parent.post("/family/admissions/new/", FORM | {"wish": wishes, "own": ""})
    assert got.status_code == 302
    assert [w.institution_id for w in Wish.all_rows.order_by("rank")] == wishes
    second = Wish.all_rows.get(rank=2)
    do(parent, "family", second, "up")
    assert Wish.all_rows.get(pk=second.pk).rank == 1
    for page in ("/family/admissions/", f"/family/admissions/{second.pk}/",
                 "/family/admissions/new/"):  # fmt: skip
        assert parent.get(page).status_code == 200


def test_queue_and_settings_pages(world: World, director: Client) -> None:
    applied(world)
    assert "只按报名时间先后" in director.get("/inst/admissions/queue/").content.decode()
    slot = {"what": "slot", "day": "2025-10-20", "time": "16:00", "families": "2"}
    assert director.post("/inst/admissions/practice/", slot).status_code == 302
    assert "10-20 16:00" in director.get("/inst/admissions/practice/").content.decode()
    assert director.get("/inst/admissions/new/").status_code == 200
