"""消息处理：what happens at the door is told to the family."""

from __future__ import annotations
