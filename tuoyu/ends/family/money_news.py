"""钱的消息与待办：vouchers that came or went, bills past their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.billing.selectors import overdue
from tuoyu.domains.children.models import Child
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers.figures import has_vouchers
from tuoyu.domains.vouchers.selectors import news
from tuoyu.domains.vouchers.words import day_text
from tuoyu.ends.family.timeline import Item
from tuoyu.ui.words import yuan


@dataclass(frozen=True)
class Due:
    """一件待办。"""

    icon: str
    title: str
    note: str
    url: str
    act: str


def tell(scope: Scope, children: Sequence[Child], days: int) -> list[Item]:
    """托育券的通知（账单提醒由收费直接告知）。"""
    names = {c.pk: c.name for c in children}
    since = clock.now() - timedelta(days=days)
    found = news.news_of(scope, names, since) if has_vouchers(current_book()) else []
    return [
        Item(n.at, "ticket", f"{names[n.child_id]}：{n.text}", n.note, "ok" if n.good else "")
        for n in found
        if n.child_id in names
    ]


def money_todo(scope: Scope, names: dict[int, str], now: datetime) -> list[Due]:
    """待办：what is past its day, and what came without the family's doing till it is used."""
    found = _bills(scope, names, now)
    return [*found, *_vouchers(scope, names, now)] if has_vouchers(current_book()) else found


def _bills(scope: Scope, names: dict[int, str], now: datetime) -> list[Due]:
    return [
        Due(
            "receipt",
            f"{names[o.bill.child_id]} {o.bill.month.month} 月账单还有 {yuan(o.left_fen)} 元没有缴",
            f"已过缴费日 {o.days} 天；缴给园里、园里登记后自动消除",
            reverse("family:fee_bill", args=[o.bill.pk]),
            "查看",
        )
        for o in overdue.overdue_of(scope, names, clock.day_of(now))
        if o.bill.child_id in names
    ]


def _vouchers(scope: Scope, names: dict[int, str], now: datetime) -> list[Due]:
    return [
        Due(
            "ticket",
            f"{names[v.child_id]}领到了{v.campaign.title}",
            f"{day_text(v.expires_at)}零点到期，还有 {news.days_left(v, now)} 天；用掉后自动消除",
            reverse("family:voucher", args=[v.pk]),
            "去看",
        )
        for v in news.waiting_to_use(scope, now)
        if v.child_id in names
    ]
