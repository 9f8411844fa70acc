"""消息、今日小结、通知与联络簿。"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.messages import services
from tuoyu.domains.messages.kinds import KINDS
from tuoyu.domains.messages.models import BookEntry, Message, Recipient
from tuoyu.domains.messages.rules import CHIPS
from tuoyu.domains.messages.selectors import book as books
from tuoyu.domains.messages.selectors import notices as received
from tuoyu.domains.messages.selectors.box import list_box
from tuoyu.domains.messages.services import announcing
from tuoyu.domains.messages.services.book import write_home
from tuoyu.ends.family import money_news, reads
from tuoyu.ends.family.shell import Chosen, chosen, own_children, show
from tuoyu.ends.family.timeline import Item
from tuoyu.ends.family.views.feed import line_of

SPAN = 31
BOOK_DAYS = 7
HOME = "family:home:view"


@page(HOME, title="消息")
def box(request: Request) -> HttpResponse:
    """消息：things to do, then what one was told; opening it is reading it."""
    if not own_children(request):
        return show(request, "family/nobody.html", "消息")
    scope, now = request.actor.scope, clock.now()
    told = [_told(m) for m in list_box(scope, since=now - timedelta(days=SPAN), most=60)]
    told += [_news(i) for i in money_news.tell(scope, own_children(request), SPAN)]
    told.sort(key=lambda t: t["at"], reverse=True)
    services.mark_read(scope, at=now)
    return show(
        request,
        "family/messages.html",
        "消息",
        chosen(request),
        told=told[:60],
        unread=sum(t["is_new"] for t in told),
        span=SPAN,
    )


def _told(message: Message) -> dict[str, Any]:
    kind = KINDS[message.kind]
    return {
        "icon": kind.icon,
        "title": message.title,
        "body": message.body or "",
        "url": message.url,
        "at": message.at,
        "child_id": message.child_id,
        "is_new": message.read_at is None and not message.is_muted,
        "is_grave": kind.is_grave,
        "is_door": kind.code in ("arrive", "leave"),
    }


def _news(item: Item) -> dict[str, Any]:
    """Told by the ledger of vouchers itself: it cannot be read or unread."""
    return {
        "icon": item.icon, "title": item.text, "body": item.note, "url": "", "at": item.at,
        "child_id": None, "is_new": False, "is_grave": False, "is_door": False,
    }  # fmt: skip


@page(HOME, title="今日小结")
def digest(request: Request) -> HttpResponse:
    """今日小结：one screen of a child's day, and what was told that day."""
    picked, scope = chosen(request), request.actor.scope
    day = _day(request.GET.get("day"))
    start, end = clock.at(day), clock.at(day + timedelta(days=1))
    told = [
        _told(m)
        for m in list_box(scope, since=start, most=100)
        if m.at < end and m.kind != "digest" and m.child_id in (None, picked.child.pk)
    ]
    sheet = reads.sheet_on(scope, picked.child.pk, day)
    return show(
        request,
        "family/digest.html",
        "今日小结",
        picked,
        day=day,
        told=[t for t in told if not t["is_door"]],
        sheet=sheet,
        items=_line(request, picked, day),
        book=[_entry(e) for e in books.entries_of(scope, picked.child.pk, day, _after(day))],
        before=_digest_url(picked, day - timedelta(days=1)),
        after=_digest_url(picked, _after(day)) if day < clock.today() else "",
        is_early=day == clock.today() and clock.now() < clock.at(day, 17, 30),
        back_url=reverse("family:messages"),
    )


def _line(request: Request, picked: Chosen, day: date) -> list[Item]:
    """这一天的动态，先后有序。"""
    span = min((clock.today() - day).days + 1, SPAN)
    found = line_of(request.actor.scope, picked.child, span)
    return sorted((i for i in found if clock.day_of(i.at) == day), key=lambda i: i.at)


def _digest_url(picked: Chosen, day: date) -> str:
    return f"{reverse('family:digest')}?child={picked.child.pk}&day={day:%Y-%m-%d}"


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _day(text: str | None) -> date:
    if not text:
        return clock.today()
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error
    if found > clock.today():
        raise NotFound
    return found


@page(HOME, title="园所通知")
def notices(request: Request) -> HttpResponse:
    """通知：what still wants a receipt or a signature first."""
    picked, actor = chosen(request), request.actor
    ids = [c.pk for c in own_children(request)]
    names = {c.pk: c.name for c in own_children(request)}
    rows = received.list_received(actor.scope, actor.user_id or 0, ids)
    owed = {r.pk for r in received.open_received(actor.scope, actor.user_id or 0)}
    found = [_notice_row(r, names[r.child_id], r.pk in owed) for r in rows]
    found.sort(key=lambda r: not r["owed"])
    return show(
        request,
        "family/notices.html",
        "园所通知",
        picked,
        rows=found,
        back_url=reverse("family:messages"),
    )


