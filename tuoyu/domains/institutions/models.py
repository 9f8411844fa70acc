"""托育机构、托位、班级、普惠认定与保育费标准。"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class Kind(models.TextChoices):
    """机构类型。依据：泉卫规〔2024〕2号 二(一)1–4；乐清方案 三(四)3「5+X」。"""

    CENTER = "center", "县级托育综合服务中心"
    COMMUNITY = "community", "社区托育点"
    NEIGHBOURHOOD = "neighbourhood", "“党建+”邻里中心"
    PRIVATE = "private", "民办托育机构"
    EMPLOYER = "employer", "国有企事业单位办托"
    HOSPITAL = "hospital", "公立医院办托"
    KINDERGARTEN = "kindergarten", "幼儿园托班"
    HOME = "home", "家庭托育点"
    PARK = "park", "产业园区托育"


class ClassType(models.TextChoices):
    """班型。依据：托育机构设置标准（试行）第十九、二十条。"""

    INFANT = "infant", "乳儿班"
    TODDLER = "toddler", "托小班"
    OLDER = "older", "托大班"
    MIXED = "mixed", "混龄班"
    HOME = "home", "家庭托育点"


class InstitutionQuerySet(ScopedQuerySet["Institution"]):
    """机构按主键落入机构范围。"""

    institution_field = "id"


class Institution(models.Model):
    """托育机构。"""

    class Nature(models.TextChoices):
        PUBLIC = "public", "公办"
        PRIVATE = "private", "民办"

    class Status(models.TextChoices):
        PREPARING = "preparing", "筹建"
        FILED = "filed", "已备案"
        SUSPENDED = "suspended", "停用"

    name = models.CharField("机构名称", max_length=80)
    search = models.CharField("拼音检索", max_length=200, blank=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    nature = models.CharField("性质", max_length=10, choices=Nature)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    unit_code = models.CharField("实施单位", max_length=12, db_collation="C")
    address = models.CharField("地址", max_length=120)
    lon = models.DecimalField("经度", max_digits=8, decimal_places=5, null=True)
    lat = models.DecimalField("纬度", max_digits=8, decimal_places=5, null=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.FILED)
    record_no = models.CharField("备案号", max_length=40, blank=True)
    filed_on = models.DateField("备案日期", null=True)
    opens_at = models.TimeField("开园", default="07:30")
    closes_at = models.TimeField("闭园", default="17:30")
    leave_cutoff = models.TimeField("请假截止", default="09:00")
    bank_account = models.BinaryField("收款账户（加密）", null=True)

    all_rows: models.Manager[Institution] = models.Manager()
    objects = ScopedManager(InstitutionQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "region_code"], name="institution_in_region"),
            models.CheckConstraint(condition=~models.Q(name=""), name="institution_named"),
        ]
        indexes = [models.Index(fields=["region_code"]), models.Index(fields=["unit_code"])]

    def __str__(self) -> str:
        return self.name


class ClassGroup(models.Model):
    """班级：a room with a class type and no more children than ``capacity``."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="classes")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("班名", max_length=40)
    class_type = models.CharField("班型", max_length=10, choices=ClassType)
    capacity = models.IntegerField("核定人数")
    is_open = models.BooleanField("在用", default=True)

    all_rows: models.Manager[ClassGroup] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["institution_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="class_name_once"),
            models.CheckConstraint(condition=models.Q(capacity__gt=0), name="class_has_places"),
        ]


class PlaceState(models.TextChoices):
    """托位状态。奖补以「新增备案并实际运营」为准。"""

    PLANNED = "planned", "规划"
    BUILDING = "building", "在建"
    BUILT = "built", "建成"
    FILED = "filed", "备案"
    OPERATING = "operating", "运营"
    CLOSED = "closed", "停用"


class Place(models.Model):
    """托位：a numbered thing with a life, so that none is paid twice over all channels."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="places")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group = models.ForeignKey(
        ClassGroup, on_delete=models.PROTECT, null=True, related_name="places"
    )
    number = models.CharField("托位编号", max_length=30, unique=True)
    state = models.CharField("状态", max_length=12, choices=PlaceState)
    state_on = models.DateField("状态日期")
    is_new = models.BooleanField("新增托位", default=False)
    paid_by = models.CharField("已奖补渠道", max_length=40, blank=True)

    all_rows: models.Manager[Place] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["institution", "state"]),
            models.Index(fields=["region_code"]),
        ]


class PlaceStep(models.Model):
    """托位的一次状态变化：append-only."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="steps")
    source = models.CharField("原状态", max_length=12, blank=True)
    target = models.CharField("新状态", max_length=12, choices=PlaceState)
    on = models.DateField("日期")
    note = models.CharField("依据", max_length=200, blank=True)


class Recognition(models.Model):
    """普惠认定：with a period; outside it the institution is not 普惠."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="recognitions"
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    document = models.CharField("认定文号", max_length=60)
    period = DateRangeField("有效期")

    all_rows: models.Manager[Recognition] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="recognition_no_overlap",
                expressions=[
                    (
                        models.Func(
                            "institution", "institution", models.Value("[]"), function="int8range"
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]


class FeeStandard(models.Model):
    """保育费标准（备案并公示的月收费）：integer fen a month, by class type, dated."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="fees")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_type = models.CharField("班型", max_length=10, choices=ClassType)
    monthly_fen = models.BigIntegerField("月保育费（分）")
    from_on = models.DateField("起")

    all_rows: models.Manager[FeeStandard] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "class_type", "from_on"], name="one_fee_a_day"
            ),
            models.CheckConstraint(condition=models.Q(monthly_fen__gte=0), name="fee_not_negative"),
        ]


class Contract(models.Model):
    """医育签约（1+1）：a medical institution guides this one for a period."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="contracts")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    clinic = models.CharField("医疗机构", max_length=80)
    period = DateRangeField("有效期")
    guided_on = models.DateField("最近指导日期", null=True)

    all_rows: models.Manager[Contract] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)
