"""儿童、监护人、同意、接送授权与特殊家庭身份。

Under 14 is sensitive personal information (个人信息保护法第二十八、三十一条): numbers, phones and
health fields are sealed, names are masked in lists. Retention: 儿童档案类，离园后 1 年。
"""

from __future__ import annotations

from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import opaque_id
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class ChildQuerySet(ScopedQuerySet["Child"]):
    """儿童按主键落入家庭范围，按现机构落入机构范围。"""

    child_field = "id"


class Child(models.Model):
    """儿童。The id is opaque and may stand in a URL; nothing else about the child may.

    ``institution_id`` and ``region_code`` are those of the present enrolment (empty when none).
    """

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    name = models.CharField("姓名", max_length=40)
    search = models.CharField("拼音检索", max_length=120, blank=True)
    sex = models.CharField("性别", max_length=1, choices=[("m", "男"), ("f", "女")])
    born_on = models.DateField("出生日期")
    id_number = SealedText("身份证号", null=True)
    id_index = models.BinaryField("身份证盲索引", max_length=16, null=True, unique=True)
    allergy = SealedText("过敏与忌口", null=True)
    has_allergy = models.BooleanField("有忌口", default=False)
    health_note = SealedText("健康提示", null=True)
    institution_id = models.BigIntegerField("现机构", null=True)
    region_code = models.CharField("现区划", max_length=12, blank=True, db_collation="C")
    usual_in = models.TimeField("常到时间", null=True)

    all_rows: models.Manager[Child] = models.Manager()
    objects = ScopedManager(ChildQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id"]), models.Index(fields=["region_code"])]


class Guardian(models.Model):
    """监护人与接送人。``user_id`` is set for those with an account."""

    name = models.CharField("姓名", max_length=40)
    phone = SealedText("手机", null=True)
    phone_index = models.BinaryField("手机盲索引", max_length=16, null=True)
    id_index = models.BinaryField("身份证盲索引", max_length=16, null=True)
    user_id = models.BigIntegerField("账号", null=True, unique=True)
    code_secret = SealedText("接送码密钥", null=True)

    all_rows: models.Manager[Guardian] = models.Manager()


class Guardianship(models.Model):
    """监护与接送关系：dated; a block stands above everything else."""

    class Relation(models.TextChoices):
        MOTHER = "mother", "妈妈"
        FATHER = "father", "爸爸"
        GRANDMOTHER = "grandmother", "奶奶"
        GRANDFATHER = "grandfather", "爷爷"
        GRANDMOTHER_M = "grandmother_m", "外婆"
        GRANDFATHER_M = "grandfather_m", "外公"
        OTHER = "other", "其他"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="guardianships")
    institution_id = models.BigIntegerField("现机构", null=True)
    region_code = models.CharField("现区划", max_length=12, blank=True, db_collation="C")
    relation = models.CharField("关系", max_length=14, choices=Relation)
    is_guardian = models.BooleanField("是监护人", default=True)
    can_pick_up = models.BooleanField("可接送", default=True)
    is_blocked = models.BooleanField("禁止接走", default=False)
    block_reason = SealedText("禁止原因", null=True)
    from_on = models.DateField("起")
    to_on = models.DateField("止（不含）", null=True)

    all_rows: models.Manager[Guardianship] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "guardian"], name="one_relation_each")
        ]


class PickupCode(models.Model):
    """代接码：six digits for one day, made by a guardian; stored keyed, never in clear."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="pickup_codes")
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    code_index = models.BinaryField("代接码盲索引", max_length=32)
    bearer = models.CharField("代接人", max_length=40)
    valid_on = models.DateField("有效日")
    made_by = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("生成时间")
    used_at = models.DateTimeField("使用时间", null=True)
    cancelled_at = models.DateTimeField("作废时间", null=True)

    all_rows: models.Manager[PickupCode] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "valid_on"])]


class SpecialStatus(models.Model):
    """特殊家庭身份：三孩、计生特殊家庭再生育、残疾。依据：泉卫规〔2024〕2号 二(二)5。"""

    class Kind(models.TextChoices):
        THIRD_CHILD = "third_child", "三孩家庭"
        BEREAVED = "bereaved", "计生特殊家庭再生育"
        DISABLED = "disabled", "残疾婴幼儿"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="special_statuses")
    institution_id = models.BigIntegerField("现机构", null=True)
    region_code = models.CharField("现区划", max_length=12, blank=True, db_collation="C")
    kind = models.CharField("类别", max_length=14, choices=Kind)
    evidence = models.CharField("佐证", max_length=120)
    evidence_file_id = models.BigIntegerField("附件", null=True)
    from_on = models.DateField("起")
    to_on = models.DateField("止（不含）", null=True)
    verified_by = models.BigIntegerField("核验人", null=True)
    verified_at = models.DateTimeField("核验时间", null=True)

    all_rows: models.Manager[SpecialStatus] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)


class Consent(models.Model):
    """监护人同意：per purpose, withdrawn with one tap; the row stays."""

    class Purpose(models.TextChoices):
        ENROL = "enrol", "入托登记与考勤"
        HEALTH = "health", "晨午检与健康提示"
        PHOTO = "photo", "班级照片"
        CLINIC = "clinic", "与签约医生共享"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="consents")
    institution_id = models.BigIntegerField("现机构", null=True)
    region_code = models.CharField("现区划", max_length=12, blank=True, db_collation="C")
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    granted_at = models.DateTimeField("同意时间")
    until = models.DateField("期限（不含）", null=True)  # None: as long as the child is in care
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.ForeignKey(
        Guardian, on_delete=models.PROTECT, null=True, related_name="+"
    )

    all_rows: models.Manager[Consent] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)


class ConsentEntry(models.Model):
    """同意台账：append-only; each decision of each guardian, also one that did not take effect."""

    class Act(models.TextChoices):
        GRANT = "grant", "同意"
        WITHDRAW = "withdraw", "撤回"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("现机构", null=True)
    region_code = models.CharField("现区划", max_length=12, blank=True, db_collation="C")
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=10, choices=Consent.Purpose)
    act = models.CharField("决定", max_length=8, choices=Act)
    until = models.DateField("期限（不含）", null=True)
    at = models.DateTimeField("时间")
    unseen = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+"
    )  # another guardian's decision that the deciding one had not seen
    took_effect = models.BooleanField("生效", default=True)

    all_rows: models.Manager[ConsentEntry] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["child", "purpose", "id"])]
