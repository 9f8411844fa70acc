"""批次一览与下钻：live figures from the balance, by unit and institution from the vouchers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Count, Sum

from tuoyu.core import rls
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.vouchers.models import (
    Applicant,
    Balance,
    Campaign,
    Redemption,
    Voucher,
    VoucherEntry,
)
from tuoyu.domains.vouchers.states import DRAFT, Account


@dataclass(frozen=True)
class Row:
    """一批与它的账。"""

    campaign: Campaign
    book: Balance

    @property
    def rate_permille(self) -> int | None:
        """核销率（‰）：redeemed of issued; None before the first was issued."""
        return self.book.redeemed * 1000 // self.book.issued if self.book.issued else None


@dataclass
class Part:
    """某单位或某机构的一份。"""

    code: str
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    amount_fen: int = 0

    @property
    def issued(self) -> int:
        return sum(self.counts.values())


def list_campaigns(*, drafts: bool) -> list[Row]:
    """全部批次，newest first; the public does not see drafts."""
    rows = Balance.all_rows.select_related("campaign").order_by("-campaign__claim_from", "-pk")
    if not drafts:
        rows = rows.exclude(campaign__state=DRAFT)
    return [Row(b.campaign, b) for b in rows[:60]]


def find_row(campaign_id: int, *, drafts: bool) -> Row:
    """一批与它的账。"""
    found = Balance.all_rows.select_related("campaign").filter(pk=campaign_id).first()
    if found is None or (not drafts and found.campaign.state == DRAFT):
        raise NotFound
    return Row(found.campaign, found)


def by_unit(scope: Scope, campaign: Campaign) -> list[Part]:
    """按单位：where the child is in care (or where the voucher was used)."""
    parts: dict[str, Part] = {}
    rows = Voucher.objects.visible_to(scope).filter(campaign=campaign).order_by()
    for code, state, n in rows.values_list("region_code", "state").annotate(n=Count("pk")):
        parts.setdefault(code, Part(code)).counts[state] = n
    _add_money(parts, scope, campaign, "region_code")
    return sorted(parts.values(), key=lambda p: (-p.issued, p.code))


def by_institution(scope: Scope, campaign: Campaign) -> list[Part]:
    """按机构：vouchers held or redeemed there."""
    parts: dict[str, Part] = {}
    rows = Voucher.objects.visible_to(scope).filter(campaign=campaign, institution_id__gt=0)
    for code, state, n in (
        rows.order_by().values_list("institution_id", "state").annotate(n=Count("pk"))
    ):
        parts.setdefault(str(code), Part(str(code))).counts[state] = n
    _add_money(parts, scope, campaign, "institution_id")
    return sorted(parts.values(), key=lambda p: (-p.issued, int(p.code)))


def _add_money(parts: dict[str, Part], scope: Scope, campaign: Campaign, column: str) -> None:
    rows = Redemption.objects.visible_to(scope).filter(campaign=campaign, reversed_at=None)
    rows = rows.order_by()
    for code, fen in rows.values_list(column).annotate(fen=Sum("amount_fen")):
        if str(code) in parts:
            parts[str(code)].amount_fen = fen


def list_vouchers(
    scope: Scope, campaign: Campaign, *, state: str = "", unit: str = "", institution: int = 0
) -> models.QuerySet[Voucher]:
    """某批的券，by number; the drill-down of every figure."""
    rows = Voucher.objects.visible_to(scope).filter(campaign=campaign)
    if state in Account.values:
        rows = rows.filter(state=state)
    if unit:
        rows = rows.filter(region_code=unit)
    if institution:
        rows = rows.filter(institution_id=institution)
    return rows.prefetch_related("redemptions").order_by("number")


def list_entries(scope: Scope, voucher: Voucher) -> list[VoucherEntry]:
    """一张券的全部分录。"""
    return list(VoucherEntry.objects.visible_to(scope).filter(voucher=voucher).order_by("id"))


def latest_entries(scope: Scope, campaign: Campaign, count: int = 12) -> list[VoucherEntry]:
    """最近的分录。"""
    rows = VoucherEntry.objects.visible_to(scope).filter(campaign=campaign)
    return list(rows.select_related("voucher").order_by("-id")[:count])


def count_waiting(scope: Scope, campaign: Campaign) -> int:
    """还在等的人数。"""
    rows = Applicant.objects.visible_to(scope).filter(campaign=campaign, left_at=None)
    return rows.count()


def draw_result(campaign: Campaign) -> list[tuple[int, int]]:
    """摇号结果：(顺序, 报名号)，no names."""
    with rls.as_system("摇号结果公开，只有顺序与报名号"):
        rows = Applicant.all_rows.filter(campaign=campaign, place__isnull=False)
        found = rows.order_by("place").values_list("place", "number")
        return [(place or 0, number) for place, number in found]
