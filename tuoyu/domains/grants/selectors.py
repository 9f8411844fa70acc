"""奖补申请的读取：what may be applied for, lists, one application, 「怎么算的」, the way so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet, Sum

from tuoyu.core import clock
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import month_of
from tuoyu.core.scope import Scope
from tuoyu.domains.funds.sources import Source
from tuoyu.domains.grants.computing import Line, compute, may_pay, months_open, total
from tuoyu.domains.grants.facts import Facts
from tuoyu.domains.grants.models import Application, Evidence, FeaturePark, Item, ItemState, School
from tuoyu.domains.grants.programmes import Paper, Programme, offered, programme_of
from tuoyu.domains.grants.states import TYPE
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Book, Rule

KINDS = {ItemState.PAID: "ok", ItemState.ZERO: "", ItemState.UNDETERMINED: "warn"}
SETTERS = {"county": "由县（市、区）通知规定", "city": "由市级通知规定"}


@dataclass(frozen=True)
class PaperRow:
    """材料的一行：known, uploaded, or still missing."""

    paper: Paper
    told: str
    file: Evidence | None
    mark: str

    @property
    def is_there(self) -> bool:
        """是否齐了。"""
        return bool(self.told) or self.file is not None


@dataclass(frozen=True)
class Offer:
    """可申报的一项：may I apply, how much, and if not yet, who must set what."""

    programme: Programme
    rule: Rule
    clause: str
    may: bool
    why_not: str
    month: date
    months: list[date]
    lines: list[Line]
    amount_fen: int | None
    waits: str
    simulated: bool
    papers: list[PaperRow]

    @property
    def paid_lines(self) -> int:
        """有金额的行数。"""
        return sum(line.state == ItemState.PAID for line in self.lines)


def list_offers(institution: Institution, on: date) -> list[Offer]:
    """可申报的项目，in the order declared."""
    book = current_book()
    facts = Facts(on.replace(day=1), on, institution)
    monthly: dict[date, Facts] = {}
    found = []
    for programme in offered(book):
        if programme.applicant != "institution":
            continue
        if programme.is_monthly:
            months = months_open(book, on)
            month = months[0] if months else on.replace(day=1)
            own = monthly.setdefault(month, Facts(month, on, institution))
            found.append(_offer(book, programme, own, months))
        else:
            found.append(_offer(book, programme, facts, []))
    return found


def _offer(book: Book, programme: Programme, facts: Facts, months: list[date]) -> Offer:
    rule = book.rule(programme.rule)
    misfit = programme.fits(facts) if programme.fits else ""
    lines = [] if misfit else compute(programme, facts, book)
    if book.pack.is_draft:
        may, why = False, f"{book.pack.status_name}只作测算，不能申报"
    else:
        may, why = may_pay(book, programme, facts.month, facts.on)
    if misfit:
        may, why = False, misfit
    elif may and not lines:
        may, why = False, _nothing(programme, facts)
    elif may and programme.needs_close and not facts.is_closed:
        may, why = False, f"{month_of(facts.month)} 尚未月结，请先在「月结」里确认考勤"
    return Offer(
        programme=programme,
        rule=rule,
        clause=f"{book.pack.document.number} {rule.cite.at}",
        may=may,
        why_not=why if not may else "",
        month=facts.month,
        months=months,
        lines=lines,
        amount_fen=total(lines) if lines else None,
        waits=waits_for(programme, rule, lines),
        simulated=book.pack.is_draft,
        papers=[
            PaperRow(paper, paper.known(facts) if paper.known else "", None, "")
            for paper in programme.papers
        ],
    )


def offer_of(institution: Institution, rule: str, on: date, month: date | None = None) -> Offer:
    """一个项目的测算，for the month asked; a programme the pack has not is not found."""
    book, programme = current_book(), programme_of(rule)
    if programme not in offered(book) or programme.applicant != "institution":
        raise NotFound
    months = months_open(book, on) if programme.is_monthly else []
    chosen = month if month in months else months[0] if months else on.replace(day=1)
    return _offer(book, programme, Facts(chosen or on, on, institution), months)


def _nothing(programme: Programme, facts: Facts) -> str:
    if programme.is_monthly:
        return f"{month_of(facts.month)} 没有可申报的内容，或已经申报"
    if programme.records:
        return "还没有登记改造与发票，请先登记"
    return "没有可申报的对象，或都已经申报"


def waits_for(programme: Programme, rule: Rule, lines: list[Line]) -> str:
    """待定时由谁定：the reviewer's sum, an unset term, or a record that is missing."""
    names = {item.id: item.name for item in rule.inputs}
    missing = {
        name for line in lines if line.amount_fen is None
        for name, value in line.inputs.items() if value is None
    }  # fmt: skip
    level = "县级" if programme.path == "county" else "市级"
    by_reviewer = [names[n] for n in programme.reviewer if n in missing]
    others = [names[n] for n in names if n in missing and n not in programme.reviewer]
    told = []
    if by_reviewer:
        told.append(f"{'、'.join(by_reviewer)}由{level}审核时填定")
    if others:
        told.append(f"缺{'、'.join(others)}")
    if not told and any(line.amount_fen is None for line in lines):
        told.append(next(line.why for line in lines if line.amount_fen is None))
    return "；".join(told)


