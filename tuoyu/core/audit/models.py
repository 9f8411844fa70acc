"""审计：one row for each write and each sensitive read, sealed off the path."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tuoyu.core.identifiers import uuid7


class AuditEvent(models.Model):
    """操作日志：who, what, whose, why, result. The application may only add rows.

    ``seal`` holds the number of the sealed batch and the row's place in it; it is set by the
    sealer alone. Retention: 审计类，至少 3 年。
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("时间")
    user_id = models.BigIntegerField("用户", null=True)
    actor = models.CharField("操作人", max_length=80)
    role = models.CharField("角色", max_length=40)
    region_code = models.CharField("区划", max_length=12, blank=True)
    action = models.CharField("动作", max_length=80)
    target = models.CharField("对象", max_length=200)
    persons = ArrayField(models.BigIntegerField(), verbose_name="涉及的人", default=list)
    note = models.CharField("理由", max_length=300, blank=True)
    result = models.CharField("结果", max_length=220)

    class Meta:
        indexes = [
            models.Index(fields=["at"]),
            models.Index(fields=["region_code", "at"]),
            GinIndex(fields=["persons"], name="audit_persons"),  # who looked at this child
        ]


class SealedRow(models.Model):
    """封存：a row's number, leaf hash and batch. Kept apart, so that the event is never edited."""

    number = models.BigIntegerField("序号", primary_key=True)
    event_id = models.UUIDField("日志", unique=True)
    leaf = models.BinaryField("叶散列", max_length=32)
    batch = models.ForeignKey("SealedBatch", on_delete=models.PROTECT, related_name="rows")


class SealedBatch(models.Model):
    """封存批：root = SM3(previous root | Merkle root of the leaves)."""

    number = models.BigIntegerField("批号", primary_key=True)
    sealed_at = models.DateTimeField("封存时间")
    first_row = models.BigIntegerField("首行")
    count = models.IntegerField("行数")
    root = models.BinaryField("链根", max_length=32)


class SubmitKey(models.Model):
    """已用过的表单号：the repeat-submit guard."""

    key = models.UUIDField(primary_key=True)
    used_at = models.DateTimeField()
