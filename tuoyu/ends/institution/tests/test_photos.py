"""照片与观察的页面：from the shutter to the families, and what stays shut."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.world import World
from tuoyu.core import clock
from tuoyu.domains.children.services.consents import grant_consent
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.moments.models import Observation, Photo, PhotoState

pytestmark = pytest.mark.django_db


def jpeg(name: str = "照片.jpg", colour: str = "teal") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@pytest.fixture
def teacher(world: World) -> Client:
    for name in ("he", "nuo"):
        kid = world.children[name]
        guardian = kid.guardianships.get().guardian
        grant_consent(child=kid, guardian=guardian, purpose="photo", at=clock.now())
    client = world.client("teacher")
    ids = [world.children[c].pk for c in ("he", "sui", "nuo")]
    client.post("/inst/wall/act/", {"do": "in", "child": ids})
    return client


def sent(teacher: Client) -> Photo:
    answer = teacher.post("/inst/photos/upload/", {"photo": [jpeg()]})
    assert answer.status_code == 302
    return Photo.all_rows.get()


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_the_shutter_to_the_family(teacher: Client, world: World) -> None:
    photo = sent(teacher)
    page = text(teacher, f"/inst/photos/{photo.pk}/")
    assert "未同意照片" in page  # 林小穗 is shown, and cannot be named
    assert f'value="{world.children["sui"].pk}"' not in page
    he = world.children["he"].pk
    url = f"/inst/photos/{photo.pk}/"
    done = teacher.post(url, {"do": "publish", "child": [he], "caption": "搭积木"})
    assert done.status_code == 302
    home = world.client("parent")
    assert "搭积木" in text(home, f"/family/feed/?child={he}")
    assert f"/family/photos/{photo.pk}/thumb/" in text(home, f"/family/album/?child={he}")
    picture = home.get(f"/family/photos/{photo.pk}/screen/")
    assert (picture["Content-Type"], picture["Cache-Control"]) == (
        "image/jpeg",
        "private, no-cache",
    )
    again = home.get(
        f"/family/photos/{photo.pk}/screen/", headers={"if-none-match": picture["ETag"]}
    )
    assert again.status_code == 304


def test_the_unconsenting_cannot_be_named_by_hand_either(teacher: Client, world: World) -> None:
    photo = sent(teacher)
    answer = teacher.post(
        f"/inst/photos/{photo.pk}/", {"do": "save", "child": [world.children["sui"].pk]}
    )
    assert answer.status_code == 422
    assert "林小穗的监护人没有同意班级照片" in answer.content.decode()
    assert not photo.tags.exists()


def test_other_families_other_houses_and_officers_find_no_photo(
    teacher: Client, world: World
) -> None:
    photo = sent(teacher)
    he = world.children["he"].pk
    teacher.post(f"/inst/photos/{photo.pk}/", {"do": "publish", "child": [he]})
    for who, end in [
        ("sibling-parent", "family"),
        ("other-parent", "family"),
        ("other-director", "inst"),
        ("county-officer", "inst"),
        ("county-officer", "family"),
    ]:
        for size in ("thumb", "screen"):
            url = f"/{end}/photos/{photo.pk}/{size}/"
            assert world.client(who).get(url).status_code == 404, (who, url)


def test_a_teacher_who_moved_keeps_nothing_of_the_old_house(teacher: Client, world: World) -> None:
    photo = sent(teacher)
    he = world.children["he"].pk
    teacher.post(f"/inst/photos/{photo.pk}/", {"do": "save", "child": [he]})
    text(teacher, f"/inst/children/{he}/album/")
    kept = teacher.get(f"/inst/photos/{photo.pk}/screen/")
    b1 = world.institutions["b1"]
    Assignment.objects.filter(user=world.users["teacher"]).update(
        institution_ids=[b1.pk], region_code=b1.region_code
    )
    for url in (
        f"/inst/photos/{photo.pk}/",
        f"/inst/photos/{photo.pk}/thumb/",
        f"/inst/children/{he}/album/",
        f"/inst/children/{he}/observe/",
    ):
        assert teacher.get(url).status_code == 404
    held = teacher.get(f"/inst/photos/{photo.pk}/screen/", headers={"if-none-match": kept["ETag"]})
    assert held.status_code == 404
    assert str(photo.pk) not in text(teacher, "/inst/photos/")
    assert "林小禾" not in text(teacher, "/inst/observations/")


def test_who_looked_is_told_to_the_family(teacher: Client, world: World) -> None:
    photo = sent(teacher)
    he = world.children["he"].pk
    teacher.post(f"/inst/photos/{photo.pk}/", {"do": "save", "child": [he]})
    world.client("director").get(f"/inst/photos/{photo.pk}/screen/")
    page = text(world.client("parent"), f"/family/access/?child={he}")
    assert "看照片" in page
    assert "园长甲（虚构）" in page


def test_one_bad_file_does_not_hold_up_the_others(teacher: Client) -> None:
    svg = SimpleUploadedFile("a.jpg", b"<svg><script>1</script></svg>", "image/jpeg")
    answer = teacher.post("/inst/photos/upload/", {"photo": [svg, jpeg()]}, follow=True)
    page = answer.content.decode()
    assert "a.jpg：这个文件是网页或 SVG 图形，不是照片" in page
    assert "已收到 1 张" in page
    pdf = SimpleUploadedFile("b.jpg", b"%PDF-1.4\n%%EOF", "image/jpeg")
    alone = teacher.post("/inst/photos/upload/", {"photo": [pdf]})
    assert alone.status_code == 422
    assert "是PDF，不是照片" in alone.content.decode()


def test_the_list_of_those_without_a_photo_is_only_a_help(teacher: Client, world: World) -> None:
    page = text(teacher, "/inst/photos/")
    assert "今天还没有照片的 2 人" in page  # of the three who came, one has not consented
    photo = sent(teacher)
    teacher.post(f"/inst/photos/{photo.pk}/", {"do": "save", "child": [world.children["he"].pk]})
    assert "今天还没有照片的 1 人" in text(teacher, "/inst/photos/")


def test_withheld_and_removed(teacher: Client) -> None:
    photo = sent(teacher)
    teacher.post(f"/inst/photos/{photo.pk}/", {"do": "withhold"})
    assert "画面里有未同意拍照的孩子" in text(teacher, f"/inst/photos/{photo.pk}/")
    teacher.post(f"/inst/photos/{photo.pk}/", {"do": "remove"})
    assert Photo.all_rows.get().state == PhotoState.REMOVED
    assert teacher.get(f"/inst/photos/{photo.pk}/").status_code == 404


def test_an_observation_in_two_sentences(teacher: Client, world: World) -> None:
    he = world.children["he"].pk
    assert "林小禾" in text(teacher, "/inst/observations/")
    form = text(teacher, f"/inst/children/{he}/observe/")
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key is not None
    data = {"key": key[1], "text": "把积木一块块摞起来。倒了又摞。", "area": ["motion"]}
    empty = teacher.post(f"/inst/children/{he}/observe/", data | {"area": []})
    assert empty.status_code == 422
    assert "把积木一块块摞起来" in empty.content.decode()
    for _ in range(2):  # the second time is the same note
        teacher.post(f"/inst/children/{he}/observe/", data)
    [kept] = Observation.all_rows.all()
    assert kept.areas == ["motion"]
    album = text(world.client("parent"), f"/family/album/?child={he}")
    assert "把积木一块块摞起来" in album
    assert "动作" in album
    teacher.post(f"/inst/observations/{kept.pk}/withdraw/")
    assert "把积木" not in text(world.client("parent"), f"/family/album/?child={he}")
    assert kept.seen_at.date() == date(2025, 10, 15)
