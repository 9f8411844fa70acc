"""号码：well-formed and fictitious; check digits are right, serials are invented."""

from __future__ import annotations

import random
from datetime import date

from tuoyu.core.identifiers import id_check_digit, uscc_check_digit

_ORG_SET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Numbers:
    """发号：each number once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._ids: set[str] = set()
        self._phones = 0

    def id_number(self, area: str, born: date, female: bool) -> str:
        """身份证号（虚构）。"""
        for _ in range(2000):
            serial = self._rng.randrange(0, 500) * 2 + (0 if female else 1)
            first17 = f"{area}{born:%Y%m%d}{serial:03d}"
            if first17 not in self._ids:
                self._ids.add(first17)
                return first17 + id_check_digit(first17)
        raise RuntimeError(f"{area} {born} 的身份证序号用尽，请减少人数")

    def phone(self) -> str:
        """手机号（虚构号段 1990 0xx xxxx）。"""
        self._phones += 1
        return f"19900{self._phones:06d}"


def uscc(area: str, serial: int, public: bool) -> str:
    """统一社会信用代码（虚构）：organisation part MA + serial, both check digits right."""
    org8 = "MA" + _base31(serial)
    total = sum(int(c, 36) * w for c, w in zip(org8, _ORG_WEIGHTS, strict=True))
    check = 11 - total % 11
    org = org8 + {10: "X", 11: "0"}.get(check, str(check))
    first17 = ("12" if public else "91") + area + org
    return first17 + uscc_check_digit(first17)


def _base31(value: int) -> str:
    out = ""
    for _ in range(6):
        value, digit = divmod(value, len(_ORG_SET))
        out = _ORG_SET[digit] + out
    return out
