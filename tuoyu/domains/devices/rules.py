"""设备签名：ECDSA P-256 with SHA-256, as a browser's WebCrypto makes it (raw r‖s)."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

PublicKey = ec.EllipticCurvePublicKey
_ALGORITHM = ec.ECDSA(hashes.SHA256())


def read_public_key(raw: bytes) -> PublicKey:
    """读公钥（65 字节 SEC1 点）；raises ``ValueError`` for a point not on the curve."""
    if len(raw) != 65 or raw[0] != 4:
        raise ValueError("公钥应为 65 字节的未压缩点")
    return PublicKey.from_encoded_point(ec.SECP256R1(), raw)


def is_signed(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """验签。"""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, _ALGORITHM)
    except (InvalidSignature, ValueError):
        return False
    return True


def request_text(method: str, path: str, time: str, body: bytes) -> bytes:
    """请求的待签文字。"""
    return f"{method}\n{path}\n{time}\n{hashlib.sha256(body).hexdigest()}".encode()
