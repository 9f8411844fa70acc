"""抽取：every draw is a pure function of the seed, so that the same seed makes the same city.

Small tables are drawn by ``random.Random`` streams, one per part. The days are drawn in Polars:
a draw is SplitMix64 of (who, when, what), so it does not matter in which order or in which
portion the rows are made.
"""

from __future__ import annotations

import hashlib
import random
import uuid

import polars as pl

_GOLDEN = 0x9E3779B97F4A7C15
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_HEX = pl.Series([f"{i:04x}" for i in range(1 << 16)])


def stream(seed: int, part: str) -> random.Random:
    """一个部分的随机流。"""
    return random.Random(f"{seed}/{part}")


def salt(seed: int, part: str) -> int:
    """一个用途的盐：64 bits."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{part}".encode()).digest()[:8], "big")


def opaque(rng: random.Random) -> int:
    """不透明编号（52 位），seeded."""
    return rng.getrandbits(51) | 1 << 51


def uuid_of(rng: random.Random, ms: int) -> uuid.UUID:
    """UUIDv7，seeded."""
    value = (ms & (2**48 - 1)) << 80 | 0x7 << 76 | rng.getrandbits(12) << 64
    return uuid.UUID(int=value | 0b10 << 62 | rng.getrandbits(62))


def _u64(value: int) -> pl.Expr:
    return pl.lit(value & (2**64 - 1), dtype=pl.UInt64)


def bits(key: pl.Expr, salted: int) -> pl.Expr:
    """64 个随机位：SplitMix64 of a key."""
    z = key.cast(pl.UInt64) * _u64(_GOLDEN) + _u64(salted)
    z = (z ^ (z // _u64(1 << 30))) * _u64(_MIX[0])
    z = (z ^ (z // _u64(1 << 27))) * _u64(_MIX[1])
    return z ^ (z // _u64(1 << 31))


def share(key: pl.Expr, salted: int) -> pl.Expr:
    """[0, 1) 均匀数。"""
    return (bits(key, salted) // _u64(1 << 11)).cast(pl.Float64) / float(1 << 53)


def bell(key: pl.Expr, salted: int) -> pl.Expr:
    """近似标准正态数：the sum of three uniform draws, scaled."""
    total = share(key, salted) + share(key, salted ^ 0x5555) + share(key, salted ^ 0xAAAA)
    return (total - 1.5) * 2.0


def uuids(ms: pl.Series, key: pl.Series, salted: int) -> pl.Series:
    """一列 UUIDv7（无连字符的文本）：time in front, seeded bits behind."""
    drawn = pl.DataFrame({"ms": ms, "key": key}).select(
        a=pl.col("ms").cast(pl.UInt64) * _u64(1 << 16)
        + _u64(0x7000)
        + bits(pl.col("key"), salted) % _u64(1 << 12),
        b=bits(pl.col("key"), salted ^ 0x77) % _u64(1 << 62) + _u64(1 << 63),
    )
    parts = [*_quads(drawn["a"]), *_quads(drawn["b"])]
    frame = pl.DataFrame({str(i): part for i, part in enumerate(parts)})
    return frame.select(id=pl.concat_str(pl.all())).to_series()


def _quads(column: pl.Series) -> list[pl.Series]:
    return [
        _HEX.gather(((column // (1 << shift)) % (1 << 16)).cast(pl.UInt32))
        for shift in (48, 32, 16, 0)
    ]
