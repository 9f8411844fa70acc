"""报名入托（家长）：one's applications with rank and why, the offer, papers and wishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.files.contents import ACCEPT
from tuoyu.core.files.download import attachment
from tuoyu.domains.admissions.models import QUEUE, Application, PaperKind, Stage
from tuoyu.domains.admissions.selectors import cards as selectors
from tuoyu.domains.admissions.services import applying, offers, papers, visiting
from tuoyu.domains.billing.selectors.prices import tariff_of
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.institutions.selectors import list_public
from tuoyu.ends.family.shell import own_children, show

APPLY = "family:admission:apply"
HINTS = {
    PaperKind.CHECKUP: "妇幼保健院或社区卫生服务中心的入托体检表，照片或 PDF",
    PaperKind.VACCINATION: "接种门诊出具的查验证明，照片或 PDF",
    PaperKind.IDENTITY: "户口簿孩子页或出生医学证明，照片或 PDF",
    PaperKind.ALLERGY: "会显示在班级和厨房，避免误食",
    PaperKind.PICKUP: "这些人可以接孩子；入托后随时可改",
}


@page(APPLY, title="报名入托")
def listing(request: Request) -> HttpResponse:
    """我的报名。"""
    found = selectors.own_of(_user(request))
    return show(
        request,
        "family/admissions.html",
        "报名入托",
        found=found,
        now=clock.now(),
        back_url=reverse("family:services"),
    )


def _user(request: Request) -> int:
    if request.actor.user_id is None:
        raise NotFound
    return request.actor.user_id


@page(APPLY, title="新报名", log="报名入托", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """报名：a child already known is only picked, nothing is typed again."""
    error = ""
    if request.method == "POST":
        try:
            made = applying.apply(
                family=_family(request),
                institution_ids=_ids(request.POST.getlist("wish")),
                source=Application.Source.FAMILY,
                by=request.actor,
                at=clock.now(),
            )
        except NotFound:
            raise
        except DomainError as caught:
            error = caught.text
        else:
            request.audit_note = made.application.number
            messages.success(request, f"已报名，回执号 {made.application.number}")
            return redirect("family:admissions")
    first = request.GET.get("at", "")
    response = show(
        request,
        "family/admission_new.html",
        "报名入托",
        error=error,
        kept=request.POST,
        own=own_children(request),
        choices=_choices(),
        rows=_rows(request, first),
        relations=Guardianship.Relation.choices,
        today=clock.today(),
        back_url=reverse("family:admissions"),
    )
    response.status_code = 422 if error else 200
    return response


def _rows(request: Request, first: str) -> list[dict[str, Any]]:
    picked = request.POST.getlist("wish") or [first]
    picked += [""] * (3 - len(picked))
    return [{"n": n, "value": value} for n, value in enumerate(picked[:5], start=1)]


def _choices() -> list[Institution]:
    return list(list_public(clock.today()).order_by("unit_code", "name", "pk")[:400])


def _ids(values: list[str]) -> list[int]:
    return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 17]


def _family(request: Request) -> applying.Family:
    """An own child's name, sex and birthday come from its file."""
    post = request.POST
    known = next((c for c in own_children(request) if str(c.pk) == post.get("own")), None)
    plain = _typed(post) if known is None else None
    common: dict[str, Any] = {
        "guardian_name": post.get("guardian_name", ""),
        "relation": post.get("relation", ""),
        "phone": post.get("phone", ""),
        "wanted_on": _day(post.get("wanted_on"), "希望哪天入托"),
        "note": post.get("note", ""),
    }
    if known is not None:
        return applying.Family(
            child_name=known.name, sex=known.sex, born_on=known.born_on,
            id_number=known.id_number or "", child_id=known.pk, **common,
        )  # fmt: skip
    return applying.Family(**(plain or {}), **common)


def _typed(post: QueryDict) -> dict[str, Any]:
    return {
        "child_name": post.get("child_name", ""),
        "sex": post.get("sex", ""),
        "born_on": _day(post.get("born_on"), "出生日期"),
        "id_number": post.get("id_number", ""),
    }


@page(APPLY, title="认领报名", log="认领报名", methods=("POST",))
def claim(request: Request) -> HttpResponse:
    """凭回执号和查询码认领。"""
    post = request.POST
    made = applying.claim(
        number=post.get("number", ""), code=post.get("code", ""), by=request.actor, at=clock.now()
    )
    request.audit_note = made.number
    messages.success(request, f"已认领 {made.child_name}的报名")
    return redirect("family:admissions")


@page(APPLY, title="一个志愿")
def wish(request: Request, wish_id: int) -> HttpResponse:
    """一个志愿：名次与理由、录取、材料、合同、经过。"""
    card, now = selectors.access_card(request.actor, wish_id), clock.now()
    w, offer = card.wish, card.offer
    tariff = tariff_of(w.institution_id, offer.from_on) if offer else None
    care = (
        tariff.care(offer.class_group.class_type, card.application.form)
        if tariff and offer
        else None
    )
    in_queue = w.stage in QUEUE
    return show(
        request,
        "family/admission.html",
        w.institution.name,
        card=card,
        w=w,
        a=card.application,
        in_queue=in_queue,
        late=card.is_late(now),
        care=care,
        slots=selectors.free_slots(w.institution_id, now) if in_queue else [],
        papers=[_paper(p) for p in card.papers],
        may_give=w.stage == Stage.PAPERS,
        relations=Guardianship.Relation.choices,
        accept=ACCEPT,
        changes=selectors.list_changes(w),
        back_url=reverse("family:admissions"),
    )


