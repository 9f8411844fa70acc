"""托育券页面的词句。"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.vouchers.models import Balance, Campaign, Redemption, Voucher
from tuoyu.domains.vouchers.selectors.campaigns import Part, Row
from tuoyu.domains.vouchers.states import OPEN, Account, Mode
from tuoyu.ui.words import mask_name, yuan


def crumbs(campaign: Campaign) -> list[dict[str, str]]:
    """面包屑。"""
    return [
        {"title": "托育券", "url": reverse("government:vouchers")},
        {"title": campaign.title, "url": reverse("government:voucher", args=[campaign.pk])},
    ]


def total_facts(rows: list[Row]) -> list[dict[str, str]]:
    """全部批次的概要。"""
    issued = sum(r.book.issued for r in rows)
    redeemed = sum(r.book.redeemed for r in rows)
    rate = f"{redeemed * 1000 // issued / 10:.1f}%" if issued else "—"
    return [
        {"name": "发放中", "text": str(sum(r.campaign.state == OPEN for r in rows)), "note": "批"},
        {"name": "已领", "text": f"{issued:,}", "note": "张"},
        {"name": "已核销", "text": f"{redeemed:,}", "note": f"张，核销率 {rate}"},
        {"name": "抵扣（元）", "text": yuan(sum(r.book.redeemed_fen for r in rows)), "note": ""},
    ]


def terms(campaign: Campaign) -> list[dict[str, Any]]:
    """每个数与出处；what is open says so."""
    rows = [
        {
            "name": f["name"],
            "text": f["shown"],
            "source": f["source"],
            "why": f["why"],
            "fictitious": f["is_fictitious"],
        }
        for f in campaign.figures.values()
    ]
    source = campaign.document or "依据文号待填"
    ages = campaign.min_months, campaign.max_months
    said = [
        ("每孩限领", f"{campaign.per_child} 张" if campaign.per_child else None),
        ("月龄", None if None in ages else f"满 {ages[0]} 个月至未满 {ages[1]} 个月"),
        ("在哪里用", _places(campaign)),
        ("发放方式", Mode(campaign.mode).label),
    ]
    for name, text in said:
        rows.append({"name": name, "text": text or "待定", "source": source, "why": "",
                     "fictitious": "虚构" in source})  # fmt: skip
    return rows


def _places(campaign: Campaign) -> str:
    if not campaign.kinds:
        return "普惠认定有效的备案机构"
    return "普惠认定有效的" + "、".join(Kind(k).label for k in campaign.kinds)


def accounts(row: Row) -> list[dict[str, Any]]:
    """六个账户：issued first, then where each voucher stands."""
    link = reverse("government:voucher_units", args=[row.campaign.pk])
    out = [{"name": "已领", "units": row.book.issued, "url": link}]
    for account in Account:
        if account != Account.NEW:
            out.append(
                {
                    "name": account.label,
                    "units": getattr(row.book, account),
                    "url": f"{link}?state={account}",
                }
            )
    return out


def money(book: Balance) -> list[dict[str, str]]:
    """金额的去向。"""
    rows = [
        ("预算", book.budget_fen, "面值乘数量"),
        ("未用", book.free_fen, "含收回与找不出的余额"),
        ("待使用", book.outstanding_fen, ""),
        ("已锁定", book.held_fen, ""),
        ("已核销", book.redeemed_fen, ""),
    ]
    return [{"name": n, "text": f"{yuan(fen)} 元{'，' + s if s else ''}"} for n, fen, s in rows]


def named(names: dict[int, str], parts: list[Part]) -> list[tuple[str, Part]]:
    """机构名与它的一份。"""
    return [(names.get(int(p.code), "范围外机构"), p) for p in parts]


def may_draw(campaign: Campaign, at: datetime) -> bool:
    """到了摇号的时候没有。"""
    waits = campaign.mode == Mode.DRAW and campaign.drawn_at is None
    return waits and campaign.state == OPEN and at >= campaign.claim_to


def _masked(scope: Scope, ids: set[int]) -> dict[int, str]:
    rows = Child.objects.visible_to(scope).filter(pk__in=ids).values_list("pk", "name")
    return {pk: mask_name(name) for pk, name in rows}


def named_vouchers(scope: Scope, rows: list[Voucher]) -> list[dict[str, Any]]:
    """逐张，names masked."""
    names = _masked(scope, {v.child_id for v in rows})
    live = (Account.OUTSTANDING, Account.HELD)
    return [
        {
            "voucher": v,
            "name": names.get(v.child_id, "—"),
            "redemption": next((r for r in v.redemptions.all() if r.reversed_at is None), None),
            "is_live": v.state in live,
            "dialog": f"revoke-{v.pk}",
            "object": f"第 {v.number} 号 · {yuan(v.face_fen)} 元",
        }
        for v in rows
    ]


def named_redemptions(scope: Scope, rows: list[Redemption]) -> list[dict[str, Any]]:
    """核销明细，names masked."""
    names = _masked(scope, {r.child_id for r in rows})
    return [
        {
            "r": r,
            "name": names.get(r.child_id, "—"),
            "dialog": f"reverse-{r.pk}",
            "object": f"第 {r.voucher.number} 号 · {yuan(r.amount_fen)} 元",
        }
        for r in rows
    ]
