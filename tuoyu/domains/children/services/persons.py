"""认人：the same phone and name is the same person, so that siblings share one guardian."""

from __future__ import annotations

from tuoyu.core import crypto
from tuoyu.core.errors import DomainError
from tuoyu.core.excel.columns import CellError, Column, parse
from tuoyu.domains.children.models import Guardian

_PHONE = Column("phone", "手机", "phone")


def known_person(*, name: str, phone: str) -> Guardian:
    """取已登记的人，没有就登记；someone without a phone is always a new person."""
    if not name.strip():
        raise DomainError("no-name", "请写明姓名")
    try:
        number = parse(_PHONE, phone)
    except CellError as error:
        raise DomainError("phone", str(error)) from error
    if number is None:
        return Guardian.all_rows.create(name=name.strip()[:40])
    index = crypto.blind_index(number)
    found = Guardian.all_rows.filter(phone_index=index, name=name.strip()).first()
    if found is not None:
        return found
    return Guardian.all_rows.create(name=name.strip()[:40], phone=number, phone_index=index)
