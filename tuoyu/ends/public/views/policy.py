"""政策（公众版）：in plain words, each figure cited."""

from __future__ import annotations

from django.http import HttpResponse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.plain import (
    clauses_of,
    money_params,
    noticed_params,
    open_terms,
)
from tuoyu.ends.public.shell import WHY, show


@page(None, title="政策", why_public=WHY)
def policy(request: Request) -> HttpResponse:
    """政策一览。"""
    book, today = current_book(), clock.today()
    clauses = [c for c in clauses_of(book, today) if c.clause.at not in ("文头", "文尾")]
    return show(
        request,
        "public/policy.html",
        "public:policy",
        page_title=book.pack.document.title,
        pack=book.pack,
        number=book.pack.document.number,
        last_day=book.pack.document.valid.last_day,
        in_force=today in book.pack.document.valid,
        money=money_params(book, today),
        left_open=open_terms(book, today),
        noticed=noticed_params(book, today),
        clauses=clauses,
        indicators=[i for i in book.indicators.values() if i.headline],
    )
