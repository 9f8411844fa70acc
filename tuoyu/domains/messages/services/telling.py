"""告知：one row in each person's box, and for what is urgent a delivery by the first channel."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app

from tuoyu.core import rls
from tuoyu.core.events import push_live
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.messages.kinds import Kind, kind_of
from tuoyu.domains.messages.models import Message, Preference
from tuoyu.domains.messages.selectors.box import box
from tuoyu.domains.messages.services.planning import plan

DELIVER = "messages.deliver"
TOPICS_EACH = 200  # a notification holds 8,000 bytes
_SPACE = uuid.UUID("6f2b1c52-7f0e-4c53-9a55-2d1f8f1c7a11")
_INSERT = """
INSERT INTO inbox_message (kind, title, body, url, at, child_id, institution_id, region_code, key,
    id, user_id, is_muted)
SELECT %s, %s, %s::bytea, %s, %s::timestamptz, %s::bigint, %s::bigint, %s, %s,
    u.id, u.user_id, u.is_muted
FROM unnest(%s::uuid[], %s::bigint[], %s::boolean[]) AS u(id, user_id, is_muted)
ON CONFLICT DO NOTHING RETURNING id
"""


def tell(
    *,
    kind: str,
    users: Iterable[int],
    title: str,
    body: str = "",
    url: str = "",
    at: datetime,
    child_id: int | None = None,
    institution_id: int | None = None,
    region_code: str = "",
    key: str | None = None,
    quietly: bool = False,
) -> int:
    """告知若干人；answers how many were told now. The same ``key`` tells a person once.

    Kinds that may interrupt are delivered at once (quiet hours and switches heeded); all others
    wait in the box for the 17:30 digest. ``quietly``: into the box only, since it comes too late to
    interrupt anybody.
    """
    found = kind_of(kind)
    people = sorted(set(users))
    if not people:
        return 0
    with transaction.atomic(), rls.as_system("收件人的收件箱只有本人可见，由系统代为投递"):
        region_code = region_code or _region_of(institution_id)
        settings = {p.pk: p for p in Preference.all_rows.filter(pk__in=people)}
        like = Message(
            kind=found.code,
            title=title[:80],
            body=body[:400] or None,
            url=url[:200],
            at=at,
            child_id=child_id,
            institution_id=institution_id,
            region_code=region_code,
            key=key[:120] if key else None,
        )
        told = _store(like, [(user, _is_muted(found, settings.get(user))) for user in people])
        _hint(told, child_id)
        if found.channels and not quietly:
            _send(found, [m for m in told if not m.is_muted], settings, at)
    return len(told)


def _region_of(institution_id: int | None) -> str:
    """An institution and its region belong together in every row."""
    if institution_id is None:
        return ""
    rows = Institution.objects.unscoped(reason="机构信息公开")
    return rows.values_list("region_code", flat=True).get(pk=institution_id)


def _is_muted(kind: Kind, settings: Preference | None) -> bool:
    return settings is not None and not kind.is_grave and kind.code in settings.muted


def _store(like: Message, people: list[tuple[int, bool]]) -> list[Message]:
    """One row each; answers those that were not there before (a race tells nobody twice)."""
    rows = []
    for user, muted in people:
        row = copy.copy(like)
        row.id, row.user_id, row.is_muted = _id_of(like, user), user, muted
        rows.append(row)
    sealed = Message._meta.get_field("body").get_prep_value(like.body)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                like.kind, like.title, sealed, like.url, like.at, like.child_id,
                like.institution_id, like.region_code, like.key,
                [r.id for r in rows], [r.user_id for r in rows], [r.is_muted for r in rows],
            ],
        )  # fmt: skip
        stored = {found[0] for found in cursor.fetchall()}
    return [r for r in rows if r.id in stored]


def _id_of(like: Message, user: int) -> uuid.UUID:
    """The same message to the same person has the same number, so that a repeat is harmless."""
    said = like.key or f"{like.kind}|{like.at.isoformat()}|{like.title}|{like.body}|{like.url}"
    return uuid.uuid5(_SPACE, f"{user}|{said}")


def _send(kind: Kind, told: list[Message], settings: dict[int, Preference], at: datetime) -> None:
    made = plan(kind, told, settings, at)
    if made:
        app.configure_task(DELIVER).defer(ids=[d.pk for d in made])


def _hint(told: list[Message], child_id: int | None) -> None:
    topics = [f"user:{m.user_id}" for m in told]
    if child_id and told:
        topics.append(f"child:{child_id}")
    for first in range(0, len(topics), TOPICS_EACH):
        push_live(topics[first : first + TOPICS_EACH], "message")


def mark_read(scope: Scope, *, at: datetime, **only: Any) -> int:
    """读过：what the page has just shown."""
    return box(scope).filter(read_at=None, at__lte=at, **only).update(read_at=at)


def set_preference(
    *, user_id: int, quiet: bool, hours: tuple[Any, Any], muted: Iterable[str]
) -> Preference:
    """个人设置；what concerns a child's safety cannot be switched off."""
    kept = sorted(m for m in set(muted) if not kind_of(m).is_grave)
    made, _ = Preference.all_rows.update_or_create(
        user_id=user_id,
        defaults={
            "quiet": quiet,
            "quiet_from": hours[0],
            "quiet_to": hours[1],
            "muted": kept,
        },
    )
    return made
