"""行政区划与人口：loaded from the city's pack; never edited by hand."""

from __future__ import annotations

from django.db import models


class Region(models.Model):
    """区划单位。依据：GB/T 2260；功能区用内部扩展码（``maps_to`` 指向对外汇总的国码）。

    ``prefix`` is what the codes of everything inside it start with ("3505", "350582").
    """

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        TOWNSHIP = "township", "镇（街道）"

    code = models.CharField("代码", max_length=12, primary_key=True, db_collation="C")
    name = models.CharField("名称", max_length=40)
    short_name = models.CharField("简称", max_length=20)
    level = models.CharField("层级", max_length=10, choices=Level)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    prefix = models.CharField("前缀", max_length=12, db_collation="C")
    is_counted = models.BooleanField("是否统计", default=True)
    is_unit = models.BooleanField("是否实施单位", default=False)
    maps_to = models.CharField("对外汇总到", max_length=12, blank=True)
    lon = models.DecimalField("经度", max_digits=8, decimal_places=5, null=True)
    lat = models.DecimalField("纬度", max_digits=8, decimal_places=5, null=True)
    order = models.IntegerField("次序", default=0)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class PopulationFigure(models.Model):
    """人口数：dated and sourced; an estimate says so. A missing figure has no row."""

    class Measure(models.TextChoices):
        RESIDENT = "resident", "常住人口"
        UNDER3 = "under3", "3 岁以下常住婴幼儿"
        INCOME = "income_per_capita", "全体居民人均可支配收入（元／年）"

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="figures")
    measure = models.CharField("口径", max_length=20, choices=Measure)
    year = models.IntegerField("年份")
    value = models.BigIntegerField("数值")
    is_estimate = models.BooleanField("是否估算", default=False)
    source = models.CharField("来源", max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region", "measure", "year"], name="one_figure_a_year")
        ]
