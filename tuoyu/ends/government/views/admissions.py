"""报名与候补（监管）：numbers by institution, the order with its reasons; names masked."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tuoyu.core.access import Request, page
from tuoyu.domains.admissions.models import Stage
from tuoyu.domains.admissions.selectors.cards import county_queue, county_rows, recent_changes
from tuoyu.domains.institutions.selectors import access_institution

VIEW = "gov:admission:view"
COLUMNS = (Stage.OFFER, Stage.PAPERS, Stage.CONTRACT, Stage.STARTED, Stage.HELD)


@page(VIEW, title="报名与候补")
def listing(request: Request) -> HttpResponse:
    """各机构的报名与候补。"""
    rows = county_rows(request.actor.scope)
    context = {
        "page_title": "报名与候补",
        "columns": [s.label for s in COLUMNS],
        "rows": [{"r": r, "cells": [r.counts.get(s, 0) for s in COLUMNS]} for r in rows],
        "facts": [
            {"name": "候补家庭（按志愿计）", "text": sum(r.queue for r in rows), "note": ""},
            {"name": "有候补的机构", "text": sum(r.queue > 0 for r in rows), "note": ""},
            {
                "name": "待家长答复",
                "text": sum(r.counts.get(Stage.OFFER, 0) for r in rows),
                "note": "",
            },
            {
                "name": "已入托",
                "text": sum(r.counts.get(Stage.STARTED, 0) for r in rows),
                "note": "经本平台报名",
            },
        ],
    }
    return render(request, "government/admissions.html", context)


@page(VIEW, title="候补次序")
def queue(request: Request, institution_id: int) -> HttpResponse:
    """一家机构的候补次序、理由与名次变动；names masked, no phone."""
    inst = access_institution(request.actor.scope, institution_id)
    context = {
        "page_title": inst.name,
        "crumbs": [{"title": "报名与候补", "url": reverse("government:admissions")}],
        "rows": county_queue(request.actor.scope, institution_id),
        "changes": recent_changes(institution_id),
    }
    return render(request, "government/admissions_of.html", context)
