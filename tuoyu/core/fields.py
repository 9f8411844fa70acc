"""加密字段：a text column that is ciphertext in the database and text in Python."""

from __future__ import annotations

from typing import Any

from django.db import models

from tuoyu.core import crypto


class SealedText(models.BinaryField):  # type: ignore[type-arg]
    """加密文本（SM4-GCM）。Not searchable; look up through a blind index column beside it."""

    def _where(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, (bytes, memoryview)):
            return value
        return crypto.seal(str(value), self._where())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else crypto.unseal(bytes(value), self._where())

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")
