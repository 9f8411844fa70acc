"""送达通道：push, SMS, WeChat template message, e-mail behind one interface.

A channel that has no settings says so and sends nothing; nobody is told that it was sent.
"""

from __future__ import annotations

from tuoyu.domains.messages.channels.base import Answer, Channel, Letter
from tuoyu.domains.messages.channels.email import Email
from tuoyu.domains.messages.channels.push import Push
from tuoyu.domains.messages.channels.sms import Sms
from tuoyu.domains.messages.channels.wechat import Wechat

CHANNELS: dict[str, Channel] = {c.code: c for c in (Push(), Wechat(), Sms(), Email())}

__all__ = ["CHANNELS", "Answer", "Channel", "Letter"]
