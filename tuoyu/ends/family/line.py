"""本月的补助出勤线：asked of the policy engine for the child's county, class and month."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tuoyu.core.periods import month_of
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import Recognition
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.engine import Resolved, evaluate_one, resolve, with_age
from tuoyu.domains.policies.engine.explain import fill, no_value
from tuoyu.ends.family.forecast import Line

RULE = "class_subsidy"
MIN_DAYS = "class_subsidy.min_days"
NONE_HERE = "本市政策没有按出勤计的专项奖补"


def line_for(child: Child, enrolment: Enrolment | None, month: date, known: date) -> Line:
    """出勤线；outside the rule's reach, or undetermined, with the reason in words."""
    book = current_book()
    if RULE not in book.rules or MIN_DAYS not in book.params:
        return Line(None, outside=NONE_HERE)
    if book.pack.is_draft:
        return Line(None, why=f"文件为{book.pack.status_name}，尚未施行")
    if enrolment is None:
        return Line(None, outside="本月没有入托登记")
    resolved = _resolved(book.sha256, month_of(month), known)
    if not resolved.in_force:
        return Line(None, why=f"{month.year} 年 {month.month} 月不在文件施行期内")
    facts = with_age(
        book,
        resolved.month,
        {
            "birth": child.born_on.isoformat(),
            "county": enrolment.institution.unit_code,
            "cls": enrolment.class_group.class_type,
            "inclusive": is_inclusive(enrolment.institution_id, month),
        },
    )
    outcome = evaluate_one(resolved, facts)
    if outcome.gate is not None:
        gate = resolved.rule.gates[outcome.gate]
        fact = fill(gate.fact, resolved, outcome)
        return Line(None, outside=f"本月不在专项奖补范围：{gate.say}（{fact}）")
    least = outcome.values.get(MIN_DAYS)
    return Line(least) if least is not None else Line(None, no_value(resolved, MIN_DAYS, outcome))


@lru_cache(maxsize=64)
def _resolved(sha256: str, month: str, known: date) -> Resolved:
    """定参按月与知悉日记住；the book's digest makes a newly loaded pack a new entry."""
    return resolve(current_book(), RULE, month, known)


def is_inclusive(institution_id: int, month: date) -> bool:
    """当月首日是否为普惠机构。"""
    rows = Recognition.objects.unscoped(reason="机构信息公开")
    return rows.filter(institution_id=institution_id, period__contains=month).exists()