def _paper(p: Any) -> dict[str, Any]:
    kind = PaperKind(p.kind)
    persons = papers.bearers_of(p) if kind == PaperKind.PICKUP else []
    return {
        "p": p,
        "title": kind.label,
        "hint": HINTS[kind],
        "persons": persons,
        "lines": [*persons, *[None] * max(0, 3 - len(persons))],
        "allergy": p.text if kind == PaperKind.ALLERGY else "",
    }


@page(APPLY, title="办一步", log="家长办理报名", methods=("POST",))
def step(request: Request, wish_id: int, family_step: str) -> HttpResponse:
    """办一步。"""
    act = STEPS.get(family_step)
    if act is None:
        raise NotFound
    card, now = selectors.access_card(request.actor, wish_id), clock.now()
    offers.expire_due(now)
    text = act(request, wish_id, now)
    request.audit_note = f"报名 {card.application.number}：{text}"[:200]
    messages.success(request, text)
    return redirect("family:admission", wish_id)


def _accept(request: Request, wish_id: int, now: datetime) -> str:
    offers.accept(wish_id=wish_id, by=request.actor, at=now)
    return "已接受录取，请准备材料"


def _decline(request: Request, wish_id: int, now: datetime) -> str:
    offers.decline(wish_id=wish_id, by=request.actor, at=now)
    return "已谢绝，候补为您暂缓，可随时恢复"


def _visit(request: Request, wish_id: int, now: datetime) -> str:
    slots = _ids([request.POST.get("slot", "")])
    if not slots:
        raise DomainError("slot", "请选一个参观时段")
    visiting.book_visit(wish_id=wish_id, slot_id=slots[0], by=request.actor, at=now)
    return "参观已约好"


def _hold(request: Request, wish_id: int, now: datetime) -> str:
    visiting.hold(wish_id=wish_id, why="家长自己暂缓", by=request.actor, at=now)
    return "已暂缓，可随时恢复，仍按原报名时间"


def _restore(request: Request, wish_id: int, now: datetime) -> str:
    visiting.restore(wish_id=wish_id, by=request.actor, at=now)
    return "已恢复候补，仍按原报名时间"


def _close(request: Request, wish_id: int, now: datetime) -> str:
    visiting.close(wish_id=wish_id, why="", by=request.actor, at=now)
    return "已退出这个志愿"


def _reopen(request: Request, wish_id: int, now: datetime) -> str:
    visiting.reopen(wish_id=wish_id, by=request.actor, at=now)
    return "已重新报名，按现在的时间排序"


def _up(request: Request, wish_id: int, now: datetime) -> str:
    applying.reorder(wish_id=wish_id, by=request.actor, at=now)
    return "志愿已提前一位"


def _file(request: Request, wish_id: int, now: datetime) -> str:
    upload = request.FILES.get("file")
    if upload is None:
        raise DomainError("no-file", "没有选文件，请拍照或选一个 PDF 再上传")
    papers.give_file(
        wish_id=wish_id, kind=request.POST.get("kind", ""), upload=upload, by=request.actor,
        at=now, id_number=request.POST.get("id_number", ""),
    )  # fmt: skip
    return "已上传，等园方核对"


def _allergy(request: Request, wish_id: int, now: datetime) -> str:
    post = request.POST
    papers.give_allergy(
        wish_id=wish_id, text=post.get("text", ""), none="none" in post, by=request.actor, at=now
    )
    return "已保存"


def _bearers(request: Request, wish_id: int, now: datetime) -> str:
    post = request.POST
    rows = zip(post.getlist("name"), post.getlist("relation"), post.getlist("phone"), strict=False)
    found = [papers.Bearer(n, r, p) for n, r, p in rows if n.strip() or p.strip()]
    papers.give_bearers(wish_id=wish_id, bearers=found, by=request.actor, at=now)
    return "接送人已保存"


STEPS: dict[str, Callable[[Request, int, datetime], str]] = {
    "accept": _accept, "decline": _decline, "visit": _visit, "hold": _hold, "restore": _restore,
    "close": _close, "reopen": _reopen, "up": _up, "file": _file, "allergy": _allergy,
    "bearers": _bearers,
}  # fmt: skip


@page(APPLY, title="看入托材料")
def paper(request: Request, wish_id: int, paper_kind: str) -> HttpResponse:
    """看自己交的一份材料。"""
    _, stored, body = papers.open_paper(wish_id=wish_id, kind=paper_kind, by=request.actor)
    return attachment(stored, body)


def _day(text: str | None, label: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise DomainError("day", f"「{label}」没有填或不是日期，请改正") from error
