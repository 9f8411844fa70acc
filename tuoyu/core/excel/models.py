"""导入批次：what an upload changed, so that it can be undone within 24 hours."""

from __future__ import annotations

from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class ImportBatch(models.Model):
    """导入批次。``created`` lists what the batch made ({table: [ids]}), for the undo."""

    kind = models.CharField("导入表", max_length=40)
    file_name = models.CharField("文件名", max_length=120)
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    uploaded_by = models.BigIntegerField("上传人")
    uploaded_at = models.DateTimeField("上传时间")
    rows = models.IntegerField("总行数")
    good = models.IntegerField("可导行数")
    imported_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    created = models.JSONField("产生的记录", default=dict)
    source = models.BinaryField("原文件")

    all_rows: models.Manager[ImportBatch] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)
