"""网页推送的加密与署名：RFC 8291 (aes128gcm), RFC 8188, RFC 8292 (VAPID). No network here.

The push service sees neither title nor text: only the browser that subscribed can open the body.
The signing key is made on first use, lies beside the data and is never in the repository.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECORD = 4096
MOST = RECORD - 17 - 86  # what a push service must take, less padding mark, tag and header
VALID = 12 * 3600  # seconds; a service may refuse more than a day


def b64(data: bytes) -> str:
    """无填充的 base64url。"""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """还原；raises ``ValueError`` for what is not base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """未压缩的公钥（65 字节）。"""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def encrypt(
    payload: bytes,
    *,
    p256dh: bytes,
    auth: bytes,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """加密一条推送；``sender`` and ``salt`` are fresh for each message (given in tests only)."""
    if len(payload) > MOST:
        raise ValueError(f"推送内容不能超过 {MOST} 字节")
    sender = sender or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    ours = point(sender.public_key())
    shared = sender.exchange(ec.ECDH(), theirs)
    seed = _hkdf(auth, shared, b"WebPush: info\0" + p256dh + ours, 32)
    key = _hkdf(salt, seed, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, seed, b"Content-Encoding: nonce\0", 12)
    body = AESGCM(key).encrypt(nonce, payload + b"\x02", None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + body


def decrypt(message: bytes, *, subscriber: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """解密（浏览器那一侧所做的）。"""
    salt, length = message[:16], message[20]
    ours, body = message[21 : 21 + length], message[21 + length :]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ours)
    shared = subscriber.exchange(ec.ECDH(), theirs)
    own = point(subscriber.public_key())
    seed = _hkdf(auth, shared, b"WebPush: info\0" + own + ours, 32)
    key = _hkdf(salt, seed, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, seed, b"Content-Encoding: nonce\0", 12)
    return AESGCM(key).decrypt(nonce, body, None).rstrip(b"\0")[:-1]


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def make_key_file(path: Path) -> None:
    """生成署名密钥（只有属主可读）；an existing one is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(fd, "wb") as out:
        out.write(pem)


def load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """署名密钥。"""
    if not path.exists():
        make_key_file(path)
    found = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ValueError("推送署名密钥不是椭圆曲线密钥，请删除该文件后重新生成")
    return found


def vapid(endpoint: str, key: ec.EllipticCurvePrivateKey, subject: str, wall: int) -> str:
    """Authorization 头。``wall`` is the world's time, by which the push service judges."""
    parts = urlsplit(endpoint)
    claims: dict[str, object] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": wall + VALID,
    }
    if subject:
        claims["sub"] = subject
    head = b64(b'{"typ":"JWT","alg":"ES256"}')
    said = f"{head}.{b64(json.dumps(claims, separators=(',', ':')).encode())}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{said}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={b64(point(key.public_key()))}"
