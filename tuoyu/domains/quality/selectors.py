"""认定与评定的读取：scope first; what is public says why."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tuoyu.core import rls
from tuoyu.core.cases.models import Case, CaseStep
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.models import (
    Application,
    Award,
    Expert,
    Kind,
    Member,
    Panel,
    Scheme,
    SelfItem,
    SheetRecord,
    Withdrawal,
)
from tuoyu.domains.quality.standard import star_levels
from tuoyu.domains.quality.states import ENDED, WITHDRAWAL

PUBLIC = "评定结果与牌照信息公开"


def star_of(institution_id: int, on: date) -> str:
    """某日的星级：the highest in force, "none" without one. Codes are those of the city's pack."""
    rows = Award.objects.unscoped(reason=PUBLIC).filter(
        institution_id=institution_id, kind=Kind.STAR, period__contains=on
    )
    held = {a.level for a in rows if a.state_on(on) == "valid"}
    return next((level for level in reversed(star_levels()) if level in held), "none")


def stars_on(on: date) -> dict[int, str]:
    """某日有星级的机构 → 星级。"""
    order = list(star_levels())
    out: dict[int, str] = {}
    for award in Award.objects.unscoped(reason=PUBLIC).filter(kind=Kind.STAR, period__contains=on):
        if award.state_on(on) != "valid" or award.level not in order:
            continue
        known = out.get(award.institution_id)
        if known is None or order.index(award.level) > order.index(known):
            out[award.institution_id] = award.level
    return out


def scheme_on(kind: str, on: date) -> Scheme | None:
    """某日施行的评定细则；None while none has set the figures (待定)."""
    rows = Scheme.objects.unscoped(reason="评定细则公开").filter(kind=kind, from_on__lte=on)
    return rows.order_by("-from_on").first()


def list_schemes() -> list[Scheme]:
    """全部细则，newest first."""
    return list(Scheme.objects.unscoped(reason="评定细则公开").order_by("kind", "-from_on"))


def list_experts(scope: Scope) -> QuerySet[Expert]:
    """专家库。"""
    return Expert.objects.visible_to(scope).order_by("-is_active", "id")


def _with_case(rows: QuerySet[Application]) -> QuerySet[Application]:
    case = Case.all_rows.filter(subject_id=OuterRef("pk"), type=OuterRef("kind"))
    return rows.annotate(
        case_state=Subquery(case.values("state")[:1]), case_due=Subquery(case.values("due_at")[:1])
    ).select_related("institution")


def _in_states(*states: str) -> Q:
    wanted = Q(pk__in=[])
    for kind in Kind.values:
        cases = Case.all_rows.filter(type=kind, state__in=states)
        wanted |= Q(kind=kind, pk__in=cases.values("subject_id"))
    return wanted


def list_applications(
    scope: Scope, kind: str = "", state: str = "", text: str = ""
) -> QuerySet[Application]:
    """申请名单，those under way first."""
    rows = _with_case(Application.objects.visible_to(scope))
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if state == "open":
        rows = rows.exclude(_in_states(*ENDED))
    elif state:
        rows = rows.filter(_in_states(state))
    if text.strip():
        rows = rows.filter(institution__name__icontains=text.strip())
    return rows.order_by("-made_at", "-id")


def access_application(scope: Scope, application_id: int) -> Application:
    """一件申请。"""
    rows = Application.objects.visible_to(scope).select_related("institution", "scheme")
    found = rows.filter(pk=application_id).first()
    if found is None:
        raise NotFound
    return found


def access_case(scope: Scope, application: Application) -> Case:
    """申请的办件。"""
    return _case(scope, application.kind, application.pk)


def _case(scope: Scope, type_code: str, subject_id: int) -> Case:
    found = Case.objects.visible_to(scope).filter(type=type_code, subject_id=subject_id).first()
    if found is None:
        raise NotFound
    return found


def open_application(institution_id: int, kind: str) -> Application | None:
    """正在办理的同类申请。"""
    rows = _with_case(Application.all_rows.filter(institution_id=institution_id, kind=kind))
    return rows.exclude(_in_states(*ENDED)).first()


