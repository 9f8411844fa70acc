"""计时托在页面上：a few taps from the tile to the booked seat."""

from __future__ import annotations

from tests.actors import actor_for_user
from tests.world import NOW, World
from tuoyu.domains.bookings.models import Booking
from tuoyu.domains.bookings.tests.test_bookings import DAY, family, open_day
from tuoyu.domains.identity.models import User


def test_family_books_and_teacher_sees(world: World) -> None:
    opening = open_day(world, actor_for_user(world.users["director"]))
    child, _ = family(world, "周小树")
    world.users["guest"] = User.objects.get(username=f"u{child.pk}")
    parent = world.client("guest")
    assert "青禾托育园" in parent.get("/family/bookings/").content.decode()
    url = f"/family/bookings/places/{opening.institution_id}/"
    page = parent.get(url).content.decode()
    assert "余 3" in page
    assert "25 元/小时" in page
    asked = {"child": child.pk, "day": f"{DAY}", "form": "hourly", "when": "540-720"}
    no = parent.post(f"/family/bookings/openings/{opening.pk}/", asked)
    assert no.status_code == 422
    assert "健康申报" in no.content.decode()
    yes = parent.post(f"/family/bookings/openings/{opening.pk}/", asked | {"well": "1"})
    assert yes.status_code == 302
    made = Booking.all_rows.get()
    assert "取消免费" in parent.get("/family/bookings/").content.decode()
    seen = world.client("teacher").get(f"/inst/bookings/?day={DAY}").content.decode()
    assert "周小树" in seen
    assert "09:00–12:00" in seen
    stranger = world.client("other-parent")
    assert stranger.post(f"/family/bookings/{made.pk}/cancel/").status_code == 404
    assert (
        "周小树"
        not in world.client("other-director").get(f"/inst/bookings/?day={DAY}").content.decode()
    )
    assert parent.post(f"/family/bookings/{made.pk}/cancel/").status_code == 302
    assert not Booking.all_rows.get().is_live


def test_director_opens_and_cancels_with_a_reason(world: World) -> None:
    director = world.client("director")
    opening = open_day(world, actor_for_user(world.users["director"]))
    assert director.get("/inst/bookings/open/").status_code == 200
    asked = {"class_group": opening.class_group_id, "day": "2025-10-20", "from": "09:00",
             "to": "12:00", "staff": world.staff["a1.toddler"].pk}  # fmt: skip
    assert director.post("/inst/bookings/open/", asked).status_code == 302
    again = director.post("/inst/bookings/open/", asked)
    assert again.status_code == 422
    assert "已经开放" in again.content.decode()
    assert world.client("teacher").post("/inst/bookings/open/", asked).status_code == 404
    assert NOW.year == 2025
