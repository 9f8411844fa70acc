"""投诉（公众）：no account; a ticket and a secret open the answer."""

from __future__ import annotations

from django.http import HttpResponse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.complaints import rules, selectors, services
from tuoyu.domains.complaints.models import Address, Subject
from tuoyu.domains.institutions.selectors import access_public
from tuoyu.domains.regions.selectors import list_units
from tuoyu.ends.public.shell import show

WHY = "投诉由公众提出，不用登录；答复凭编号与查询码查看"


def _about(request: Request) -> int | None:
    asked = request.POST.get("about") or request.GET.get("about") or ""
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None


@page(None, title="投诉举报", why_public=WHY, methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """提出投诉：straight to the county, which alone can answer one without an account."""
    about = _about(request)
    inst = access_public(about, clock.today()) if about else None
    fault, made = "", None
    if request.method == "POST":
        data = request.POST
        words = services.Words(
            text=data.get("text", ""),
            subject=data.get("subject", ""),
            address=Address.COUNTY,
            about_id=about,
            region_code=data.get("region", ""),
            name=data.get("name", ""),
            contact=data.get("contact", ""),
        )
        try:
            made = services.complain(words=words, by=request.actor, at=clock.now())
        except NotFound:
            raise
        except DomainError as error:
            fault = error.text
    response = show(
        request,
        "public/complaint_new.html",
        "public:complaint_new",
        page_title="投诉举报",
        inst=inst,
        made=made,
        fault=fault,
        subjects=Subject.choices,
        units=list_units(),
        most=rules.MOST_TEXT,
        kept=request.POST,
    )
    response.status_code = 422 if fault else 200
    return response


@page(None, title="查投诉答复", why_public=WHY, methods=("GET", "POST"))
def find(request: Request) -> HttpResponse:
    """查答复：the secret travels in the form, never in the address."""
    row, fault = None, ""
    if request.method == "POST":
        found = selectors.find_by_ticket(
            request.POST.get("number", "")[:30], request.POST.get("secret", "")[:20]
        )
        if found is None:
            fault = "编号或查询码不对，没有查到；请核对后再查"
        else:
            (row,) = selectors.rows_of([found])
    response = show(
        request,
        "public/complaint_find.html",
        "public:complaint_new",
        page_title="查投诉答复",
        row=row,
        fault=fault,
        kept=request.POST,
    )
    response.status_code = 422 if fault else 200
    return response
