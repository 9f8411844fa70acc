"""短信通道：the city's SMS gateway, one POST of JSON a message."""

from __future__ import annotations

import json

from django.conf import settings

from tuoyu.domains.messages.channels import wire
from tuoyu.domains.messages.channels.base import Answer, Letter, failed, sent

LONGEST = 140  # Han characters: two parts


class Sms:
    """短信。"""

    code = "sms"

    def missing(self) -> str:
        given = settings.CHANNELS["sms"]
        return "" if given["url"] and given["key"] else "短信网关"

    def send(self, letter: Letter) -> Answer:
        given = settings.CHANNELS["sms"]
        said = {
            "to": letter.address,
            "text": f"{letter.title}。{letter.text}"[:LONGEST] if letter.text else letter.title,
            "sign": given["sign"],
        }
        reply = wire.post(
            given["url"],
            json.dumps(said, ensure_ascii=False).encode(),
            {"Authorization": f"Bearer {given['key']}", "Content-Type": "application/json"},
        )
        if reply.is_good:
            return sent("短信网关已收下")
        return failed(f"短信网关：{reply.words}", again=reply.is_passing)
