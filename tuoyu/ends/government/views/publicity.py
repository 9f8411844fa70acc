"""公示与异议：what this level has published, and the objections it must answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.cases.services import clock_of
from tuoyu.core.errors import DomainError
from tuoyu.domains.publicity import rules, selectors, services
from tuoyu.domains.publicity.models import Notice, Objection, RowState
from tuoyu.ends.government.paging import SIZES, page_of

VIEW = "publicity:notice:view"
ANSWER = "publicity:objection:answer"
TONES = {RowState.OPEN: "", RowState.CLEAR: "ok", RowState.WITHDRAWN: "danger"}


class IssuerForm(forms.Form):
    """发布单位。"""

    name = forms.CharField(label="发布单位", max_length=80)
    phone = forms.CharField(
        label="监督电话", max_length=40, help_text="印在以后发布的公示上；已发布的不改"
    )


class AnswerForm(forms.Form):
    """答复。"""

    verdict = forms.ChoiceField(
        label="核查结论",
        choices=[("rejected", "异议不成立，该项照常"), ("upheld", "异议成立，撤下该项")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="核查情况与理由",
        max_length=rules.MOST_OPINION,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写明核查了什么、依据是什么",
    )


@page(VIEW, title="公示")
def listing(request: Request) -> HttpResponse:
    """本级发布的公示。"""
    scope = request.actor.scope
    listed = page_of(request, selectors.list_notices(scope))
    issuer = selectors.find_issuer(request.actor.region_code)
    named = {"name": issuer.name, "phone": issuer.phone} if issuer else {}
    context = {
        "page_title": "公示",
        "listed": listed,
        "sizes": SIZES,
        "rows": [(n, _left(n)) for n in listed],
        "issuer": issuer,
        "form": IssuerForm(initial=named),
        "may_name": request.actor.may("publicity:issuer:name"),
    }
    return render(request, "government/publicity.html", context)


def _left(notice: Notice) -> str:
    days = notice.days_left(clock.today())
    return f"剩 {days} 个工作日" if notice.is_running and days else "已结束"


@page("publicity:issuer:name", title="发布单位", log="登记发布单位", methods=("POST",))
def issuer(request: Request) -> HttpResponse:
    """登记发布单位与监督电话。"""
    form = IssuerForm(request.POST)
    if not form.is_valid():
        raise DomainError("issuer", "发布单位和监督电话都须填写，请补齐后再保存")
    services.name_issuer(region_code=request.actor.region_code, **form.cleaned_data)
    messages.success(request, "已保存，以后发布的公示会印上")
    return redirect("government:publicity")


@page(VIEW, title="公示详情")
def notice(request: Request, notice_id: int) -> HttpResponse:
    """一份公示和它的异议。"""
    scope = request.actor.scope
    found = selectors.access_notice(scope, notice_id)
    rows = selectors.list_rows(found)
    objections = selectors.list_objections(scope, found)
    waiting = {o.row_id for o in objections if o.answered_at is None}
    counts = Counter(o.row_id for o in objections)
    numeric = [rules.is_number(c) for c in found.columns]
    context = {
        "page_title": found.title,
        "crumbs": [{"title": "公示", "url": reverse("government:publicity")}],
        "notice": found,
        "left": _left(found),
        "facts": _facts(found, len(rows), objections),
        "columns": list(zip(found.columns, numeric, strict=True)),
        "lines": [
            (
                r,
                list(zip(r.cells, numeric, strict=True)),
                RowState(r.state).label,
                TONES[RowState(r.state)],
                counts[r.pk],
                r.pk in waiting,
            )
            for r in rows
        ],
        "linked": found.source_type == "grant" and request.actor.may("gov:grant:view"),
        "with_person": any(r.person for r in rows),
        "objections": objections,
    }
    return render(request, "government/notice.html", context)


def _facts(found: Notice, rows: int, objections: list[Objection]) -> list[dict[str, str]]:
    waiting = sum(o.answered_at is None for o in objections)
    return [
        {"name": "公示期", "text": f"{found.working_days} 个工作日",
         "note": f"{found.first_on:%m-%d} 至 {found.last_on:%m-%d}"},
        {"name": "公示事项", "text": str(rows), "note": "项"},
        {"name": "收到异议", "text": str(len(objections)), "note": f"件，待答复 {waiting}"},
        {"name": "监督电话", "text": found.phone or "待定", "note": ""},
    ]  # fmt: skip


@page(VIEW, title="公示异议", sensitive=True, log="查看公示异议")
def objection(request: Request, objection_id: int) -> HttpResponse:
    """一件异议；the contact is shown to those who answer it only."""
    return _objection(request, objection_id, AnswerForm(), "")


def _objection(request: Request, objection_id: int, form: AnswerForm, fault: str) -> HttpResponse:
    scope = request.actor.scope
    found = selectors.access_objection(scope, objection_id)
    case = selectors.access_case(scope, found)
    own = found.notice.published_by == request.actor.user_id
    back = reverse("government:notice", args=[found.notice_id])
    context: dict[str, Any] = {
        "page_title": "公示异议",
        "crumbs": [
            {"title": "公示", "url": reverse("government:publicity")},
            {"title": found.notice.title, "url": back},
        ],
        "objection": found,
        "row": "、".join(found.row.cells) if found.row else "不针对表中某一项",
        "state": case.state_of,
        "clock": clock_of(case, clock.now()) if found.answered_at is None else None,
        "may_answer": found.answered_at is None and request.actor.may(ANSWER) and not own,
        "own": own and found.answered_at is None,
        "form": form,
        "fault": fault,
    }
    response = render(request, "government/objection.html", context)
    response.status_code = 422 if fault else 200
    return response


@page(ANSWER, title="答复异议", log="答复公示异议", methods=("POST",))
def answer(request: Request, objection_id: int) -> HttpResponse:
    """答复。"""
    found = selectors.access_objection(request.actor.scope, objection_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _objection(request, found.pk, form, "答复没有提交，请按下面的提示补齐")
    upheld = form.cleaned_data["verdict"] == "upheld"
    services.answer(
        objection_id=found.pk,
        upheld=upheld,
        reason=form.cleaned_data["reason"],
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"异议 {found.pk} {'成立' if upheld else '不成立'}"
    messages.success(
        request, "已答复：" + ("异议成立，该项已撤下" if upheld else "异议不成立，该项照常")
    )
    return redirect("government:notice", found.notice_id)
