"""照片与观察：who is named, who sees, and what is no longer seen."""

from __future__ import annotations

import io
import uuid
from datetime import date, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from PIL import Image

from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.images import Picture, draw
from tuoyu.core.files.services import fetch
from tuoyu.core.scope import Scope
from tuoyu.domains.care.services import NewCare, record
from tuoyu.domains.children.services.consents import grant_consent, withdraw_consent
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.services import refresh_present_place
from tuoyu.domains.moments.models import Observation, Photo, PhotoState
from tuoyu.domains.moments.selectors import family, room
from tuoyu.domains.moments.services import observations, photos

pytestmark = pytest.mark.django_db
EVENING = clock.at(date(2025, 10, 15), 17, 3)


def picture(colour: str = "orange") -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return draw(out.getvalue())


def staff(world: World, key: str = "a1") -> Scope:
    return Scope(kind="institutions", institution_ids=frozenset({world.institutions[key].pk}))


def home(world: World, child: str) -> Scope:
    return Scope(kind="family", child_ids=frozenset({world.children[child].pk}))


def agree(world: World, *names: str) -> None:
    for name in names:
        kid = world.children[name]
        grant_consent(
            child=kid, guardian=kid.guardianships.get().guardian, purpose="photo", at=clock.now()
        )


def shoot(world: World, *names: str, at: datetime = NOW, colour: str = "orange") -> Photo:
    shot = photos.Shot(picture(colour), at, world.classes["a1.toddler"].pk)
    made = photos.add_photo(institution=world.institutions["a1"], shot=shot, by=1, at=at)
    if names:
        ids = [world.children[n].pk for n in names]
        photos.tag_children(scope=staff(world), photo_id=made.pk, child_ids=ids, by=1, at=at)
    return made


def seen(world: World, child: str) -> list[uuid.UUID]:
    kid = world.children[child].pk
    return [p.pk for p in family.shown_photos(home(world, child), kid)]


def test_a_draft_shows_nothing_until_a_teacher_publishes(world: World) -> None:
    agree(world, "he", "sui")
    photo = shoot(world, "he", "sui")
    assert seen(world, "he") == []
    with pytest.raises(NotFound):
        family.own_photo(home(world, "he"), photo.pk)
    photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    assert seen(world, "he") == seen(world, "sui") == [photo.pk]
    assert (
        room.picture_of(family.own_photo(home(world, "he"), photo.pk), "thumb")[:2] == b"\xff\xd8"
    )


def test_without_consent_a_child_is_not_named(world: World) -> None:
    agree(world, "he")
    photo = shoot(world)
    with pytest.raises(DomainError, match="林小穗的监护人没有同意班级照片"):
        photos.tag_children(
            scope=staff(world),
            photo_id=photo.pk,
            child_ids=[world.children["he"].pk, world.children["sui"].pk],
            by=1,
            at=NOW,
        )
    assert not photo.tags.exists()
    with pytest.raises(DomainError, match="还没有标出照片里是谁"):
        photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)


def test_a_group_photo_with_such_a_child_goes_to_nobody(world: World) -> None:
    agree(world, "he")
    photo = shoot(world, "he")
    photos.withhold(scope=staff(world), photo_id=photo.pk)
    assert photos.publish_due(at=EVENING) == 0
    with pytest.raises(DomainError, match="不发布"):
        photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    assert seen(world, "he") == []


def test_at_five_what_is_tagged_and_not_held_is_published(world: World) -> None:
    agree(world, "he")
    tagged, held = shoot(world, "he"), shoot(world, "he", colour="red")
    photos.describe(scope=staff(world), photo_id=held.pk, caption="", is_held=True)
    untagged = shoot(world, colour="green")
    assert photos.publish_due(at=clock.at(date(2025, 10, 15), 16, 59)) == 0
    assert photos.publish_due(at=EVENING) == 1
    assert photos.publish_due(at=EVENING + timedelta(minutes=10)) == 0
    assert seen(world, "he") == [tagged.pk]
    assert Photo.all_rows.get(pk=untagged.pk).state == PhotoState.DRAFT
    assert Photo.all_rows.get(pk=tagged.pk).published_by is None


def test_a_consent_withdrawn_before_publishing_holds_the_photo(world: World) -> None:
    agree(world, "he", "sui")
    photo = shoot(world, "he", "sui")
    sui = world.children["sui"]
    withdraw_consent(child=sui, guardian=world.guardians["lin"], purpose="photo", at=NOW)
    assert photos.publish_due(at=EVENING) == 0
    assert Photo.all_rows.get(pk=photo.pk).state == PhotoState.WITHHELD
    assert seen(world, "he") == seen(world, "sui") == []


def test_withdrawn_later_others_no_longer_see_and_the_own_family_keeps_it(world: World) -> None:
    agree(world, "he", "nuo")
    photo = shoot(world, "he", "nuo")
    photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    nuo = world.children["nuo"]
    withdraw_consent(child=nuo, guardian=world.guardians["fang"], purpose="photo", at=NOW)
    assert seen(world, "he") == []
    assert seen(world, "nuo") == [photo.pk]


