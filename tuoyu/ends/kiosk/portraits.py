"""头像部件：the same on every page, see ``tuoyu.ui.portraits``."""

from __future__ import annotations

from tuoyu.ui.portraits import parts

__all__ = ["parts"]
