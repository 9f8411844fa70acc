"""补助：the child's lines, and 「怎么算的」 in the very words the officer reads."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core.access import Request, page
from tuoyu.ends.family.shell import chosen, show


@page("family:subsidy:view", title="补助怎么算")
def subsidies(request: Request) -> HttpResponse:
    """补助：stub until the selectors stand."""
    return show(request, "family/subsidies.html", "补助怎么算", chosen(request), lines=[])


@page("family:subsidy:view", title="怎么算的")
def line(request: Request, line_id: int) -> HttpResponse:
    """怎么算的。"""
    return show(
        request,
        "family/subsidy.html",
        "怎么算的",
        chosen(request),
        back_url=reverse("family:subsidies"),
    )
