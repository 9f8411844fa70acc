"""从业人员与证书。"""

from __future__ import annotations

from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.institutions.models import Institution


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
