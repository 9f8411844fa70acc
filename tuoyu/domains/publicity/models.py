"""公示：a notice, its rows and the objections to them."""

from __future__ import annotations

from datetime import date

from django.db import models

from tuoyu.core import workdays
from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.publicity import rules


class RegionQuerySet(ScopedQuerySet[models.Model]):
    """只按区划的数据范围。"""

    institution_field = None


class Issuer(models.Model):
    """发布单位：whose name and telephone stand under a region's notices."""

    region_code = models.CharField("区划", max_length=12, primary_key=True, db_collation="C")
    name = models.CharField("单位名称", max_length=80)
    phone = models.CharField("监督电话", max_length=40)
    is_fictitious = models.BooleanField("虚构", default=False)

    all_rows: models.Manager[Issuer] = models.Manager()
    objects = ScopedManager(RegionQuerySet)


class Notice(models.Model):
    """公示。Never edited after it is published; it ends by itself.

    ``number`` is the address: it grows with the table and never changes. ``ends_at`` is half-open.
    """

    title = models.CharField("标题", max_length=120)
    document_no = models.CharField("文号", max_length=60)
    issuer = models.CharField("发布单位", max_length=80)
    phone = models.CharField("监督电话", max_length=40, blank=True)
    source_type = models.CharField("来源", max_length=40)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    columns = models.JSONField("表头", default=list)
    working_days = models.IntegerField("公示期（工作日）")
    published_at = models.DateTimeField("发布时间")
    published_by = models.BigIntegerField("发布人", null=True)
    first_on = models.DateField("公示期首日")
    last_on = models.DateField("公示期末日（含）")
    ends_at = models.DateTimeField("结束时刻（不含）")
    ended_at = models.DateTimeField("结束于", null=True)

    all_rows: models.Manager[Notice] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(working_days__gt=0), name="notice_stands_some_days"
            )
        ]

    @property
    def is_running(self) -> bool:
        """是否公示中。"""
        return self.ended_at is None

    def days_left(self, today: date) -> int:
        """还剩几个工作日。"""
        return rules.days_left(today, self.first_on, self.last_on)

    def days_until(self, today: date) -> int:
        """几个工作日后开始计。"""
        return max(workdays.between(today, self.first_on), 0)


class RowState(models.TextChoices):
    """表中一行的结果。"""

    OPEN = "open", "公示中"
    CLEAR = "clear", "无异议"
    WITHDRAWN = "withdrawn", "异议成立，已撤下"


class NoticeRow(models.Model):
    """表中一行：cells are already masked; ``person`` is blanked when the row is settled."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="rows")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    source_id = models.BigIntegerField("来源编号")
    order = models.IntegerField("序号")
    cells = models.JSONField("各格", default=list)
    person = models.CharField("姓名（脱敏）", max_length=20, blank=True)
    state = models.CharField("结果", max_length=10, choices=RowState, default=RowState.OPEN)

    all_rows: models.Manager[NoticeRow] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "source_id"], name="noticed_once"),
            models.UniqueConstraint(fields=["notice", "order"], name="notice_order"),
        ]


class Objection(models.Model):
    """异议：an opinion on one row, or on the sheet as a whole. Retention: 信访类，办结后 3 年。

    The writer may be anonymous; what they leave to be reached by is sealed.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="objections")
    row = models.ForeignKey(
        NoticeRow, on_delete=models.PROTECT, null=True, related_name="objections"
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    opinion = models.TextField("意见", max_length=rules.MOST_OPINION)
    opinion_sm3 = models.CharField("意见散列", max_length=64)
    contact = SealedText("联系方式", null=True)
    made_at = models.DateTimeField("提出时间")
    answer = models.TextField("答复", max_length=rules.MOST_OPINION, blank=True)
    is_upheld = models.BooleanField("是否成立", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)

    all_rows: models.Manager[Objection] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "opinion_sm3"], name="same_objection_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, is_upheld=None)
                | (models.Q(answered_at__isnull=False, is_upheld__isnull=False)
                   & ~models.Q(answer="")),
                name="answer_has_a_reason",
            ),
        ]  # fmt: skip
