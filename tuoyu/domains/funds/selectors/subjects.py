"""事项：what each subject of the ledger is, so that every entry leads to the thing it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tuoyu.core.scope import Scope
from tuoyu.domains.funds import sources
from tuoyu.domains.funds.models import Order, Transfer

_SUBJECT = re.compile(r"^([a-z][a-z_-]*):(\d+)$")


@dataclass(frozen=True)
class Subject:
    """一件事：its name, its own page, its payment order. What is unknown stays empty."""

    key: str
    title: str
    url: str = ""
    detail: str = ""
    payee: str = ""
    order_id: int | None = None


def name_subjects(scope: Scope, keys: Iterable[str]) -> dict[str, Subject]:
    """事项的名称与去处（每种来源各查一次）。"""
    wanted = sorted({k for k in keys if k})
    orders = {o.key: o for o in Order.objects.visible_to(scope).filter(key__in=wanted)}
    pairs = {key: (o.source_type, o.source_id) for key, o in orders.items()}
    for key in wanted:
        found = _SUBJECT.match(key)
        if key not in pairs and found is not None:
            pairs[key] = (found.group(1), int(found.group(2)))
    told = sources.find(pairs.values())
    memos = _memos(scope, [k for k in wanted if k not in orders])
    out = {}
    for key in wanted:
        order, source = orders.get(key), told.get(pairs.get(key, ("", 0)))
        out[key] = Subject(
            key=key,
            title=source.title if source else order.purpose if order else memos.get(key, key),
            url=source.url if source else "",
            detail=source.detail if source else "",
            payee=order.payee_name if order else "",
            order_id=order.pk if order else None,
        )
    return out


def _memos(scope: Scope, keys: list[str]) -> dict[str, str]:
    """The words of the reservation, for what is not yet ordered."""
    rows = Transfer.objects.visible_to(scope).filter(subject__in=keys, kind="reserve")
    return {k: memo for k, memo in rows.order_by("pk").values_list("subject", "memo") if memo}
