"""告知：what families and directors are told of an application."""

from __future__ import annotations

from datetime import datetime

from tuoyu.domains.admissions.models import Wish
from tuoyu.domains.messages.selectors import staff_users
from tuoyu.domains.messages.services import tell

FAMILY_URL, DESK_URL = "/family/admissions/", "/inst/admissions/"


def tell_family(wish: Wish, title: str, body: str, at: datetime, *, urgent: bool = False) -> None:
    """告诉家长（有账号的）；what waits for an answer is told at once."""
    user = wish.application.user_id
    if user is None:
        return
    tell(
        kind="act" if urgent else "notice",
        users=[user],
        title=title,
        body=body,
        url=f"{FAMILY_URL}{wish.pk}/",
        at=at,
        institution_id=wish.institution_id,
        region_code=wish.region_code,
    )


def tell_institution(wish: Wish, title: str, body: str, at: datetime) -> None:
    """告诉园方经办的人。"""
    tell(
        kind="notice",
        users=staff_users(wish.institution_id, "inst:admission:manage"),
        title=title,
        body=body,
        url=f"{DESK_URL}{wish.pk}/",
        at=at,
        institution_id=wish.institution_id,
        region_code=wish.region_code,
    )
