"""城市散列：same seed, same city — shown by one hash per table.

Sealed columns are opened first (their nonces are random by design), and blind indexes are left
out (they depend on the key of the house), so two houses with one seed agree.
"""

from __future__ import annotations

import hashlib

from django.apps import apps
from django.db import connection, models

from tuoyu.core import crypto

_KEEP_OUT = ("regions", "policies")
_SEALED = ("SealedText",)
_SEALED_NAMES = ("bank_account",)


def city_models() -> list[type[models.Model]]:
    """城市数据的各表。"""
    return sorted(
        (
            m
            for m in apps.get_models()
            if m.__module__.startswith("tuoyu.domains.") and m._meta.app_label not in _KEEP_OUT
        ),
        key=lambda m: m._meta.db_table,
    )


def digest() -> dict[str, str]:
    """各表的 SHA-256。"""
    return {m._meta.db_table: _table(m) for m in city_models()}


def _table(model: type[models.Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk
    assert key is not None
    plain, sealed = [], []
    for field in model._meta.concrete_fields:
        if type(field).__name__ in _SEALED or field.column in _SEALED_NAMES:
            sealed.append(field.column)
        elif not isinstance(field, models.BinaryField):
            plain.append(field.column)
    columns = ", ".join(f'"{c}"' for c in (*plain, *sealed))
    total = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM {table} ORDER BY "{key.column}"')  # noqa: S608
        while rows := cursor.fetchmany(10_000):
            for row in rows:
                opened = [
                    None if v is None else crypto.unseal(v, f"{table}.{c}")
                    for c, v in zip(sealed, row[len(plain) :], strict=True)
                ]
                total.update(repr((row[: len(plain)], opened)).encode())
    return total.hexdigest()
