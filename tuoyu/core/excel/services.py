"""导入：upload → pre-check → partial or none → undo within 24 hours.

What each sheet means is told by an ``Importer`` of the domain that owns the rows.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from tuoyu.core import crypto
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.models import ImportBatch
from tuoyu.core.excel.sheets import Row, Sheet, read

UNDO_WITHIN = timedelta(hours=24)
_SOURCE = "excel_importbatch.source"
Created = dict[str, list[int]]  # "app.Model" (its ``_meta.label``) → primary keys


@dataclass(frozen=True)
class Place:
    """导入到哪里：the institution (None for a county's list of institutions) and its region."""

    institution_id: int | None
    region_code: str

    @property
    def institution(self) -> int:
        """本机构：for sheets that belong to one."""
        if self.institution_id is None:
            raise NotFound
        return self.institution_id


@dataclass(frozen=True)
class Importer:
    """一种导入。``check`` adds errors that need other rows or the database; ``make`` stores one
    good row and adds what it made to ``Created``; ``in_use`` says why a batch may no longer be
    undone (empty when it may).
    """

    sheet: Sheet
    permission: str
    check: Callable[[Place, list[Row], Actor], None]
    make: Callable[[Place, Row, Actor, datetime, Created], None]
    in_use: Callable[[Created], str]


_importers: dict[str, Importer] = {}


def register(importer: Importer) -> Importer:
    """登记导入种类。"""
    _importers[importer.sheet.code] = importer
    return importer


def importer(code: str) -> Importer:
    """取导入种类。"""
    if code not in _importers:
        raise NotFound
    return _importers[code]


def importers_for(actor: Actor) -> list[Importer]:
    """某人可用的导入种类。"""
    return [i for i in _importers.values() if actor.may(i.permission)]


def precheck(batch: ImportBatch, by: Actor) -> list[Row]:
    """预检：all rows with their errors, worked out anew from the stored file."""
    kind = importer(batch.kind)
    rows = read(kind.sheet, b64decode(crypto.unseal(bytes(batch.source), _SOURCE)))
    kind.check(Place(batch.institution_id, batch.region_code), rows, by)
    return rows


@transaction.atomic
def upload(
    *, kind: str, file_name: str, blob: bytes, place: Place, by: Actor, at: datetime
) -> ImportBatch:
    """上传并预检；nothing is stored but the file and its counts."""
    if not by.may(importer(kind).permission) or by.user_id is None:
        raise NotFound
    batch = ImportBatch(
        kind=kind,
        file_name=file_name[:120],
        institution_id=place.institution_id,
        region_code=place.region_code,
        uploaded_by=by.user_id,
        uploaded_at=at,
        rows=0,
        good=0,
        source=crypto.seal(b64encode(blob).decode(), _SOURCE),
    )
    rows = precheck(batch, by)
    batch.rows, batch.good = len(rows), sum(r.is_good for r in rows)
    batch.save()
    return batch


@transaction.atomic
def run(*, batch_id: int, by: Actor, at: datetime, partial: bool) -> ImportBatch:
    """导入：all rows, or (``partial``) only the good ones; never half of a row."""
    batch = access_batch(by, batch_id, lock=True)
    if batch.imported_at:
        raise DomainError("again", "这一批已经导入过，没有重复导入")
    rows = precheck(batch, by)
    good = [r for r in rows if r.is_good]
    if len(good) < len(rows) and not partial:
        raise DomainError(
            "errors", f"有 {len(rows) - len(good)} 行有错误；请改正后重传，或选择只导入正确的行"
        )
    if not good:
        raise DomainError("none", "没有可以导入的行，请按错误表改正后重传")
    created: Created = {}
    kind = importer(batch.kind)
    for row in good:
        try:
            with transaction.atomic():
                kind.make(Place(batch.institution_id, batch.region_code), row, by, at, created)
        except IntegrityError as error:
            raise DomainError(
                "conflict", f"第 {row.number} 行与已有记录冲突，整批未导入；请重新预检"
            ) from error
    batch.imported_at, batch.created, batch.good = at, created, len(good)
    batch.save(update_fields=["imported_at", "created", "good"])
    return batch


@transaction.atomic
def undo(*, batch_id: int, by: Actor, at: datetime) -> ImportBatch:
    """整批撤销：within 24 hours, and only while nothing else rests on the rows."""
    batch = access_batch(by, batch_id, lock=True)
    if not batch.imported_at or batch.undone_at:
        raise DomainError("not-imported", "这一批没有导入或已经撤销，无须撤销")
    if at - batch.imported_at > UNDO_WITHIN:
        raise DomainError("late", "导入已超过 24 小时，不能整批撤销；请逐条办理更正")
    if reason := importer(batch.kind).in_use(batch.created):
        raise DomainError("used", f"{reason}，不能整批撤销；请逐条办理更正")
    try:
        # jsonb keeps no order of keys; a model rests only on those that stand before it.
        for model in reversed(apps.get_models()):
            if ids := batch.created.get(model._meta.label):
                model._base_manager.filter(pk__in=ids).delete()
    except (ProtectedError, IntegrityError) as error:
        raise DomainError(
            "used", "这一批的记录已被考勤等业务使用，不能整批撤销；请逐条办理更正"
        ) from error
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    return batch


def list_batches(by: Actor) -> models.QuerySet[ImportBatch]:
    """某人可用的各种导入的批次，最近的在前（不取原文件）。"""
    kinds = [i.sheet.code for i in importers_for(by)]
    rows = ImportBatch.objects.visible_to(by.scope).filter(kind__in=kinds)
    return rows.defer("source").order_by("-uploaded_at", "-id")


def access_batch(by: Actor, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """取一批；outside the scope, or of a kind that one may not import, it is not found."""
    rows = ImportBatch.objects.visible_to(by.scope)
    found = (rows.select_for_update() if lock else rows).filter(pk=batch_id).first()
    # A county sees its institutions' rows, but a roster is for the institution alone to bring in.
    if found is None or not by.may(importer(found.kind).permission):
        raise NotFound
    return found
