"""门口设备：a shared tablet paired to one institution; its key never leaves the browser."""

from __future__ import annotations

import uuid

from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.institutions.models import Institution


class Device(models.Model):
    """设备。``public_key`` is the raw P-256 point (SEC1, 65 bytes)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="devices")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("名称", max_length=40)
    public_key = models.BinaryField("公钥", max_length=65)
    paired_at = models.DateTimeField("配对时间")
    seen_at = models.DateTimeField("最近在线", null=True)
    revoked_at = models.DateTimeField("停用时间", null=True)

    all_rows: models.Manager[Device] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class PairingCode(models.Model):
    """配对码：used once, short-lived, stored keyed."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    code_index = models.BinaryField("盲索引", max_length=16, unique=True)
    made_by = models.BigIntegerField("生成人")
    expires_at = models.DateTimeField("到期")
    used_at = models.DateTimeField("使用时间", null=True)

    all_rows: models.Manager[PairingCode] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class PairingTry(models.Model):
    """试错的配对码：counts wrong tries of one place (keyed, never the address itself)."""

    source_index = models.BinaryField("来源盲索引", max_length=16)
    at = models.DateTimeField("时间")

    class Meta:
        indexes = [models.Index(fields=["at"])]
