"""矩阵用的消息：a notice and a browser of one's own, in 青禾 and in 海风."""

from __future__ import annotations

import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.domains.messages import webpush
from tuoyu.domains.messages.services import subscribe
from tuoyu.domains.messages.services.announcing import announce

SIDES = (("parent", "director"), ("other-parent", "other-director"))


def message_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """参数 → (自己的, 别人的)。"""
    rows = [_side(w, *side) for side in SIDES]
    return {name: (rows[0][name], rows[1][name]) for name in rows[0]}


def _side(w: World, parent: str, director: str) -> dict[str, Any]:
    made = announce(
        by=actor_for_user(w.users[director]),
        title="示例通知",
        body="示例正文",
        class_ids=[],
        wants_receipt=True,
        wants_signature=True,
        at=NOW,
    )
    key = ec.generate_private_key(ec.SECP256R1())
    browser = subscribe(
        user_id=w.users[parent].pk,
        endpoint=f"https://fcm.googleapis.com/fcm/send/{parent}",
        p256dh=webpush.b64(webpush.point(key.public_key())),
        auth=webpush.b64(os.urandom(16)),
        device="示例浏览器",
        at=NOW,
    )
    return {"letter_id": made.pk, "browser_id": browser.pk}
