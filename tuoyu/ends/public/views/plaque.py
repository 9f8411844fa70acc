"""牌照与星级：anybody may verify a plaque, and draw the panel again."""

from __future__ import annotations

from typing import Any

import segno
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.publicity.selectors import notice_of
from tuoyu.domains.quality import selectors
from tuoyu.domains.quality.models import Award, Kind
from tuoyu.domains.quality.standard import level_title, star_levels
from tuoyu.domains.regions.selectors import city_region
from tuoyu.ends.public.shell import show

WHY = "评定结果、牌照与抽取记录公开，只写机构名与专家编号"
PAGE = 20
STATES = {
    "valid": ("有效", "ok"), "waiting": ("未到起始日", "info"),
    "expired": ("已到期", "warn"), "withdrawn": ("已摘牌", "danger"),
}  # fmt: skip


@page(None, title="星级与普惠机构", why_public=WHY)
def stars(request: Request) -> HttpResponse:
    """授牌名册。"""
    kind = request.GET.get("kind", Kind.STAR)
    kind = kind if kind in Kind.values else Kind.STAR
    here = reverse("public:stars")
    rows = selectors.list_public_awards().filter(kind=kind)
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    return show(
        request,
        "public/stars.html",
        "public:stars",
        page_title="星级与普惠机构",
        tabs=[
            {"title": "星级园", "url": here, "count": None, "current": kind == Kind.STAR},
            {"title": "普惠性托育机构", "url": f"{here}?kind=inclusive", "count": None,
             "current": kind == Kind.INCLUSIVE},
        ],
        levels=list(star_levels().values()),
        listed=listed,
        rows=[(a, level_title(a.level), *STATES[a.state_on(today)]) for a in listed],
    )  # fmt: skip


def _facts(award: Award, request: Request) -> dict[str, Any]:
    word, tone = STATES[award.state_on(clock.today())]
    url = request.build_absolute_uri(reverse("public:plaque", args=[award.code]))
    return {
        "award": award,
        "title": level_title(award.level),
        "word": word,
        "tone": tone,
        "url": url,
        "qr": _qr(url),
    }


def _qr(url: str) -> SafeString:
    """二维码：drawn here; it holds the address of this page and nothing else."""
    drawn = segno.make(url, error="m", micro=False)
    text = drawn.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(text)  # noqa: S308 — our own drawing


@page(None, title="验牌", why_public=WHY)
def plaque(request: Request, plaque_code: str) -> HttpResponse:
    """凭码验牌。"""
    award = selectors.access_plaque(plaque_code)
    panel = selectors.find_panel(award.application_id) if award.kind == Kind.STAR else None
    return show(
        request,
        "public/plaque.html",
        "public:stars",
        page_title="验牌结果",
        panel=panel,
        notice=notice_of(award.kind, award.application_id),
        **_facts(award, request),
    )


@page(None, title="打印牌照", why_public=WHY)
def printed(request: Request, plaque_code: str) -> HttpResponse:
    """牌照打印页（A4）。"""
    facts = _facts(selectors.access_plaque(plaque_code), request)
    award: Award = facts["award"]
    context = facts | {
        "print_title": facts["title"],
        "print_no": award.number,
        "print_period": f"{award.period.lower:%Y-%m-%d} 至 {award.last_on:%Y-%m-%d}",
        "print_region": city_region().name,
        "page_title": f"{facts['title']} {award.number}",
        "portrait": True,
        "receipt": award.code,
        "seal": "发牌单位",
        "back_url": reverse("public:plaque", args=[award.code]),
    }
    return render(request, "public/plaque_print.html", context)


@page(None, title="专家抽取记录", why_public=WHY)
def draw(request: Request, panel_id: int) -> HttpResponse:
    """抽取记录：the hash before, the seed after, and the same order drawn again here."""
    panel, name, drawn = selectors.access_draw(panel_id)
    order, fault = [], ""
    if panel.drawn_at:
        try:
            order = selectors.replay(panel)
        except ValueError as error:
            fault = str(error)
    return show(
        request,
        "public/draw.html",
        "public:stars",
        page_title="专家抽取记录",
        panel=panel,
        name=name,
        fault=fault,
        pool=[(f"专{n:04d}", n, panel.recused.get(str(n), "")) for n in panel.pool],
        order=[(f"专{n:04d}", n in drawn) for n in order],
        agrees=bool(order) and order[: panel.size] == drawn[: panel.size],
    )
