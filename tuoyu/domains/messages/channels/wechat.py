"""微信模板消息通道：the service account's token, then one template message."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

from django.conf import settings

from tuoyu.core import clock
from tuoyu.domains.messages.channels import wire
from tuoyu.domains.messages.channels.base import Answer, Letter, failed, sent

MARGIN = 120  # seconds before its end at which a token is asked for anew
REFUSED_FOR_GOOD = {40003: "没有这个微信用户", 43004: "用户没有关注公众号", 43101: "用户已拒收"}
STALE_TOKEN = {40001, 40014, 42001}
_token: list[tuple[str, float]] = []


class Wechat:
    """微信模板消息。"""

    code = "wechat"

    def missing(self) -> str:
        given = settings.CHANNELS["wechat"]
        if given["app"] and given["secret"] and given["template"]:
            return ""
        return "微信公众号"

    def send(self, letter: Letter) -> Answer:
        token = _access()
        if not token:
            return failed("微信：取不到接口凭证", again=True)
        given = settings.CHANNELS["wechat"]
        reply = wire.post(
            f"{given['url']}/cgi-bin/message/template/send?access_token={quote(token)}",
            json.dumps(_template(letter, given), ensure_ascii=False).encode(),
            {"Content-Type": "application/json"},
        )
        if not reply.is_good:
            return failed(f"微信：{reply.words}", again=reply.is_passing)
        code = _read(reply.body).get("errcode", -1)
        if code == 0:
            return sent("微信已收下")
        if code in STALE_TOKEN:
            _token.clear()
        why = REFUSED_FOR_GOOD.get(code, f"错误 {code}")
        return failed(f"微信：{why}", again=code not in REFUSED_FOR_GOOD)


def _template(letter: Letter, given: dict[str, str]) -> dict[str, Any]:
    """Field names belong to the template that the account was granted."""
    local = letter.at.astimezone(clock.ZONE)
    values = (letter.title[:20], f"{local:%Y-%m-%d %H:%M}", (letter.text or "请点开查看")[:20])
    names = [n.strip() for n in given["fields"].split(",")]
    said: dict[str, Any] = {
        "touser": letter.address,
        "template_id": given["template"],
        "data": {n: {"value": v} for n, v in zip(names, values, strict=False)},
    }
    if given["site"] and letter.url:
        said["url"] = given["site"].rstrip("/") + letter.url
    return said


def _access() -> str:
    if _token and _token[0][1] > time.monotonic():
        return _token[0][0]
    given = settings.CHANNELS["wechat"]
    reply = wire.get(
        f"{given['url']}/cgi-bin/token?grant_type=client_credential"
        f"&appid={quote(given['app'])}&secret={quote(given['secret'])}"
    )
    found = _read(reply.body) if reply.is_good else {}
    if not found.get("access_token"):
        return ""
    lasts = int(found.get("expires_in", 0)) - MARGIN
    _token[:] = [(str(found["access_token"]), time.monotonic() + lasts)]
    return _token[0][0]


def _read(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
