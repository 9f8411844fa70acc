"""国密：SM4-GCM for fields at rest, SM3 for hashes, keyed SM3 for look-ups.

The key comes from a file named by ``settings.KEY_FILE`` and never from the repository. Stored
form: one byte key version, 12 bytes nonce, ciphertext with tag; bound to ``table.field`` so that
a value moved to another column does not open. 依据：GB/T 32907（SM4）、GB/T 32905（SM3）。
"""

from __future__ import annotations

import hmac
import os
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

_VERSION = b"\x01"


def sm3(data: bytes) -> bytes:
    """SM3 杂凑：32 bytes."""
    h = hashes.Hash(hashes.SM3())
    h.update(data)
    return h.finalize()


def keyed_sm3(key: bytes, data: bytes) -> bytes:
    """带密钥的 SM3（HMAC）：32 bytes."""
    h = HMAC(key, hashes.SM3())
    h.update(data)
    return h.finalize()


@cache
def _keys() -> tuple[bytes, bytes]:
    """(field key, look-up key), derived from the key file."""
    seed = Path(settings.KEY_FILE).read_bytes()
    if len(seed) < 32:
        raise RuntimeError("密钥文件不足 32 字节，请用 tuoyu serve 重新生成或由管理员提供")
    return keyed_sm3(seed, b"field")[:16], keyed_sm3(seed, b"index")


def make_key_file(path: Path) -> None:
    """生成密钥文件（只有属主可读）；an existing one is kept."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(os.urandom(48))


def seal_bytes(data: bytes, where: str) -> bytes:
    """加密一段内容；``where`` is ``table.field``, or the table of a stored file."""
    nonce = os.urandom(12)
    enc = Cipher(algorithms.SM4(_keys()[0]), modes.GCM(nonce)).encryptor()
    enc.authenticate_additional_data(where.encode())
    body = enc.update(data) + enc.finalize()
    return _VERSION + nonce + body + enc.tag


def unseal_bytes(blob: bytes, where: str) -> bytes:
    """解密一段内容；a changed or moved value raises ``InvalidTag``."""
    raw = bytes(blob)
    nonce, body, tag = raw[1:13], raw[13:-16], raw[-16:]
    dec = Cipher(algorithms.SM4(_keys()[0]), modes.GCM(nonce, tag)).decryptor()
    dec.authenticate_additional_data(where.encode())
    return dec.update(body) + dec.finalize()


def seal(text: str, where: str) -> bytes:
    """加密一个字段；``where`` is ``table.field``."""
    return seal_bytes(text.encode(), where)


def unseal(blob: bytes, where: str) -> str:
    """解密一个字段；a changed or moved value raises ``InvalidTag``."""
    return unseal_bytes(blob, where).decode()


def blind_index(text: str) -> bytes:
    """盲索引：finds an equal value without storing it in clear; 16 bytes."""
    return keyed_sm3(_keys()[1], text.encode())[:16]


def same(a: bytes, b: bytes) -> bool:
    """定时比较。"""
    return hmac.compare_digest(a, b)