def list_items(application: Application) -> dict[str, SelfItem]:
    """自评各项。"""
    return {i.dimension: i for i in SelfItem.all_rows.filter(application=application)}


def list_steps(case: Case) -> list[CaseStep]:
    """办理记录。"""
    return list(case.steps.all())


def find_panel(application_id: int) -> Panel | None:
    """评审组的抽取。"""
    rows = Panel.objects.unscoped(reason="抽取记录公开")
    return rows.filter(application_id=application_id).first()


def list_members(panel: Panel) -> list[Member]:
    """评审组，in the order drawn; those who left are kept."""
    rows = Member.all_rows.filter(panel=panel).select_related("expert")
    return list(rows.prefetch_related("scores"))


def access_member(scope: Scope, member_id: int) -> Member:
    """评审组的一位。"""
    rows = Member.objects.visible_to(scope).select_related("expert", "panel__application")
    found = rows.filter(pk=member_id).first()
    if found is None:
        raise NotFound
    return found


def list_records(member: Member) -> list[SheetRecord]:
    """一份评分表的各次录入，the first one first."""
    return list(member.records.all())


def access_draw(panel_id: int) -> tuple[Panel, str, list[int]]:
    """公开的抽取记录：the panel, the institution's name and the drawn experts' numbers."""
    with rls.as_system("抽取记录公开：只给出机构名与专家编号"):
        found = (
            Panel.all_rows.select_related("application__institution").filter(pk=panel_id).first()
        )
        if found is None:
            raise NotFound
        drawn = list(found.members.values_list("expert_id", flat=True))
        return found, found.application.institution.name, drawn


def replay(panel: Panel) -> list[int]:
    """按公布的种子重抽：the whole order; raises when the seed is not the one announced."""
    seed = str(panel.seed)
    if rules.seed_hash(seed) != panel.seed_hash:
        raise ValueError("种子与事先公布的散列不符")
    able = [n for n in panel.pool if str(n) not in panel.recused]
    return rules.order_of(seed, able)


def list_awards(scope: Scope) -> QuerySet[Award]:
    """授牌名册。"""
    return Award.objects.visible_to(scope).select_related("institution")


def access_award(scope: Scope, award_id: int) -> Award:
    """一块牌。"""
    found = list_awards(scope).filter(pk=award_id).first()
    if found is None:
        raise NotFound
    return found


def list_public_awards() -> QuerySet[Award]:
    """公开的授牌名册。"""
    rows = Award.objects.unscoped(reason=PUBLIC)
    return rows.select_related("institution").order_by("-issued_on", "-id")


def access_plaque(code: str) -> Award:
    """凭验牌码查牌。"""
    found = list_public_awards().filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def award_of(application: Application) -> Award | None:
    """申请得到的牌。"""
    return Award.objects.unscoped(reason=PUBLIC).filter(application=application).first()


def list_withdrawals(scope: Scope, award: Award) -> list[Withdrawal]:
    """一块牌的摘牌程序。"""
    return list(Withdrawal.objects.visible_to(scope).filter(award=award).order_by("-told_at"))


def access_withdrawal(scope: Scope, withdrawal_id: int) -> Withdrawal:
    """一件摘牌。"""
    rows = Withdrawal.objects.visible_to(scope).select_related("award__institution")
    found = rows.filter(pk=withdrawal_id).first()
    if found is None:
        raise NotFound
    return found


def access_withdrawal_case(scope: Scope, withdrawal: Withdrawal) -> Case:
    """摘牌的办件。"""
    return _case(scope, WITHDRAWAL, withdrawal.pk)


def waiting_withdrawals(scope: Scope) -> list[Withdrawal]:
    """在办的摘牌。"""
    waiting = Case.objects.visible_to(scope).filter(type=WITHDRAWAL, closed_at=None)
    rows = Withdrawal.objects.visible_to(scope).filter(pk__in=waiting.values("subject_id"))
    return list(rows.select_related("award__institution").order_by("told_at"))


def own_institution(scope: Scope, institution_id: int) -> Institution:
    """本机构。"""
    found = Institution.objects.visible_to(scope).filter(pk=institution_id).first()
    if found is None:
        raise NotFound
    return found
