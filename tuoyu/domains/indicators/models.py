"""指标事实：numerator and denominator apart, with source and date; a missing one has no row."""

from __future__ import annotations

from django.db import models


class MeasureFact(models.Model):
    """计量事实：a named measure of a region on a day."""

    measure = models.CharField("计量", max_length=60)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    on = models.DateField("数据日期")
    value = models.BigIntegerField("数值")
    source = models.CharField("来源", max_length=120)
    is_estimate = models.BooleanField("是否估算", default=False)

    all_rows: models.Manager[MeasureFact] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "region_code", "on"], name="one_fact_a_day")
        ]