def _notice_row(row: Recipient, name: str, owed: bool) -> dict[str, Any]:
    one = row.announcement
    if owed:
        state, tone = ("待签字", "warn") if one.wants_signature else ("待回执", "warn")
    elif row.signed_at:
        state, tone = "已签字", "ok"
    elif row.receipt_at:
        state, tone = "已回执", "ok"
    else:
        state, tone = ("已看过", "") if row.read_at else ("未看", "info")
    url = f"{reverse('family:notice', args=[one.pk])}?child={row.child_id}"
    return {
        "title": one.title, "name": name, "at": one.sent_at, "by": one.sent_by_name,
        "state": state, "tone": tone, "url": url, "owed": owed,
    }  # fmt: skip


@page(HOME, title="通知")
def notice(request: Request, notice_id: int) -> HttpResponse:
    """一份通知：opening it is reading it; receipt and signature are acts of their own."""
    picked = chosen(request)
    row = announcing.read_notice(
        by=request.actor, notice_id=notice_id, child_id=picked.child.pk, at=clock.now()
    )
    return _notice(request, picked, row)


def _notice(
    request: Request, picked: Chosen, row: Recipient, errors: tuple[str, ...] = ()
) -> HttpResponse:
    answers = received.answers_of(row)
    others = [r for _, r in answers if r.pk != row.pk]
    response = show(
        request,
        "family/notice.html",
        row.announcement.title,
        picked,
        row=row,
        one=row.announcement,
        answers=answers,
        signed_by_other=any(r.signed_at for r in others),
        errors=errors,
        name=request.POST.get("name", ""),
        back_url=reverse("family:notices"),
    )
    response.status_code = 422 if errors else 200
    return response


@page("family:notice:answer", title="通知回执", log="通知回执", methods=("POST",))
def receipt(request: Request, notice_id: int) -> HttpResponse:
    """回执：one tap."""
    picked = chosen(request)
    announcing.give_receipt(
        by=request.actor, notice_id=notice_id, child_id=picked.child.pk, at=clock.now()
    )
    request.audit_persons = [picked.child.pk]
    messages.success(request, "已回执，园里看得到")
    return redirect(f"{reverse('family:notice', args=[notice_id])}?child={picked.child.pk}")


@page("family:notice:answer", title="通知签字", log="通知签字", methods=("POST",))
def sign(request: Request, notice_id: int) -> HttpResponse:
    """签字。"""
    picked = chosen(request)
    try:
        announcing.sign_notice(
            by=request.actor,
            notice_id=notice_id,
            child_id=picked.child.pk,
            name=request.POST.get("name", ""),
            agrees=request.POST.get("agree") == "1",
            at=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        row = received.access_received(
            request.actor.scope, notice_id, picked.child.pk, request.actor.user_id or 0
        )
        return _notice(request, picked, row, (error.text,))
    request.audit_persons = [picked.child.pk]
    messages.success(request, "已签字，园里看得到")
    return redirect(f"{reverse('family:notice', args=[notice_id])}?child={picked.child.pk}")


@page("family:book:write", title="联络簿", log="写联络簿", methods=("GET", "POST"))
def book(request: Request) -> HttpResponse:
    """联络簿：a few taps in the morning, the room's answer in the evening, one page for both."""
    picked, errors = chosen(request), []
    if request.method == "POST":
        request.audit_persons = [picked.child.pk]
        try:
            write_home(
                by=request.actor,
                child_id=picked.child.pk,
                heat=request.POST.get("heat", ""),
                chips={key: request.POST.get(key, "") for key in CHIPS},
                words=request.POST.get("words", ""),
                at=clock.now(),
            )
            messages.success(request, "已写进联络簿，老师马上看得到")
            return redirect(f"{reverse('family:book')}?child={picked.child.pk}")
        except NotFound:
            raise
        except DomainError as error:
            errors = [error.text]
    response = show(
        request,
        "family/book.html",
        "联络簿",
        picked,
        errors=errors,
        days=_days(request, picked),
        chips=[
            {
                "key": key,
                "title": title,
                "options": [(o, request.POST.get(key) == o) for o in options],
            }
            for key, (title, options) in CHIPS.items()
        ],
        heat=request.POST.get("heat", ""),
        words=request.POST.get("words", ""),
        back_url=reverse("family:home"),
    )
    response.status_code = 422 if errors else 200
    return response


def _days(request: Request, picked: Chosen) -> list[tuple[date, list[dict[str, Any]]]]:
    today = clock.today()
    start, end = today - timedelta(days=BOOK_DAYS - 1), today + timedelta(days=1)
    by_day: dict[date, list[dict[str, Any]]] = {}
    for entry in books.entries_of(request.actor.scope, picked.child.pk, start, end):
        by_day.setdefault(entry.day, []).append(_entry(entry))
    return sorted(by_day.items(), reverse=True)


def _entry(entry: BookEntry) -> dict[str, Any]:
    home = entry.side == BookEntry.Side.HOME
    return {
        "is_home": home,
        "who": entry.by_name,
        "at": entry.at,
        "facts": books.facts_of(entry) if home else [],
        "picks": [] if home else books.picks_of(entry),
        "words": entry.words or "",
        "seen_at": entry.seen_at,
        "seen_by": entry.seen_by_name,
    }
