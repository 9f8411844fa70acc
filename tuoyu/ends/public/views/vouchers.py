"""托育券（公众版）：the rules in plain words, what is left, and the draw for anybody to replay."""

from __future__ import annotations

from django.http import HttpResponse

from tuoyu.core.access import Request, page
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers.figures import has_vouchers
from tuoyu.domains.vouchers.selectors import campaigns
from tuoyu.ends.public.shell import WHY, show


@page(None, title="托育券", why_public=WHY)
def listing(request: Request) -> HttpResponse:
    """批次一览。"""
    book = current_book()
    rows = campaigns.list_campaigns(drafts=False) if has_vouchers(book) else []
    return show(
        request,
        "public/vouchers.html",
        "public:vouchers",
        page_title="托育券",
        rows=rows,
        is_draft=book.pack.is_draft,
        exists=has_vouchers(book),
    )


@page(None, title="托育券批次", why_public=WHY)
def detail(request: Request, campaign_id: int) -> HttpResponse:
    """一批：who, how much, where, when; the seed and the order once drawn."""
    row = campaigns.find_row(campaign_id, drafts=False)
    campaign = row.campaign
    order = campaigns.draw_result(campaign) if campaign.drawn_at else []
    won = min(campaign.quota or 0, len(order))
    return show(
        request,
        "public/voucher.html",
        "public:vouchers",
        page_title=campaign.title,
        row=row,
        campaign=campaign,
        kinds="、".join(Kind(k).label for k in campaign.kinds),
        figures=campaign.figures.values(),
        winners=[ticket for _, ticket in order[:won]],
        waiting=[ticket for _, ticket in order[won:]],
        entered=len(order),
    )