def test_a_term_that_has_run_out_holds_the_photo(world: World) -> None:
    he, lin = world.children["he"], world.guardians["lin"]
    tomorrow = date(2025, 10, 16)
    grant_consent(child=he, guardian=lin, purpose="photo", at=NOW, until=tomorrow)
    shoot(world, "he")
    assert photos.publish_due(at=EVENING + timedelta(days=1)) == 0


def test_another_family_and_another_institution_find_nothing(world: World) -> None:
    agree(world, "he")
    photo = shoot(world, "he")
    photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    for scope in (home(world, "nuo"), Scope(kind="region", region_prefix="3505")):
        with pytest.raises(NotFound):
            family.own_photo(scope, photo.pk)
    county = Scope(kind="region", region_prefix="350582")
    for scope in (staff(world, "b1"), county, home(world, "he")):
        with pytest.raises(NotFound):
            room.access_photo(scope, photo.pk)


def test_after_a_move_neither_room_has_the_other_ones_photos(world: World) -> None:
    agree(world, "he")
    photo = shoot(world, "he")
    photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    he, there = world.children["he"], world.classes["b1.toddler"]
    Enrolment.all_rows.filter(child=he).update(period=DateRange(date(2025, 3, 1), NOW.date()))
    Enrolment.all_rows.create(
        child=he,
        institution_id=there.institution_id,
        region_code=there.region_code,
        class_group=there,
        period=DateRange(NOW.date(), None),
        monthly_fen=1,
    )
    refresh_present_place(child_id=he.pk, today=NOW.date())
    for scope in (staff(world), staff(world, "b1")):
        with pytest.raises(NotFound):
            room.access_photo(scope, photo.pk)
        assert room.child_photos(scope, he.pk) == []
    assert seen(world, "he") == [photo.pk]


def test_removed_is_erased(world: World) -> None:
    agree(world, "he")
    photo = shoot(world, "he", colour="purple")
    photos.publish_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    photos.remove_photo(scope=staff(world), photo_id=photo.pk, by=1, at=NOW)
    assert seen(world, "he") == []
    with pytest.raises(NotFound):
        room.access_photo(staff(world), photo.pk)


def test_sent_twice_is_one_photo(world: World) -> None:
    shot = photos.Shot(picture(), NOW, id=uuid.uuid4())
    made = {
        photos.add_photo(institution=world.institutions["a1"], shot=shot, by=1, at=NOW).pk
        for _ in range(2)
    }
    assert made == {shot.id}
    other = photos.Shot(picture("black"), NOW, id=shot.id)
    with pytest.raises(DomainError, match="已用于另一张照片"):
        photos.add_photo(institution=world.institutions["a1"], shot=other, by=1, at=NOW)
    assert fetch(Photo.all_rows.get().screen) == shot.picture.screen


def note(world: World, **changed: object) -> observations.Note:
    given: dict[str, object] = {
        "child_id": world.children["he"].pk,
        "areas": ["motion"],
        "text": "自己扶着栏杆走了三步。走完拍手笑。",
    } | changed
    return observations.Note(**given)  # type: ignore[arg-type]


def write(world: World, one: observations.Note) -> None:
    observations.observe(
        scope=staff(world),
        institution_id=world.institutions["a1"].pk,
        note=one,
        by=1,
        by_name="老师甲",
        at=NOW,
    )


def test_an_observation_comes_as_an_event_and_can_be_taken_back(world: World) -> None:
    he = world.children["he"].pk
    write(world, note(world))
    write(world, note(world, is_private=True, areas=["feeling"]))
    [shown] = family.shared_observations(home(world, "he"), he)
    assert shown.text == "自己扶着栏杆走了三步。走完拍手笑。"
    assert len(room.list_observations(staff(world), child_id=he)) == 2
    assert room.list_observations(staff(world, "b1"), child_id=he) == []
    observations.withdraw_observation(
        scope=staff(world), note_id=shown.pk, by=1, by_name="老师甲", at=NOW
    )
    assert family.shared_observations(home(world, "he"), he) == []


def test_from_the_tablet_later_and_twice(world: World) -> None:
    event = NewCare(
        "observe",
        NOW - timedelta(hours=6),
        child_id=world.children["he"].pk,
        detail={"areas": ["sleep"], "text": "午睡自己入睡。"},
    )
    for _ in range(2):
        record(institution_id=world.institutions["a1"].pk, events=[event], at=NOW)
    [kept] = Observation.all_rows.all()
    assert (kept.pk, kept.seen_at) == (event.id, NOW - timedelta(hours=6))
    face = next(f for f in room.list_faces(staff(world), NOW.date()) if f.name == "林小禾")
    assert not face.lacks(date(2025, 10, 1))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"text": "  "}, "还没有写看到了什么"),
        ({"areas": []}, "请选这次看到的是哪个领域"),
        ({"text": "长" * 301}, "最多 300 字，现为 301 字"),
        ({"areas": ["money"]}, "没有这个领域"),
    ],
)
def test_what_an_observation_needs(world: World, changed: dict[str, object], told: str) -> None:
    with pytest.raises(DomainError, match=told):
        write(world, note(world, **changed))
