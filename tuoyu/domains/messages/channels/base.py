"""通道的样子：what is given to one, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tuoyu.domains.messages.models import DeliveryState


@dataclass(frozen=True)
class Letter:
    """要送的一件。``address`` is the phone, openid or e-mail; for push the subscription's parts."""

    address: str
    title: str
    text: str
    url: str
    at: datetime
    keys: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Answer:
    """通道的答复。``again``: worth another try; ``is_gone``: the address is no more."""

    state: DeliveryState
    result: str
    again: bool = False
    is_gone: bool = False


class Channel(Protocol):
    """一个通道。"""

    code: str

    def missing(self) -> str:
        """缺哪项设置；empty when it can send."""

    def send(self, letter: Letter) -> Answer:
        """送一件；never raises for what the network does."""


def sent(result: str) -> Answer:
    """通道已收下。"""
    return Answer(DeliveryState.SENT, result[:120])


def failed(result: str, *, again: bool, is_gone: bool = False) -> Answer:
    """没有送成。"""
    return Answer(DeliveryState.FAILED, result[:120], again, is_gone)
