"""园所通知：to every guardian of the classes, without a cap; read, receipt, signature apart.

A reminder goes to the families that still owe something: the first by message, from the second on
by SMS as well, which also reaches those without an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models, transaction

from tuoyu.core import clock, crypto
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.events import push_live
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.messages.kinds import SMS
from tuoyu.domains.messages.models import Announcement, Delivery, Recipient
from tuoyu.domains.messages.selectors.notices import access_notice, access_received, families_of
from tuoyu.domains.messages.selectors.people import guardianships
from tuoyu.domains.messages.services.telling import tell

SEND = "inst:notice:send"
GAP = timedelta(hours=1)  # between two reminders, so that a double tap does not ring twice
MOST_REMINDERS = 5


@transaction.atomic
def announce(
    *,
    by: Actor,
    title: str,
    body: str,
    class_ids: Sequence[int],
    wants_receipt: bool,
    wants_signature: bool,
    at: datetime,
) -> Announcement:
    """发通知；an empty ``class_ids`` means everybody."""
    if not by.may(SEND):
        raise NotFound
    place = _place(by)
    _check(title, body)
    classes = _classes(place, class_ids)
    made = Announcement.all_rows.create(
        institution_id=place.pk,
        region_code=place.region_code,
        title=title.strip()[:60],
        body=body.strip()[:2000],
        class_ids=classes,
        wants_receipt=wants_receipt,
        wants_signature=wants_signature,
        sent_at=at,
        sent_by=by.user_id or 0,
        sent_by_name=by.name[:80],
    )
    rows = _recipients(made, at)
    if not rows:
        raise DomainError("nobody", "所选班级没有在托儿童，没有人会收到；请改选班级后再发")
    Recipient.all_rows.bulk_create(rows)
    _tell(made, rows, at, "notice", made.title, f"notice:{made.pk}")
    return made


def _place(by: Actor) -> Institution:
    rows = Institution.objects.visible_to(by.scope).filter(pk=by.institution_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _check(title: str, body: str) -> None:
    if not title.strip():
        raise DomainError("no-title", "请写标题，家长先看到的是它")
    if not body.strip():
        raise DomainError("no-body", "请写正文，说清什么事、什么时间、要家长做什么")


def _classes(place: Institution, wanted: Sequence[int]) -> list[int]:
    rows = ClassGroup.objects.unscoped(reason="机构信息公开").filter(institution_id=place.pk)
    own = set(rows.values_list("pk", flat=True))
    if not set(wanted) <= own:
        raise NotFound
    return sorted(set(wanted))


def _recipients(one: Announcement, at: datetime) -> list[Recipient]:
    day = clock.day_of(at)
    stays = Enrolment.all_rows.filter(institution_id=one.institution_id, period__contains=day)
    if one.class_ids:
        stays = stays.filter(class_group_id__in=one.class_ids)
    room = dict(stays.values_list("child_id", "class_group_id"))
    links = guardianships(list(room), day).select_related("guardian")
    return [
        Recipient(
            announcement=one,
            institution_id=one.institution_id,
            region_code=one.region_code,
            child_id=link.child_id,
            class_group_id=room[link.child_id],
            guardian_id=link.guardian_id,
            user_id=link.guardian.user_id,
        )
        for link in links
    ]


def _tell(
    one: Announcement,
    rows: Sequence[Recipient],
    at: datetime,
    kind: str,
    title: str,
    key: str,
) -> int:
    """Once a person, in the box of the first child: siblings do not make it ring twice."""
    by_child: dict[int, list[int]] = {}
    told: set[int] = set()
    for row in rows:
        if row.user_id is not None and row.user_id not in told:
            told.add(row.user_id)
            by_child.setdefault(row.child_id, []).append(row.user_id)
    return sum(
        tell(
            kind=kind,
            users=users,
            title=title,
            body=one.body[:60],
            url=f"/family/notices/{one.pk}/?child={child}",
            at=at,
            child_id=child,
            institution_id=one.institution_id,
            region_code=one.region_code,
            key=f"{key}:{child}",
        )
        for child, users in by_child.items()
    )


@transaction.atomic
def remind(*, by: Actor, notice_id: int, at: datetime) -> tuple[int, int]:
    """一键提醒；answers (families reminded, SMS prepared)."""
    if not by.may(SEND):
        raise NotFound
    one = access_notice(by.scope, notice_id, lock=True)
    if one.reminders >= MOST_REMINDERS:
        raise DomainError("enough", f"已提醒 {MOST_REMINDERS} 次，请改为打电话或当面说")
    if one.reminded_at is not None and at - one.reminded_at < GAP:
        again = (one.reminded_at + GAP).astimezone(clock.ZONE)
        raise DomainError("soon", f"刚提醒过，{again:%H:%M} 以后可以再提醒；急事请打电话")
    owing = [f for f in families_of(one) if not f.is_done]
    if not owing:
        raise DomainError("all-done", "没有人还欠着，不用提醒；请刷新页面查看")
    rows = [r for f in owing for r in f.rows]
    one.reminders, one.reminded_at = one.reminders + 1, at
    one.save(update_fields=["reminders", "reminded_at"])
    what = "签字" if one.wants_signature else "回执" if one.wants_receipt else "看"
    key = f"notice:{one.pk}:r{one.reminders}"
    _tell(one, rows, at, "act", f"请您{what}：{one.title}"[:80], key)
    sms = _by_sms(one, rows, at, what) if one.reminders > 1 else 0
    return len(owing), sms


def _by_sms(one: Announcement, rows: Sequence[Recipient], at: datetime, what: str) -> int:
    place = Institution.objects.unscoped(reason="机构信息公开").get(pk=one.institution_id)
    made = [
        Delivery(
            user_id=row.user_id,
            guardian_id=row.guardian_id,
            child_id=row.child_id,
            institution_id=one.institution_id,
            region_code=one.region_code,
            kind="notice",
            channel=SMS,
            title=f"{place.name}：请{what}《{one.title}》"[:80],
            made_at=at,
            due_at=at,
        )
        for row in rows
    ]
    Delivery.all_rows.bulk_create(made)
    return len(made)


@transaction.atomic
def read_notice(*, by: Actor, notice_id: int, child_id: int, at: datetime) -> Recipient:
    """打开即读到。"""
    row = access_received(by.scope, notice_id, child_id, by.user_id or 0)
    _of_siblings(row, by).filter(read_at=None).update(read_at=at)
    row.refresh_from_db(fields=["read_at"])
    return row


def _of_siblings(row: Recipient, by: Actor) -> models.QuerySet[Recipient]:
    """The same notice for each of one's own children here: what was seen was seen for all."""
    rows = Recipient.objects.visible_to(by.scope)
    return rows.filter(announcement_id=row.announcement_id, user_id=row.user_id)


