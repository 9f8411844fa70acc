"""申报材料就地看：the paper beside what it has to prove; nothing is saved to the officer's disk."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.files.download import attachment
from tuoyu.core.files.models import StoredFile
from tuoyu.core.files.services import open_file
from tuoyu.domains.grants import selectors, showing
from tuoyu.domains.grants.sheet import children_in, sheet_of
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import unit_names
from tuoyu.ends.government.views.grants import VIEW, month_title

# A frame of our own is the one thing the page needs beyond the house's policy; scripts and styles
# stay as strict as anywhere.
FRAMES = {"frame-src": ["'self'"]}
# The paper itself may do nothing at all, and only our own page may frame it. The browser's own
# viewer draws a PDF as an object with styles of its own.
INERT = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@csp_update(FRAMES)
@page(VIEW, title="查看材料")
def evidence(request: Request, grant_id: int, grant_evidence_id: int) -> HttpResponse:
    """一项材料，旁边是它要证明的事。"""
    scope, book = request.actor.scope, current_book()
    found = selectors.access_application(scope, grant_id)
    row = selectors.access_evidence(scope, found, grant_evidence_id)
    case = selectors.access_case(scope, found)
    _, marks = showing.last_marks(showing.list_steps(case))
    papers = selectors.list_papers(found, selectors.facts_of(found, clock.today()), marks)
    rule = book.rule(found.programme)
    here = next((p for p in papers if p.paper.code == row.code), None)
    context = {
        "page_title": here.paper.name if here else row.name,
        "crumbs": [
            {"title": "奖补申请", "url": reverse("government:grants")},
            {"title": found.applicant_name, "url": reverse("government:grant", args=[grant_id])},
        ],
        "grant": found,
        "row": row,
        "rule": rule,
        "hint": here.paper.hint if here else "",
        "mark": here.mark if here else "",
        "papers": papers,
        "groups": showing.group_items(selectors.list_items(found), found.programme),
        "state": case.state_of,
        "month_title": month_title(found.month),
        "clause": f"{book.pack.document.number} {rule.cite.at}",
        "is_pdf": row.name.lower().endswith(".pdf"),
        "may_return": case.state_of.is_open and request.actor.may(case.state_of.owner),
    }
    return render(request, "government/grant_evidence.html", context)


@page(VIEW, title="申报材料", log="查看申报材料", sensitive=True)
def evidence_file(request: Request, grant_id: int, grant_evidence_id: int) -> HttpResponse:
    """材料本身：for the frame, or saved when asked."""
    scope = request.actor.scope
    found = selectors.access_application(scope, grant_id)
    row = selectors.access_evidence(scope, found, grant_evidence_id)
    stored, body = open_file(scope, row.file_id)
    request.audit_note = f"{found.applicant_name} {row.name}"
    return attachment(stored, body) if request.GET.get("save") else in_place(stored, body)


def in_place(stored: StoredFile, body: bytes) -> HttpResponse:
    """就地显示的附件：images and PDFs are all that is ever stored."""
    response = attachment(stored, body)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = INERT
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@page(VIEW, title="申请表", log="打印奖补申请表", sensitive=True)
def printed(request: Request, grant_id: int) -> HttpResponse:
    """申请表（A4）。"""
    scope = request.actor.scope
    found = selectors.access_application(scope, grant_id)
    request.audit_note, request.audit_persons = found.applicant_name, children_in(found)
    told = sheet_of(scope, found)
    context = {
        "page_title": "申请表",
        "print_title": f"{told.title}申请表",
        "print_no": told.number,
        "print_region": unit_names().get(found.region_code, request.actor.region_name),
        "print_period": told.month,
        "print_unit": "元",
        "portrait": True,
        "sheet": told,
        "receipt": told.number,
        "back_url": reverse("government:grant", args=[grant_id]),
    }
    return render(request, "government/grant_print.html", context)
