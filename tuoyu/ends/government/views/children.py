"""看原值：the eye asks the reason, the log keeps who looked, and the parent can read it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from tuoyu.core.access import Request, page
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.children.services.reveal import reveal_child

FIELDS = {"name": "姓名", "id_number": "身份证号", "phone": "监护人手机"}


@page(
    "gov:child:reveal",
    title="看儿童原值",
    log="看儿童原值",
    methods=("GET", "POST"),
)
def reveal(request: Request, child_id: int) -> HttpResponse:
    """抽屉片段：GET asks for the reason, POST shows one field."""
    child = access_child(request.actor.scope, child_id)
    asked = request.POST if request.method == "POST" else request.GET
    field = asked.get("field", "name")
    context: dict[str, object] = {
        "drawer_title": "看原值",
        "page_title": "看原值",
        "child": child,
        "fields": FIELDS,
        "field": field if field in FIELDS else "name",
        "revealed": None,
    }
    if request.method == "POST":
        found = reveal_child(
            scope=request.actor.scope,
            child_id=child.pk,
            field=field if field in FIELDS else "",
            reason=request.POST.get("reason", ""),
        )
        request.audit_persons, request.audit_note = [child.pk], found.note
        context["revealed"] = found
    whole = not request.headers.get("HX-Request")
    name = "government/reveal_page.html" if whole else "government/reveal.html"
    return render(request, name, context)
