"""电子合同（家长）：read, sign on the phone, download."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.domains.admissions.models import Side
from tuoyu.domains.admissions.printing import contract_pdf
from tuoyu.domains.admissions.selectors.cards import access_contract
from tuoyu.domains.admissions.services import contracts
from tuoyu.ends.family.shell import show

APPLY = "family:admission:apply"


@page(APPLY, title="托育服务合同")
def agreement(request: Request, agreement_id: int) -> HttpResponse:
    """一份合同。"""
    found = access_contract(request.actor, agreement_id)
    signatures = found.signatures
    return show(
        request,
        "family/agreement.html",
        "托育服务合同",
        contract=found.contract,
        lines=found.contract.text.split("\n"),
        signatures=signatures,
        chain=found.chain,
        sign_url=reverse("family:agreement_sign", args=[agreement_id]),
        must=found.card.application.guardian_name,
        may_sign=found.contract.replaced_at is None
        and found.contract.concluded_at is None
        and Side.GUARDIAN not in {s.side for s in signatures},
        back_url=reverse("family:admission", args=[found.card.wish.pk]),
    )


@page(APPLY, title="签署合同", log="家长签署托育合同", methods=("POST",))
def sign(request: Request, agreement_id: int) -> HttpResponse:
    """家长签署。"""
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
    return redirect("family:agreement", agreement_id)


@page(APPLY, title="下载合同")
def pdf(request: Request, agreement_id: int) -> HttpResponse:
    """合同 PDF。"""
    found = access_contract(request.actor, agreement_id)
    response = HttpResponse(contract_pdf(found.contract), content_type="application/pdf")
    name = f"{found.contract.number}-{found.contract.version}.pdf"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Cache-Control"] = "no-store"
    return response
