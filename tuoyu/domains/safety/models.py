"""安全：巡查点与巡查、隐患、演练、设备检查、证照。Records are written once and never edited."""

from __future__ import annotations

from django.db import models

from tuoyu.core.identifiers import opaque_id, uuid7
from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class Every(models.TextChoices):
    """巡查频次。"""

    DAY = "day", "每个工作日"
    WEEK = "week", "每周"
    MONTH = "month", "每月"


class Point(models.Model):
    """巡查点：a place with a QR code on the wall and a list to look through.

    The id is opaque, since it stands on the wall. ``due_times`` are those of a daily point.
    """

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("巡查点", max_length=40)
    place = models.CharField("位置", max_length=60, blank=True)
    items = models.JSONField("检查项", default=list)
    every = models.CharField("频次", max_length=6, choices=Every)
    due_times = models.JSONField("每日截止时刻", default=list)
    needs_photo = models.BooleanField("须拍照", default=False)
    from_on = models.DateField("启用日")
    ended_on = models.DateField("停用日", null=True)

    all_rows: models.Manager[Point] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "name"],
                condition=models.Q(ended_on=None),
                name="point_name_once",
            )
        ]


class Round(models.Model):
    """一次巡查：append-only. ``results`` is a list of {item, ok, note}."""

    id = models.UUIDField("客户端编号", primary_key=True, default=uuid7)
    point = models.ForeignKey(Point, on_delete=models.PROTECT, related_name="rounds")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    at = models.DateTimeField("时间")
    by_user_id = models.BigIntegerField("巡查人", null=True)
    by_name = models.CharField("巡查人", max_length=80)
    results = models.JSONField("结果", default=list)
    is_sound = models.BooleanField("全部正常")
    photo_id = models.BigIntegerField("照片", null=True)

    all_rows: models.Manager[Round] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "day"])]


class Hazard(models.Model):
    """隐患：from being found to being looked at again by another person (see catalogue)."""

    class Grade(models.TextChoices):
        PLAIN = "plain", "一般"
        GRAVE = "grave", "重大"

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    round_id = models.UUIDField("来自巡查", null=True)
    place = models.CharField("位置", max_length=60)
    what = models.CharField("隐患", max_length=200)
    grade = models.CharField("等级", max_length=6, choices=Grade, default=Grade.PLAIN)
    due_on = models.DateField("整改期限")
    found_at = models.DateTimeField("发现时间")
    found_by_name = models.CharField("发现人", max_length=80)
    photo_id = models.BigIntegerField("照片", null=True)
    fix_photo_id = models.BigIntegerField("整改照片", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)

    all_rows: models.Manager[Hazard] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "closed_at"])]


class DrillKind(models.TextChoices):
    """演练科目。依据：《托育机构管理规范（试行）》第三十一条。"""

    FIRE = "fire", "火灾疏散"
    DISASTER = "disaster", "自然灾害"
    DISEASE = "disease", "传染病"
    FOOD = "food", "食物中毒"
    CRUSH = "crush", "踩踏"
    VIOLENCE = "violence", "暴力侵害"


class Drill(models.Model):
    """应急演练：planned, then held once; a head count that does not agree needs its reason."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("科目", max_length=10, choices=DrillKind)
    planned_on = models.DateField("计划日")
    held_at = models.DateTimeField("开始时间", null=True)
    seconds = models.IntegerField("用时（秒）", null=True)
    children_present = models.SmallIntegerField("在园儿童", null=True)
    children_counted = models.SmallIntegerField("清点儿童", null=True)
    staff_counted = models.SmallIntegerField("参加人员", null=True)
    account = models.CharField("过程与问题", max_length=400, blank=True)
    photo_id = models.BigIntegerField("照片", null=True)
    by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[Drill] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "planned_on"])]


class Equipment(models.Model):
    """安全设备：with how often it is looked at and, where it has one, its last day of use."""

    class Kind(models.TextChoices):
        EXTINGUISHER = "extinguisher", "灭火器"
        HYDRANT = "hydrant", "消火栓"
        LIGHT = "light", "应急照明与疏散指示"
        SMOKE = "smoke", "烟感报警"
        ALARM = "alarm", "一键报警"
        CAMERA = "camera", "监控录像"
        FIRST_AID = "first_aid", "急救箱"
        PLAY = "play", "游乐设施"
        OTHER = "other", "其他"

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=14, choices=Kind)
    name = models.CharField("名称与编号", max_length=60)
    place = models.CharField("位置", max_length=60)
    check_months = models.SmallIntegerField("检查周期（月）")
    expires_on = models.DateField("有效期至", null=True)
    from_on = models.DateField("启用日")
    ended_on = models.DateField("停用日", null=True)

    all_rows: models.Manager[Equipment] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id"])]


class EquipmentCheck(models.Model):
    """设备检查：append-only."""

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="checks")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    by_name = models.CharField("检查人", max_length=80)
    is_sound = models.BooleanField("正常")
    note = models.CharField("说明", max_length=200, blank=True)

    all_rows: models.Manager[EquipmentCheck] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "at"])]


class DocumentKind(models.TextChoices):
    """证照种类。依据：《托育机构管理规范（试行）》第四条的备案材料，另加保险与其他。"""

    LICENCE = "licence", "营业执照或法人证书"
    PREMISES = "premises", "场地证明"
    PEOPLE = "people", "人员资格与健康证明"
    HEALTH = "health", "卫生评价报告"
    FIRE = "fire", "消防安全检查合格证明"
    FOOD = "food", "食品经营许可证"
    LIABILITY = "liability", "责任险保单"
    OTHER = "other", "其他"


class Document(models.Model):
    """证照：with its last day; a renewal is a new one that ``replaces`` the old."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=10, choices=DocumentKind)
    name = models.CharField("名称", max_length=60)
    number = models.CharField("编号", max_length=60, blank=True)
    issued_on = models.DateField("发证日", null=True)
    expires_on = models.DateField("有效期至（空＝长期）", null=True)
    file_id = models.BigIntegerField("附件", null=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    is_current = models.BooleanField("现行", default=True)
    made_at = models.DateTimeField("登记时间")
    made_by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[Document] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "expires_on"])]
