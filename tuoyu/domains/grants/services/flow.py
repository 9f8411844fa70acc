"""奖补申请的办理：submit, assess, accept, approve, check, send back, refuse, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.batch import move_all
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.grants.authority import authority_of
from tuoyu.domains.grants.catalogue import ACTIONS, APPROVE
from tuoyu.domains.grants.computing import Line, asks_for, compute, may_pay
from tuoyu.domains.grants.models import Application, ItemState
from tuoyu.domains.grants.programmes import PROGRAMMES, Programme, programme_of
from tuoyu.domains.grants.selectors import (
    access_application,
    access_case,
    facts_of,
    list_papers,
    waits_for,
)
from tuoyu.domains.grants.services import paying
from tuoyu.domains.grants.services.drafting import (
    note_totals,
    refresh,
    rewrite,
    subject_of,
    total_corrections,
)
from tuoyu.domains.grants.states import CITY, CITY_REVIEW, COUNTY, ENTRY, FINANCE, SECOND, TYPE
from tuoyu.domains.policies.books import current_book

# The county itself settles these while it reviews; everything else must be there before.
OPEN_AT_SUBMISSION = frozenset({"special_family"})


def _take(application_id: int, by: Actor) -> tuple[Application, Case, Programme]:
    application = access_application(by.scope, application_id, lock=True)
    case = access_case(by.scope, application)
    return application, case, programme_of(application.programme)


def _do(
    case: Case,
    name: str,
    by: Actor,
    at: datetime,
    opinion: str = "",
    marks: Mapping[str, str] | None = None,
) -> Case:
    told = {"fields": dict(marks)} if marks else None
    return cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=opinion, marks=told)


def _named(case: Case, action: str) -> str:
    """What the action is called in this state; elsewhere its ordinary name, to be refused."""
    ways = ACTIONS[action]
    return ways.get(case.state, next(iter(ways.values())))


@transaction.atomic
def submit(*, application_id: int, by: Actor, at: datetime) -> Case:
    """申报：computed once more, papers complete, each place and key claimed for this one."""
    application, case, programme = _take(application_id, by)
    name = "submit" if programme.path == "county" else "submit_city"
    if programme.applicant == "school":
        name = "resubmit_school" if case.state == ENTRY else "submit_school"
    moved = _do(case, name, by, at)
    refresh(application, at.date())
    _refuse_unready(application, programme, at)
    _claim(application)
    application.submitted_at = at
    application.save(update_fields=["submitted_at"])
    return moved


def _refuse_unready(application: Application, programme: Programme, at: datetime) -> None:
    may, why = may_pay(current_book(), programme, application.month, at.date())
    if not may:
        raise DomainError("may-not", f"不能申报：{why}")
    facts = facts_of(application, at.date())
    rows = list_papers(application, facts)
    lacking = [r.paper.name for r in rows if r.paper.required and not r.is_there]
    if lacking:
        raise DomainError("papers", f"还缺{'、'.join(lacking)}，请补齐后再申报")
    items = list(application.items.all())
    if all(i.state == ItemState.ZERO for i in items):
        rule = current_book().rule(application.programme)
        said = next((g.say for g in rule.gates if g.id == items[0].gate), "金额为零")
        raise DomainError("zero", f"各项都不符合条件（{said}），不用申报；请核对机构资料")
    fine = OPEN_AT_SUBMISSION | set(programme.reviewer)
    names = {i.id: i.name for i in current_book().rule(application.programme).inputs}
    open_inputs = {n for i in items if i.amount_fen is None for n, v in i.inputs.items()
                   if v is None and n not in fine}  # fmt: skip
    if open_inputs:
        told = "、".join(names[n] for n in names if n in open_inputs)
        raise DomainError("missing", f"缺{told}，金额还不能测算；请补录后再申报")


def _claim(application: Application) -> None:
    """一个托位、一个对象只受理一次：the database decides between two at the same moment."""
    if application.is_correction:
        return
    try:
        with transaction.atomic():
            application.items.exclude(state=ItemState.ZERO).update(is_live=True)
    except IntegrityError as error:
        raise DomainError(
            "claimed",
            "有托位（或同一对象）已在另一份申请里，同一托位只享受一个渠道、同一事项只受理一次；"
            "请重新测算，去掉已申报的部分后再申报",
        ) from error


def _release(application: Application) -> None:
    application.items.update(is_live=False)


@transaction.atomic
def assess(
    *,
    application_id: int,
    given: Mapping[str, int],
    basis: str,
    by: Actor,
    at: datetime,
) -> Application:
    """核定：the reviewer's sum with its basis; all lines computed anew on what is known today.

    A sum above the ceiling, or below the floor, is refused: a ceiling is not an amount.
    """
    application, case, programme = _take(application_id, by)
    if case.state not in (COUNTY, CITY_REVIEW) or not by.may(case.state_of.owner):
        raise NotFound
    if set(given) - set(programme.reviewer):
        raise NotFound
    if given and not basis.strip():
        raise DomainError("basis", "核定须写明依据（合同、决算、评审意见等），请补写后再保存")
    application.known_on = at.date()
    lines = _again(application, programme, at, given)
    _hold_bounds(application, programme, lines, given, at)
    for item, line in zip(application.items.order_by("pk"), lines, strict=True):
        item.typed = line.subject.typed
        rewrite(item, line, _before(application, item.once))
    application.approved_fen = given.get("approved_fen", application.approved_fen)
    if given:
        application.basis, application.approved_at = basis.strip(), at
        application.approved_by, application.approved_by_name = by.user_id, by.name
    application.save()
    if application.is_correction:
        total_corrections(application)
    else:
        note_totals(application, lines)
    return application


def _before(application: Application, once: str) -> int:
    """此前已付的：what the first application and its corrections granted for the same subject."""
    if application.corrects is None:
        return 0
    return paying.granted_for(application.corrects, once)


def _again(
    application: Application, programme: Programme, at: datetime, given: Mapping[str, int]
) -> list[Line]:
    facts = facts_of(application, at.date())
    subjects = [subject_of(item, **given) for item in application.items.order_by("pk")]
    return compute(programme, facts, current_book(), subjects)


def _hold_bounds(
    application: Application,
    programme: Programme,
    lines: Sequence[Line],
    given: Mapping[str, int],
    at: datetime,
) -> None:
    approved = given.get("approved_fen")
    if approved is None:
        return
    rule = current_book().rule(programme.rule)
    less, why = programme.less(facts_of(application, at.date())) if programme.less else (0, "")
    for line in lines:
        if line.limit_fen is not None and approved > line.limit_fen - less:
            told = f"{programme.unit}不高于 {yuan_grouped(line.limit_fen)} 元"
            if less:
                told += f"，已奖补 {yuan_grouped(less)} 元（{why}），"
                told += f"最多再核定 {yuan_grouped(max(line.limit_fen - less, 0))} 元"
            raise DomainError(
                "over-ceiling",
                f"核定 {yuan_grouped(approved)} 元超过上限：{told}"
                f"〔{current_book().pack.document.number} {rule.cite.at}〕，"
                "没有保存；请改低后再核定",
            )
        if line.gate and asks_for(rule, line.gate, "approved_fen"):
            raise DomainError("under-floor", f"没有保存：{line.why}；请按不低于下限的金额重新核定")


@transaction.atomic
def accept(*, application_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """审核通过：nothing may be 待定 any more; the money is reserved."""
    application, case, programme = _take(application_id, by)
    name = _named(case, "accept")
    if programme.applicant == "school" and not needs_second(application):
        name = "accept_school"
    moved = _do(case, name, by, at, opinion)
    if application.amount_fen is None:
        rule = current_book().rule(programme.rule)
        why = waits_for(programme, rule, _again(application, programme, at, {}))
        raise DomainError(
            "undetermined",
            f"还有 {application.undetermined_lines} 项待定，不能通过"
            f"{f'：{why}' if why else ''}；定下后请先核定或重算",
        )
    if application.amount_fen <= 0:
        raise DomainError("zero", "合计为零，没有可付的；如不符合条件，请办「不予奖补」")
    _refuse_changed(application, programme, at)
    paying.reserve_for(application, by, at)
    return moved


def _refuse_changed(application: Application, programme: Programme, at: datetime) -> None:
    """审核时资料已经变了：the lines must be looked at again, not passed on."""
    items = list(application.items.order_by("pk"))
    lines = _again(application, programme, at, {})
    changed = [i.label for i, n in zip(items, lines, strict=True) if i.amount_fen != n.amount_fen]
    if changed:
        raise DomainError(
            "changed",
            f"「{changed[0]}」等 {len(changed)} 项的资料与申报时不同，金额有变；请先重算再审核",
        )


@transaction.atomic
def approve(*, application_id: int, by: Actor, at: datetime, opinion: str = "") -> Case:
    """市级审批：above the threshold a second person approves as well."""
    application, case, _ = _take(application_id, by)
    if not by.may(APPROVE):
        raise NotFound
    if application.approved_by is not None and application.approved_by == by.user_id:
        raise DomainError("same-person", "金额由您核定，不能再审批；请由另一位有权限的人办理")
    if case.state == SECOND:
        return _do(case, "approve_second", by, at, opinion)
    return _do(case, "approve_first" if needs_second(application) else "approve", by, at, opinion)


def needs_second(application: Application) -> bool:
    """是否须两人审批（内部授权）。"""
    limit = authority_of(application.programme).second_above_fen
    return (application.amount_fen or 0) > limit


@transaction.atomic
def check(
    *, application_id: int, by: Actor, at: datetime, opinion: str = "", document_no: str = ""
) -> Case:
    """财政复核：the reservation becomes a commitment, and the public notice begins."""
    application, case, _ = _take(application_id, by)
    moved = _do(case, "check", by, at, opinion)
    paying.commit_for(application, by, at)
    paying.announce([application], document_no, by, at)
    return moved


@transaction.atomic
def send_back(
    *,
    application_id: int,
    by: Actor,
    at: datetime,
    opinion: str,
    marks: Mapping[str, str] | None = None,
) -> Case:
    """退回：``marks`` name the field and say what is wrong there; shown at the field itself."""
    application, case, programme = _take(application_id, by)
    names = {
        COUNTY: "return",
        CITY_REVIEW: "return_school" if programme.applicant == "school" else "return_city",
        CITY: "return_county" if programme.path == "county" else "return_review",
        SECOND: "return_first",
        FINANCE: "return_entered" if programme.applicant == "school" else "return_finance",
    }
    if case.state not in names:
        raise DomainError("moved-on", f"该件现为「{case.state_of.title}」，不能退回；请刷新页面")
    if case.state in (COUNTY, CITY_REVIEW):
        _release(application)
    elif case.state == CITY or names[case.state] == "return_entered":
        paying.free_for(application, by, at)
    return _do(case, names[case.state], by, at, opinion, marks)


@transaction.atomic
def refuse(*, application_id: int, by: Actor, at: datetime, opinion: str) -> Case:
    """不予奖补：reserved money is free again, and so are the places."""
    application, case, _ = _take(application_id, by)
    moved = _do(case, _named(case, "refuse"), by, at, opinion)
    paying.free_for(application, by, at)
    _release(application)
    return moved


@transaction.atomic
def withdraw(*, application_id: int, by: Actor, at: datetime) -> Case:
    """撤回：by the applicant, until somebody has reviewed it."""
    application, case, programme = _take(application_id, by)
    action = "withdraw_school" if programme.applicant == "school" else "withdraw"
    moved = _do(case, _named(case, action), by, at)
    _release(application)
    return moved


@dataclass(frozen=True)
class Approved:
    """批量审批结果。``held`` have to be decided one by one."""

    done: int
    held: int


@transaction.atomic
def approve_low_risk(*, by: Actor, at: datetime, opinion: str, programme: str = "") -> Approved:
    """批量审批：only low-risk programmes, below the threshold."""
    if not by.may(APPROVE):
        raise NotFound
    if not opinion.strip():
        raise DomainError("opinion", "批量审批须写明意见，请补写后再提交")
    waiting = Case.objects.visible_to(by.scope).filter(type=TYPE, state=CITY)
    subjects = {s: pk for s, pk in waiting.values_list("subject_id", "pk") if s is not None}
    rows = list(Application.objects.visible_to(by.scope).filter(pk__in=list(subjects)))
    if programme:
        rows = [a for a in rows if a.programme == programme]
    plain = [a.pk for a in rows if PROGRAMMES[a.programme].is_low_risk and not needs_second(a)]
    held = len(rows) - len(plain)
    if not plain:
        raise DomainError(
            "nothing", f"没有可以批量审批的申请；待审批的 {held} 份不是低风险项目，须逐份审批"
        )
    move_all(
        type_code=TYPE,
        case_ids=[subjects[pk] for pk in plain],
        name="approve",
        by=by,
        at=at,
        opinion=opinion,
    )
    return Approved(len(plain), held)
