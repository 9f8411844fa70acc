"""奖补核验：hits with their evidence, grouped into one finding per rule, institution and month.

A hit raises a question, never a verdict. Retention: 资金类，10 年。
"""

from __future__ import annotations

from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class Finding(models.Model):
    """核验事项：what one rule found at one institution in one month; it travels as a case.

    ``params`` are the parameters it was found with. ``note`` and ``link`` tell what a finding that
    proved true led to (a correction or a clawback, done elsewhere by those who may).
    """

    class Conclusion(models.TextChoices):
        TRUE = "true", "属实"
        FALSE = "false", "不属实"
        DOUBT = "doubt", "存疑"

    class Follow(models.TextChoices):
        CORRECTION = "correction", "更正考勤"
        CLAWBACK = "clawback", "追回或抵扣"

    rule = models.CharField("规则", max_length=40)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("月份（首日）")
    hits = models.IntegerField("命中数")
    params = models.JSONField("当时的参数", default=dict)
    found_at = models.DateTimeField("核验时间")
    question = models.CharField("县级问询", max_length=500, blank=True)
    answer = models.CharField("机构答复", max_length=1000, blank=True)
    answer_file_id = models.BigIntegerField("佐证附件", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    conclusion = models.CharField("认定", max_length=8, choices=Conclusion, blank=True)
    reason = models.CharField("认定理由", max_length=500, blank=True)
    decided_at = models.DateTimeField("认定时间", null=True)
    decided_by_name = models.CharField("认定人", max_length=80, blank=True)
    follow = models.CharField("后续处理", max_length=12, choices=Follow, blank=True)
    note = models.CharField("后续说明", max_length=300, blank=True)
    link = models.CharField("后续去处", max_length=200, blank=True)

    all_rows: models.Manager[Finding] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "institution_id", "month"], name="finding_once"
            ),
            models.CheckConstraint(
                condition=models.Q(conclusion="") | ~models.Q(reason=""),
                name="conclusion_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["month", "region_code"])]


class CheckHit(models.Model):
    """命中：one subject with the measured figure, the threshold and the rows that show it.

    ``evidence`` names day sheets and events by their ids; a child only by the opaque one.
    """

    class Subject(models.TextChoices):
        CHILD = "child", "儿童"
        STAFF = "staff", "员工"
        ROOM = "room", "班级"
        INSTITUTION = "institution", "机构"
        PHONE = "phone", "手机号"

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="rows")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("对象类别", max_length=12, choices=Subject)
    subject_id = models.BigIntegerField("对象")
    measured = models.IntegerField("实测")
    threshold = models.IntegerField("门槛")
    evidence = models.JSONField("证据")

    all_rows: models.Manager[CheckHit] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["kind", "-measured", "id"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "kind", "subject_id"], name="hit_once")
        ]


class CheckRun(models.Model):
    """一次核验：per rule how many cases, how long it took, or why it did not apply."""

    month = models.DateField("月份（首日）")
    made_at = models.DateTimeField("时间")
    by_name = models.CharField("发起", max_length=80)
    rules = models.JSONField("各规则", default=dict)

    all_rows: models.Manager[CheckRun] = models.Manager()


class ParamChange(models.Model):
    """参数变更：append-only; the latest of a parameter holds, the declared default before it."""

    rule = models.CharField("规则", max_length=40)
    code = models.CharField("参数", max_length=40)
    value = models.IntegerField("值")
    reason = models.CharField("理由", max_length=300)
    set_at = models.DateTimeField("时间")
    set_by = models.BigIntegerField("操作人", null=True)
    set_by_name = models.CharField("操作人", max_length=80)

    all_rows: models.Manager[ParamChange] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["rule", "code"])]


class Accuracy(models.Model):
    """查准与查全：measured against what was planted in a demo city, counted in cases."""

    rule = models.CharField("规则", max_length=40, unique=True)
    months = models.JSONField("月份", default=list)
    planted = models.IntegerField("埋设")
    found = models.IntegerField("查出")
    cases = models.IntegerField("立案")
    true_cases = models.IntegerField("立案中属实")
    near = models.IntegerField("相近而正当")
    near_found = models.IntegerField("误报其中")
    measured_at = models.DateTimeField("测量时间")

    all_rows: models.Manager[Accuracy] = models.Manager()
