"""资金：how every budget stands, entry by entry; who gives it; how well it is used."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.core.money import MoneyError, parse_fen
from tuoyu.domains.funds import rules, services
from tuoyu.domains.funds.selectors import ledger, performance
from tuoyu.domains.funds.selectors.subjects import name_subjects
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.plain import citation
from tuoyu.domains.regions.selectors import home_region, list_units_in, unit_names
from tuoyu.ends.government.export import download, stamp, workbook
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ends.government.views import funds_words as words
from tuoyu.ui.words import yuan

VIEW, MANAGE = "funds:ledger:view", "funds:budget:manage"
KINDS = [("allot", "追加（下达）"), ("withdraw", "收回（调减）")]
CUTS = [("programme", "按项目"), ("unit", "按单位"), ("source", "按来源")]


class BudgetForm(forms.Form):
    """下达或收回预算。"""

    kind = forms.ChoiceField(label="办理", choices=KINDS)
    year = forms.IntegerField(label="预算年度", min_value=2020, max_value=2099)
    programme = forms.ChoiceField(label="项目")
    unit = forms.ChoiceField(label="预算单位", help_text="市本级支出的项目选市")
    source = forms.ChoiceField(label="资金来源")
    amount = forms.CharField(label="金额（元）", max_length=20, help_text="如 500,000.00")
    document = forms.CharField(label="文号", max_length=80, help_text="下达或调减的正式文号")
    memo = forms.CharField(label="说明", max_length=80, required=False)

    def __init__(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        book, region = current_book(), home_region(request.actor.scope)
        units = [(u.code, u.name) for u in list_units_in(request.actor.scope)]
        if region.code == book.city.code:
            units.insert(0, (region.code, f"{region.name}（市本级）"))
        self._choices("programme", [(u.id, u.name) for u in book.funds.uses])
        self._choices("unit", units)
        self._choices("source", [(s.id, s.name) for s in book.funds.sources])

    def _choices(self, name: str, pairs: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = pairs

    def clean_amount(self) -> int:
        """金额 → 分。"""
        text = self.cleaned_data["amount"].replace(",", "").replace("，", "").removesuffix("元")
        try:
            return parse_fen(f"{text.strip()}元")
        except MoneyError as error:
            raise forms.ValidationError("请填数字金额，最多两位小数，如 500,000.00") from error


@page(VIEW, title="资金")
def overview(request: Request) -> HttpResponse:
    """总表：drilled down from programme or unit or source to the single budget line."""
    scope, chosen, year = request.actor.scope, _chosen(request), _year(request)
    by = _cut(request, chosen)
    filters = {k: v for k, v in chosen.items() if v}
    rows = ledger.sum_by(scope, year, by, **filters)
    total = ledger.total_of(rows)
    kept = {"year": str(year), **filters}
    is_last = bool(chosen["programme"] and chosen["unit"])
    lines = ledger.list_lines(scope, year, **filters) if is_last else []
    context = {
        "page_title": "资金",
        "year": year,
        "years": [(str(y), f"{y} 年", y == year) for y in ledger.list_years(scope) or [year]],
        "facts": words.facts(total),
        "head": words.HEAD,
        "by_title": ledger.DIMENSIONS[by],
        "rows": words.line_rows(lines) if is_last else words.table(rows, by, kept),
        "total": words.columns(total),
        "sum": total,
        "cuts": [
            {"title": title, "url": "?" + urlencode({**kept, "by": cut}), "current": cut == by}
            for cut, title in CUTS
            if cut not in filters
        ],
        "trail": _trail(year, filters),
        "chosen": {n: options(_pairs(request, n), chosen[n]) for n in ("programme", "unit")},
        "source": chosen["source"],
        "may_manage": request.actor.may(MANAGE),
        "draft": current_book().pack.is_draft,
    }
    return render(request, "government/funds.html", context)


def _chosen(request: Request) -> dict[str, str]:
    return {name: request.GET.get(name, "")[:60] for name in ledger.DIMENSIONS}


def _year(request: Request) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdigit() and len(asked) == 4 else clock.today().year


def _cut(request: Request, chosen: dict[str, str]) -> str:
    """The dimension shown: the one asked for, else the first that is not fixed yet."""
    free = [cut for cut, _ in CUTS if not chosen[cut]] or ["source"]
    asked = request.GET.get("by", "")
    return asked if asked in free else free[0]


def _trail(year: int, filters: dict[str, str]) -> list[dict[str, str]]:
    """已选的条件；each may be taken back."""
    return [
        {
            "title": f"{ledger.DIMENSIONS[name]}：{words.names_of(name).get(value, value)}",
            "url": "?"
            + urlencode({"year": year} | {k: v for k, v in filters.items() if k != name}),
        }
        for name, value in filters.items()
    ]


def _pairs(request: Request, name: str) -> list[tuple[str, str]]:
    if name == "unit":
        units = [(u.code, u.name) for u in list_units_in(request.actor.scope)]
        region = home_region(request.actor.scope)
        return [(region.code, f"{region.name}本级"), *units] if len(units) != 1 else units
    return list(words.names_of(name).items())


@page(VIEW, title="导出资金", log="导出资金", sensitive=True)
def export(request: Request) -> HttpResponse:
    """导出预算额度。"""
    filters = {k: v for k, v in _chosen(request).items() if v}
    year, names = _year(request), unit_names()
    sources, uses = words.names_of("source"), words.names_of("programme")
    rows = [
        [
            str(line.year),
            uses.get(line.programme, line.programme),
            names.get(line.unit_code, line.unit_code),
            sources.get(line.source, line.source),
            line.document_no,
            *(yuan(fen) for fen in words.columns(figures)),
        ]
        for line, figures in ledger.list_lines(request.actor.scope, year, **filters)
    ]
    head = ["年度", "项目", "单位", "来源", "文号", *(f"{h}（元）" for h in words.HEAD)]
    note = stamp(request.actor.name, request.actor.organisation)
    body = workbook(f"{year} 年资金", head, rows, note)
    return download(f"资金{year}", request.actor.region_name, body)


@page(VIEW, title="预算额度")
def line(request: Request, budget_line_id: int) -> HttpResponse:
    """一条预算额度与它的分录。"""
    scope = request.actor.scope
    found = ledger.access_line(scope, budget_line_id)
    listed = page_of(request, ledger.list_entries(scope, found))
    subjects = name_subjects(scope, [e.subject for e in listed])
    book, figures = current_book(), ledger.figures_of(found)
    use = book.funds.use(found.programme)
    unit = unit_names().get(found.unit_code, found.unit_code)
    source = words.names_of("source").get(found.source, found.source)
    name = use.name if use else found.programme
    initial = {
        "year": found.year,
        "programme": found.programme,
        "unit": found.unit_code,
        "source": found.source,
    }
    context = {
        "page_title": f"{name} · {unit} · {source}",
        "crumbs": [{"title": "资金", "url": _back(found.year, found.programme, found.unit_code)}],
        "line": found,
        "facts": words.facts(figures, is_exact=True),
        "cite": citation(book, use.cite) if use else "",
        "listed": listed,
        "sizes": SIZES,
        "rows": words.entry_rows(listed, subjects),
        "change": f"{reverse('government:funds_budget')}?{urlencode(initial)}",
        "may_manage": request.actor.may(MANAGE),
    }
    return render(request, "government/funds_line.html", context)


def _back(year: int, programme: str, unit: str) -> str:
    kept = {"year": year, "programme": programme, "unit": unit}
    return f"{reverse('government:funds')}?{urlencode(kept)}"


@page(VIEW, title="资金去向")
def item(request: Request, subject: str) -> HttpResponse:
    """一件事的钱：from its budget lines to the bank, entry by entry, and to what it is about."""
    scope = request.actor.scope
    entries = ledger.list_of_subject(scope, subject)
    told = name_subjects(scope, [subject])[subject]
    names, sources = unit_names(), words.names_of("source")
    lines = {e.debit.line_id: e.debit.line for e in entries}
    first = next(iter(lines.values()))
    held = services.balances_of(subject)
    context = {
        "page_title": told.title,
        "crumbs": [{"title": "资金", "url": _back(first.year, first.programme, first.unit_code)}],
        "told": told,
        "unit": names.get(first.unit_code, first.unit_code),
        "year": first.year,
        "facts": [
            {"name": title, "text": yuan(held[kind]), "note": "元"}
            for kind, title in rules.ACCOUNTS.items()
            if kind in held
        ],
        "lines": [
            (x, sources.get(x.source, x.source), words.used_of(entries, x)) for x in lines.values()
        ],
        "rows": [
            row | {"source": sources.get(row["line"].source, row["line"].source)}
            for row in words.entry_rows(entries, {subject: told})
        ],
    }
    return render(request, "government/funds_item.html", context)


@page(MANAGE, title="下达预算", log="下达预算", methods=("GET", "POST"))
def budget(request: Request) -> HttpResponse:
    """下达、追加或收回预算。"""
    if request.method == "POST":
        form = BudgetForm(request, request.POST)
        if form.is_valid():
            return _changed(request, form.cleaned_data)
    else:
        asked = {k: request.GET[k] for k in BudgetForm.base_fields if k in request.GET}
        form = BudgetForm(request, initial={"year": clock.today().year, **asked})
    context = {
        "page_title": "下达预算",
        "crumbs": [{"title": "资金", "url": reverse("government:funds")}],
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "government/funds_budget.html", context, status=status)


def _changed(request: Request, given: dict[str, Any]) -> HttpResponse:
    key = request.POST.get("submit_key", "")
    if not key:
        raise DomainError("bad-key", "表单已失效，请刷新页面后重新提交")
    line_id = services.change_budget(
        key=f"budget:{key}",
        kind=given["kind"],
        year=given["year"],
        unit_code=given["unit"],
        programme=given["programme"],
        source=given["source"],
        document_no=given["document"],
        amount_fen=given["amount"],
        memo=given["memo"],
        by=request.actor,
        at=clock.now(),
    )
    what = dict(KINDS)[given["kind"]]
    request.audit_note = f"{what} {given['document']} {yuan(given['amount'])} 元"
    messages.success(request, f"已{what[:2]} {yuan(given['amount'])} 元（{given['document']}）")
    return redirect("government:funds_line", line_id)


def _asked(request: Request) -> tuple[performance.Span, str]:
    quarter = request.GET.get("quarter", "")
    by = "unit" if request.GET.get("by") == "unit" else "programme"
    return performance.Span(
        _year(request), int(quarter) if quarter in "1234" and quarter else 0
    ), by


@page(VIEW, title="资金绩效")
def scores(request: Request) -> HttpResponse:
    """绩效：execution, timeliness, accuracy against the goals of each fund."""
    span, by = _asked(request)
    found = performance.scores(request.actor.scope, span, by)

    def link(**changes: object) -> str:
        now = {"year": span.year, "quarter": span.quarter or "", "by": by, **changes}
        return "?" + urlencode({k: v for k, v in now.items() if v})

    context = {
        "page_title": "资金绩效",
        "crumbs": [{"title": "资金", "url": reverse("government:funds")}],
        "span": span,
        "by_title": ledger.DIMENSIONS[by],
        "quarters": [
            {"title": f"第 {q} 季度" if q else "全年", "url": link(quarter=q or ""),
             "current": q == span.quarter}
            for q in range(5)
        ],
        "cuts": [
            {"title": title, "url": link(by=cut), "current": cut == by}
            for cut, title in CUTS[:2]
        ],
        "rows": words.score_rows(found, by, is_over=span.end <= clock.now()),
        "goals": words.goal_rows(),
        "export": f"{reverse('government:funds_performance_export')}{link()}",
    }  # fmt: skip
    return render(request, "government/funds_performance.html", context)


@page(VIEW, title="导出资金绩效", log="导出资金绩效", sensitive=True)
def scores_export(request: Request) -> HttpResponse:
    """导出绩效。"""
    span, by = _asked(request)
    found = performance.scores(request.actor.scope, span, by)
    head = [ledger.DIMENSIONS[by], "预算（元）", "已付（元）", "执行率", "执行率目标", "付讫笔数",
            "平均工作日", "及时率", "及时率目标", "更正笔数", "更正金额（元）", "准确率",
            "准确率目标"]  # fmt: skip
    rows = []
    for row in words.score_rows(found, by, is_over=span.end <= clock.now()):
        score = row["score"]
        execution, timeliness, accuracy = row["cells"]
        rows.append([
            row["name"], yuan(score.budget_fen), yuan(score.paid_fen), execution["text"],
            execution["goal"], score.payments, row["days"], timeliness["text"],
            timeliness["goal"], score.corrected, yuan(score.corrected_fen), accuracy["text"],
            accuracy["goal"],
        ])  # fmt: skip
    title = f"{span.year} 年" + (f"第 {span.quarter} 季度" if span.quarter else "") + "资金绩效"
    note = stamp(request.actor.name, request.actor.organisation)
    return download("资金绩效", request.actor.region_name, workbook(title, head, rows, note))
