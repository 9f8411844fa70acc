"""专家评审：the draw, the signed sheets, the scheme and the list of experts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.quality import rules, selectors, services
from tuoyu.domains.quality.models import Kind, Member, SheetRecord
from tuoyu.domains.quality.services import Sheet
from tuoyu.domains.quality.standard import standard, star_levels
from tuoyu.domains.quality.states import DRAW, ENTER, SCORING
from tuoyu.ends.government.paging import SIZES, page_of

SCHEME, EXPERTS = "quality:scheme:set", "quality:expert:manage"


@page(DRAW, title="公布种子散列", log="公布抽取种子散列", methods=("POST",))
def commit(request: Request, quality_id: int) -> HttpResponse:
    """公布散列。"""
    panel = services.commit_draw(application_id=quality_id, by=request.actor, at=clock.now())
    request.audit_note = f"散列 {panel.seed_hash}"
    messages.success(request, "种子散列和候选名单已公布，次日起可以抽取")
    return redirect("government:quality_of", quality_id)


@page(DRAW, title="抽取专家", log="抽取评审专家", methods=("POST",))
def draw(request: Request, quality_id: int) -> HttpResponse:
    """抽取并公布种子。"""
    panel = services.draw(application_id=quality_id, by=request.actor, at=clock.now())
    request.audit_note = f"种子 {panel.public_seed}"
    messages.success(request, "已抽取，种子已公布")
    return redirect("government:quality_of", quality_id)


@page(ENTER, title="专家回避", log="专家回避递补", methods=("POST",))
def recuse(request: Request, member_id: int) -> HttpResponse:
    """回避递补。"""
    new = services.recuse(
        member_id=member_id,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    messages.success(request, f"已回避，按抽取次序由 {new.expert.number} 递补")
    return redirect("government:quality_of", new.panel.application_id)


@page(ENTER, title="评分表", methods=("GET", "POST"), log="录入专家评分表")
def sheet(request: Request, member_id: int) -> HttpResponse:
    """录入一份签名评分表；录错了更正，前后两次都留着。"""
    member = selectors.access_member(request.actor.scope, member_id)
    fault = ""
    if request.method == "POST":
        try:
            return _enter(request, member)
        except NotFound:
            raise
        except DomainError as error:
            fault = error.text
    response = render(request, "government/quality_sheet.html", _sheet(request, member, fault))
    response.status_code = 422 if fault else 200
    return response


def _enter(request: Request, member: Member) -> HttpResponse:
    request.audit_note = f"{member.expert.number} {member.panel_id}"
    by, at, typed = request.actor, clock.now(), _typed(request)
    if member.entered_at is None:
        services.enter_sheet(member_id=member.pk, sheet=typed, by=by, at=at)
        messages.success(request, f"{member.expert.number} 的评分表已录入")
    else:
        reason = request.POST.get("reason", "")
        services.correct_sheet(member_id=member.pk, sheet=typed, reason=reason, by=by, at=at)
        request.audit_note += " 更正"
        messages.success(request, f"{member.expert.number} 的评分表已更正，原录入留存")
    return redirect("government:quality_of", member.panel.application_id)


def _sheet(request: Request, member: Member, fault: str) -> dict[str, Any]:
    application, found = member.panel.application, standard()
    kept = {s.dimension: rules.show_tenths(s.tenths) for s in member.scores.all()}
    is_open = selectors.access_case(request.actor.scope, application).state == SCORING
    records = selectors.list_records(member)
    given = request.POST.get
    return {
        "page_title": f"评分表：{member.expert.name}",
        "crumbs": [
            {"title": "认定与评定", "url": reverse("government:quality")},
            {"title": application.institution.name,
             "url": reverse("government:quality_of", args=[application.pk])},
        ],
        "member": member,
        "standard": found,
        "typing": is_open and (member.entered_at is None or bool(fault)
                               or request.GET.get("correct") == "1"),
        "may_correct": is_open and member.entered_at is not None,
        "lines": [
            (d, given(f"score-{d.id}", kept.get(d.id, ""))) for d in found.dimensions
        ],
        "vetoes": [
            (n, given(f"veto-{n}", member.vetoes.get(str(n), "")))
            for n in range(1, found.veto_items + 1)
        ],
        "number": given("number", member.sheet_no),
        "reason": given("reason", ""),
        "records": records,
        "history": _history(records),
        "fault": fault,
    }  # fmt: skip


def _history(records: list[SheetRecord]) -> list[tuple[str, int | None, list[tuple[str, bool]]]]:
    """各次录入并排：what a later one changed is struck out in the earlier."""
    rows: list[tuple[str, int | None, list[tuple[str, bool]]]] = []
    for d in standard().dimensions:
        said = [r.scores.get(d.id) for r in records]
        last = said[-1] if said else None
        rows.append((d.name, d.points, [(rules.show_tenths(t), t != last) for t in said]))
    return rows


def _typed(request: Request) -> Sheet:
    found = standard()
    said = {n: request.POST.get(f"veto-{n}", "").strip() for n in range(1, found.veto_items + 1)}
    return Sheet(
        request.POST.get("number", ""),
        {d.id: request.POST.get(f"score-{d.id}", "") for d in found.dimensions},
        {n: basis for n, basis in said.items() if basis},
    )


@page(ENTER, title="评审完成", log="评审完成", methods=("POST",))
def finish(request: Request, quality_id: int) -> HttpResponse:
    """评审完成。"""
    done = services.finish(application_id=quality_id, by=request.actor, at=clock.now())
    messages.success(request, f"评审完成，总分 {rules.show_tenths(done.total_tenths)} 分")
    return redirect("government:quality_of", quality_id)


class SchemeForm(forms.Form):
    """细则的数：each from its document."""

    kind = forms.ChoiceField(label="种类", choices=Kind.choices)
    document_no = forms.CharField(label="文号", max_length=60, help_text="虚构的须写明（虚构）")
    from_on = forms.DateField(label="施行日期", widget=forms.DateInput(attrs={"type": "date"}))
    notice_days = forms.IntegerField(label="公示期（工作日）", min_value=1, max_value=60)
    valid_months = forms.IntegerField(label="有效期（月）", min_value=1, max_value=120)
    method = forms.ChoiceField(
        label="几位专家的评分怎样合成", choices=list(rules.METHODS.items()), required=False
    )
    panel_size = forms.IntegerField(label="专家人数（星级评定）", required=False, min_value=3)
    is_fictitious = forms.BooleanField(label="这是虚构的通知", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, title in star_levels().items():
            self.fields[f"cut-{code}"] = forms.CharField(
                label=f"{title}分数线", max_length=6, required=False
            )

    def cutoffs(self) -> dict[str, int]:
        """分数线。"""
        if self.cleaned_data["kind"] != Kind.STAR:
            return {}
        total = standard().total
        return {
            code: rules.read_tenths(self.cleaned_data[f"cut-{code}"], total, f"{title}分数线")
            for code, title in star_levels().items()
        }


@page(SCHEME, title="评定细则", methods=("GET", "POST"), log="登记评定细则")
def schemes(request: Request) -> HttpResponse:
    """细则：what is set, and by which document."""
    form = SchemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.set_scheme(
                kind=given["kind"],
                document_no=given["document_no"],
                from_on=given["from_on"],
                cutoffs=form.cutoffs(),
                method=given["method"] or "median",
                panel_size=given["panel_size"] or 0,
                notice_days=given["notice_days"],
                valid_months=given["valid_months"],
                is_fictitious=given["is_fictitious"],
                by=request.actor,
                at=clock.now(),
            )
            request.audit_note = given["document_no"]
            messages.success(request, "细则已登记")
            return redirect("government:quality_schemes")
        except DomainError as error:
            form.add_error(None, error.text)
    context = {
        "page_title": "评定细则",
        "crumbs": [{"title": "认定与评定", "url": reverse("government:quality")}],
        "standard": standard(),
        "now": [(Kind(k).label, selectors.scheme_on(k, clock.today())) for k in Kind.values],
        "rows": [(s, _cuts(s.cutoffs)) for s in selectors.list_schemes()],
        "form": form,
    }
    response = render(request, "government/quality_schemes.html", context)
    response.status_code = 422 if request.method == "POST" else 200
    return response


def _cuts(cutoffs: dict[str, int]) -> str:
    titles = star_levels()
    return "；".join(f"{titles.get(k, k)} {rules.show_tenths(v)}" for k, v in cutoffs.items())


class ExpertForm(forms.Form):
    """专家。"""

    name = forms.CharField(label="姓名", max_length=40)
    specialty = forms.CharField(label="专长", max_length=40)
    employer = forms.CharField(
        label="工作单位", max_length=80, help_text="写全称，抽取时据此判断回避"
    )


@page(EXPERTS, title="专家库", methods=("GET", "POST"), log="专家入库")
def experts(request: Request) -> HttpResponse:
    """专家库。"""
    form = ExpertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_expert(
                **form.cleaned_data, region_code=request.actor.region_code, at=clock.now()
            )
            messages.success(request, "已入库")
            return redirect("government:quality_experts")
        except DomainError as error:
            form.add_error(None, error.text)
    context = {
        "page_title": "专家库",
        "crumbs": [{"title": "认定与评定", "url": reverse("government:quality")}],
        "listed": page_of(request, selectors.list_experts(request.actor.scope)),
        "sizes": SIZES,
        "form": form,
    }
    response = render(request, "government/quality_experts.html", context)
    response.status_code = 422 if request.method == "POST" else 200
    return response


@page(EXPERTS, title="专家出入库", log="专家出入库", methods=("POST",))
def toggle(request: Request, expert_id: int) -> HttpResponse:
    """出库或重新入库。"""
    active = request.POST.get("active") == "1"
    found = services.set_active(expert_id=expert_id, is_active=active, by=request.actor)
    request.audit_note = found.number
    messages.success(request, f"{found.number} 已{'入库' if active else '出库'}")
    return redirect("government:quality_experts")
