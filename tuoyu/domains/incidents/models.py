"""伤害记录与强制报告。

依据：《托育机构婴幼儿伤害预防指南（试行）》（伤害分类与登记项）；强制报告：未成年人保护法第十一条、
九部门《关于建立侵害未成年人案件强制报告制度的意见（试行）》（2020）。
Retention: 伤害记录与卫生保健台账同，离园后 1 年；强制报告不删除。
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import opaque_id
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet
from tuoyu.domains.children.models import Child


class Kind(models.TextChoices):
    """伤害类型。前七类依据伤害预防指南；末三类是园内常见的轻伤。"""

    CHOKE = "choke", "窒息"
    FALL = "fall", "跌倒伤"
    BURN = "burn", "烧烫伤"
    DROWN = "drown", "溺水"
    POISON = "poison", "中毒"
    OBJECT = "object", "异物伤害"
    TRAFFIC = "traffic", "道路交通伤害"
    BUMP = "bump", "磕碰"
    BITE = "bite", "咬抓伤"
    OTHER = "other", "其他"


class Grade(models.TextChoices):
    """轻重。"""

    MINOR = "minor", "轻微"
    MODERATE = "moderate", "一般"
    GRAVE = "grave", "严重"


class IncidentState(models.TextChoices):
    """伤害记录的状态。"""

    DRAFT = "draft", "草稿"
    FILED = "filed", "已提交"


class Incident(models.Model):
    """伤害记录：a private draft until it is filed; the family sees it only when it is shared.

    ``shows`` names the fields which the family may read. ``inner`` is never among them.
    """

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    state = models.CharField("状态", max_length=8, choices=IncidentState)
    happened_at = models.DateTimeField("发生时间")
    place = models.CharField("地点", max_length=40)
    kind = models.CharField("类型", max_length=8, choices=Kind)
    marks = ArrayField(models.CharField(max_length=20), verbose_name="部位", default=list)
    facts = ArrayField(models.CharField(max_length=20), verbose_name="情况", default=list)
    what = SealedText("经过", null=True)
    first_aid = SealedText("处置", null=True)
    inner = SealedText("内部记录", null=True)
    proposed = models.CharField("系统建议", max_length=8, choices=Grade)
    grade = models.CharField("轻重", max_length=8, choices=Grade, blank=True)
    grade_note = models.CharField("与建议不同的理由", max_length=120, blank=True)
    photo_id = models.BigIntegerField("照片", null=True)
    shows = ArrayField(models.CharField(max_length=12), verbose_name="给家长看", default=list)
    event_id = models.UUIDField("现场记录", null=True, unique=True)
    made_by = models.BigIntegerField("记录人账号")
    made_by_name = models.CharField("记录人", max_length=80)
    made_at = models.DateTimeField("记录时间")
    filed_at = models.DateTimeField("提交时间", null=True)
    called_at = models.DateTimeField("电话告知时间", null=True)
    called_note = models.CharField("电话告知情况", max_length=120, blank=True)
    shared_at = models.DateTimeField("发给家长", null=True)

    all_rows: models.Manager[Incident] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(filed_at__isnull=False) & ~Q(grade="")),
                name="incident_filed_with_grade",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None) | Q(state="filed"), name="incident_draft_is_private"
            ),
        ]
        indexes = [models.Index(fields=["institution_id", "happened_at"])]


class IncidentEntry(models.Model):
    """时间线的一条：never edited; a slip is put right by another entry."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    what = SealedText("情况")
    by_name = models.CharField("记录人", max_length=80)
    made_at = models.DateTimeField("记录时间")

    all_rows: models.Manager[IncidentEntry] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class IncidentSign(models.Model):
    """签字：staff, director, and the parent on a phone or 「已当面告知」 before a witness."""

    class Who(models.TextChoices):
        STAFF = "staff", "当班老师"
        DIRECTOR = "director", "园长"
        PARENT = "parent", "家长"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="signs")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    who = models.CharField("身份", max_length=8, choices=Who)
    by_user = models.BigIntegerField("签字人账号")
    by_name = models.CharField("签字人", max_length=80)
    in_person = models.BooleanField("已当面告知", default=False)
    told_name = models.CharField("被告知人", max_length=40, blank=True)
    witness_name = models.CharField("见证人", max_length=40, blank=True)
    witness_user = models.BigIntegerField("见证人账号", null=True)
    note = models.CharField("家长的话", max_length=200, blank=True)
    at = models.DateTimeField("签字时间")

    all_rows: models.Manager[IncidentSign] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "who"], name="one_signature_each"),
            models.CheckConstraint(
                condition=Q(in_person=False)
                | (~Q(witness_name="") & Q(witness_user__isnull=False) & ~Q(told_name="")),
                name="told_before_a_witness",
            ),
            models.CheckConstraint(
                condition=Q(witness_user=None) | ~Q(witness_user=F("by_user")),
                name="witness_is_another",
            ),
        ]


class CountyClock(models.Model):
    """严重伤害上报时限：set by the county with its document; without it the limit is 待定."""

    region_code = models.CharField("区划", max_length=12, db_collation="C")
    minutes = models.IntegerField("时限（分钟）")
    document = models.CharField("依据文件", max_length=80)
    from_at = models.DateTimeField("自")
    set_by_name = models.CharField("设定人", max_length=80)

    all_rows: models.Manager[CountyClock] = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="county_clock_runs")]


class MandatoryReport(models.Model):
    """强制报告：written once, never changed, never deleted; read by the few who must.

    Not a case and without the child among its scope columns, so that it stands in no list of
    others and in no page of the family. The database guards it too (``sql/guard.sql``).
    """

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    subject_child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kinds = ArrayField(models.CharField(max_length=12), verbose_name="情形")
    found_at = models.DateTimeField("发现时间")
    what = SealedText("发现的情况")
    made_by = models.BigIntegerField("报告人账号")
    made_by_name = SealedText("报告人")
    made_at = models.DateTimeField("报告时间")

    all_rows: models.Manager[MandatoryReport] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class MandatoryStep(models.Model):
    """强制报告的办理：the hand-over to the police with its time, then what followed."""

    class Kind(models.TextChoices):
        POLICE = "police", "已向公安机关报案"
        COUNTY = "county", "主管部门已收到"
        NOTE = "note", "补充情况"

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    report = models.ForeignKey(MandatoryReport, on_delete=models.PROTECT, related_name="steps")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("事项", max_length=8, choices=Kind)
    at = models.DateTimeField("时间")
    detail = SealedText("单位、接警人、回执号")
    by_user = models.BigIntegerField("登记人账号")
    by_name = SealedText("登记人")
    made_at = models.DateTimeField("登记时间")

    all_rows: models.Manager[MandatoryStep] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["at", "id"]
