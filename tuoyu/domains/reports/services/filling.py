"""填报：start, answer the few questions, submit; what was sent is locked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.identifiers import opaque_id
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.reports import rules
from tuoyu.domains.reports.models import Report, ReportKind
from tuoyu.domains.reports.rules import Item
from tuoyu.domains.reports.selectors.sheets import access_report, read_sheet

LONGEST = 400
MOST = 10**12


def start_report(
    *,
    institution: Institution,
    kind: str,
    day: date,
    today: date,
    at: datetime,
    number: int | None = None,
) -> Report:
    """建立一份报表；the one that is there is given back. ``number``: its id, when it is drawn."""
    first = day.replace(day=1) if kind == ReportKind.MONTH else date(day.year, 1, 1)
    if first > today:
        raise DomainError("early", f"{first} 还没有到，请选已经开始的期间")
    same = Report.all_rows.filter(institution_id=institution.pk, kind=kind, from_on=first)
    found = same.order_by("-version").first()
    if found is not None:
        return found
    return Report.all_rows.create(
        id=number or opaque_id(),
        institution_id=institution.pk,
        region_code=institution.region_code,
        kind=ReportKind(kind),
        from_on=first,
        made_at=at,
    )


def answer(*, by: Actor, report_id: int, given: Mapping[str, str], at: datetime) -> Report:
    """填手填项：each is asked once; an empty one stays open."""
    report = access_report(by.scope, report_id, lock=True)
    _check_open(report)
    answers = dict(report.answers)
    for item in rules.manual_of(report.kind):
        text = given.get(item.code, "").strip()
        if text:
            value = _value(item, text)
            answers[item.code] = {"value": value, "by": by.name, "at": at.isoformat()}
        else:
            answers.pop(item.code, None)
    report.answers = answers
    report.save(update_fields=["answers"])
    return report


def _value(item: Item, text: str) -> int | str:
    if item.kind == rules.TEXT:
        if len(text) > LONGEST:
            raise DomainError(
                "long", f"「{item.title}」最多 {LONGEST} 字，现有 {len(text)} 字，请精简"
            )
        return text
    if item.kind == rules.CHOICE:
        if text not in ("yes", "no"):
            raise DomainError("choice", f"「{item.title}」请选是或否")
        return text
    return _number(item, text)


def _number(item: Item, text: str) -> int:
    whole, _, part = text.replace(",", "").partition(".")
    cents = part if item.kind == rules.MONEY else ""
    is_plain = whole.isascii() and whole.isdigit() and (not cents or cents.isdigit())
    if not is_plain or len(cents) > 2 or (part and item.kind != rules.MONEY):
        how = "金额，最多两位小数" if item.kind == rules.MONEY else "整数，没有填 0"
        raise DomainError("number", f"「{item.title}」应填{how}，现为“{text[:20]}”，请改正")
    value = int(whole) * 100 + int(cents.ljust(2, "0")) if item.kind == rules.MONEY else int(whole)
    if value > MOST:
        raise DomainError("number", f"「{item.title}」数太大，请核对")
    return value


def _check_open(report: Report) -> None:
    if report.submitted_at is not None:
        raise DomainError(
            "sent", "这份报表已报出并锁定；要改请用「更正」，会生成下一版并保留原来的"
        )


def submit(*, by: Actor, report_id: int, at: datetime) -> Report:
    """报出：every check passes, then what is on the page is kept as it was sent."""
    report = access_report(by.scope, report_id, lock=True)
    _check_open(report)
    sheet = read_sheet(by.scope, report, at)
    stops = [p.text for p in sheet.problems if p.stops]
    if stops:
        raise DomainError("not-ready", f"还不能报出：{'；'.join(stops[:3])}")
    report.sent = {c.item.code: c.value for c in sheet.cells}
    report.submitted_at, report.submitted_by = at, by.user_id
    report.submitted_by_name = by.name
    report.save(update_fields=["sent", "submitted_at", "submitted_by", "submitted_by_name"])
    return report


def correct_report(*, by: Actor, report_id: int, why: str, at: datetime) -> Report:
    """更正：the next version begins with the same answers; the one that was sent stays."""
    old = access_report(by.scope, report_id)
    if old.submitted_at is None:
        raise DomainError("open", "这份报表还没有报出，直接改就可以")
    if not why.strip():
        raise DomainError("why", "更正须写明原因，主管部门能看到")
    try:
        with transaction.atomic():
            return Report.all_rows.create(
                institution_id=old.institution_id,
                region_code=old.region_code,
                kind=old.kind,
                from_on=old.from_on,
                version=old.version + 1,
                why=why.strip(),
                answers=old.answers,
                made_at=at,
            )
    except IntegrityError as error:
        raise DomainError("newer", "这份报表已有更新的一版，请打开最新的一版") from error
