"""网页推送：the body opens with the subscriber's key and with no other."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tuoyu.domains.messages.webpush import b64, decrypt, encrypt, load_key, point, unb64, vapid

CURVE = ec.SECP256R1()
TEXT = "林小禾到园：08:05，妈妈送到".encode()


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(text), "big"), CURVE)


def test_the_example_of_rfc_8291() -> None:
    subscriber = private("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
    made = encrypt(
        b"When I grow up, I want to be a watermelon",
        p256dh=point(subscriber.public_key()),
        auth=unb64("BTBZMqHH6r4Tts7J_aSIgg"),
        sender=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert b64(made) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc"
        "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV"
        "WGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_subscriber_opens_it() -> None:
    subscriber, stranger = ec.generate_private_key(CURVE), ec.generate_private_key(CURVE)
    auth = os.urandom(16)
    made = encrypt(TEXT, p256dh=point(subscriber.public_key()), auth=auth)
    assert decrypt(made, subscriber=subscriber, auth=auth) == TEXT
    assert TEXT not in made
    with pytest.raises(InvalidTag):
        decrypt(made, subscriber=stranger, auth=auth)
    with pytest.raises(InvalidTag):
        decrypt(made, subscriber=subscriber, auth=os.urandom(16))


def test_too_long_is_refused_before_it_is_sent() -> None:
    key = ec.generate_private_key(CURVE)
    with pytest.raises(ValueError, match="不能超过"):
        encrypt(b"x" * 4000, p256dh=point(key.public_key()), auth=bytes(16))


def test_the_key_is_made_once_and_signs(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "push.pem"
    key = load_key(path)
    assert point(load_key(path).public_key()) == point(key.public_key())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    header = vapid("https://push.example.org/abc", key, "mailto:a@example.org", 1_700_000_000)
    token, _, shown = header.removeprefix("vapid t=").partition(", k=")
    assert unb64(shown) == point(key.public_key())
    said, _, signature = token.rpartition(".")
    raw = unb64(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.public_key().verify(encode_dss_signature(r, s), said.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.public_key().verify(
            encode_dss_signature(r, s), said.encode() + b"x", ec.ECDSA(hashes.SHA256())
        )
    claims = json.loads(unb64(said.split(".")[1]))
    assert claims["aud"] == "https://push.example.org"
    assert claims["exp"] == 1_700_000_000 + 12 * 3600
