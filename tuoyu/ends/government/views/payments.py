"""拨付：what waits, batches prepared by one and released by another, the chain of each payment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Actor, Request, page
from tuoyu.domains.funds import services
from tuoyu.domains.funds.models import Batch, Order
from tuoyu.domains.funds.models.payments import OrderState
from tuoyu.domains.funds.selectors import chains, payments
from tuoyu.domains.regions.selectors import list_units_in, unit_names
from tuoyu.ends.government.paging import SIZES, options, page_of
from tuoyu.ends.government.views.payment_words import (
    PrepareForm,
    ReturnForm,
    TotalsForm,
    batch_facts,
    batch_state,
    entry_rows,
    order_facts,
    programme_name,
    read,
    source_name,
    tabs,
)

VIEW, PREPARE, RELEASE = "funds:payment:view", "funds:batch:prepare", "funds:batch:release"


@page(VIEW, title="拨付")
def listing(request: Request) -> HttpResponse:
    """付款单：by programme, unit and state; for the clerk also what may be batched."""
    scope, asked = request.actor.scope, request.GET
    programme, unit = asked.get("programme", ""), asked.get("unit", "")
    programmes = payments.sum_programmes(scope)
    waits = any(p.waiting for p in programmes)
    state = asked.get("state", OrderState.WAITING if waits else "")
    rows = payments.list_orders(
        scope, programme=programme, unit_code=unit, state=state, payee=asked.get("payee", "")
    )
    listed = page_of(request, rows)
    names = unit_names()
    units = [(u.code, u.name) for u in list_units_in(scope)]
    context = {
        "page_title": "拨付",
        "tabs": tabs("payments"),
        "programmes": [(p, programme_name(p.programme)) for p in programmes],
        "listed": listed,
        "sizes": SIZES,
        "rows": [(o, programme_name(o.programme), names.get(o.unit_code, "")) for o in listed],
        "chosen": {
            "programme": options(
                [(p.programme, programme_name(p.programme)) for p in programmes], programme
            ),
            "unit": options(units, unit) if len(units) > 1 else [],
            "state": options(list(OrderState.choices), state),
            "payee": asked.get("payee", ""),
        },
        **_to_prepare(request.actor, programme, unit),
    }
    return render(request, "government/payments.html", context)


def _to_prepare(actor: Actor, programme: str, unit: str) -> dict[str, Any]:
    if not actor.may(PREPARE):
        return {}
    waiting = payments.find_waiting(actor.scope, programme, unit)
    form = PrepareForm(initial={"programme": programme, "unit": unit}) if waiting.payable else None
    return {
        "form": form,
        "blocked": waiting.blocked,
        "asked": programme_name(programme) if programme else "全部项目",
        "asked_unit": unit_names().get(unit, "") if unit else "",
    }


@page(PREPARE, title="编制拨付批", log="编制拨付批", methods=("POST",))
def prepare(request: Request) -> HttpResponse:
    """编制。"""
    given = read(PrepareForm(request.POST))
    batch = services.prepare(
        programme=given["programme"],
        unit_code=given["unit"],
        declared_count=given["count"],
        declared_total_fen=given["total"],
        region_code=request.actor.region_code,
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{batch.number} {batch.declared_count} 笔"
    messages.success(request, f"已编制批次 {batch.number}，待另一位拨付岗核对后送银行")
    return redirect("government:payment", batch.pk)


@page(VIEW, title="拨付批")
def batches(request: Request) -> HttpResponse:
    """拨付批名单。"""
    listed = page_of(request, payments.list_batches(request.actor.scope))
    context = {
        "page_title": "拨付批",
        "tabs": tabs("payment_batches"),
        "listed": listed,
        "sizes": SIZES,
        "rows": [(b, batch_state(b), programme_name(b.programme)) for b in listed],
    }
    return render(request, "government/payment_batches.html", context)


@page(VIEW, title="拨付批")
def detail(request: Request, batch_id: int) -> HttpResponse:
    """一批：the three sides line by line, and the steps still open."""
    batch = payments.list_batches(request.actor.scope).filter(pk=batch_id).first()
    if batch is None:
        batch = payments.access_batch(request.actor.scope, batch_id)
    return render(request, "government/payment.html", batch_context(request, batch))


def batch_context(request: Request, batch: Batch) -> dict[str, Any]:
    """一批的页面内容。"""
    actor = request.actor
    sides = chains.reconcile(batch)
    is_open = batch.released_at is None and batch.withdrawn_at is None
    open_books = not is_open or batch.prepared_by == actor.user_id
    return {
        "page_title": f"拨付批 {batch.number}",
        "crumbs": [
            {"title": "拨付", "url": reverse("government:payments")},
            {"title": "拨付批", "url": reverse("government:payment_batches")},
        ],
        "batch": batch,
        "state": batch_state(batch),
        "programme": programme_name(batch.programme),
        "sides": page_of(request, sides, 50),
        "sizes": SIZES,
        "show_totals": open_books,
        "facts": batch_facts(batch, sides, open_books),
        "returns": payments.list_returns(batch),
        "may_release": is_open and actor.may(RELEASE) and batch.prepared_by != actor.user_id,
        "may_withdraw": is_open and actor.may(PREPARE),
        "may_files": batch.released_at is not None and actor.may("funds:bankfile:download"),
        "may_upload": batch.released_at is not None and actor.may("funds:return:upload"),
        "all_answered": not any(s.verdict == "银行未回" for s in sides),
        "form": TotalsForm(),
        "file_form": ReturnForm(),
    }


@page(RELEASE, title="送银行", log="送银行", methods=("POST",))
def release(request: Request, batch_id: int) -> HttpResponse:
    """送银行：the totals are entered again."""
    given = read(TotalsForm(request.POST))
    batch = services.release(
        batch_id=batch_id,
        count=given["count"],
        total_fen=given["total"],
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = f"{batch.number} {batch.declared_count} 笔 文件 {batch.file_sm3[:16]}"
    messages.success(request, f"批次 {batch.number} 已送银行，银行回单入账后才算拨付")
    return redirect("government:payment", batch.pk)


@page(PREPARE, title="撤回拨付批", log="撤回拨付批", methods=("POST",))
def withdraw(request: Request, batch_id: int) -> HttpResponse:
    """撤回未送银行的批次。"""
    batch = services.withdraw(batch_id=batch_id, by=request.actor, at=clock.now())
    request.audit_note = batch.number
    messages.success(request, f"已撤回批次 {batch.number}，所含付款单重新待拨付")
    return redirect("government:payments")


@page(VIEW, title="一笔付款")
def order(request: Request, order_id: int) -> HttpResponse:
    """资金全链：where the money came from, what the bank did, and what it was for."""
    chain = chains.chain_of(payments.access_order(request.actor.scope, order_id))
    found = chain.order
    names = unit_names()
    context = {
        "page_title": f"{found.payee_name}",
        "crumbs": [{"title": "拨付", "url": reverse("government:payments")}],
        "order": found,
        "chain": chain,
        "programme": programme_name(found.programme),
        "unit": names.get(found.unit_code, found.unit_code),
        "facts": order_facts(found),
        "drawn": [(d, source_name(d.source), names.get(d.unit_code, "")) for d in chain.drawn],
        "entries": entry_rows(chain.entries),
        "may_redo": found.state == OrderState.FAILED and request.actor.may(PREPARE),
    }
    return render(request, "government/payment_order.html", context)


@page(PREPARE, title="重新付款", log="重新付款", methods=("POST",))
def redo(request: Request, order_id: int) -> HttpResponse:
    """付款未成的，重新待拨付。"""
    found: Order = services.redo(
        order_id=order_id,
        note=request.POST.get("reason", ""),
        by=request.actor,
        at=clock.now(),
    )
    request.audit_note = found.key
    messages.success(request, f"{found.payee_name}的付款单重新待拨付，可以编入下一批")
    return redirect("government:payment_order", found.pk)
