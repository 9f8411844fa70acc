"""报名入托（园方）：the board, the queue with reasons, one wish and the steps on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.download import attachment
from tuoyu.domains.admissions.models import QUEUE, Application, PaperKind, Stage
from tuoyu.domains.admissions.selectors import cards as selectors
from tuoyu.domains.admissions.selectors.cards import Card
from tuoyu.domains.admissions.services import (
    applying,
    contracts,
    offers,
    papers,
    starting,
    visiting,
)
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.institutions.models import ClassGroup, ClassType
from tuoyu.ends.institution.shell import own

MANAGE = "inst:admission:manage"
COLUMNS = (
    Stage.ENQUIRY, Stage.VISIT, Stage.WAITING, Stage.OFFER, Stage.PAPERS, Stage.CONTRACT,
)  # fmt: skip
HINTS = {
    Stage.ENQUIRY: "没有新的报名", Stage.VISIT: "没有约好的参观", Stage.WAITING: "没有候补的家庭",
    Stage.OFFER: "没有待答复的录取", Stage.PAPERS: "没有在备材料的",
    Stage.CONTRACT: "没有在签合同的",
}  # fmt: skip


@page(MANAGE, title="报名入托", sensitive=True)
def board(request: Request) -> HttpResponse:
    """看板：columns by stage, cards with rank, clock and papers."""
    found, now = selectors.board_of(request.actor.institution_id), clock.now()
    by_stage: dict[str, list[Card]] = {}
    for card in found:
        by_stage.setdefault(card.wish.stage, []).append(card)
    for stage in QUEUE:
        by_stage.get(stage, []).sort(key=lambda c: c.standing.rank if c.standing else 0)
    context = {
        "page_title": "报名入托",
        "columns": [
            {"stage": s, "title": s.label, "cards": by_stage.get(s, []), "hint": HINTS[s]}
            for s in COLUMNS
        ],
        "held": by_stage.get(Stage.HELD, []),
        "started": by_stage.get(Stage.STARTED, [])[-8:],
        "now": now,
        "open": sum(len(by_stage.get(s, [])) for s in COLUMNS),
    }
    return render(request, "institution/admissions.html", context)


@page(MANAGE, title="候补名次", sensitive=True)
def queue(request: Request) -> HttpResponse:
    """候补名次，with reasons and what changed."""
    inst = own(request)
    groups = [
        {"title": ClassType(t).label, "rows": selectors.standings_of(inst.pk, t)}
        for t in ClassType.values
    ]
    context = {
        "page_title": "候补名次",
        "crumbs": [{"title": "报名入托", "url": reverse("institution:admissions")}],
        "groups": [g for g in groups if g["rows"]],
        "changes": selectors.recent_changes(inst.pk),
        "practice": selectors.practice_of(inst.pk),
    }
    return render(request, "institution/admissions_queue.html", context)


@page(MANAGE, title="参观与设定", log="改报名设定", methods=("GET", "POST"))
def practice(request: Request) -> HttpResponse:
    """参观时段与本园设定。"""
    inst, now = own(request), clock.now()
    if request.method == "POST":
        post = request.POST
        if post.get("what") == "slot":
            at = _instant(post.get("day"), post.get("time"))
            visiting.open_slot(institution_id=inst.pk, starts_at=at,
                               families=_number(post.get("families"), "接待家庭数"),
                               by=request.actor, at=now)  # fmt: skip
            messages.success(request, f"{at:%m-%d %H:%M} 已开放参观")
        else:
            visiting.set_practice(
                institution_id=inst.pk,
                offer_hours=_number(post.get("offer_hours"), "答复时限"),
                siblings_first="siblings_first" in post,
                special_first="special_first" in post,
                basis=post.get("basis", ""),
                by=request.actor,
                at=now,
            )
            messages.success(request, "设定已保存，名次有变的家庭能看到原因")
        return redirect("institution:admission_practice")
    context = {
        "page_title": "参观与设定",
        "crumbs": [{"title": "报名入托", "url": reverse("institution:admissions")}],
        "practice": selectors.practice_of(inst.pk),
        "slots": selectors.coming_slots(inst.pk, now),
        "tomorrow": clock.today() + timedelta(days=1),
    }
    return render(request, "institution/admissions_practice.html", context)


@page(MANAGE, title="代家长报名", log="代家长报名", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """来电、来访的家长，园方代登。"""
    inst = own(request)
    error = ""
    if request.method == "POST":
        try:
            made = applying.apply(
                family=family_of(request.POST), institution_ids=[inst.pk],
                source=Application.Source.DESK, by=request.actor, at=clock.now(),
            )  # fmt: skip
        except DomainError as caught:
            error = caught.text
        else:
            number = made.application.number
            messages.success(
                request, f"已登记。请告诉家长：回执号 {number}，查询码 {made.code}（只显示这一次）"
            )
            return redirect("institution:admissions")
    context = {
        "page_title": "代家长报名",
        "crumbs": [{"title": "报名入托", "url": reverse("institution:admissions")}],
        "error": error,
        "kept": request.POST,
        "relations": Guardianship.Relation.choices,
        "today": clock.today(),
    }
    return render(request, "institution/admissions_new.html", context, status=422 if error else 200)


def family_of(post: QueryDict) -> applying.Family:
    """家长所填的；an unreadable date is said so."""
    return applying.Family(
        child_name=post.get("child_name", ""),
        sex=post.get("sex", ""),
        born_on=_day(post.get("born_on"), "出生日期"),
        guardian_name=post.get("guardian_name", ""),
        relation=post.get("relation", ""),
        phone=post.get("phone", ""),
        wanted_on=_day(post.get("wanted_on"), "希望入托日期"),
        id_number=post.get("id_number", ""),
        note=post.get("note", ""),
    )


@page(MANAGE, title="一份报名", sensitive=True)
def wish(request: Request, wish_id: int) -> HttpResponse:
    """一份报名：where it stands and the steps that may be taken."""
    card, inst, now = _card(request, wish_id), own(request), clock.now()
    request.audit_note = f"报名 {card.application.number}"
    hours = selectors.practice_of(inst.pk).offer_hours
    until = (now + timedelta(hours=hours)).astimezone(clock.ZONE)
    context = {
        "page_title": card.application.child_name,
        "crumbs": [{"title": "报名入托", "url": reverse("institution:admissions")}],
        "card": card,
        "a": card.application,
        "w": card.wish,
        "in_queue": card.wish.stage in QUEUE,
        "slots": selectors.free_slots(inst.pk, now) if card.wish.stage in QUEUE else [],
        "classes": _classes(inst.pk) if card.wish.stage in QUEUE else [],
        "until": until,
        "hours": hours,
        "papers": [_paper(p) for p in card.papers],
        "changes": selectors.list_changes(card.wish),
        "relation": Guardianship.Relation(card.application.relation).label,
        "start_on": max(card.application.wanted_on, clock.today()),
        "facts": _facts(card),
        "now": now,
    }
    return render(request, "institution/admission.html", context)


def _facts(card: Card) -> list[dict[str, str]]:
    rank = card.standing
    return [
        {"name": "班型", "text": card.class_title, "note": f"入托时 {card.months} 个月"},
        {"name": "希望入托", "text": f"{card.application.wanted_on}", "note": ""},
        {"name": "志愿", "text": f"第 {card.wish.rank} 志愿", "note": ""},
        {
            "name": "名次",
            "text": f"第 {rank.rank} / {rank.total}" if rank else "—",
            "note": "",
        },
        {"name": "材料", "text": f"{card.percent}%" if card.papers else "—", "note": ""},
    ]


def _paper(p: Any) -> dict[str, Any]:
    persons = papers.bearers_of(p) if p.kind == PaperKind.PICKUP else []
    said = "；".join(f"{Guardianship.Relation(b.relation).label} {b.name}" for b in persons) or (
        p.text if p.kind == PaperKind.ALLERGY else ""
    )
    return {"p": p, "title": PaperKind(p.kind).label, "said": said or ""}


def _classes(institution_id: int) -> list[ClassGroup]:
    rows = ClassGroup.objects.unscoped(reason="机构信息公开")
    return list(rows.filter(institution_id=institution_id, is_open=True))


@page(MANAGE, title="办一步", log="办理报名", methods=("POST",))
def step(request: Request, wish_id: int, admission_step: str) -> HttpResponse:
    """办一步；what it is stands in the address."""
    act = STEPS.get(admission_step)
    if act is None:
        raise NotFound
    card, now = _card(request, wish_id), clock.now()
    offers.expire_due(now)
    text = act(request, wish_id, now)
    request.audit_note = f"报名 {card.application.number}：{text}"[:200]
    messages.success(request, text)
    return redirect("institution:admission", wish_id)


def _card(request: Request, wish_id: int) -> Card:
    return selectors.access_card(request.actor, wish_id)


def _visit(request: Request, wish_id: int, now: datetime) -> str:
    slot = _number(request.POST.get("slot"), "参观时段")
    visiting.book_visit(wish_id=wish_id, slot_id=slot, by=request.actor, at=now)
    return "参观已约好"


def _waiting(request: Request, wish_id: int, now: datetime) -> str:
    came = request.POST.get("came") == "1"
    visiting.mark_waiting(wish_id=wish_id, visited=came, by=request.actor, at=now)
    return "已转候补"


def _offer(request: Request, wish_id: int, now: datetime) -> str:
    post = request.POST
    offers.make_offer(
        wish_id=wish_id,
        class_group_id=_number(post.get("class_group"), "班级"),
        from_on=_day(post.get("from_on"), "入托日期"),
        expires_at=_instant(post.get("until_day"), post.get("until_time")),
        first_come="first_come" in post,
        by=request.actor,
        at=now,
    )
    return "录取已发出，到期没有答复会自动暂缓（不删除）"


def _take_back(request: Request, wish_id: int, now: datetime) -> str:
    offers.take_back(wish_id=wish_id, why=_reason(request), by=request.actor, at=now)
    return "录取已收回，家庭回到候补原来的位置"


def _hold(request: Request, wish_id: int, now: datetime) -> str:
    visiting.hold(wish_id=wish_id, why=_reason(request), by=request.actor, at=now)
    return "已暂缓，可随时恢复"


def _restore(request: Request, wish_id: int, now: datetime) -> str:
    visiting.restore(wish_id=wish_id, by=request.actor, at=now)
    return "已恢复候补，仍按原报名时间"


def _close(request: Request, wish_id: int, now: datetime) -> str:
    visiting.close(wish_id=wish_id, why=_reason(request), by=request.actor, at=now)
    return "已结束"


def _remind(request: Request, wish_id: int, now: datetime) -> str:
    count = papers.remind(wish_id=wish_id, by=request.actor, at=now)
    return f"已提醒家长，还缺 {count} 项"


def _check(request: Request, wish_id: int, now: datetime) -> str:
    papers.check(wish_id=wish_id, kind=request.POST.get("kind", ""), by=request.actor, at=now)
    return "已核对"


def _send_back(request: Request, wish_id: int, now: datetime) -> str:
    papers.send_back(
        wish_id=wish_id, kind=request.POST.get("kind", ""), why=_reason(request),
        by=request.actor, at=now,
    )  # fmt: skip
    return "已退回，家长能看到原因"


def _draw_up(request: Request, wish_id: int, now: datetime) -> str:
    extra = request.POST.get("extra", "")
    contracts.draw_up(wish_id=wish_id, extra=extra, by=request.actor, at=now)
    return "合同已拟好，双方都可以签了"


def _supplement(request: Request, wish_id: int, now: datetime) -> str:
    extra = request.POST.get("extra", "")
    contracts.supplement(wish_id=wish_id, extra=extra, by=request.actor, at=now)
    return "补充协议已拟好，双方都可以签了"


def _start(request: Request, wish_id: int, now: datetime) -> str:
    child = starting.start(wish_id=wish_id, by=request.actor, at=now)
    request.audit_persons = [child.pk]
    return f"{child.name}已办理入托，档案、监护人和接送人都已建好"


STEPS: dict[str, Callable[[Request, int, datetime], str]] = {
    "visit": _visit, "waiting": _waiting, "offer": _offer, "take-back": _take_back,
    "hold": _hold, "restore": _restore, "close": _close, "remind": _remind, "check": _check,
    "send-back": _send_back, "draw-up": _draw_up, "supplement": _supplement, "start": _start,
}  # fmt: skip


@page(MANAGE, title="看入托材料", sensitive=True)
def paper(request: Request, wish_id: int, paper_kind: str) -> HttpResponse:
    """下载一份材料。"""
    found, stored, body = papers.open_paper(wish_id=wish_id, kind=paper_kind, by=request.actor)
    request.audit_note = f"报名 {found.application.number}：{PaperKind(paper_kind).label}"
    return attachment(stored, body)


def _reason(request: Request) -> str:
    return request.POST.get("reason", "")


def _number(text: str | None, label: str) -> int:
    if text and text.isascii() and text.isdigit() and len(text) < 17:
        return int(text)
    raise DomainError("number", f"「{label}」没有选或没有填，请补上")


def _day(text: str | None, label: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise DomainError("day", f"「{label}」没有填或不是日期，请改正") from error


def _instant(day: str | None, at: str | None) -> datetime:
    try:
        moment = time.fromisoformat(at or "")
    except ValueError as error:
        raise DomainError("time", "时刻没有填或写法不对，请改正") from error
    return clock.at(_day(day, "日期"), moment.hour, moment.minute)
