"""月报、年报与本机构数据导出。

依据：《托育机构管理规范（试行）》第十二条（定期报送）、第三十八条（年度工作报告）。没有查到统一表式，
表中各项由平台拟定，每项写明取自哪里。Retention: 机构运营类，5 年；导出包 7 天。
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tuoyu.core.identifiers import opaque_id
from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class ReportKind(models.TextChoices):
    """报表种类。"""

    MONTH = "month", "月报"
    YEAR = "year", "年报"


class Report(models.Model):
    """一份报表：cells come from the records until it is submitted; then it holds what was sent.

    A submitted one is never edited; a correction is the next version and says why.
    """

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=6, choices=ReportKind)
    from_on = models.DateField("期间首日")
    version = models.SmallIntegerField("第几版", default=1)
    why = models.CharField("更正原因", max_length=120, blank=True)
    answers = models.JSONField("手填", default=dict)
    sent = models.JSONField("报出的各项", null=True)
    made_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("报出时间", null=True)
    submitted_by = models.BigIntegerField("报出人账号", null=True)
    submitted_by_name = models.CharField("报出人", max_length=80, blank=True)

    all_rows: models.Manager[Report] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "kind", "from_on", "version"], name="report_version_once"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, sent=None)
                | Q(submitted_at__isnull=False, sent__isnull=False),
                name="report_sent_whole",
            ),
        ]


class Export(models.Model):
    """本机构数据导出：asked with a reason, packed by the worker, fetched by who asked."""

    class State(models.TextChoices):
        ASKED = "asked", "正在打包"
        READY = "ready", "可下载"
        FAILED = "failed", "没有打成"
        GONE = "gone", "已清除"

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    reason = models.CharField("用途", max_length=120)
    with_sealed = models.BooleanField("含证件号、电话与健康内容", default=False)
    state = models.CharField("状态", max_length=6, choices=State)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.BigIntegerField("提出人账号")
    asked_by_name = models.CharField("提出人", max_length=80)
    done_at = models.DateTimeField("完成时间", null=True)
    sm3 = models.CharField("散列", max_length=64, blank=True)
    size = models.BigIntegerField("字节", null=True)
    counts = models.JSONField("各表行数", default=dict)

    all_rows: models.Manager[Export] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "-asked_at"])]
