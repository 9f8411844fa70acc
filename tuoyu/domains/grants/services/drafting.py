"""起草：the lines are found and computed; the applicant adds only what nobody knows yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases.services import open_case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.periods import month_of
from tuoyu.domains.grants.catalogue import APPLY, ENTER
from tuoyu.domains.grants.computing import Line, compute, may_pay
from tuoyu.domains.grants.facts import Facts
from tuoyu.domains.grants.models import Application, Item, ItemState, School
from tuoyu.domains.grants.programmes import Programme, Subject, offered, programme_of
from tuoyu.domains.grants.selectors import access_application, access_case, facts_of
from tuoyu.domains.grants.states import DRAFT, ENTRY, TYPE
from tuoyu.domains.institutions.selectors import access_institution
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.workforce.models import Certificate


@transaction.atomic
def draft(
    *,
    rule: str,
    by: Actor,
    at: datetime,
    institution_id: int | None = None,
    school_id: int | None = None,
    month: date | None = None,
    pick: str = "",
) -> Application:
    """起草一份申请。Refused with the reason when the programme is not for this applicant."""
    book, programme = current_book(), programme_of(rule)
    if programme not in offered(book):
        raise NotFound
    if not by.may(APPLY if programme.applicant == "institution" else ENTER):
        raise NotFound
    facts = _facts(programme, by, at.date(), institution_id, school_id, month)
    _refuse_unfit(book, programme, facts)
    subjects = _picked(programme, programme.subjects(facts), pick)
    application = _application(book, programme, facts, subjects, pick, by, at)
    _store(application, compute(programme, facts, book, subjects))
    open_case(
        type_code=TYPE,
        title=f"{application.applicant_name} {book.rule(rule).name}"[:120],
        detail=f"{month_of(facts.month)} · {application.lines} 项",
        subject_id=application.pk,
        region_code=application.region_code,
        institution_id=application.institution_id,
        url=f"/gov/grants/{application.pk}/",
        by=by,
        at=at,
    )
    return application


def _facts(
    programme: Programme,
    by: Actor,
    today: date,
    institution_id: int | None,
    school_id: int | None,
    month: date | None,
) -> Facts:
    first = today.replace(day=1)
    if programme.applicant == "school":
        school = School.objects.visible_to(by.scope).filter(pk=school_id or 0).first()
        if school is None:
            raise NotFound
        return Facts(first, today, school=school)
    inst = access_institution(by.scope, institution_id or 0)
    if programme.is_monthly and month is None:
        raise DomainError("month", "按月的项目须选定月份，请选择后再起草")
    chosen = month if programme.is_monthly and month else first
    return Facts(chosen, today, inst)


def _refuse_unfit(book: Book, programme: Programme, facts: Facts) -> None:
    may, why = may_pay(book, programme, facts.month, facts.on)
    if not may:
        raise DomainError("may-not", f"不能申报：{why}")
    why = programme.fits(facts) if programme.fits else ""
    if why:
        raise DomainError("unfit", f"不能申报：{why}")
    if programme.needs_close and not facts.is_closed:
        raise DomainError(
            "open-month", f"{month_of(facts.month)} 尚未月结，请先在「月结」里确认考勤再申报"
        )


def _picked(programme: Programme, found: list[Subject], pick: str) -> list[Subject]:
    if programme.picks:
        found = [s for s in found if str(s.id) == pick]
    if not found:
        raise DomainError("nothing", "没有可申报的对象，或都已经申报；请核对机构资料后再起草")
    return found


def _application(
    book: Book,
    programme: Programme,
    facts: Facts,
    subjects: Iterable[Subject],
    pick: str,
    by: Actor,
    at: datetime,
) -> Application:
    inst, school = facts.institution, facts.school
    name = inst.name if inst else school.name if school else ""
    kind, payee_id, payee_name = _payee(programme, facts, list(subjects), name)
    region = inst.region_code if inst else school.region_code if school else book.city.code
    unit = inst.unit_code if inst and programme.path == "county" else book.city.code
    return Application.all_rows.create(
        programme=programme.rule,
        institution_id=inst.pk if inst else None,
        school=school,
        region_code=region,
        unit_code=unit,
        applicant_name=name,
        payee_kind=kind,
        payee_id=payee_id,
        payee_name=payee_name,
        pick=pick,
        month=facts.month,
        known_on=facts.on,
        pack_sha256=book.sha256,
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )


def _payee(
    programme: Programme, facts: Facts, subjects: list[Subject], name: str
) -> tuple[str, int, str]:
    if programme.payee == "person":
        found = Certificate.all_rows.select_related("staff").get(pk=subjects[0].id or 0)
        return "person", found.staff_id, found.staff.name
    if programme.payee == "school" and facts.school:
        return "school", facts.school.pk, name
    return "institution", facts.inst.pk, name


def _store(application: Application, lines: list[Line]) -> None:
    """Written anew: a draft's lines are nobody's record yet."""
    application.items.all().delete()
    Item.all_rows.bulk_create(_item(application, line) for line in lines)
    note_totals(application, lines)


def _item(application: Application, line: Line) -> Item:
    subject = line.subject
    return Item(
        application=application,
        institution_id=application.institution_id,
        region_code=application.region_code,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_key=subject.key,
        label=subject.label,
        place_id=subject.place_id,
        once=subject.once,
        typed=subject.typed,
        delta_fen=line.amount_fen,
        **_outcome(line),
    )


def _outcome(line: Line) -> dict[str, object]:
    return {
        "inputs": line.inputs,
        "state": line.state,
        "amount_fen": line.amount_fen,
        "limit_fen": line.limit_fen,
        "set_fen": line.set_fen,
        "gate": line.gate,
        "binding": line.binding,
        "params": line.params,
        "receipt": line.receipt,
    }


def rewrite(item: Item, line: Line, paid_before: int = 0) -> None:
    """重算一行；``paid_before`` is what earlier applications granted for it."""
    for name, value in _outcome(line).items():
        setattr(item, name, value)
    item.delta_fen = None if line.amount_fen is None else line.amount_fen - paid_before
    item.save()


def note_totals(application: Application, lines: list[Line]) -> None:
    """合计；None while any line is 待定."""
    waiting = sum(line.state == ItemState.UNDETERMINED for line in lines)
    application.lines, application.undetermined_lines = len(lines), waiting
    application.amount_fen = None if waiting else sum(line.amount_fen or 0 for line in lines)
    application.save(update_fields=["lines", "undetermined_lines", "amount_fen"])


def subject_of(item: Item, **given: int) -> Subject:
    """行 → 对象，with what was typed and what the reviewer gives."""
    typed = {**item.typed, **given}
    return Subject(
        item.subject_kind,
        item.label,
        item.once,
        item.subject_id,
        item.subject_key,
        item.place_id,
        typed,
    )


@transaction.atomic
def recompute(*, application_id: int, by: Actor, at: datetime) -> Application:
    """重新测算一份未申报的：places and children found anew, what was typed is kept."""
    application = access_application(by.scope, application_id, lock=True)
    _only_draft(application, by)
    refresh(application, at.date())
    return application


def refresh(application: Application, today: date) -> None:
    """按今天的资料重算草稿。"""
    book, programme = current_book(), programme_of(application.programme)
    if not programme.is_monthly:
        application.month = today.replace(day=1)
    application.known_on, application.pack_sha256 = today, book.sha256
    application.save(update_fields=["month", "known_on", "pack_sha256"])
    facts = facts_of(application, today)
    if application.is_correction:
        _refresh_correction(application, programme, facts, book)
        return
    typed = dict(application.items.values_list("once", "typed"))
    subjects = [
        Subject(s.kind, s.label, s.once, s.id, s.key, s.place_id, typed.get(s.once, {}))
        for s in _picked(programme, programme.subjects(facts), application.pick)
    ]
    _store(application, compute(programme, facts, book, subjects))


def _refresh_correction(
    application: Application, programme: Programme, facts: Facts, book: Book
) -> None:
    items = list(application.items.order_by("pk"))
    lines = compute(programme, facts, book, [subject_of(i) for i in items])
    for item, line in zip(items, lines, strict=True):
        before = (item.amount_fen or 0) - (item.delta_fen or 0)
        rewrite(item, line, before)
    total_corrections(application)


def total_corrections(application: Application) -> None:
    """补差申请的合计是各行之差。"""
    deltas = [i.delta_fen for i in application.items.all()]
    waiting = sum(d is None for d in deltas)
    application.lines, application.undetermined_lines = len(deltas), waiting
    application.amount_fen = None if waiting else sum(d or 0 for d in deltas)
    application.save(update_fields=["lines", "undetermined_lines", "amount_fen"])


def _only_draft(application: Application, by: Actor) -> None:
    case = access_case(by.scope, application)
    if case.state not in (DRAFT, ENTRY):
        raise DomainError(
            "not-draft",
            f"申请现为「{case.state_of.title}」，不能再改；如须更改，请先撤回或请审核退回",
        )
    if not by.may(case.state_of.owner):
        raise NotFound


@transaction.atomic
def type_amounts(
    *, application_id: int, name: str, amounts: Mapping[int, int | None], by: Actor, at: datetime
) -> Application:
    """填报各行的一项金额；empty takes it away again, it is not zero."""
    application = access_application(by.scope, application_id, lock=True)
    _only_draft(application, by)
    if name not in programme_of(application.programme).typed:
        raise NotFound
    for item in application.items.filter(pk__in=list(amounts)):
        fen = amounts[item.pk]
        if fen is not None and fen < 0:
            raise DomainError("negative", f"「{item.label}」的金额是负数，请改正后再保存")
        item.typed = {**item.typed, name: fen} if fen is not None else {}
        item.save(update_fields=["typed"])
    refresh(application, at.date())
    return application


@transaction.atomic
def enter_school(*, name: str, major: str, basis: str, by: Actor, at: datetime) -> School:
    """录入一所学校（市级代办）。"""
    if not by.may(ENTER):
        raise NotFound
    if not name.strip():
        raise DomainError("name", "学校名称必填，请补填后再保存")
    if School.all_rows.filter(name=name.strip()).exists():
        raise DomainError("again", f"「{name.strip()}」已经录入，请在名单里选用")
    return School.all_rows.create(
        name=name.strip(),
        region_code=current_book().city.code,
        major=major.strip(),
        basis=basis.strip(),
        entered_by=by.user_id,
        entered_at=at,
    )
