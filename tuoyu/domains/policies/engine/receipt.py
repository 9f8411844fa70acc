"""凭据：把引擎版本、包的摘要、月份、知悉日与输入合成一个摘要值；同样的凭据重算必得同样的字节。"""

from __future__ import annotations

import hashlib
import json
from datetime import date

ENGINE_VERSION = "1.0.0"
SCHEMA_VERSION = "1"


def canonical(value: object) -> str:
    """规范 JSON：键排序、无空白、中文不转义。"""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(value: object) -> str:
    """规范 JSON 的 SHA-256。"""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def receipt(
    *,
    pack: str,
    pack_sha256: str,
    rule: str,
    month: str,
    known: date,
    input_sha256: str,
    overlay_sha256: str = "",
) -> str:
    """凭据号：64 位十六进制数。"""
    return digest(
        {
            "engine": ENGINE_VERSION,
            "schema": SCHEMA_VERSION,
            "pack": pack,
            "pack_sha256": pack_sha256,
            "rule": rule,
            "month": month,
            "known": known.isoformat(),
            "input_sha256": input_sha256,
            "overlay_sha256": overlay_sha256,
        }
    )
