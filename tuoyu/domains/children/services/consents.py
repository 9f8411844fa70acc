"""监护人同意：one state per child and purpose, and a ledger of who decided what.

Any guardian may give, any may withdraw: what one withdraws stands for the child. A consent given
by someone who had not seen that another had just withdrawn it is written down and does not take
effect (the stricter holds); the giver is told and may give it again, knowingly.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.core.events import publish
from tuoyu.domains.children.events import ConsentChanged
from tuoyu.domains.children.models import Child, Consent, ConsentEntry, Guardian
from tuoyu.domains.children.selectors import standing_consents

Act = ConsentEntry.Act


def grant_consent(
    *, child: Child, guardian: Guardian, purpose: str, at: datetime, until: date | None = None
) -> ConsentEntry:
    """同意一项用途；asking again while it stands changes nothing."""
    return decide_consent(
        child=child, guardian=guardian, purpose=purpose, act=Act.GRANT, at=at, until=until
    )


def withdraw_consent(
    *, child: Child, guardian: Guardian, purpose: str, at: datetime
) -> ConsentEntry:
    """撤回一项同意；one tap, no reason asked (个人信息保护法第十五条)."""
    return decide_consent(child=child, guardian=guardian, purpose=purpose, act=Act.WITHDRAW, at=at)


@transaction.atomic
def decide_consent(
    *,
    child: Child,
    guardian: Guardian,
    purpose: str,
    act: str,
    at: datetime,
    until: date | None = None,
    seen: int | None = None,
) -> ConsentEntry:
    """作一个决定。``seen`` is the latest entry that the page showed (0: none; None: not asked)."""
    check_purpose(purpose)
    if until is not None and until <= clock.day_of(at):
        raise DomainError("until", f"期限 {until} 已经过去，请选今天以后的期限")
    _one_at_a_time(child)
    last = _latest(child, purpose)
    standing = list(standing_consents([child.pk], purpose, clock.day_of(at)).select_for_update())
    unseen = _unseen(last, guardian, seen)
    if unseen is None and last is not None and _says_nothing_new(standing, act, until):
        return last
    if unseen is None and act == Act.WITHDRAW and not standing:
        raise DomainError("no-consent", "这一项没有生效的同意，无须撤回；请刷新页面查看")
    entry = ConsentEntry.all_rows.create(
        child=child,
        institution_id=child.institution_id,
        region_code=child.region_code,
        guardian=guardian,
        purpose=purpose,
        act=act,
        until=until,
        at=at,
        unseen=unseen,
        took_effect=not (act == Act.GRANT and unseen is not None and unseen.act == Act.WITHDRAW),
    )
    if entry.took_effect:
        _apply(entry, standing)
        publish(ConsentChanged(child.pk, purpose, act == Act.GRANT, entry.pk, at))
    return entry


def check_purpose(purpose: str) -> None:
    """用途须在名单内。"""
    if purpose not in Consent.Purpose.values:
        raise DomainError("purpose", "没有这项用途，请刷新页面后再选")


def _one_at_a_time(child: Child) -> None:
    """Two guardians at once: the second waits, and then sees what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7310041, %s)", [child.pk % 2**31])


def _latest(child: Child, purpose: str) -> ConsentEntry | None:
    rows = ConsentEntry.all_rows.filter(child=child, purpose=purpose)
    return rows.order_by("-id").first()


def _unseen(last: ConsentEntry | None, guardian: Guardian, seen: int | None) -> ConsentEntry | None:
    """没有看到的、别人的决定。"""
    if seen is None or last is None or last.pk == seen or last.guardian_id == guardian.pk:
        return None
    return last


def _says_nothing_new(standing: list[Consent], act: str, until: date | None) -> bool:
    return act == Act.GRANT and any(c.until == until for c in standing)


def _apply(entry: ConsentEntry, standing: list[Consent]) -> None:
    """台账 → 现状：at most one consent stands for a child and a purpose."""
    for row in standing:
        row.withdrawn_at, row.withdrawn_by_id = entry.at, entry.guardian_id
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if entry.act == Act.GRANT:
        Consent.all_rows.create(
            child_id=entry.child_id,
            institution_id=entry.institution_id,
            region_code=entry.region_code,
            guardian_id=entry.guardian_id,
            purpose=entry.purpose,
            granted_at=entry.at,
            until=entry.until,
        )
