"""审核：the county's first review and the city's decision."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.errors import DomainError
from tuoyu.domains.publicity.services import Row, announce
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.models import Application, Kind, Scheme
from tuoyu.domains.quality.selectors import access_application, access_case, scheme_on
from tuoyu.domains.quality.standard import dimensions_of, level_title
from tuoyu.domains.quality.states import COUNTY
from tuoyu.domains.regions.selectors import city_region


def _move(
    application: Application,
    name: str,
    by: Actor,
    at: datetime,
    opinion: str = "",
    marks: dict[str, object] | None = None,
) -> None:
    case = access_case(by.scope, application)
    cases.move(case_id=case.pk, name=name, by=by, at=at, opinion=opinion, marks=marks)


@transaction.atomic
def accept(*, application_id: int, opinion: str, by: Actor, at: datetime) -> Application:
    """初审通过。"""
    found = access_application(by.scope, application_id)
    _move(found, "accept", by, at, opinion)
    return found


@transaction.atomic
def send_back(
    *, application_id: int, opinion: str, marks: list[str], by: Actor, at: datetime
) -> Application:
    """退回补正：the items that must be mended are marked."""
    found = access_application(by.scope, application_id)
    known = {d.id for d in dimensions_of(found.kind)}
    if not marks or not set(marks) <= known:
        raise DomainError("marks", "退回须标出要补正的项目，一次告知，请标出后再退回")
    _move(found, "return", by, at, opinion, {"items": marks})
    return found


@transaction.atomic
def refuse(*, application_id: int, opinion: str, by: Actor, at: datetime) -> Application:
    """不通过：by the county at the first review, by the city at the decision."""
    found = access_application(by.scope, application_id)
    at_county = access_case(by.scope, found).state == COUNTY
    _move(found, "refuse_county" if at_county else "refuse", by, at, opinion)
    return found


def why_not(application: Application, on: datetime) -> str:
    """为什么还不能通过；empty when it may pass."""
    scheme = application.scheme or scheme_on(application.kind, clock.day_of(on))
    if scheme is None:
        return "评定细则的分数线、公示期和有效期待定：要等主管部门印发细则并登记后才能复评"
    if application.kind == Kind.INCLUSIVE:
        return ""
    if application.total_tenths is None:
        return "还没有评审总分，须等专家评分完成"
    if application.is_vetoed:
        return "有基础指标不合格，一票否决，不得评定等级"
    if application.level is None:
        return "分数线待定，等级不能确定"
    if application.level == "none":
        return f"评审总分 {rules.show_tenths(application.total_tenths)} 分，未达到任何等级的分数线"
    return ""


@transaction.atomic
def decide(
    *, application_id: int, document_no: str, opinion: str, by: Actor, at: datetime
) -> Application:
    """复评通过并公示：nobody who took part earlier may decide."""
    found = access_application(by.scope, application_id)
    said = why_not(found, at)
    if said:
        raise DomainError("not-yet", f"{said}，所以没有通过")
    if not document_no.strip():
        raise DomainError("document", "公示须有文号，请填写后再通过")
    scheme = found.scheme or scheme_on(found.kind, clock.day_of(at))
    assert scheme is not None
    _move(found, "pass", by, at, opinion)
    if found.kind == Kind.INCLUSIVE:
        found.level = ""
    found.scheme = scheme
    found.notice_id = _announce(found, scheme, document_no.strip(), by, at)
    found.save(update_fields=["level", "scheme", "notice_id"])
    return found


def _announce(a: Application, scheme: Scheme, document_no: str, by: Actor, at: datetime) -> int:
    star = a.kind == Kind.STAR
    cells = [a.institution.name]
    if star:
        cells += [level_title(a.level or ""), rules.show_tenths(a.total_tenths)]
    else:
        cells += [f"{scheme.valid_months} 个月"]
    made = announce(
        title=f"{a.institution.name}{'星级评定' if star else '普惠性托育机构认定'}公示"[:120],
        document_no=document_no,
        source_type=a.kind,
        source_ids=[a.pk],
        columns=["机构", "拟评等级", "评审总分"] if star else ["机构", "拟认定有效期"],
        rows=[Row(a.pk, cells)],
        region_code=city_region().code,
        working_days=scheme.notice_days,
        by=by,
        at=at,
    )
    return made.pk
