"""用户的写入。"""

from __future__ import annotations

from tuoyu.domains.identity.models import User


def set_elder(*, user_id: int, on: bool) -> None:
    """长辈版：remembered with the person, on whatever device they sign in."""
    User.objects.filter(pk=user_id).update(prefers_elder=on)
