"""报名入托（公众）：apply without an account, look up one's receipt. No riddle, but limited."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.domains.admissions.models import Application
from tuoyu.domains.admissions.selectors.cards import receipt_of
from tuoyu.domains.admissions.services import applying
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.institutions.selectors import access_public
from tuoyu.ends.public.shell import show

WHY = "没有账号的家庭也能报名；所填只给所报机构看，查询须凭回执号和查询码"


@page(None, title="报名入托", why_public=WHY, methods=("GET", "POST"))
def enquire(request: Request, institution_id: int) -> HttpResponse:
    """向一家机构报名；the answer is a receipt with a query code, shown once."""
    found, error = access_public(institution_id, clock.today()), ""
    if request.method == "POST":
        try:
            made = applying.apply(
                family=family_of(request.POST),
                institution_ids=[found.pk],
                source=Application.Source.PUBLIC,
                at=clock.now(),
                origin=request.META.get("REMOTE_ADDR", ""),
            )
        except DomainError as caught:
            error = caught.text
        else:
            return show(
                request, "public/enquiry_receipt.html", "public:home", page_title="报名回执",
                made=made.application, code=made.code, cards=receipt_of(made.application),
            )  # fmt: skip
    response = show(
        request,
        "public/enquiry.html",
        "public:home",
        page_title=f"报名 {found.name}",
        institution=found,
        error=error,
        kept=request.POST,
        relations=Guardianship.Relation.choices,
        today=clock.today(),
        family_url=f"{reverse('family:admission_new')}?at={found.pk}",
    )
    response.status_code = 422 if error else 200
    return response


def family_of(post: QueryDict) -> applying.Family:
    """家长所填的。"""
    return applying.Family(
        child_name=post.get("child_name", ""),
        sex=post.get("sex", ""),
        born_on=_day(post.get("born_on"), "出生日期"),
        guardian_name=post.get("guardian_name", ""),
        relation=post.get("relation", ""),
        phone=post.get("phone", ""),
        wanted_on=_day(post.get("wanted_on"), "希望哪天入托"),
        id_number=post.get("id_number", ""),
        note=post.get("note", ""),
    )


@page(None, title="查报名", why_public=WHY, methods=("GET", "POST"))
def lookup(request: Request) -> HttpResponse:
    """凭回执号和查询码看名次与理由。"""
    error, made = "", None
    if request.method == "POST":
        try:
            made = applying.find_by_receipt(
                request.POST.get("number", "")[:20], request.POST.get("code", "")[:12]
            )
        except DomainError as caught:
            error = caught.text
    response = show(
        request,
        "public/enquiry_lookup.html",
        "public:home",
        page_title="查报名",
        error=error,
        made=made,
        cards=receipt_of(made) if made else [],
        kept=request.POST,
    )
    response.status_code = 422 if error else 200
    return response


def _day(text: str | None, label: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise DomainError("day", f"「{label}」没有填或不是日期，请改正") from error
