"""相册、园里的一天、同意台账、离园后一年。"""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from PIL import Image

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.files.images import draw
from tuoyu.core.scope import Scope
from tuoyu.domains.care.services import NewCare, record
from tuoyu.domains.children.models import Consent, Guardian
from tuoyu.domains.children.selectors import consenting
from tuoyu.domains.children.services.consents import grant_consent
from tuoyu.domains.children.services.guardians import relate_guardian
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.services import refresh_present_place
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.moments.models import Photo
from tuoyu.domains.moments.services import observations, photos

pytestmark = pytest.mark.django_db


def shown(world: World) -> Photo:
    """A published photo of 林小禾, and a note."""
    he, a1 = world.children["he"], world.institutions["a1"]
    scope = Scope(kind="institutions", institution_ids=frozenset({a1.pk}))
    grant_consent(child=he, guardian=world.guardians["lin"], purpose="photo", at=NOW)
    out = io.BytesIO()
    Image.new("RGB", (90, 60), "olive").save(out, "JPEG")
    shot = photos.Shot(draw(out.getvalue()), NOW, caption="在沙池里")
    made = photos.add_photo(institution=a1, shot=shot, by=1, at=NOW)
    photos.tag_children(scope=scope, photo_id=made.pk, child_ids=[he.pk], by=1, at=NOW)
    photos.publish_photo(scope=scope, photo_id=made.pk, by=1, at=NOW)
    note = observations.Note(he.pk, ["cognition"], "把沙子装满小桶，再倒出来。", made.pk)
    observations.observe(
        scope=scope, institution_id=a1.pk, note=note, by=1, by_name="老师甲", at=NOW
    )
    return made


def leave_care(world: World, on: date) -> None:
    he = world.children["he"]
    Enrolment.all_rows.filter(child=he).update(period=DateRange(date(2025, 3, 1), on))
    refresh_present_place(child_id=he.pk, today=NOW.date())


def test_all_of_it_in_one_file(parent: Client, world: World) -> None:
    made = shown(world)
    answer = parent.get("/family/album/export/", {"child": world.children["he"].pk})
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert packed.namelist() == ["成长册.pdf", "照片/2025-10-15_0810_001.jpg"]
    with Image.open(io.BytesIO(packed.read(packed.namelist()[1]))) as picture:
        assert picture.size == (made.width, made.height)
    book = packed.read("成长册.pdf")
    assert book.startswith(b"%PDF-1.4")
    assert book.count(b"/Subtype/Image") == 1


def test_the_day_in_the_room_is_told(parent: Client, world: World) -> None:
    he = world.children["he"]
    came = NOW - timedelta(hours=3)
    wrong = NewCare("drink", came + timedelta(minutes=50), he.pk)
    record(
        institution_id=world.institutions["a1"].pk,
        events=[
            NewCare("meal", came, he.pk, detail={"what": "breakfast", "amount": "most"}),
            NewCare("nap_start", came + timedelta(minutes=10), he.pk),
            NewCare("nap_end", came + timedelta(minutes=45), he.pk),
            wrong,
            NewCare("undo", NOW, detail={"of": str(wrong.id)}),
        ],
        at=NOW,
    )
    for url in ("/family/", "/family/feed/"):
        page = parent.get(url, {"child": he.pk}).content.decode()
        assert "早餐：大半" in page
        assert "睡了 35 分钟" in page
        assert "喝水" not in page
        sister = parent.get(url, {"child": world.children["sui"].pk}).content.decode()
        assert "早餐" not in sister


def test_elders_see_todays_photos_large(parent: Client, world: World) -> None:
    made = shown(world)
    parent.post("/family/elder/", {"on": "1"})
    page = parent.get("/family/", {"child": world.children["he"].pk}).content.decode()
    assert f"/family/photos/{made.pk}/screen/" in page
    assert "在沙池里" in page


def test_a_year_after_leaving_and_no_more(parent: Client, world: World) -> None:
    made, he = shown(world), world.children["he"].pk
    leave_care(world, NOW.date())
    page = parent.get("/family/album/", {"child": he}).content.decode()
    assert "可看到 2026-10-15 前" in page
    asked = {"child": he, "when": "today", "reason": "外出"}
    assert parent.post("/family/leave/", asked).status_code in (404, 422)
    with clock.fixed(clock.at(date(2026, 10, 14), 23, 59)):
        assert parent.get("/family/album/", {"child": he}).status_code == 200
        assert parent.get(f"/family/photos/{made.pk}/screen/").status_code == 200
    with clock.fixed(clock.at(date(2026, 10, 15))):
        for url in ("album/", "album/export/", "feed/", "access/", "consents/", "month/2025-10/"):
            assert parent.get(f"/family/{url}", {"child": he}).status_code == 404, url
        assert parent.get(f"/family/photos/{made.pk}/screen/").status_code == 404


def test_two_parents_and_one_consent(parent: Client, world: World) -> None:
    """Both have the page open; he withdraws, then she agrees anew: the stricter holds."""
    he = world.children["he"]
    father = Guardian.all_rows.create(name="林爸爸")
    relate_guardian(child=he, guardian=father, relation="father", from_on=date(2025, 1, 1))
    user = User.objects.create_user("father", "林爸爸")
    Assignment.objects.create(user=user, role="parent", from_on=date(2025, 1, 1))
    father.user_id = user.pk
    father.save(update_fields=["user_id"])
    his = Client()
    his.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    first = grant_consent(child=he, guardian=world.guardians["lin"], purpose="photo", at=NOW)
    url, data = "/family/consents/", {"child": he.pk, "purpose": "photo", "seen": first.pk}
    assert "已撤回" in his.post(url, data | {"act": "withdraw"}, follow=True).content.decode()
    told = parent.post(url, data | {"act": "grant", "term": "12"}, follow=True).content.decode()
    assert "您的同意已记下，但没有生效：爸爸在 10-15 08:10 撤回了这一项" in told
    assert "撤回，爸爸" in told
    assert "同意，妈妈，至 2026-10-15 前（未见到对方的撤回，未生效）" in told
    assert consenting([he.pk], "photo", NOW.date()) == frozenset()
    assert Consent.all_rows.filter(withdrawn_at=None).count() == 0
    page = his.get(url, {"child": he.pk}).content.decode()
    assert "未见到对方的撤回，未生效" in page