def list_cases(
    scope: Scope, *, programme: str = "", state: str = "", county: str = "", school: bool = True
) -> QuerySet[Case]:
    """申请的办件，先到期的在前：one page of these, then ``with_applications``."""
    own = Application.objects.visible_to(scope)
    if programme:
        own = own.filter(programme=programme)
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id__in=own.values("pk"))
    if county:
        rows = rows.filter(region_code__startswith=county)
    if state:
        rows = rows.filter(state=state)
    return rows.order_by(F("due_at").asc(nulls_last=True), "-arrived_at", "pk")


@dataclass(frozen=True)
class Listed:
    """名单的一行。"""

    case: Case
    application: Application
    rule: Rule


def with_applications(scope: Scope, found: list[Case]) -> list[Listed]:
    """一页办件各配上申请。"""
    book = current_book()
    wanted = [c.subject_id for c in found if c.subject_id is not None]
    rows = Application.objects.visible_to(scope).filter(pk__in=wanted)
    by_id = {a.pk: a for a in rows}
    return [
        Listed(case, by_id[case.subject_id], book.rule(by_id[case.subject_id].programme))
        for case in found
        if case.subject_id in by_id
    ]


def count_states(scope: Scope) -> dict[str, int]:
    """各状态的申请数。"""
    rows = Case.objects.visible_to(scope).filter(type=TYPE).order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def sum_paid(scope: Scope) -> int:
    """已到账合计（分）。"""
    rows = Application.objects.visible_to(scope).exclude(paid_on=None)
    return int(rows.aggregate(s=Sum("amount_fen", default=0))["s"])


def list_of_applicant(scope: Scope) -> list[Listed]:
    """本机构的申请，新的在前。"""
    rows = Case.objects.visible_to(scope).filter(type=TYPE).order_by("-opened_at", "-pk")
    return with_applications(scope, list(rows[:120]))


def list_schools(scope: Scope) -> list[School]:
    """已录入的学校。"""
    return list(School.objects.visible_to(scope).order_by("name"))


def list_feature_parks(scope: Scope) -> list[tuple[FeaturePark, str]]:
    """已登记的特色托育园与机构名。"""
    rows = list(FeaturePark.objects.visible_to(scope).order_by("-named_on", "pk"))
    public = Institution.objects.unscoped(reason="机构信息公开")
    names = dict(public.filter(pk__in={r.institution_id for r in rows}).values_list("pk", "name"))
    return [(row, names.get(row.institution_id, "—")) for row in rows]


def access_application(scope: Scope, application_id: int, *, lock: bool = False) -> Application:
    """取一份申请；outside the scope it is not found."""
    rows = Application.objects.visible_to(scope).filter(pk=application_id)
    found = rows.select_for_update().first() if lock else rows.first()
    if found is None:
        raise NotFound
    return found


def find_sources(ids: list[int]) -> dict[int, Source]:
    """付款来源：what each application's own lines amount to, for the reconciliation."""
    rows = Item.all_rows.filter(application_id__in=ids).order_by().values("application_id")
    sums = {r["application_id"]: int(r["s"] or 0) for r in rows.annotate(s=Sum("delta_fen"))}
    book = current_book()
    return {
        a.pk: Source(
            f"{a.applicant_name} {book.rule(a.programme).name}",
            sums.get(a.pk, 0),
            f"/gov/grants/{a.pk}/",
            f"{month_of(a.month)} · {a.lines} 项",
        )
        for a in Application.all_rows.filter(pk__in=ids)
    }


def access_case(scope: Scope, application: Application) -> Case:
    """申请的办件。"""
    rows = Case.objects.visible_to(scope).filter(type=TYPE, subject_id=application.pk)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def facts_of(application: Application, today: date, *, settled: bool = False) -> Facts:
    """申请所据的事实（再次收集）；its own lines do not stand in its way.

    A settled matter (and its corrections) is judged as of the day it was handed in, by what is
    known today: a certificate that has run out since then is no reason to take money back.
    """
    inst = None
    if application.institution_id is not None:
        inst = Institution.all_rows.get(pk=application.institution_id)
    first = application.corrects or application
    on = today
    if (settled or application.is_correction) and first.submitted_at is not None:
        on = first.submitted_at.astimezone(clock.ZONE).date()
    return Facts(application.month, on, inst, application.school, skip=first.pk, known=today)


def list_papers(
    application: Application, facts: Facts, marks: dict[str, str] | None = None
) -> list[PaperRow]:
    """申报材料：what the platform knows stands beside what is uploaded."""
    files = {e.code: e for e in application.evidence.filter(replaced_at=None)}
    return [
        PaperRow(
            paper,
            paper.known(facts) if paper.known else "",
            files.get(paper.code),
            (marks or {}).get(paper.code, ""),
        )
        for paper in programme_of(application.programme).papers
    ]


def access_evidence(scope: Scope, application: Application, evidence_id: int) -> Evidence:
    """取一份材料；one of another application is not found."""
    rows = Evidence.objects.visible_to(scope).filter(application=application, pk=evidence_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def list_items(application: Application) -> list[Item]:
    """各行。"""
    return list(application.items.order_by("pk"))
