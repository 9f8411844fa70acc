"""公示：what the city is about to decide, and the box for objections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.publicity import rules, selectors, services
from tuoyu.domains.publicity.models import Notice, NoticeRow, RowState
from tuoyu.ends.public.shell import show

WHY = "公示依规公开，姓名已脱敏，不含证件号与住址"
BOX = "异议由公众提出，可不署名"
PAGE = 20
WHOLE = "0"
TONES = {RowState.OPEN: "", RowState.CLEAR: "ok", RowState.WITHDRAWN: "danger"}


class ObjectionForm(forms.Form):
    """提出异议：the row, what is wrong, and perhaps how to reach the writer."""

    row = forms.ChoiceField(label="针对哪一项")
    opinion = forms.CharField(
        label="意见",
        max_length=rules.MOST_OPINION,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"写明哪里与实际不符、怎样核实，最多 {rules.MOST_OPINION} 字；请勿写他人证件号",
    )
    contact = forms.CharField(
        label="联系方式",
        max_length=rules.MOST_CONTACT,
        required=False,
        help_text="只用于核查时联系您，加密保存，不公开；不填也会核查",
    )

    def __init__(self, rows: list[NoticeRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = [r for r in rows if r.state != RowState.WITHDRAWN]
        self.fields["row"].choices = [  # type: ignore[attr-defined]
            *[(str(r.pk), f"{r.order}. {'、'.join(r.cells[:2])}"[:60]) for r in live],
            (WHOLE, "其他（不针对表中某一项）"),
        ]


@page(None, title="公示", why_public=WHY)
def listing(request: Request) -> HttpResponse:
    """公示一览。"""
    text = request.GET.get("q", "")[:60]
    running = request.GET.get("state") != "ended"
    listed = Paginator(selectors.list_public(text, running), PAGE).get_page(request.GET.get("page"))
    here = reverse("public:publicity")
    return show(
        request,
        "public/publicity.html",
        "public:publicity",
        page_title="公示",
        text=text,
        running=running,
        tabs=[
            {
                "title": "公示中",
                "url": here,
                "count": selectors.count_running(),
                "current": running,
            },
            {
                "title": "已结束",
                "url": f"{here}?state=ended",
                "count": None,
                "current": not running,
            },
        ],
        listed=listed,
        rows=[(n, left(n)) for n in listed],
    )


def period(notice: Notice) -> str:
    """公示期。"""
    return (
        f"{notice.first_on:%Y-%m-%d} 至 {notice.last_on:%Y-%m-%d}（{notice.working_days} 个工作日）"
    )


def left(notice: Notice) -> str:
    """还剩多久。"""
    today = clock.today()
    if not notice.is_running or today > notice.last_on:
        return "公示已结束"
    if today < notice.first_on:
        return f"{notice.first_on:%m-%d} 起算，共 {notice.working_days} 个工作日"
    days = notice.days_left(today)
    return (
        f"还剩 {days} 个工作日" if days > 1 else "今天是最后 1 个工作日" if days else "公示已结束"
    )


def _sheet(notice: Notice) -> dict[str, Any]:
    rows = selectors.list_rows(notice)
    with_person = any(r.person for r in rows)
    numeric = [rules.is_number(c) for c in notice.columns]
    return {
        "page_title": notice.title,
        "notice": notice,
        "period": period(notice),
        "left": left(notice),
        "open": notice.is_running and clock.now() < notice.ends_at,
        "rows": rows,
        "with_person": with_person,
        "columns": list(zip(notice.columns, numeric, strict=True)),
        "lines": [
            (
                r,
                list(zip(notice.columns, r.cells, numeric, strict=True)),
                RowState(r.state).label,
                TONES[RowState(r.state)],
            )
            for r in rows
        ],
        "withdrawn": sum(r.state == RowState.WITHDRAWN for r in rows),
    }


def _show(request: Request, notice: Notice, form: ObjectionForm | None, fault: str) -> HttpResponse:
    context = _sheet(notice)
    if context["open"] and form is None:
        form = ObjectionForm(context["rows"], initial={"row": WHOLE})
    response = show(
        request,
        "public/notice.html",
        "public:publicity",
        form=form if context["open"] else None,
        fault=fault,
        most=rules.MOST_OPINION,
        **context,
    )
    response.status_code = 422 if fault else 200
    return response


@page(None, title="公示", why_public=WHY)
def notice(request: Request, notice_id: int) -> HttpResponse:
    """一份公示。"""
    return _show(request, selectors.access_public(notice_id), None, "")


@page(None, title="打印公示", why_public=WHY)
def printed(request: Request, notice_id: int) -> HttpResponse:
    """公示打印页（A4）。"""
    found = selectors.access_public(notice_id)
    context = _sheet(found) | {
        "print_title": found.title,
        "print_no": found.document_no,
        "print_region": found.issuer,
        "print_period": period(found),
        "portrait": len(found.columns) <= 5,
        "seal": found.issuer,
        "receipt": f"公示 {found.pk}",
        "back_url": reverse("public:notice", args=[found.pk]),
    }
    return render(request, "public/notice_print.html", context)


@page(None, title="提出异议", why_public=BOX, methods=("POST",))
def objection(request: Request, notice_id: int) -> HttpResponse:
    """提出异议。"""
    found = selectors.access_public(notice_id)
    form = ObjectionForm(selectors.list_rows(found), request.POST)
    if not form.is_valid():
        return _show(request, found, form, "意见没有提交，请按下面的提示改正后再提交")
    row = form.cleaned_data["row"]
    try:
        services.object_to(
            notice_id=found.pk,
            row_id=None if row == WHOLE else int(row),
            opinion=form.cleaned_data["opinion"],
            contact=form.cleaned_data["contact"],
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        return _show(request, found, form, error.text)
    messages.success(request, "意见已收到，将在 5 个工作日内核查；核查期间这一项不会办结")
    return redirect("public:notice", found.pk)
