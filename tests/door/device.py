"""一台用 Python 写的门口设备：pairs, signs and sends as a tablet does."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from tests.world import NOW
from tuoyu.core.identifiers import uuid7
from tuoyu.domains.children.rules import to_text
from tuoyu.domains.devices.models import Device
from tuoyu.domains.devices.rules import request_text
from tuoyu.domains.institutions.models import Institution

EVENTS = "/api/v1/attendance/events"
ROSTER = "/api/v1/devices/roster"


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> str:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return to_text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@dataclass
class Tablet:
    """设备。"""

    id: uuid.UUID
    key: ec.EllipticCurvePrivateKey

    def packet(self, *events: dict[str, Any]) -> dict[str, str]:
        body = json.dumps({"events": events})
        return {"body": body, "signature": sign(self.key, body.encode())}

    def send(
        self, packets: list[Any], *, sent_at: datetime = NOW, client: Client | None = None
    ) -> list[dict[str, str]]:
        answer = self.post({"sent_at": sent_at.isoformat(), "packets": packets}, client)
        assert answer.status_code == 200, answer.content
        return cast(list[dict[str, str]], answer.json()["answers"])

    def post(self, body: Any, client: Client | None = None) -> Any:
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return (client or Client()).post(
            EVENTS, raw, content_type="application/json", headers={"X-Device": str(self.id)}
        )

    def roster(self, *, at: datetime = NOW, signature: str | None = None) -> Any:
        time = at.isoformat()
        signed = signature or sign(self.key, request_text("GET", ROSTER, time, b""))
        headers = {"X-Device": str(self.id), "X-Time": time, "X-Signature": signed}
        return Client().get(ROSTER, headers=headers)


def paired(institution: Institution, *, at: datetime = NOW) -> Tablet:
    """已配对的设备（不经配对页）。"""
    key = new_key()
    row = Device.all_rows.create(
        institution=institution,
        region_code=institution.region_code,
        name="前门平板",
        public_key=point(key),
        paired_at=at,
        seen_at=at,
    )
    return Tablet(row.pk, key)


def event(child: int, kind: str = "in", at: datetime = NOW, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "child": child,
        "kind": kind,
        "at": at.isoformat(),
        "method": "wall",
        "evidence": {},
        **more,
    }
