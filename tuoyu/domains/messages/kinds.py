"""消息种类：what may interrupt a person at once, and what waits for the 17:30 digest.

At once: arrival, leaving, incident, medicine, "please act". Nobody can switch off what concerns a
child's safety, and no quiet hour holds it back. ``channels`` is an order: the next one is tried
when the one before has failed, is not set up or does not reach this person.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuoyu.core.errors import DomainError

PUSH, WECHAT, SMS, EMAIL = "push", "wechat", "sms", "email"


@dataclass(frozen=True)
class Kind:
    """消息种类。``is_grave``: neither switch nor quiet hour holds it."""

    code: str
    title: str
    icon: str
    note: str
    at_once: bool = False
    is_grave: bool = False
    channels: tuple[str, ...] = ()


_ALL = [
    Kind("arrive", "到园", "door", "孩子到园", True, channels=(PUSH, WECHAT)),
    Kind("leave", "离园", "home", "孩子被接走", True, channels=(PUSH, WECHAT)),
    Kind("incident", "受伤与事故", "alert", "磕碰、受伤", True, True, (PUSH, WECHAT, SMS)),
    Kind("medicine", "用药", "heart", "喂药、拒药、临时用药", True, True, (PUSH, WECHAT, SMS)),
    Kind("act", "请您办理", "check", "要您确认、签字或答复", True, channels=(PUSH, WECHAT, SMS)),
    Kind("day", "园里的一天", "feed", "饮食、睡眠、活动、照片"),
    Kind("book", "联络簿", "edit", "老师的回复"),
    Kind("absence", "请假与考勤", "calendar", "请假、更正、异议答复"),
    Kind("notice", "通知公告", "megaphone", "园里的通知"),
    Kind("fee", "费用与补助", "receipt", "账单、托育券、补助"),
    Kind("digest", "今日小结", "history", "每天 17:30 一份", channels=(WECHAT, EMAIL)),
]
KINDS: dict[str, Kind] = {k.code: k for k in _ALL}
CHANNEL_TITLES = {PUSH: "浏览器推送", WECHAT: "微信模板消息", SMS: "短信", EMAIL: "电子邮件"}


def kind_of(code: str) -> Kind:
    """取种类；an unknown one is a programmer's slip and says so."""
    found = KINDS.get(code)
    if found is None:
        raise DomainError("kind", f"没有「{code}」这种消息，请从消息种类表中选")
    return found
