"""托育券：claim in two taps, show the code, see what it took."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.models import Applicant, Voucher
from tuoyu.domains.vouchers.selectors import mine, waiting
from tuoyu.domains.vouchers.states import Account
from tuoyu.ends.family import reads
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show

USE = "family:voucher:use"
LIVE = (Account.OUTSTANDING, Account.HELD)


@page(USE, title="托育券")
def vouchers(request: Request) -> HttpResponse:
    """托育券：what may be claimed, what one has, where one stands in line."""
    if not own_children(request):
        return show(request, "family/nobody.html", "托育券")
    picked, now = chosen(request), clock.now()
    scope, child = request.actor.scope, picked.child
    standings = waiting.list_of_child(scope, child.pk)
    return show(
        request,
        "family/vouchers.html",
        "托育券",
        picked,
        offers=mine.list_offers(child, now, {s.applicant.campaign_id for s in standings}),
        found=mine.list_vouchers(scope, child.pk, now),
        standings=standings,
        back_url=reverse("family:services"),
    )


@page(USE, title="领取托育券", log="领取托育券", methods=("POST",))
def claim(request: Request, campaign_id: int) -> HttpResponse:
    """领取；what the family gets is told in one sentence."""
    picked = chosen(request)
    child = picked.child
    key = request.POST.get("submit_key", "")
    got = services.claim(
        campaign_id=campaign_id,
        child_id=child.pk,
        key=f"tap:{key}" if key else f"child:{child.pk}:{clock.now().timestamp():.0f}",
        by=request.actor,
        at=clock.now(),
    )
    request.audit_persons = [child.pk]
    if got.voucher is not None:
        request.audit_note = f"托育券第 {got.voucher.number} 号"
        messages.success(request, f"已为{child.name}领到托育券，到园出示即可")
        return redirect("family:voucher", got.voucher.pk)
    if got.applicant is None:
        raise NotFound
    told = waiting.standing_of(got.applicant)
    request.audit_note = f"报名号 {got.applicant.number}"
    messages.success(request, f"已登记。{told.why}")
    return redirect(f"{reverse('family:vouchers')}?child={child.pk}")


@page(USE, title="放弃候补", log="放弃托育券候补", methods=("POST",))
def withdraw(request: Request, applicant_id: int) -> HttpResponse:
    """放弃候补。"""
    left: Applicant = services.withdraw(applicant_id=applicant_id, by=request.actor, at=clock.now())
    request.audit_persons = [left.child_id]
    messages.success(request, "已放弃，名次让给后面的家庭")
    return redirect(f"{reverse('family:vouchers')}?child={left.child_id}")


@page(USE, title="托育券")
def voucher(request: Request, voucher_id: int) -> HttpResponse:
    """一张券：the code while it may be used, 怎么算的 once it was."""
    one = mine.one(request.actor.scope, voucher_id, clock.now())
    found = one.voucher
    child = access_child(request.actor.scope, found.child_id)
    picked = Chosen(child, reads.enrolment_of(request.actor.scope, child.pk, clock.today()))
    live = found.state in LIVE
    came = waiting.left_with(request.actor.scope, found.pk)
    return show(
        request,
        "family/voucher.html",
        "托育券",
        picked,
        one=one,
        is_live=live,
        came=came,
        came_why=waiting.rank_at_the_end(came) if came else "",
        qr=drawn(found) if live else "",
        code=mine.shown_code(found) if live else "",
        back_url=f"{reverse('family:vouchers')}?child={child.pk}",
    )


@page(USE, title="托育券码图")
def qr(request: Request, voucher_id: int) -> HttpResponse:
    """券码图（片段）：asked again every 20 seconds."""
    found = mine.access_voucher(request.actor.scope, voucher_id)
    live = found.state in LIVE
    context = {"voucher": found, "qr": drawn(found) if live else ""}
    return render(request, "family/_voucher_qr.html", context)


@page(USE, title="换口令码", log="换托育券口令码", methods=("POST",))
def code(request: Request, voucher_id: int) -> HttpResponse:
    """换一个口令码。"""
    found = mine.access_voucher(request.actor.scope, voucher_id)
    services.new_code(voucher_id=found.pk, by=request.actor)
    request.audit_persons = [found.child_id]
    messages.success(request, "口令码已更换，旧的作废")
    return redirect("family:voucher", found.pk)


def drawn(found: Voucher) -> SafeString:
    """二维码：drawn here, so that the secret never leaves the server."""
    made = segno.make(mine.shown_qr(found, clock.now()), error="m", micro=False)
    return mark_safe(made.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S308 — our own drawing
