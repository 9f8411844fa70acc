"""头像部件：the drawings of ``tuoyu.ui.faces`` for the browser: one face on every page."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

from tuoyu.ui import faces


@cache
def parts() -> dict[str, Any]:
    """头像部件：what ``faces.js`` puts together by the same rule as ``faces.face``."""
    return {
        "head": _head(),
        "eyes": faces.EYES,
        "mouths": faces.MOUTHS,
        "hairs": faces.HAIRS,
        "grounds": faces.GROUNDS,
    }


def _head() -> str:
    """The part that all faces share: all that stands before the eyes."""
    drawings = (faces.face(number)[1] for number in count())
    return next(d for d in drawings if faces.OPEN_EYES in d).partition(faces.OPEN_EYES)[0]
