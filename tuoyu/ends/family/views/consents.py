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
from tuoyu.core.periods import add_months
from tuoyu.domains.children.models import Consent, ConsentEntry, Guardian
from tuoyu.domains.children.selectors import guardian_of, list_consent_entries
from tuoyu.domains.children.services.consents import check_purpose, decide_consent
from tuoyu.ends.family import reads
from tuoyu.ends.family.shell import Chosen, chosen, show

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
        "老师拍的照片只给照片里孩子的家长看，不对外发布，不作人脸识别。",
        "新照片里不再有孩子；已发的合影别家不再看到，您家仍可看。",
    ),
    Consent.Purpose.CLINIC: (
        "把生长与发育提示交给签约的儿保医生，便于转诊和回访。",
        "医生不能再查看孩子的提示，已开的转诊不受影响。",
    ),
}


TERMS = {"": "到离园为止", "12": "一年", "3": "三个月"}


@page("family:consent:change", title="同意与撤回", log="变更监护人同意", methods=("GET", "POST"))
def consents(request: Request) -> HttpResponse:
    """同意与撤回。"""
    picked = chosen(request)
    guardian = guardian_of(request.actor.user_id or 0)
    if request.method == "POST":
        return _decide(request, picked, guardian)
    entries = list(list_consent_entries(request.actor.scope, picked.child.pk))
    relations = reads.relations_of(request.actor.scope, picked.child.pk)
    standing = {
        c.purpose: c
        for c in reads.consents_of(request.actor.scope, picked.child.pk)
        if c.withdrawn_at is None and (c.until is None or c.until > clock.today())
    }
    return show(
        request,
        "family/consents.html",
        "同意与撤回",
        picked,
        purposes=[
            _told(p, standing.get(p.value), [e for e in entries if e.purpose == p], relations)
            for p in Consent.Purpose
        ],
        terms=TERMS.items(),
        back_url=reverse("family:me"),
    )


def _decide(request: Request, picked: Chosen, guardian: Guardian) -> HttpResponse:
    """作一个决定；what another guardian did meanwhile is told, and both are kept."""
    act, purpose = request.POST.get("act", ""), request.POST.get("purpose", "")
    if act not in ConsentEntry.Act.values:
        raise NotFound
    check_purpose(purpose)
    today = clock.today()
    term, seen = request.POST.get("term", ""), request.POST.get("seen", "")
    if term not in TERMS or (seen and not (seen.isdecimal() and len(seen) < 19)):
        raise NotFound
    entry = decide_consent(
        child=picked.child,
        guardian=guardian,
        purpose=purpose,
        act=act,
        at=clock.now(),
        until=add_months(today, int(term)) if term and act == "grant" else None,
        seen=int(seen) if seen else None,
    )
    done = f"{'已同意' if act == 'grant' else '已撤回'}「{Consent.Purpose(purpose).label}」"
    if entry.unseen is not None:
        relations = reads.relations_of(request.actor.scope, picked.child.pk)
        done = _crossed(entry, relations, done)
        messages.warning(request, done)
    else:
        messages.success(request, done)
    request.audit_persons, request.audit_note = [picked.child.pk], done
    return redirect(f"{reverse('family:consents')}?child={picked.child.pk}")


def _crossed(entry: ConsentEntry, relations: dict[int, str], done: str) -> str:
    other = entry.unseen
    if other is None:
        return done
    who = _who(other, relations)
    what = "同意" if other.act == ConsentEntry.Act.GRANT else "撤回"
    at = f"{other.at.astimezone(clock.ZONE):%m-%d %H:%M}"
    if entry.took_effect:
        return f"{done}。您操作时，{who}刚在 {at} {what}；两次都已记下，以撤回为准"
    return f"您的同意已记下，但没有生效：{who}在 {at} 撤回了这一项。两人商量后，可再同意一次"


def _who(entry: ConsentEntry, relations: dict[int, str]) -> str:
    return relations.get(entry.guardian_id) or entry.guardian.name


def _told(
    purpose: Consent.Purpose,
    standing: Consent | None,
    entries: list[ConsentEntry],
    relations: dict[int, str],
) -> dict[str, Any]:
    text, effect = WORDS[purpose]
    return {
        "code": purpose.value,
        "title": purpose.label,
        "text": text,
        "effect": effect,
        "granted": standing is not None,
        "until": standing.until if standing else None,
        "by": relations.get(standing.guardian_id, "") if standing else "",
        "seen": entries[0].pk if entries else 0,
        "history": [_history(e, relations) for e in entries],
    }


def _history(entry: ConsentEntry, relations: dict[int, str]) -> str:
    """一条台账。"""
    at = f"{entry.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
    word = "同意" if entry.act == ConsentEntry.Act.GRANT else "撤回"
    text = f"{at} {word}，{_who(entry, relations)}"
    if entry.until:
        text += f"，至 {entry.until} 前"
    return text if entry.took_effect else f"{text}（未见到对方的撤回，未生效）"
