"""设备签名：what a browser's WebCrypto makes, and nothing else, is accepted."""

from __future__ import annotations

from datetime import date

import pytest

from tests.door.device import new_key, point, sign
from tuoyu.domains.children.rules import code_hash, day_key, qr_mac, to_bytes, to_text
from tuoyu.domains.devices.rules import is_signed, read_public_key, request_text


def test_own_signature_and_no_other() -> None:
    key, other = new_key(), new_key()
    public = read_public_key(point(key))
    message = "入园".encode()
    signature = to_bytes(sign(key, message))
    assert is_signed(public, message, signature)
    assert not is_signed(public, message + b" ", signature)
    assert not is_signed(public, message, to_bytes(sign(other, message)))
    for broken in (b"", signature[:63], signature + b"\0", bytes(64), b"\xff" * 64):
        assert not is_signed(public, message, broken)


@pytest.mark.parametrize("raw", [b"", b"\x04" + bytes(64), b"\x02" + bytes(32), bytes(65)])
def test_a_point_not_on_the_curve_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        read_public_key(raw)


def test_the_request_text_covers_method_path_time_and_body() -> None:
    base = request_text("GET", "/a", "t", b"")
    others = [
        request_text("POST", "/a", "t", b""),
        request_text("GET", "/a?x=1", "t", b""),
        request_text("GET", "/a", "u", b""),
        request_text("GET", "/a", "t", b"x"),
    ]
    assert base not in others
    assert len(set(others)) == 4


def test_vectors_of_the_device_document() -> None:
    """docs/api/door.md gives these to whoever writes another device."""
    key = to_bytes("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE")
    assert key == b"\x01" * 32
    assert to_text(day_key(key, date(2025, 10, 15))) == (
        "GHExQWmDSk76NptN-pEhHuUlxuZ0t_ifH3Z9XnRqS_E"
    )
    assert qr_mac(key, 58_680_000) == "5DQ6SZNBU3"
    assert to_text(code_hash(key, "123456")) == "olyncGM__NkwgNY5UGhUPtqu1GA8a4CiQzCotiXYq8M"


def test_only_base64url_is_bytes() -> None:
    for junk in ("不是", "a+b/", "a b", "é"):
        with pytest.raises(ValueError):
            to_bytes(junk)
