"""批准以后的资金：committed and ordered for the institution, or claimed back when negative.

The year of a payment's budget is that of the month it is for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tuoyu.core.access import Actor
from tuoyu.core.cases.batch import move_all
from tuoyu.core.cases.models import Case
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.funds import services as funds
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies.catalogue import BOOK, STATEMENT
from tuoyu.domains.subsidies.models import Statement
from tuoyu.domains.subsidies.states import APPROVED, SOURCE

LEDGER = Actor(None, "资金总账", "system", "系统", "system", frozenset({BOOK}), SYSTEM)


def key_of(statement_id: int) -> str:
    """结算单在总账里的唯一号。"""
    return f"{SOURCE}:{statement_id}"


def pay(statements: Sequence[Statement], *, by: Actor, at: datetime) -> None:
    """批准的结算单转入拨付；the earlier run of a month before the later one."""
    rows = sorted(statements, key=lambda s: (s.month, s.run.number, s.region_code, s.pk))
    public = Institution.objects.unscoped(reason="机构信息公开")
    found = {i.pk: i for i in public.filter(pk__in={s.institution_id for s in rows})}
    _hold(rows, found)
    zero = []
    for statement in rows:
        institution = found[statement.institution_id]
        if statement.total_fen > 0:
            _order(statement, institution, by, at)
        elif statement.total_fen < 0:
            _claim(statement, by, at)
        else:
            zero.append(statement.pk)
    follow(zero, "nothing", at)


def _hold(rows: Sequence[Statement], found: dict[int, Institution]) -> None:
    """All budget lines at once, in one order, so that two approvals never wait for each other."""
    units: dict[tuple[str, int], set[str]] = defaultdict(set)
    for s in rows:
        units[s.run.rule, s.month.year].add(found[s.institution_id].unit_code)
    for (rule, year), codes in sorted(units.items()):
        funds.hold_lines(programme=rule, year=year, unit_codes=sorted(codes))


def _order(statement: Statement, institution: Institution, by: Actor, at: datetime) -> None:
    key, words = key_of(statement.pk), _words(statement)
    funds.reserve(
        programme=statement.run.rule,
        unit_code=institution.unit_code,
        year=statement.month.year,
        amount_fen=statement.total_fen,
        key=key,
        subject=f"{institution.name} {words}",
        by=by,
        at=at,
    )
    funds.commit(key=key, amount_fen=statement.total_fen, by=by, at=at)
    funds.propose_order(
        key=key,
        amount_fen=statement.total_fen,
        payee=funds.Payee("institution", institution.pk, institution.name),
        programme=statement.run.rule,
        unit_code=institution.unit_code,
        region_code=statement.region_code,
        institution_id=institution.pk,
        purpose=words,
        source_type=SOURCE,
        source_id=statement.pk,
        by=by,
        at=at,
    )


def _claim(statement: Statement, by: Actor, at: datetime) -> None:
    """应收回：against the statements of the same month before this one, the latest first."""
    earlier = Statement.all_rows.filter(
        run__rule=statement.run.rule,
        run__number__lt=statement.run.number,
        month=statement.month,
        institution_id=statement.institution_id,
    ).order_by("-run__number")
    follow([statement.pk], "claim", at)
    funds.claim_back(
        key=key_of(statement.pk),
        amount_fen=-statement.total_fen,
        against=[key_of(pk) for pk in earlier.values_list("pk", flat=True)],
        purpose=_words(statement),
        source_type=SOURCE,
        source_id=statement.pk,
        by=by,
        at=at,
    )


def _words(statement: Statement) -> str:
    number = statement.run.number
    kind = f" 第 {number} 次增减" if number else ""
    rule = current_book().rule(statement.run.rule).name
    return f"{rule} {statement.month:%Y-%m}{kind}"


def find_before_their_time(rows: Sequence[Statement]) -> set[int]:
    """应收回而前次结算尚未批准的结算单：there is nothing yet to take back from."""
    negative = [s for s in rows if s.total_fen < 0]
    if not negative:
        return set()
    earlier = Statement.all_rows.filter(
        month__in={s.month for s in negative},
        institution_id__in={s.institution_id for s in negative},
    ).values_list("pk", "institution_id", "month", "run__rule", "run__number")
    open_ids = set(
        Case.all_rows.filter(type=STATEMENT.code, subject_id__in=[e[0] for e in earlier])
        .exclude(state__in=APPROVED)
        .values_list("subject_id", flat=True)
    ) - {s.pk for s in rows if s.total_fen >= 0}
    return {
        s.pk
        for s in negative
        for pk, institution, month, rule, number in earlier
        if pk in open_ids
        and (institution, month, rule) == (s.institution_id, s.month, s.run.rule)
        and number < s.run.number
    }


def follow(statement_ids: Sequence[int], name: str, at: datetime, opinion: str = "") -> None:
    """总账的消息推动办件：nobody who signs in takes these steps."""
    if not statement_ids:
        return
    found = Case.all_rows.filter(type=STATEMENT.code, subject_id__in=list(statement_ids))
    move_all(
        type_code=STATEMENT.code,
        case_ids=list(found.values_list("pk", flat=True)),
        name=name,
        by=LEDGER,
        at=at,
        opinion=opinion,
    )
