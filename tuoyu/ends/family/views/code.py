"""接送码与代接码。"""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.pickup_services import (
    cancel_pickup_code,
    guardian_qr,
    make_pickup_code,
)
from tuoyu.domains.children.selectors import guardian_of
from tuoyu.ends.family import reads
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show


@page("family:code:show", title="接送码", log="生成代接码", methods=("GET", "POST"))
def code(request: Request) -> HttpResponse:
    """接送码；a new 代接码 is shown once, on the answer to its form."""
    if not own_children(request):
        return show(request, "family/nobody.html", "接送码")
    picked = chosen(request)
    if request.method == "POST":
        try:
            fresh = _make(request, picked)
        except NotFound:
            raise
        except DomainError as error:
            return _page(request, picked, errors=[error.text], status=422)
        return _page(request, picked, fresh=fresh)
    return _page(request, picked)


def _make(request: Request, picked: Chosen) -> dict[str, str]:
    bearer, today = request.POST.get("bearer", "").strip()[:20], clock.today()
    who = _asked(request, picked)
    made = make_pickup_code(
        scope=request.actor.scope,
        child_ids=[c.pk for c in who],
        guardian_id=guardian_of(request.actor.user_id or 0).pk,
        bearer=bearer,
        valid_on=today,
        at=clock.now(),
    )
    request.audit_persons = [c.pk for c in who]
    request.audit_note = f"代接人：{bearer}"
    return {"code": made, "bearer": bearer, "names": "、".join(c.name for c in who)}


def _asked(request: Request, picked: Chosen) -> list[Child]:
    """代接哪些孩子；someone else's is not found, none ticked is the one shown."""
    own = {str(c.pk): c for c in own_children(request)}
    asked = request.POST.getlist("who")
    if any(key not in own for key in asked):
        raise NotFound
    return [own[key] for key in asked] or [picked.child]


def _page(
    request: Request,
    picked: Chosen,
    *,
    fresh: dict[str, str] | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    own = own_children(request)
    response = show(
        request,
        "family/code.html",
        "接送码",
        picked,
        qr=_qr(request),
        names="、".join(c.name for c in own),
        siblings=_siblings(own, picked) if len(own) > 1 else [],
        codes=reads.codes_of(request.actor.scope, picked.child.pk, clock.today()),
        fresh=fresh,
        errors=errors or [],
        bearer=request.POST.get("bearer", "") if errors else "",
    )
    response.status_code = status
    return response


def _siblings(own: list[Child], picked: Chosen) -> list[dict[str, object]]:
    """兄弟姐妹：those in the same institution come ticked."""
    place = picked.child.institution_id
    return [
        {"id": c.pk, "name": c.name, "ticked": c == picked.child or c.institution_id == place}
        for c in own
    ]


@page("family:code:show", title="接送码图")
def qr(request: Request) -> HttpResponse:
    """接送码图（片段）：asked again every 20 seconds."""
    if not own_children(request):
        raise NotFound
    return render(request, "family/_qr.html", {"qr": _qr(request)})


@page("family:code:show", title="作废代接码", log="作废代接码", methods=("POST",))
def cancel(request: Request, code_id: int) -> HttpResponse:
    """作废代接码。"""
    row = reads.access_code(request.actor.scope, code_id)
    cancel_pickup_code(scope=request.actor.scope, code_id=row.pk, at=clock.now())
    request.audit_persons, request.audit_note = [row.child_id], f"代接人：{row.bearer}"
    messages.success(request, f"给 {row.bearer} 的代接码已作废")
    return redirect(f"{reverse('family:code')}?child={row.child_id}")


def _qr(request: Request) -> SafeString:
    """二维码：drawn here, so that the secret never leaves the server."""
    text = guardian_qr(guardian=guardian_of(request.actor.user_id or 0), at=clock.now())
    drawn = segno.make(text, error="m", micro=False)
    return mark_safe(drawn.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S308 — our own drawing
