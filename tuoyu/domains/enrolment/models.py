"""入托：a child in a class over a period; never in two places at once (the database says so)."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager
from tuoyu.domains.children.models import Child
from tuoyu.domains.institutions.models import ClassGroup, Institution


class ServiceForm(models.TextChoices):
    """服务形式。依据：泉卫规〔2024〕2号 二(一)1。"""

    FULL_DAY = "full_day", "全日托"
    HALF_DAY = "half_day", "半日托"
    HOURLY = "hourly", "计时托"
    TEMPORARY = "temporary", "临时托"


class Enrolment(models.Model):
    """入托登记。``period`` is half-open; ``monthly_fen`` the agreed monthly care fee in fen."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="enrolments")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="enrolments"
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="enrolments")
    period = DateRangeField("在托期")
    form = models.CharField("服务形式", max_length=10, choices=ServiceForm, default="full_day")
    monthly_fen = models.BigIntegerField("月保育费（分）")

    all_rows: models.Manager[Enrolment] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="child_in_one_place",
                expressions=[
                    (
                        models.Func("child", "child", models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=models.Q(monthly_fen__gte=0), name="fee_given"),
        ]
        indexes = [models.Index(fields=["institution", "class_group"])]
