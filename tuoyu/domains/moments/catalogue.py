"""事件种类 ``observe``：an observation written on the class tablet, also without network."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from tuoyu.domains.care.kinds import Detail, register
from tuoyu.domains.moments.rules import observation_problem

OBSERVE = "observe"


def read_observation(raw: Mapping[str, Any]) -> Detail:
    """平板送来的观察记录；anything else raises ``ValueError``."""
    areas, text, photo = raw.get("areas"), raw.get("text"), raw.get("photo")
    if not isinstance(areas, list) or not isinstance(text, str) or "\x00" in text:
        raise ValueError("应有领域和文字")
    if any(not isinstance(a, str) for a in areas):
        raise ValueError("领域应是代码")
    text.encode()  # a lone surrogate is no text
    if problem := observation_problem(areas, text):
        raise ValueError(problem)
    found: Detail = {"areas": list(dict.fromkeys(areas)), "text": text.strip()}
    if photo is not None:
        found["photo"] = str(uuid.UUID(photo))
    if raw.get("private") is True:
        found["private"] = True
    return found


def register_kinds() -> None:
    """登记；what a child can do is told sealed, as health is."""
    register(OBSERVE, read_observation, title="观察记录", is_sealed=True)
