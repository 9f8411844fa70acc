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


class PublishedVacancy(models.Model):
    """公布的余位：what the public may know of a class type's free places, with its time.

    Made from enrolments, which the public may not read. No row means 未报, not zero.
    """

    institution_id = models.BigIntegerField("机构")
    class_type = models.CharField("班型", max_length=10)
    places = models.IntegerField("可收人数")
    vacant = models.IntegerField("余位")
    at = models.DateTimeField("更新时间")

    all_rows: models.Manager[PublishedVacancy] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "class_type"], name="one_vacancy_a_type"
            ),
            models.CheckConstraint(
                condition=models.Q(vacant__gte=0), name="vacancy_never_negative"
            ),
        ]