@transaction.atomic
def give_receipt(*, by: Actor, notice_id: int, child_id: int, at: datetime) -> Recipient:
    """回执：「我看到了」. It agrees to nothing."""
    row = access_received(by.scope, notice_id, child_id, by.user_id or 0, lock=True)
    if not row.announcement.wants_receipt:
        raise DomainError("no-receipt", "这份通知不要回执，看过即可")
    if row.receipt_at is None:
        _of_siblings(row, by).filter(read_at=None).update(read_at=at)
        _of_siblings(row, by).filter(receipt_at=None).update(receipt_at=at)
        row.refresh_from_db(fields=["receipt_at", "read_at"])
        push_live([f"institution:{row.institution_id}"], "notice")
    return row


@transaction.atomic
def sign_notice(
    *, by: Actor, notice_id: int, child_id: int, name: str, agrees: bool, at: datetime
) -> Recipient:
    """签字：「我同意」, by one's own name, over the text as it stands (its hash is kept)."""
    row = access_received(by.scope, notice_id, child_id, by.user_id or 0, lock=True)
    one = row.announcement
    if not one.wants_signature:
        raise DomainError("no-signature", "这份通知不要签字，给个回执即可")
    if row.signed_at is not None:
        raise DomainError("signed", "您已经签过字，不用再签；请刷新页面查看")
    own = _own_name(row)
    if not agrees:
        raise DomainError("agree", "请先勾选「我已看完并同意」，再签字")
    if name.strip() != own:
        raise DomainError("name", f"签名应为您登记的姓名「{own}」，请核对后重写")
    row.signed_at, row.signed_name = at, own
    row.signed_hash = crypto.sm3(f"{one.title}\n{one.body}".encode()).hex()
    row.read_at, row.receipt_at = row.read_at or at, row.receipt_at or at
    row.save(update_fields=["signed_at", "signed_name", "signed_hash", "read_at", "receipt_at"])
    push_live([f"institution:{row.institution_id}"], "notice")
    return row


def _own_name(row: Recipient) -> str:
    link = Guardianship.all_rows.select_related("guardian").filter(
        child_id=row.child_id, guardian_id=row.guardian_id
    )
    return link[0].guardian.name
