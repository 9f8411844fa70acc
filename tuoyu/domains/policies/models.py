"""已装载的政策包：which data decided; the packs themselves are files."""

from __future__ import annotations

from django.db import models


class LoadedPack(models.Model):
    """已装载的政策包（连同所依的国家包与县级通知，一个散列）。"""

    city = models.CharField("城市包", max_length=40, unique=True)
    version = models.CharField("编码版本", max_length=20)
    status = models.CharField("状态", max_length=20)
    sha256 = models.CharField("散列", max_length=64)
    loaded_at = models.DateTimeField("装载时间")
