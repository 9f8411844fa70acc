"""今日小结：what need not interrupt, told once at 17:30 by the injected clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from tuoyu.core import clock
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.messages.kinds import KINDS
from tuoyu.domains.messages.models import DigestRun, Message
from tuoyu.domains.messages.selectors.people import guardianships
from tuoyu.domains.messages.services.telling import tell

AT = time(17, 30)
WAITING = [k.code for k in KINDS.values() if not k.at_once and k.code != "digest"]
LONGEST = timedelta(days=4)  # over a holiday; older ones were missed and stay in the box
FAMILY, STAFF = "/family/digest/", "/account/messages/"  # where its link leads


def send_digests(now: datetime) -> int:
    """到点发小结；answers how many people. Run again the same day it does nothing."""
    day = clock.day_of(now)
    if now.astimezone(clock.ZONE).time() < AT:
        return 0
    try:
        with transaction.atomic():
            run = DigestRun.all_rows.create(day=day, sent_at=now)
    except IntegrityError:
        return 0
    with transaction.atomic():
        counts = _collect(day, now)
        families = _families(day)
        told = _tell(families, counts, FAMILY, day, now)
        told += _tell(set(counts) - families, counts, STAFF, day, now)
        run.people = told
        run.save(update_fields=["people"])
    return told


def _collect(day: date, now: datetime) -> Counter[int]:
    """本人收件箱里待收入小结的条数。"""
    rows = Message.all_rows.filter(
        kind__in=WAITING, digest_on=None, at__gt=now - LONGEST, at__lte=now, is_muted=False
    )
    counts = Counter(rows.values_list("user_id", flat=True))
    rows.update(digest_on=day)
    return counts


def _families(day: date) -> set[int]:
    """当天有孩子到托的监护人。"""
    came = DaySheet.all_rows.filter(day=day, status=DayStatus.PRESENT).values("child_id")
    users = guardianships(came, day).values_list("guardian__user_id", flat=True)
    return {u for u in users if u is not None}


def _tell(people: Iterable[int], counts: Counter[int], url: str, day: date, now: datetime) -> int:
    """People with the same number of messages are told the same sentence."""
    by_count: dict[int, list[int]] = {}
    for user in people:
        by_count.setdefault(counts[user], []).append(user)
    told = 0
    for count, users in sorted(by_count.items()):
        told += tell(
            kind="digest",
            users=users,
            title=f"{day:%m-%d} 今日小结",
            body=f"今天的情况，和 {count} 条通知" if count else "今天的情况，点开查看",
            url=url,
            at=now,
            key=f"digest:{day:%Y-%m-%d}",
        )
    return told
