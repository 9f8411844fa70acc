"""送达安排：which channel a person is tried by, and by which after that.

One channel at a time, in the order of the kind. A person with browsers that subscribed is tried in
each of them; when none took it, the next channel follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tuoyu.core import clock
from tuoyu.domains.messages.kinds import PUSH, Kind
from tuoyu.domains.messages.models import (
    Delivery,
    DeliveryState,
    Message,
    Preference,
    PushSubscription,
)
from tuoyu.domains.messages.rules import Quiet, due_at


def plan(
    kind: Kind, told: Sequence[Message], settings: dict[int, Preference], at: datetime
) -> list[Delivery]:
    """第一步送达；answers those that are due now."""
    browsers: dict[int, list[PushSubscription]] = {}
    for row in PushSubscription.all_rows.filter(
        user_id__in=[m.user_id for m in told], ended_at=None
    ):
        browsers.setdefault(row.user_id, []).append(row)
    now = at.astimezone(clock.ZONE)
    made: list[Delivery] = []
    for message in told:
        due = due_at(now, _quiet(settings.get(message.user_id)), is_grave=kind.is_grave)
        mine = browsers.get(message.user_id, [])
        if mine and PUSH in kind.channels:
            made += [one(message, PUSH, at, due, browser.pk) for browser in mine]
        elif first := next((c for c in kind.channels if c != PUSH), None):
            made.append(one(message, first, at, due))
    Delivery.all_rows.bulk_create(made)
    return [d for d in made if d.state == DeliveryState.WAITING]


def one(
    message: Message, channel: str, at: datetime, due: datetime, browser: int | None = None
) -> Delivery:
    """一次送达。"""
    return Delivery(
        message_id=message.pk,
        user_id=message.user_id,
        child_id=message.child_id,
        institution_id=message.institution_id,
        region_code=message.region_code,
        kind=message.kind,
        channel=channel,
        subscription_id=browser,
        title=message.title,
        text=message.body,
        url=message.url,
        state=DeliveryState.HELD if due > at else DeliveryState.WAITING,
        made_at=at,
        due_at=due,
    )


def _quiet(settings: Preference | None) -> Quiet | None:
    if settings is None:
        return Quiet()
    return Quiet(settings.quiet_from, settings.quiet_to) if settings.quiet else None
