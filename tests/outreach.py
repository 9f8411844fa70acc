"""矩阵用的对象：a booking, a complaint and a session of each side."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.domains.bookings.models import Booking, Opening, Terms
from tuoyu.domains.complaints import services as complaints
from tuoyu.domains.groups import services as groups

SIDES = (("a1", "he", "director", "parent"), ("b1", "feng", "other-director", "other-parent"))
DAY = date(2025, 10, 17)


def outreach_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """参数 → (自己的, 别人的)。"""
    rows = [_side(w, *side) for side in SIDES]
    pairs = {name: (rows[0][name], rows[1][name]) for name in rows[0]}
    return pairs | {"article_slug": ("talk", "talk")}


def _side(w: World, key: str, child: str, director: str, parent: str) -> dict[str, int]:
    inst, kid = w.institutions[key], w.children[child]
    at = {"institution_id": inst.pk, "region_code": inst.region_code}
    group = w.classes[f"{key}.toddler"]
    Terms.all_rows.create(
        institution_id=inst.pk, region_code=inst.region_code, cancel_hours=2, ahead_days=14,
        set_at=NOW, set_by_name="示例",
    )  # fmt: skip
    opening = Opening.all_rows.create(
        class_group=group, day=DAY, from_minute=540, to_minute=720,
        staff_ids=[w.staff[f"{key}.toddler"].pk], made_at=NOW, made_by_name="示例", **at,
    )  # fmt: skip
    start = clock.at(DAY, 9)
    booking = Booking.all_rows.create(
        child_id=kid.pk, class_group=group, day=DAY, form="hourly", unit="hour", unit_fen=1,
        period=DateTimeTZRange(start, start + timedelta(hours=1)), amount_fen=1, well_said_at=NOW,
        cancel_until=NOW, made_at=NOW, made_by=w.users[parent].pk, made_by_name="示例", **at,
    )  # fmt: skip
    words = complaints.Words(
        text="示例：午睡时门口吵闹。", subject="care", address="institution", about_id=inst.pk,
        child_id=kid.pk,
    )  # fmt: skip
    made = complaints.complain(words=words, by=actor_for_user(w.users[parent]), at=NOW)
    plan = groups.Plan(
        kind="group", title="示例活动", place="示例", starts_at=NOW + timedelta(minutes=30),
        ends_at=NOW + timedelta(minutes=90), seats=9, age_from=6, age_to=36,
    )  # fmt: skip
    session = groups.publish(plan=plan, by=actor_for_user(w.users[director]), at=NOW)
    signup = groups.sign_up(
        session_id=session.pk, child_id=kid.pk, by=actor_for_user(w.users[parent]), at=NOW
    )
    if child == "he":  # the twin as well: which of the two a page begins with is by chance
        groups.sign_up(
            session_id=session.pk, child_id=w.children["sui"].pk,
            by=actor_for_user(w.users[parent]), at=NOW,
        )  # fmt: skip
    return {
        "opening_id": opening.pk,
        "booking_id": booking.pk,
        "complaint_id": made.complaint.pk,
        "session_id": session.pk,
        "signup_id": signup.pk,
    }
