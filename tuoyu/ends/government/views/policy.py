"""政策：the pack in plain words."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.plain import (
    citation,
    clauses_of,
    interpretations_of,
    notices_of,
    open_terms,
)


@page("gov:policy:view", title="政策")
def policy(request: Request) -> HttpResponse:
    """条款、参数、规则、通知、解释项；each figure cited."""
    book, today = current_book(), clock.today()
    clauses = clauses_of(book, today)
    terms = open_terms(book, today)
    asked = interpretations_of(book, today)
    last = book.pack.document.valid.last_day
    context = {
        "page_title": book.pack.document.title,
        "book": book,
        "pack": book.pack,
        "in_force": today in book.pack.document.valid,
        "last_day": last,
        "clauses": clauses,
        "open_terms": terms,
        "waiting": sum(t.is_waiting for t in terms),
        "notices": [
            {"notice": n, "unit": (found.name if found else book.city.name)}
            for n in notices_of(book, today)
            for found in [book.city.unit(n.issuer)]
        ],
        "asked": asked,
        "unsigned": sum(not a.signed for a in asked),
        "duties": [{"duty": d, "cite": citation(book, d.cite)} for d in book.duties.values()],
        "number": book.pack.document.number,
    }
    return render(request, "government/policy.html", context)
