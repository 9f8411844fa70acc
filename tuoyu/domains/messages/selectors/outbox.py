"""送达记录：what was sent, or would have been, to whom by which channel, and with what result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from tuoyu.core import rls
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Guardian
from tuoyu.domains.identity.models import User
from tuoyu.domains.messages.kinds import CHANNEL_TITLES, KINDS
from tuoyu.domains.messages.models import Delivery, DeliveryState

TONES = {
    DeliveryState.WAITING: "info",
    DeliveryState.HELD: "info",
    DeliveryState.SENT: "ok",
    DeliveryState.FAILED: "danger",
    DeliveryState.UNSET: "warn",
    DeliveryState.NOBODY: "warn",
}


@dataclass(frozen=True)
class Row:
    """一行。"""

    one: Delivery
    who: str

    @property
    def kind(self) -> str:
        found = KINDS.get(self.one.kind)
        return found.title if found else self.one.kind

    @property
    def channel(self) -> str:
        return CHANNEL_TITLES.get(self.one.channel, self.one.channel)

    @property
    def tone(self) -> str:
        return TONES[DeliveryState(self.one.state)]

    @property
    def state(self) -> str:
        return str(DeliveryState(self.one.state).label)


def list_deliveries(
    scope: Scope, *, state: str = "", channel: str = ""
) -> models.QuerySet[Delivery]:
    """送达记录，新的在前。"""
    rows = Delivery.objects.visible_to(scope)
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if channel in CHANNEL_TITLES:
        rows = rows.filter(channel=channel)
    return rows.order_by("-made_at", "-pk")


def rows_of(found: Iterable[Delivery]) -> list[Row]:
    """加上收件人的姓名。"""
    kept = list(found)
    with rls.as_system("送达记录里的收件人姓名"):
        users = dict(
            User.objects.filter(pk__in={d.user_id for d in kept if d.user_id}).values_list(
                "pk", "name"
            )
        )
        guardians = dict(
            Guardian.all_rows.filter(
                pk__in={d.guardian_id for d in kept if d.guardian_id}
            ).values_list("pk", "name")
        )
    return [
        Row(d, users.get(d.user_id or 0) or guardians.get(d.guardian_id or 0, "—")) for d in kept
    ]


def counts_by_state(scope: Scope) -> dict[str, int]:
    """各状态的条数。"""
    rows = Delivery.objects.visible_to(scope).values_list("state")
    return dict(rows.annotate(n=models.Count("pk")).order_by())
