"""电子合同（园方）：read, sign on the phone, download."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.admissions.models import Side
from tuoyu.domains.admissions.printing import contract_pdf
from tuoyu.domains.admissions.selectors.cards import access_contract
from tuoyu.domains.admissions.services import contracts

MANAGE = "inst:admission:manage"


@page(MANAGE, title="托育服务合同", sensitive=True)
def agreement(request: Request, agreement_id: int) -> HttpResponse:
    """一份合同：全文、签名、版次与补充协议。"""
    found = access_contract(request.actor, agreement_id)
    request.audit_note = found.contract.number
    signatures = found.signatures
    wish = found.card.wish
    context = {
        "page_title": "托育服务合同",
        "crumbs": [
            {"title": "报名入托", "url": reverse("institution:admissions")},
            {
                "title": found.card.application.child_name,
                "url": reverse("institution:admission", args=[wish.pk]),
            },
        ],
        "contract": found.contract,
        "lines": found.contract.text.split("\n"),
        "signatures": signatures,
        "chain": found.chain,
        "card": found.card,
        "sign_url": reverse("institution:agreement_sign", args=[agreement_id]),
        "must": request.actor.name,
        "may_sign": found.contract.replaced_at is None
        and found.contract.concluded_at is None
        and Side.DIRECTOR not in {s.side for s in signatures},
    }
    return render(request, "institution/agreement.html", context)


@page(MANAGE, title="签署合同", log="签署托育合同", methods=("POST",))
def sign(request: Request, agreement_id: int) -> HttpResponse:
    """园方签署。"""
    found = access_contract(request.actor, agreement_id)
    contracts.sign(
        contract_id=agreement_id,
        sm3=request.POST.get("sm3", ""),
        name=request.POST.get("name", ""),
        strokes=request.POST.get("strokes", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{found.contract.number} 第 {found.contract.version} 版"
    messages.success(request, "已签署")
    return redirect("institution:agreement", agreement_id)


@page(MANAGE, title="下载合同", sensitive=True)
def pdf(request: Request, agreement_id: int) -> HttpResponse:
    """合同 PDF。"""
    found = access_contract(request.actor, agreement_id)
    request.audit_note = found.contract.number
    response = HttpResponse(contract_pdf(found.contract), content_type="application/pdf")
    name = f"{found.contract.number}-{found.contract.version}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response
