"""专家评审：the panel drawn by a committed seed, the signed sheets, the combined score."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.institutions.selectors import list_contracts
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.models import Application, Expert, Member, Panel
from tuoyu.domains.quality.selectors import (
    access_application,
    access_case,
    access_member,
    find_panel,
    list_members,
    replay,
    scheme_on,
)
from tuoyu.domains.quality.standard import standard, star_levels
from tuoyu.domains.quality.states import DRAW, ENTER, PANEL, SCORING


def hold_state(found: Application, state: str, permission: str, by: Actor) -> int:
    case = access_case(by.scope, found)
    if not by.may(permission):
        raise NotFound
    if case.state != state:
        raise DomainError(
            "moved-on", f"该件现为「{case.state_of.title}」，不能再办这一步；请刷新页面查看最新进度"
        )
    return case.pk


@transaction.atomic
def commit_draw(
    *,
    application_id: int,
    by: Actor,
    at: datetime,
    seed_maker: Callable[[], str] = rules.new_seed,
) -> Panel:
    """公布散列：the pool and the hash of a secret seed are fixed; the draw comes another day."""
    found = access_application(by.scope, application_id)
    hold_state(found, PANEL, DRAW, by)
    if find_panel(found.pk) is not None:
        raise DomainError("committed", "种子散列已经公布，不能另换一个；请于次日起抽取")
    scheme = scheme_on(found.kind, clock.day_of(at))
    if scheme is None:
        raise DomainError("scheme", "评定细则没有登记，专家人数待定，所以不能抽取；请先登记细则")
    experts = list(Expert.all_rows.filter(is_active=True).order_by("pk"))
    recused = _recusals(found, experts, at)
    able = len(experts) - len(recused)
    if able < scheme.panel_size:
        raise DomainError(
            "pool",
            f"细则要求 {scheme.panel_size} 位专家，回避后可抽的只有 {able} 位；请先补充专家库",
        )
    seed = seed_maker()
    found.scheme = scheme
    found.save(update_fields=["scheme"])
    return Panel.all_rows.create(
        application=found,
        region_code=found.region_code,
        size=scheme.panel_size,
        seed_hash=rules.seed_hash(seed),
        seed=seed,
        pool=[e.pk for e in experts],
        recused=recused,
        committed_at=at,
        committed_by=by.user_id,
    )


def _recusals(a: Application, experts: list[Expert], at: datetime) -> dict[str, str]:
    """回避：people of the institution and of the clinic that guides it."""
    day = clock.day_of(at)
    clinics = [c.clinic for c in list_contracts(a.institution) if day in c.period]
    out = {}
    for expert in experts:
        if rules.same_employer(expert.employer, a.institution.name):
            out[str(expert.pk)] = "受评机构人员"
        elif any(rules.same_employer(expert.employer, clinic) for clinic in clinics):
            out[str(expert.pk)] = "签约医疗机构人员"
    return out


@transaction.atomic
def draw(*, application_id: int, by: Actor, at: datetime) -> Panel:
    """抽取并公布种子：not before the day after the hash was announced."""
    found = access_application(by.scope, application_id)
    case_id = hold_state(found, PANEL, DRAW, by)
    panel = Panel.all_rows.select_for_update().filter(application=found).first()
    if panel is None:
        raise DomainError("commit", "还没有公布种子散列，不能抽取；请先公布，次日起再抽")
    if clock.day_of(at) <= clock.day_of(panel.committed_at):
        raise DomainError("too-soon", "种子散列今天才公布，须留出一天供人查看；请于次日起抽取")
    panel.drawn_at = at
    panel.save(update_fields=["drawn_at"])
    chosen = replay(panel)[: panel.size]
    Member.all_rows.bulk_create(
        Member(panel=panel, expert_id=expert, region_code=panel.region_code, rank=n)
        for n, expert in enumerate(chosen, 1)
    )
    cases.move(case_id=case_id, name="draw", by=by, at=at)
    return panel


@transaction.atomic
def recuse(*, member_id: int, reason: str, by: Actor, at: datetime) -> Member:
    """抽中后回避：the next in the same order comes in."""
    member = access_member(by.scope, member_id)
    hold_state(member.panel.application, SCORING, ENTER, by)
    if not reason.strip():
        raise DomainError("reason", "须写明回避事由，请补写后再提交")
    if member.entered_at or member.left_reason:
        raise DomainError("entered", "这位专家已评分或已退出，不能再回避")
    panel = Panel.all_rows.select_for_update().get(pk=member.panel_id)
    known = set(panel.members.values_list("expert_id", flat=True))
    following = next((n for n in replay(panel) if n not in known), None)
    if following is None:
        raise DomainError("pool", "候选专家已经用完，没有人可以递补；请补充专家库后另行组织")
    member.left_reason = reason.strip()[:100]
    member.save(update_fields=["left_reason"])
    return Member.all_rows.create(
        panel=panel, expert_id=following, region_code=panel.region_code, rank=len(known) + 1
    )


@transaction.atomic
def finish(*, application_id: int, by: Actor, at: datetime) -> Application:
    """评审完成：all sheets in; combined by the declared rule; a veto leaves no level."""
    found = access_application(by.scope, application_id)
    case_id = hold_state(found, SCORING, ENTER, by)
    panel = find_panel(found.pk)
    assert panel is not None
    assert found.scheme is not None
    sitting = [m for m in list_members(panel) if not m.left_reason]
    waiting = [m.expert.name for m in sitting if m.entered_at is None]
    if waiting or len(sitting) < panel.size:
        raise DomainError("sheets", f"还有 {len(waiting)} 份评分表没有录入，请录齐后再办结评审")
    method: rules.Method = "mean" if found.scheme.method == "mean" else "median"
    marks = [{s.dimension: s.tenths for s in m.scores.all()} for m in sitting]
    found.by_dimension = {
        d.id: rules.combine([one[d.id] for one in marks], method) for d in standard().dimensions
    }
    found.total_tenths = sum(found.by_dimension.values())
    found.is_vetoed = any(m.vetoes for m in sitting)
    found.level = rules.level_of(
        found.total_tenths,
        found.scheme.cutoffs,
        list(star_levels()),
        found.wanted,
        found.is_vetoed,
    )
    found.save(update_fields=["by_dimension", "total_tenths", "is_vetoed", "level"])
    cases.move(case_id=case_id, name="finish", by=by, at=at)
    return found
