"""消息的读取。"""

from __future__ import annotations

from tuoyu.domains.messages.selectors.box import list_box, unread_count
from tuoyu.domains.messages.selectors.people import guardian_users, staff_users

__all__ = ["guardian_users", "list_box", "staff_users", "unread_count"]
