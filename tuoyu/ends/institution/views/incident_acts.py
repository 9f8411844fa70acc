"""伤害记录上的一步步：each is one form of the page, one domain call, and back to the page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError
from tuoyu.core.files import images
from tuoyu.domains.incidents import services
from tuoyu.domains.incidents.selectors.incidents import access_incident
from tuoyu.domains.incidents.states import RECORD, SIGN
from tuoyu.ends.institution.shell import by, number
from tuoyu.ends.institution.views.incidents import moment


def _back(request: Request, incident_id: int, text: str) -> HttpResponse:
    found = access_incident(request.actor.scope, incident_id)
    request.audit_persons = [found.child_id]
    messages.success(request, text)
    return redirect("institution:incident", incident_id)


@page(RECORD, title="提交伤害记录", log="提交伤害记录", methods=("POST",))
def submit(request: Request, incident_id: int) -> HttpResponse:
    """提交，定轻重。"""
    found = services.file(
        incident_id=incident_id, grade=request.POST.get("grade", ""),
        grade_note=request.POST.get("grade_note", ""), by=request.actor, at=clock.now(),
    )  # fmt: skip
    grave = found.grade == "grave"
    return _back(request, incident_id, "已提交，并已上报县级" if grave else "已提交，请签字")


@page(SIGN, title="改定为严重", log="伤害记录改定为严重", methods=("POST",))
def raise_grade(request: Request, incident_id: int) -> HttpResponse:
    """改定为严重并上报。"""
    services.raise_grade(
        incident_id=incident_id, reason=request.POST.get("reason", ""), by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    return _back(request, incident_id, "已改定为严重，并已上报县级")


@page(RECORD, title="时间线加一条", log="伤害记录加时间线", methods=("POST",))
def entry(request: Request, incident_id: int) -> HttpResponse:
    """时间线。"""
    found = access_incident(request.actor.scope, incident_id)
    services.add_entry(
        incident_id=found.pk, at=moment(request.POST.get("at", "")),
        what=request.POST.get("what", ""), by=request.actor, made_at=clock.now(),
    )  # fmt: skip
    return _back(request, incident_id, "时间线已加一条")


@page(RECORD, title="附照片", log="伤害记录附照片", methods=("POST",))
def photo_add(request: Request, incident_id: int) -> HttpResponse:
    """附照片。"""
    found = access_incident(request.actor.scope, incident_id)
    upload = request.FILES.get("photo")
    if upload is None:
        raise DomainError("photo", "没有选照片，请拍照或从相册选一张")
    kept = images.store_photo(
        upload=upload, purpose="incident", institution_id=found.institution_id,
        region_code=found.region_code, by=by(request), at=clock.now(),
    )  # fmt: skip
    services.set_photo(incident_id=found.pk, photo_id=kept.pk, by=request.actor)
    return _back(request, incident_id, "照片已附；给不给家长看由园长定")


@page(RECORD, title="登记电话告知", log="登记电话告知", methods=("POST",))
def call(request: Request, incident_id: int) -> HttpResponse:
    """电话告知。"""
    services.call(
        incident_id=incident_id, note=request.POST.get("note", ""), by=request.actor,
        at=clock.now(),
    )  # fmt: skip
    return _back(request, incident_id, "已登记电话告知")


@page(SIGN, title="给家长看哪些", log="定伤害记录可见范围", methods=("POST",))
def shown(request: Request, incident_id: int) -> HttpResponse:
    """给家长看哪些。"""
    services.choose_shown(
        incident_id=incident_id, shows=request.POST.getlist("show"), by=request.actor
    )
    return _back(request, incident_id, "已定好给家长看的内容")


@page(RECORD, title="发给家长", log="伤害记录发给家长", methods=("POST",))
def share(request: Request, incident_id: int) -> HttpResponse:
    """发给家长。"""
    services.share(incident_id=incident_id, by=request.actor, at=clock.now())
    return _back(request, incident_id, "已发给家长，等待签字")


@page(RECORD, title="签字", log="伤害记录签字", methods=("POST",))
def sign(request: Request, incident_id: int) -> HttpResponse:
    """老师或园长签字。"""
    made = services.sign_staff(incident_id=incident_id, by=request.actor, at=clock.now())
    return _back(request, incident_id, f"已签字（{made.get_who_display()}）")


@page(RECORD, title="已当面告知", log="登记当面告知", methods=("POST",))
def told(request: Request, incident_id: int) -> HttpResponse:
    """已当面告知，有见证人。"""
    found = access_incident(request.actor.scope, incident_id)
    witness = number(request.POST.get("witness"))
    if witness is None:
        raise DomainError("witness", "没有选见证人；当面告知须有另一位同事在场见证")
    services.tell_in_person(
        incident_id=found.pk, told_name=request.POST.get("told_name", ""), witness_id=witness,
        note=request.POST.get("note", ""), by=request.actor, at=clock.now(),
    )  # fmt: skip
    return _back(request, incident_id, "已登记当面告知")
