"""同意与撤回：per purpose; one tap to withdraw, and the history stays."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.children.models import Consent
from tuoyu.domains.children.selectors import guardian_of
from tuoyu.domains.children.services.consents import grant_consent, withdraw_consent
from tuoyu.ends.family import reads
from tuoyu.ends.family.shell import chosen, show

# 用途 → (为什么用、谁能看, 撤回之后)
WORDS = {
    Consent.Purpose.ENROL: (
        "托育机构登记孩子的姓名、出生日期与每天的到离园，用于接送安全、收费和补助核算。",
        "机构不能再为孩子办理考勤，请同时与机构商定退托。",
    ),
    Consent.Purpose.HEALTH: (
        "老师登记体温、症状、过敏与忌口，只有本机构的老师和签约医生能看。",
        "老师不再登记和查看这些内容，请当面说明孩子的过敏与用药。",
    ),
    Consent.Purpose.PHOTO: (
        "班级活动照片只给本班家长看，不对外发布。",
        "孩子不再出现在新的班级照片里。",
    ),
    Consent.Purpose.CLINIC: (
        "把生长与发育提示交给签约的儿保医生，便于转诊和回访。",
        "医生不能再查看孩子的提示，已开的转诊不受影响。",
    ),
}


@page("family:consent:change", title="同意与撤回", log="变更监护人同意", methods=("GET", "POST"))
def consents(request: Request) -> HttpResponse:
    """同意与撤回。"""
    picked = chosen(request)
    guardian = guardian_of(request.actor.user_id or 0)
    if request.method == "POST":
        act, purpose = request.POST.get("act"), request.POST.get("purpose", "")
        change = {"grant": grant_consent, "withdraw": withdraw_consent}.get(act or "")
        if change is None:
            raise NotFound
        change(child=picked.child, guardian=guardian, purpose=purpose, at=clock.now())
        done = f"{'已同意' if act == 'grant' else '已撤回'}「{Consent.Purpose(purpose).label}」"
        request.audit_persons, request.audit_note = [picked.child.pk], done
        messages.success(request, done)
        return redirect(f"{reverse('family:consents')}?child={picked.child.pk}")
    rows = reads.consents_of(request.actor.scope, picked.child.pk, guardian)
    return show(
        request,
        "family/consents.html",
        "同意与撤回",
        picked,
        purposes=[_told(purpose, rows) for purpose in Consent.Purpose],
        back_url=reverse("family:me"),
    )


def _told(purpose: Consent.Purpose, rows: list[Consent]) -> dict[str, Any]:
    mine = [r for r in rows if r.purpose == purpose]
    text, effect = WORDS[purpose]
    return {
        "code": purpose.value,
        "title": purpose.label,
        "text": text,
        "effect": effect,
        "granted": any(r.withdrawn_at is None for r in mine),
        "history": [line for r in mine for line in _history(r)],
    }


def _history(row: Consent) -> list[str]:
    """新的在前。"""
    granted = f"{row.granted_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M} 同意"
    if row.withdrawn_at is None:
        return [granted]
    return [f"{row.withdrawn_at.astimezone(clock.ZONE):%Y-%m-%d %H:%M} 撤回", granted]
