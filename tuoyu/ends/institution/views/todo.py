"""将到期与待签字：one list each out of several rooms, as the cards on 今日 count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.scope import Scope
from tuoyu.domains.incidents.selectors.incidents import list_missing
from tuoyu.domains.medicine.selectors import list_unsigned
from tuoyu.domains.safety.selectors import list_documents
from tuoyu.domains.workforce.selectors import list_expiring
from tuoyu.domains.workforce.selectors.checks import list_checks
from tuoyu.ends.institution.shell import own

WITHIN = 60


@dataclass(frozen=True)
class Due:
    """一件将到期的。"""

    what: str
    whose: str
    days_left: int | None
    on: date | None
    url: str
    kind: str

    @property
    def tone(self) -> str:
        if self.days_left is None:
            return "danger"
        return "danger" if self.days_left <= 7 else "warn" if self.days_left <= 30 else "info"

    @property
    def text(self) -> str:
        if self.days_left is None:
            return "从未登记"
        return "已到期" if self.days_left <= 0 else f"剩 {self.days_left} 天"


@dataclass(frozen=True)
class Unsigned:
    """一件待签字的。"""

    what: str
    whose: str
    missing: str
    url: str


def link(name: str, *args: Any) -> str:
    """某页的地址；empty where there is no such page."""
    try:
        return reverse(f"institution:{name}", args=args)
    except NoReverseMatch:
        return ""


def list_due(scope: Scope, institution_id: int, today: date) -> list[Due]:
    """六十天内到期的：people's papers, background checks, the institution's licences."""
    staff, checks = link("staff") + "?due=yes", link("staff_checks")
    found = [
        Due(e.certificate.title, e.staff, e.certificate.days_left, e.certificate.expires_on, staff,
            "人员证书")
        for e in list_expiring(scope, today, WITHIN)
        if e.institution_id == institution_id
    ]  # fmt: skip
    found += [
        Due("从业查询", c.staff, c.days_left, c.due_on, checks, "从业查询")
        for c in list_checks(scope, institution_id, today)
        if c.check_id is None or (c.days_left is not None and c.days_left <= WITHIN)
    ]
    for d in list_documents(scope, institution_id, today):
        ends = d.document.expires_on
        if ends is not None and (ends - today).days <= WITHIN:
            licence = link("safety_licences")
            found.append(Due(d.document.name, "本机构", (ends - today).days, ends, licence, "证照"))
    return sorted(found, key=lambda d: (-1 if d.days_left is None else d.days_left, d.whose))


def list_to_sign(scope: Scope) -> list[Unsigned]:
    """待签字：incidents and doses, the oldest first."""
    found = [
        Unsigned(
            f"伤害记录 {r.it.happened_at.astimezone(clock.ZONE):%m-%d %H:%M}",
            r.it.child.name,
            f"缺{'、'.join(r.missing)}",
            link("incident", r.it.pk),
        )
        for r in list_missing(scope)
    ]
    for dose in list_unsigned(scope):
        at = dose.at.astimezone(clock.ZONE)
        url = link("medicine")
        name = dose.request.child.name
        found.append(Unsigned(f"喂药 {at:%m-%d %H:%M}", name, "缺第二人核对", url))
    return found


@page("inst:staff:manage", title="将到期")
def expiring(request: Request) -> HttpResponse:
    """将到期的证书、查询与证照。"""
    rows = list_due(request.actor.scope, own(request).pk, clock.today())
    over = sum(d.days_left is None or d.days_left <= 0 for d in rows)
    context = {"page_title": "将到期", "rows": rows, "over": over}
    return render(request, "institution/expiring.html", context)


@page("inst:incident:sign", title="待签字")
def unsigned(request: Request) -> HttpResponse:
    """待签字的记录。"""
    rows = list_to_sign(request.actor.scope)
    return render(request, "institution/unsigned.html", {"page_title": "待签字", "rows": rows})
