"""从业人员与证书。"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.institutions.models import ClassGroup, Institution


class Post(models.TextChoices):
    """岗位。依据：托育机构设置标准（试行）第四章。"""

    HEAD = "head", "负责人"
    CARER = "carer", "保育人员"
    HEALTH = "health", "卫生保健人员"
    GUARD = "guard", "保安"
    COOK = "cook", "炊事员"


class CertificateKind(models.TextChoices):
    """证书种类。依据：泉卫规〔2024〕2号 二(四)12。"""

    CARER = "nursery_teacher", "保育师"
    INFANT = "infant_carer", "育婴员"
    HEALTH_CARER = "health_carer", "健康照护师"
    HEAD = "head_training", "负责人岗位培训合格证"
    HEALTH = "health_check", "健康合格证"
    GUARD = "guard_licence", "保安员证"


CARE_KINDS = (CertificateKind.CARER, CertificateKind.INFANT, CertificateKind.HEALTH_CARER)


class Staff(models.Model):
    """从业人员。Retention: 从业档案类，离职后 5 年。"""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="staff")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("姓名", max_length=40)
    post = models.CharField("岗位", max_length=10, choices=Post)
    user_id = models.BigIntegerField("账号", null=True)
    id_number = SealedText("身份证号", null=True)
    id_index = models.BinaryField("身份证盲索引", max_length=16, null=True)
    phone = SealedText("手机", null=True)
    hired_on = models.DateField("入职")
    left_on = models.DateField("离职（不含）", null=True)
    trained_on = models.DateField("最近轮训", null=True)

    all_rows: models.Manager[Staff] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution", "post"])]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "id_index"],
                condition=models.Q(left_on=None),
                name="staff_once_in_institution",
            )
        ]


class Certificate(models.Model):
    """证书：counts only inside its period."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="certificates")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=20, choices=CertificateKind)
    number = models.CharField("证书编号", max_length=40)
    issued_on = models.DateField("发证")
    expires_on = models.DateField("到期（不含）", null=True)

    all_rows: models.Manager[Certificate] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


def _span(first: str, last: str, function: str, bounds: str) -> models.Func:
    return models.Func(first, last, models.Value(bounds), function=function)


class RotaShift(models.Model):
    """排班：who is to be in which room, in half hours of one day. Nobody stands in two places."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="rota")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    day = models.DateField("日期")
    from_minute = models.SmallIntegerField("起（当日第几分钟）")
    to_minute = models.SmallIntegerField("止（不含）")
    made_at = models.DateTimeField("排班时间")
    made_by_name = models.CharField("排班人", max_length=80)

    all_rows: models.Manager[RotaShift] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_minute__gte=0, to_minute__lte=1440)
                & Q(from_minute__lt=F("to_minute")),
                name="rota_within_a_day",
            ),
            ExclusionConstraint(
                name="rota_in_one_room",
                expressions=[
                    (_span("staff", "staff", "int8range", "[]"), RangeOperators.OVERLAPS),
                    (_span("day", "day", "daterange", "[]"), RangeOperators.OVERLAPS),
                    (_span("from_minute", "to_minute", "int4range", "[)"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class LeaveState(models.TextChoices):
    """员工请假的状态。"""

    ASKED = "asked", "待批"
    GRANTED = "granted", "已准"
    REFUSED = "refused", "未准"
    WITHDRAWN = "withdrawn", "已撤回"


class StaffLeave(models.Model):
    """员工请假：asked by the person, decided by the director; a granted one empties the rota."""

    class Kind(models.TextChoices):
        SICK = "sick", "病假"
        PERSONAL = "personal", "事假"
        ANNUAL = "annual", "年休假"
        PARENTAL = "parental", "产假、陪产假、育儿假"
        TRAINING = "training", "培训"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="leaves")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    from_on = models.DateField("起")
    to_on = models.DateField("止（不含）")
    reason = SealedText("事由", null=True)
    state = models.CharField("状态", max_length=10, choices=LeaveState)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.BigIntegerField("提出人账号")
    asked_by_name = models.CharField("提出人", max_length=80)
    decided_at = models.DateTimeField("处理时间", null=True)
    decided_by_name = models.CharField("处理人", max_length=80, blank=True)
    note = models.CharField("处理意见", max_length=120, blank=True)

    all_rows: models.Manager[StaffLeave] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "from_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(from_on__lt=F("to_on")), name="staff_leave_days"),
            ExclusionConstraint(
                name="staff_leave_once",
                expressions=[
                    (_span("staff", "staff", "int8range", "[]"), RangeOperators.OVERLAPS),
                    (_span("from_on", "to_on", "daterange", "[)"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=["asked", "granted"]),
            ),
        ]


class BackgroundCheck(models.Model):
    """从业查询：违法犯罪信息查询的日期与经办；the result is sealed and shown only for a reason.

    依据：未成年人保护法第六十二条（入职查询、每年定期查询）。
    """

    class Result(models.TextChoices):
        CLEAR = "clear", "未查到"
        FOUND = "found", "查到记录"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="background_checks")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    checked_on = models.DateField("查询日期")
    agency = models.CharField("查询机关", max_length=60)
    result = SealedText("结果")
    made_at = models.DateTimeField("登记时间")
    made_by_name = models.CharField("经办人", max_length=80)

    all_rows: models.Manager[BackgroundCheck] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "staff", "-checked_on"])]
