"""数据范围（谁能看到哪些行）：the second lock.

``Model.objects`` fails closed: a query must say ``visible_to(scope)`` or give a reason for
``unscoped``. The same scope is handed to PostgreSQL (see ``core.rls``), where row-level security
lies beneath as a net.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
Kind = Literal["system", "region", "institutions", "family", "nothing"]


class UnscopedQuery(RuntimeError):
    """未声明数据范围的查询。"""


@dataclass(frozen=True, slots=True)
class Scope:
    """数据权限：built once per request from the role and its 数据范围.

    ``region_prefix`` is a prefix of GB/T 2260 codes ("3505" 全市, "350582" 本县);
    ``institution_ids`` an institution's own id, or those a doctor has contracts with;
    ``child_ids`` a guardian's own children; ``user_id`` the person, for what is nobody else's.
    """

    kind: Kind = "nothing"
    region_prefix: str = ""
    institution_ids: frozenset[int] = frozenset()
    child_ids: frozenset[int] = frozenset()
    user_id: int | None = None

    @property
    def region_upper(self) -> str:
        """区划前缀的上界（不含）。"""
        return self.region_prefix[:-1] + chr(ord(self.region_prefix[-1]) + 1)


SYSTEM = Scope(kind="system")
NOTHING = Scope()


class ScopedQuerySet(models.QuerySet[M]):
    """带数据范围的查询。Subclasses name their columns; None means that kind sees nothing."""

    region_field: str | None = "region_code"
    institution_field: str | None = "institution_id"
    child_field: str | None = None
    user_field: str | None = None

    def visible_to(self, scope: Scope) -> Self:
        if scope.kind == "system":
            return self
        if self.user_field:
            own = scope.user_id is not None
            return self.filter(**{self.user_field: scope.user_id}) if own else self.none()
        if scope.kind == "region" and self.region_field and scope.region_prefix:
            return self.filter(
                **{
                    f"{self.region_field}__gte": scope.region_prefix,
                    f"{self.region_field}__lt": scope.region_upper,
                }
            )
        if scope.kind == "institutions" and self.institution_field:
            return self.filter(**{f"{self.institution_field}__in": scope.institution_ids})
        if scope.kind == "family" and self.child_field:
            return self.filter(**{f"{self.child_field}__in": scope.child_ids})
        return self.none()


class ChildScopedQuerySet(ScopedQuerySet[M]):
    """按儿童的数据范围。"""

    child_field = "child_id"


class OwnQuerySet(ScopedQuerySet[M]):
    """仅本人的行：neither region nor institution nor family opens them."""

    region_field = None
    institution_field = None
    user_field = "user_id"


class ScopedManager(models.Manager[M]):
    """Fail-closed manager: only ``visible_to(scope)`` or ``unscoped(reason=...)``."""

    def __init__(self, queryset_class: type[ScopedQuerySet[Any]] = ScopedQuerySet) -> None:
        super().__init__()
        self.queryset_class = queryset_class

    def get_queryset(self) -> models.QuerySet[M]:
        raise UnscopedQuery(f"{self.model.__name__}.objects 须写 visible_to(scope)")

    def visible_to(self, scope: Scope) -> models.QuerySet[M]:
        return self.queryset_class(self.model, using=self._db).visible_to(scope)

    def unscoped(self, *, reason: str) -> models.QuerySet[M]:
        if not reason:
            raise UnscopedQuery("unscoped 须写明理由")
        return self.queryset_class(self.model, using=self._db)
