"""补助：the child's lines, and 「怎么算的」 in the very words the officer reads."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies.selectors.lines import explain_line, list_lines
from tuoyu.ends.family import reads
from tuoyu.ends.family.line import RULE
from tuoyu.ends.family.shell import Chosen, chosen, show
from tuoyu.ends.family.views.home import month_forecast

PAYEES = {"institution": "托育机构", "person": "个人", "family": "家庭"}


@page("family:subsidy:view", title="补助怎么算")
def subsidies(request: Request) -> HttpResponse:
    """补助：this month's forecast, then every settled month."""
    picked, scope = chosen(request), request.actor.scope
    rule = current_book().rules.get(RULE)
    return show(
        request,
        "family/subsidies.html",
        "补助怎么算",
        picked,
        lines=list_lines(scope, picked.child.pk),
        month=month_forecast(request, picked, clock.now()),
        month_no=clock.today().month,
        rule_name=rule.name if rule else "",
        payee=_payee(),
        back_url=reverse("family:services"),
    )


@page("family:subsidy:view", title="怎么算的")
def line(request: Request, line_id: int) -> HttpResponse:
    """怎么算的：four lines, three amounts, citations, day sheet."""
    scope = request.actor.scope
    told = explain_line(scope, line_id)
    child = access_child(scope, told.child_id)
    picked = Chosen(child, reads.enrolment_of(scope, child.pk, clock.today()))
    who = f"{told.class_title} · {told.month:%Y} 年 {told.month.month} 月"
    return show(
        request,
        "family/subsidy.html",
        "怎么算的",
        picked,
        told=told,
        who=f"{child.name} · {who}",
        days_title=f"{told.month.month} 月出勤",
        month_url=f"{reverse('family:month', args=[f'{told.month:%Y-%m}'])}?child={child.pk}",
        payee=_payee(),
        back_url=f"{reverse('family:subsidies')}?child={child.pk}",
    )


def _payee() -> str:
    """付给谁。"""
    rule = current_book().rules.get(RULE)
    return PAYEES.get(rule.payee, "") if rule else ""
