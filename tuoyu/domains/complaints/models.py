"""投诉与意见。Retention: 信访类，办结后 3 年。

Who complains stands in a row of its own: an institution's eyes (row-level security included) never
reach it when the complaint is anonymous or went straight to the county.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class RegionQuerySet(ScopedQuerySet[models.Model]):
    """只按区划的数据范围。"""

    institution_field = None


class Subject(models.TextChoices):
    """反映什么。"""

    FEES = "fees", "收费退费"
    CARE = "care", "照护与行为"
    SAFETY = "safety", "安全与受伤"
    FOOD = "food", "饮食卫生"
    STAFF = "staff", "人员资质"
    SERVICE = "service", "服务态度"
    OTHER = "other", "其他"


class Address(models.TextChoices):
    """送给谁。"""

    INSTITUTION = "institution", "先由机构答复"
    COUNTY = "county", "直接送县级主管部门"


class Term(models.Model):
    """答复期限：set by each county with its document; without it the deadline is 待定."""

    region_code = models.CharField("区划", max_length=12, primary_key=True, db_collation="C")
    desk_days = models.SmallIntegerField("机构答复（工作日）")
    county_days = models.SmallIntegerField("县级答复（工作日）")
    document = models.CharField("依据", max_length=120)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=80)

    all_rows: models.Manager[Term] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(desk_days__gt=0, county_days__gt=0), name="complaint_term_positive"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="complaint_term_has_source"),
        ]


class Complaint(models.Model):
    """投诉：what is said and what is answered.

    ``about_id`` is the institution it is about; ``institution_id`` (its scope column) is filled
    only when that institution may read it: addressed to it, or shared by the county.
    """

    number = models.CharField("受理编号", max_length=20, unique=True)
    about_id = models.BigIntegerField("所涉机构", null=True)
    institution_id = models.BigIntegerField("可见机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    subject = models.CharField("反映事项", max_length=10, choices=Subject)
    address = models.CharField("送给", max_length=12, choices=Address)
    text = models.TextField("内容", max_length=1000)
    made_at = models.DateTimeField("提出时间")
    is_anonymous = models.BooleanField("对机构匿名", default=False)
    desk_answer = models.TextField("机构答复", blank=True)
    desk_answered_at = models.DateTimeField("机构答复时间", null=True)
    desk_answered_by = models.CharField("机构答复人", max_length=80, blank=True)
    county_answer = models.TextField("县级答复", blank=True)
    county_answered_at = models.DateTimeField("县级答复时间", null=True)
    county_answered_by = models.CharField("县级答复人", max_length=80, blank=True)
    raised_at = models.DateTimeField("上报县级时间", null=True)
    raised_why = models.CharField("上报原因", max_length=200, blank=True)
    shared_at = models.DateTimeField("转告机构时间", null=True)

    all_rows: models.Manager[Complaint] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(institution_id=None)
                | Q(institution_id=models.F("about_id"), address="institution")
                | Q(institution_id=models.F("about_id"), shared_at__isnull=False),
                name="county_complaint_hidden_unless_shared",
            )
        ]
        indexes = [models.Index(fields=["institution_id"]), models.Index(fields=["region_code"])]


class Complainant(models.Model):
    """投诉人：account, child and how to be reached; or only a ticket's secret.

    ``institution_id`` is filled only for one who named themselves to the institution.
    """

    complaint = models.OneToOneField(
        Complaint, on_delete=models.PROTECT, related_name="complainant"
    )
    institution_id = models.BigIntegerField("可见机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    child_id = models.BigIntegerField("儿童", null=True)
    user_id = models.BigIntegerField("账号", null=True)
    name = models.CharField("称呼", max_length=40, blank=True)
    contact = SealedText("联系方式", null=True)
    secret_index = models.BinaryField("查询码（键控散列）", max_length=32, null=True)

    all_rows: models.Manager[Complainant] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["user_id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(user_id__isnull=False) | Q(secret_index__isnull=False),
                name="answer_can_be_read",
            )
        ]
