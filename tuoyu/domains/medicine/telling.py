"""喂药的告知：whom what is told. One place, so that the words are the same everywhere."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core import clock, events, rls
from tuoyu.domains.medicine import rules
from tuoyu.domains.medicine.models import Dose, MedicineRequest
from tuoyu.domains.messages.selectors import guardian_users, staff_users
from tuoyu.domains.messages.services import tell

GIVE = "inst:medicine:give"


def tell_family(request: MedicineRequest, title: str, body: str, at: datetime, key: str) -> None:
    """告诉家长：everyone who may know of the child; the medicine itself is not in the title."""
    with rls.as_system("写给监护人的消息不在操作人的数据范围里"):
        tell(
            kind="medicine", users=guardian_users(request.child_id), title=title, body=body,
            url=f"/family/medicine/{request.pk}/", at=at, child_id=request.child_id,
            institution_id=request.institution_id, region_code=request.region_code, key=key,
        )  # fmt: skip


def tell_staff(request: MedicineRequest, title: str, body: str, at: datetime, key: str) -> None:
    """告诉园里能喂药的人，开着的班级页也立刻知道。"""
    with rls.as_system("写给同事的消息不在操作人的数据范围里"):
        tell(
            kind="medicine", users=staff_users(request.institution_id, GIVE), title=title,
            body=body, url=f"/inst/medicine/{request.pk}/", at=at, child_id=request.child_id,
            institution_id=request.institution_id, region_code=request.region_code, key=key,
        )  # fmt: skip
    live(request.institution_id)


def live(institution_id: int) -> None:
    """开着的页面重看一遍。"""
    events.push_live([f"institution:{institution_id}"], "medicine")


def receipt(dose: Dose) -> tuple[str, str]:
    """回执的标题与正文。"""
    request = dose.request
    due = f"{dose.due_at.astimezone(clock.ZONE):%H:%M}"
    if dose.outcome == Dose.Outcome.SKIPPED:
        return f"{due} 的药没有喂", f"原因：{dose.reason}。如有疑问请直接联系老师。"
    at = f"{dose.at.astimezone(clock.ZONE):%H:%M}"
    off = rules.off_words(rules.minutes_off(dose.due_at, dose.at))
    body = f"{at} 喂 {request.dose}（应 {due}，{off}）。"
    signed = f"喂药：{dose.by_name}；核对：{dose.second_name}。"
    return f"{at} 已喂药，两人签字", f"{body}{signed}{dose.note or ''}"
