"""网页推送通道：to the push service of the browser that subscribed."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from tuoyu.core import crypto
from tuoyu.domains.messages import webpush
from tuoyu.domains.messages.channels import wire
from tuoyu.domains.messages.channels.base import Answer, Letter, failed, sent

KEEP = 12 * 3600  # seconds the push service keeps it for a phone that is off
LOOPBACK = ("127.0.0.1", "localhost")


@cache
def signing_key() -> ec.EllipticCurvePrivateKey:
    """本平台的署名密钥。"""
    return webpush.load_key(Path(settings.PUSH_KEY_FILE))


def public_key() -> str:
    """给浏览器订阅用的公钥。"""
    return webpush.b64(webpush.point(signing_key().public_key()))


def may_reach(endpoint: str) -> bool:
    """只发给认得的推送服务：the address comes from a browser and must not lead into our network."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    known = any(host == h or host.endswith("." + h) for h in settings.PUSH_HOSTS)
    local = parts.scheme == "http" and host in LOOPBACK and host in settings.PUSH_HOSTS
    return known and not parts.username and (parts.scheme == "https" or local)


class Push:
    """浏览器推送。"""

    code = "push"

    def missing(self) -> str:
        return ""

    def send(self, letter: Letter) -> Answer:
        if not may_reach(letter.address):
            return failed("不认得的推送服务，未发送", again=False, is_gone=True)
        said = {"title": letter.title, "body": letter.text, "url": letter.url}
        payload = json.dumps(said, ensure_ascii=False).encode()
        p256dh, auth = letter.keys
        try:
            body = webpush.encrypt(payload, p256dh=webpush.unb64(p256dh), auth=webpush.unb64(auth))
        except ValueError:
            return failed("浏览器的订阅密钥不完整，请本人重新开启推送", again=False, is_gone=True)
        # Judged by the world's clock, not by a demo city's.
        signed = webpush.vapid(
            letter.address, signing_key(), settings.PUSH_SUBJECT, int(time.time())
        )
        reply = wire.post(letter.address, body, self._headers(letter, signed))
        if reply.is_good:
            return sent("推送服务已收下")
        if reply.status in (404, 410):
            return failed("浏览器已取消订阅", again=False, is_gone=True)
        return failed(f"推送服务：{reply.words}", again=reply.is_passing)

    def _headers(self, letter: Letter, signed: str) -> dict[str, str]:
        return {
            "Authorization": signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP),
            "Urgency": "high",
            "Topic": crypto.sm3(f"{letter.title}{letter.at}".encode()).hex()[:32],
        }
