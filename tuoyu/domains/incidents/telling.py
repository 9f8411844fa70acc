"""伤害与强制报告的告知：whom what is told, in words that name no child where it must not."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core import events, rls
from tuoyu.domains.incidents.models import (
    Grade,
    Incident,
    IncidentSign,
    Kind,
    MandatoryReport,
)
from tuoyu.domains.incidents.states import GOV_HANDLE, PROTECT_READ, SIGN
from tuoyu.domains.messages.selectors import guardian_users, staff_users
from tuoyu.domains.messages.selectors.people import officer_users
from tuoyu.domains.messages.services import tell


def tell_directors(it: Incident, at: datetime) -> None:
    """告诉园长：有伤害记录待签字。"""
    with rls.as_system("写给同事的消息不在操作人的数据范围里"):
        tell(
            kind="incident", users=staff_users(it.institution_id, SIGN),
            title=f"{it.child.name}：{Kind(it.kind).label}（{Grade(it.grade).label}）",
            body="请看记录、电话告知家长并签字。", url=f"/inst/incidents/{it.pk}/", at=at,
            child_id=it.child_id, institution_id=it.institution_id, region_code=it.region_code,
            key=f"incident-filed-{it.pk}",
        )  # fmt: skip
    events.push_live([f"institution:{it.institution_id}"], "incident")


def tell_family(it: Incident, at: datetime) -> None:
    """告诉家长：after the call."""
    with rls.as_system("写给监护人的消息不在操作人的数据范围里"):
        tell(
            kind="incident", users=guardian_users(it.child_id),
            title=f"{it.child.name}的伤害记录，请看后签字", body="老师已记下经过和处置。",
            url=f"/family/incidents/{it.pk}/", at=at, child_id=it.child_id,
            institution_id=it.institution_id, region_code=it.region_code,
            key=f"incident-shared-{it.pk}",
        )  # fmt: skip


def tell_signed(it: Incident, sign: IncidentSign, at: datetime) -> None:
    """告诉园方：家长已签字。"""
    with rls.as_system("写给机构的消息不在家长的数据范围里"):
        tell(
            kind="incident", users=staff_users(it.institution_id, SIGN),
            title=f"{it.child.name}的家长已签字", body=sign.note, url=f"/inst/incidents/{it.pk}/",
            at=at, child_id=it.child_id, institution_id=it.institution_id,
            region_code=it.region_code, key=f"incident-signed-{it.pk}",
        )  # fmt: skip


def tell_county(it: Incident, institution: str, at: datetime) -> None:
    """告诉县级主管：严重伤害。"""
    with rls.as_system("写给主管部门的消息不在操作人的数据范围里"):
        tell(
            kind="incident", users=officer_users(it.region_code, GOV_HANDLE),
            title=f"{institution}：严重伤害上报", body=Kind(it.kind).label,
            url=f"/gov/incidents/{it.pk}/", at=at, institution_id=it.institution_id,
            region_code=it.region_code, key=f"incident-county-{it.pk}",
        )  # fmt: skip


def tell_few(report: MandatoryReport, at: datetime) -> None:
    """告诉限知范围内的人：no child, no kind; the page itself says more to those who may."""
    with rls.as_system("限知范围的收件人由任职确定"):
        for users, url in (
            (staff_users(report.institution_id, PROTECT_READ), "/inst/protection/"),
            (officer_users(report.region_code, PROTECT_READ), "/gov/protection/"),
        ):
            tell(
                kind="act", users=users, title="有一件限知事项待办", body="请登录后办理。",
                url=url, at=at, key=f"protection-{report.pk}-{url}",
            )  # fmt: skip
