"""送达：what is due is tried, its result kept per recipient; a channel that failed has a successor.

A row is claimed in its own short transaction, the network is asked outside of any, and the answer
is kept in another: a crash between them costs one more try, never a row that says it was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tuoyu.domains.children.models import Guardian
from tuoyu.domains.identity.models import User
from tuoyu.domains.messages.channels import CHANNELS, Answer, Letter
from tuoyu.domains.messages.kinds import CHANNEL_TITLES, EMAIL, KINDS, PUSH, SMS
from tuoyu.domains.messages.models import (
    Contact,
    Delivery,
    DeliveryState,
    PushSubscription,
)
from tuoyu.domains.messages.rules import try_again_at

LEASE = timedelta(minutes=10)  # a worker that died gives its row back after this
AT_ONCE = 200
OPEN = (DeliveryState.WAITING, DeliveryState.HELD)


def deliver(now: datetime, ids: Sequence[int] | None = None) -> int:
    """送达到时的；``ids`` names those that a job was made for. Answers how many were tried."""
    rows = Delivery.all_rows.filter(state__in=OPEN, due_at__lte=now)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    tried = 0
    for pk in list(rows.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]):
        claimed = _claim(pk, now)
        if claimed is not None:
            _keep(claimed, *_try(claimed), now)
            tried += 1
    return tried


def _claim(pk: int, now: datetime) -> Delivery | None:
    with transaction.atomic():
        found = (
            Delivery.all_rows.select_for_update(skip_locked=True)
            .filter(pk=pk, state__in=OPEN, due_at__lte=now)
            .first()
        )
        if found is None:
            return None
        found.tries += 1
        found.due_at = now + LEASE
        found.save(update_fields=["tries", "due_at"])
    return found


def _try(one: Delivery) -> tuple[Answer, str]:
    """The answer and the masked address."""
    channel = CHANNELS[one.channel]
    address, keys = _address(one)
    shown = _masked(one.channel, address)
    if missing := channel.missing():
        return Answer(DeliveryState.UNSET, f"未配置{missing}"), shown
    if not address:
        why = f"没有登记{CHANNEL_TITLES[one.channel]}的地址"
        return Answer(DeliveryState.NOBODY, why), shown
    return channel.send(
        Letter(address, one.title, one.text or "", one.url, one.made_at, keys)
    ), shown


def _address(one: Delivery) -> tuple[str, tuple[str, str]]:
    none = ("", "")
    if one.channel == PUSH:
        found = PushSubscription.all_rows.filter(pk=one.subscription_id or 0, ended_at=None).first()
        return (found.endpoint, (found.p256dh, found.auth)) if found else ("", none)
    if one.channel == SMS and one.guardian_id:
        guardian = Guardian.all_rows.filter(pk=one.guardian_id).first()
        return (guardian.phone or "" if guardian else ""), none
    user = User.objects.filter(pk=one.user_id or 0, is_active=True).first()
    if user is None:
        return "", none
    if one.channel == SMS:
        return str(user.phone or ""), none
    if one.channel == EMAIL:
        return user.email, none
    bound = Contact.all_rows.filter(user_id=user.pk, channel=one.channel).first()
    return (bound.address if bound else ""), none


def _masked(channel: str, address: str) -> str:
    if channel == SMS:
        return f"{address[:3]}****{address[-4:]}" if len(address) > 7 else "*" * len(address)
    if channel == EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"[:60] if host else ""
    if channel == PUSH:
        return address.split("/")[2][:60] if address.count("/") > 2 else ""
    return "已绑定" if address else ""


def _keep(one: Delivery, answer: Answer, shown: str, now: datetime) -> None:
    with transaction.atomic():
        siblings = _siblings(one)  # locked in one order before anything of them is written
        one.address, one.result = shown, answer.result
        again = try_again_at(now, one.tries) if answer.again else None
        if again is not None:
            one.state, one.due_at = DeliveryState.WAITING, again
        else:
            one.state, one.ended_at = answer.state, now
        one.save(update_fields=["address", "result", "state", "due_at", "ended_at"])
        if answer.is_gone and one.subscription_id:
            PushSubscription.all_rows.filter(pk=one.subscription_id).update(ended_at=now)
        if again is None and one.state != DeliveryState.SENT:
            _fall_back(one, siblings, now)


def _siblings(one: Delivery) -> list[Delivery]:
    if one.message_id is None:
        return []
    rows = Delivery.all_rows.select_for_update().filter(message_id=one.message_id)
    return [d for d in rows.order_by("pk") if d.pk != one.pk]


def _fall_back(one: Delivery, siblings: Sequence[Delivery], now: datetime) -> None:
    """下一个通道，when none took it and none is still under way."""
    if one.message_id is None or any(d.state in (DeliveryState.SENT, *OPEN) for d in siblings):
        return
    order = KINDS[one.kind].channels if one.kind in KINDS else ()
    after = order[order.index(one.channel) + 1 :] if one.channel in order else ()
    following = next(iter(after), None)
    if following is None:
        return
    Delivery.all_rows.create(
        message_id=one.message_id,
        user_id=one.user_id,
        child_id=one.child_id,
        institution_id=one.institution_id,
        region_code=one.region_code,
        kind=one.kind,
        channel=following,
        title=one.title,
        text=one.text,
        url=one.url,
        made_at=now,
        due_at=now,
    )


def run_due(now: datetime) -> int:
    """一轮：until nothing more is due (a fall-back is due at once), within bounds."""
    done = 0
    for _ in range(4):
        tried = deliver(now)
        done += tried
        if not tried:
            break
    return done
