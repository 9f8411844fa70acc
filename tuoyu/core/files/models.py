"""附件：evidence and uploads, kept by content hash outside the database."""

from __future__ import annotations

from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class StoredFile(models.Model):
    """附件。Bytes lie at ``FILES_DIR/<sm3[:2]>/<sm3>``; name and owner are kept here."""

    sm3 = models.CharField("散列", max_length=64)
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("类型", max_length=80)
    size = models.IntegerField("字节")
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    purpose = models.CharField("用途", max_length=40)
    uploaded_by = models.BigIntegerField("上传人", null=True)
    uploaded_at = models.DateTimeField("上传时间")

    all_rows: models.Manager[StoredFile] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)
