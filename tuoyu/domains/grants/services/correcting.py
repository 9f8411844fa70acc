"""付后更正：late notices and corrected records; the first application is never edited.

More is paid by an application of its own that cites the first; less is taken back by the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.cases.services import move, open_case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.money import yuan_grouped
from tuoyu.domains.funds.services import claim_back
from tuoyu.domains.grants.catalogue import APPLY, APPROVE, REVIEW
from tuoyu.domains.grants.computing import Line, compute
from tuoyu.domains.grants.models import Application, Item
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.grants.selectors import access_application, access_case, facts_of
from tuoyu.domains.grants.services.drafting import subject_of, total_corrections
from tuoyu.domains.grants.services.paying import SOURCE, granted_for, title_of
from tuoyu.domains.grants.states import PAID, RECOVER, REFUSED, TYPE, WITHDRAWN
from tuoyu.domains.policies.books import current_book


@dataclass(frozen=True)
class Correction:
    """更正：what each line is by today's knowledge, and what that differs from what was paid."""

    first: Application
    lines: list[tuple[Item, Line, int]]

    @property
    def delta_fen(self) -> int:
        """合计差额。"""
        return sum(delta for _, _, delta in self.lines)

    @property
    def text(self) -> str:
        """一句话。"""
        delta = self.delta_fen
        if delta == 0:
            return "按今天所知重算，与已付相同，不用更正"
        word = "应补" if delta > 0 else "应追回"
        return f"按今天所知重算，{word} {yuan_grouped(abs(delta))} 元"


def find_change(first: Application, at: datetime) -> Correction:
    """重算一份已付的申请；a line that cannot be determined today moves no money."""
    programme = programme_of(first.programme)
    items = list(first.items.order_by("pk"))
    facts = facts_of(first, at.date(), settled=True)
    lines = compute(programme, facts, current_book(), [subject_of(i) for i in items])
    return Correction(
        first,
        [
            (i, n, n.amount_fen - granted_for(first, i.once))
            for i, n in zip(items, lines, strict=True)
            if n.amount_fen is not None and n.amount_fen != granted_for(first, i.once)
        ],
    )


def _paid(application_id: int, by: Actor) -> Application:
    first = access_application(by.scope, application_id, lock=True)
    if first.corrects is not None:
        first = access_application(by.scope, first.corrects.pk, lock=True)
    if access_case(by.scope, first).state != PAID:
        raise DomainError("not-paid", "这份申请还没有到账，不用更正；请在办理中退回或重算")
    open_ones = [
        c.pk
        for c in first.corrections.all()
        if access_case(by.scope, c).state not in (PAID, RECOVER, REFUSED, WITHDRAWN)
    ]
    if open_ones:
        raise DomainError("open", "已有一份补差申请在办，请先办完它再重算")
    return first


@transaction.atomic
def supplement(*, application_id: int, by: Actor, at: datetime) -> Application:
    """补差申请：cites the first, carries the difference, and goes the whole way again."""
    if not by.may(APPLY):
        raise NotFound
    first = _paid(application_id, by)
    change = find_change(first, at)
    if change.delta_fen <= 0:
        raise DomainError("no-more", f"{change.text}；没有可补的")
    made = _correction(first, by, at)
    Item.all_rows.bulk_create(_delta(made, *row) for row in change.lines)
    total_corrections(made)
    for paper in first.evidence.filter(replaced_at=None):
        paper.pk, paper.application = None, made
        paper.save(force_insert=True)
    told = f"补 {yuan_grouped(change.delta_fen)} 元，原申请 {first.pk}"
    _open(made, f"{title_of(made)}（补差）", told, by, at)
    return made


def _correction(first: Application, by: Actor, at: datetime) -> Application:
    return Application.all_rows.create(
        programme=first.programme,
        institution_id=first.institution_id,
        school=first.school,
        region_code=first.region_code,
        unit_code=first.unit_code,
        applicant_name=first.applicant_name,
        payee_kind=first.payee_kind,
        payee_id=first.payee_id,
        payee_name=first.payee_name,
        pick=first.pick,
        month=first.month,
        known_on=at.date(),
        pack_sha256=current_book().sha256,
        corrects=first,
        made_at=at,
        made_by=by.user_id,
        made_by_name=by.name,
    )


def _open(made: Application, title: str, detail: str, by: Actor, at: datetime) -> Case:
    return open_case(
        type_code=TYPE,
        title=title[:120],
        detail=detail,
        subject_id=made.pk,
        region_code=made.region_code,
        institution_id=made.institution_id,
        url=f"/gov/grants/{made.pk}/",
        by=by,
        at=at,
    )


def _delta(application: Application, item: Item, line: Line, delta: int) -> Item:
    return Item(
        application=application,
        institution_id=item.institution_id,
        region_code=item.region_code,
        subject_kind=item.subject_kind,
        subject_id=item.subject_id,
        subject_key=item.subject_key,
        label=item.label,
        place_id=item.place_id,
        once=item.once,
        typed=item.typed,
        inputs=line.inputs,
        state=line.state,
        amount_fen=line.amount_fen,
        delta_fen=delta,
        limit_fen=line.limit_fen,
        set_fen=line.set_fen,
        gate=line.gate,
        binding=line.binding,
        params=line.params,
        receipt=line.receipt,
    )


@transaction.atomic
def claw_back(*, application_id: int, reason: str, by: Actor, at: datetime) -> int:
    """多付的追回：answers the sum; the ledger keeps and collects it."""
    if not (by.may(REVIEW) or by.may(APPROVE)):
        raise NotFound
    first = _paid(application_id, by)
    change = find_change(first, at)
    if change.delta_fen >= 0:
        raise DomainError("nothing", f"{change.text}；没有可追回的")
    if not reason.strip():
        raise DomainError("reason", "追回须写明原因，请补写后再提交")
    made = _correction(first, by, at)
    Item.all_rows.bulk_create(_delta(made, *row) for row in change.lines)
    total_corrections(made)
    made.paid_on = at.date()  # counted with what was granted from now on
    made.save(update_fields=["paid_on"])
    told = f"追回 {yuan_grouped(-change.delta_fen)} 元，原申请 {first.pk}"
    case = _open(made, f"{title_of(made)}（追回）", told, by, at)
    name = "claw" if programme_of(first.programme).path == "county" else "claw_city"
    move(case_id=case.pk, name=name, by=by, at=at, opinion=reason)
    granted = [c.fund_key for c in first.corrections.order_by("-pk") if c.fund_key]
    claim_back(
        key=f"{SOURCE}:{made.pk}/back",
        amount_fen=-change.delta_fen,
        against=[*granted, first.fund_key],
        purpose=f"{title_of(first)}：{reason.strip()}"[:200],
        source_type=SOURCE,
        source_id=made.pk,
        by=by,
        at=at,
    )
    return -change.delta_fen
