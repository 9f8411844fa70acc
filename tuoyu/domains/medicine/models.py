"""喂药：what a parent asks, what staff accept, and each dose with two signatures.

依据：《托儿所幼儿园卫生保健工作规范》（卫妇社发〔2012〕35号）代喂药须登记签字。
Retention: 卫生保健台账类，离园后 1 年。Medicine, illness and notes are health data and sealed.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import opaque_id
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet
from tuoyu.domains.children.models import Child


class RequestState(models.TextChoices):
    """委托的状态。"""

    ASKED = "asked", "待园方接受"
    ACCEPTED = "accepted", "已接受"
    REFUSED = "refused", "未接受"
    WITHDRAWN = "withdrawn", "家长已停"
    ENDED = "ended", "已结束"


class Route(models.TextChoices):
    """用法。"""

    MOUTH = "mouth", "口服"
    SKIN = "skin", "外用"
    EYE = "eye", "滴眼"
    NOSE = "nose", "滴鼻"
    EAR = "ear", "滴耳"
    AIR = "air", "雾化吸入"


class MedicineRequest(models.Model):
    """喂药委托：one medicine over some days. Locked from its first dose on."""

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    state = models.CharField("状态", max_length=10, choices=RequestState)
    medicine = SealedText("药名")
    illness = SealedText("病因")
    dose = models.CharField("每次用量", max_length=40)
    route = models.CharField("用法", max_length=6, choices=Route)
    times = ArrayField(models.TimeField(), verbose_name="每天几点")
    from_on = models.DateField("起")
    to_on = models.DateField("止（不含）")
    note = SealedText("存放与提醒", null=True)
    photo_id = models.BigIntegerField("药品标签照片", null=True)
    asked_by = models.BigIntegerField("委托人账号")
    asked_by_name = models.CharField("委托人", max_length=40)
    asked_at = models.DateTimeField("家长同意时间")
    decided_by = models.BigIntegerField("受理人账号", null=True)
    decided_by_name = models.CharField("受理人", max_length=80, blank=True)
    decided_at = models.DateTimeField("受理时间", null=True)
    refusal = models.CharField("不接受的理由", max_length=20, blank=True)
    refusal_note = models.CharField("说明", max_length=120, blank=True)
    locked_at = models.DateTimeField("首次喂药", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    all_rows: models.Manager[MedicineRequest] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="medicine_lasts"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(decided_at__isnull=False),
                name="medicine_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["institution_id", "state"])]


class Dose(models.Model):
    """一次喂药：given or not, by whom, checked by whom. The id comes from the device.

    One dose a request and due time. What a second tablet recorded while offline is kept beside it
    (``conflict_with``) and shown until somebody has said what really happened.
    """

    class Outcome(models.TextChoices):
        GIVEN = "given", "已喂"
        SKIPPED = "skipped", "未喂"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(MedicineRequest, on_delete=models.PROTECT, related_name="doses")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    due_at = models.DateTimeField("应喂时间")
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    at = models.DateTimeField("实际时间")
    received_at = models.DateTimeField("收到时间")
    reason = models.CharField("早晚或未喂的原因", max_length=120, blank=True)
    note = SealedText("喂后情况", null=True)
    by_user = models.BigIntegerField("喂药人账号")
    by_name = models.CharField("喂药人", max_length=80)
    second_user = models.BigIntegerField("核对人账号", null=True)
    second_name = models.CharField("核对人", max_length=80, blank=True)
    second_at = models.DateTimeField("核对时间", null=True)
    is_offline = models.BooleanField("断网时记录", default=False)
    conflict_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="rivals"
    )
    settled_at = models.DateTimeField("核实时间", null=True)
    settled_by_name = models.CharField("核实人", max_length=80, blank=True)
    settled_note = models.CharField("核实结果", max_length=200, blank=True)

    all_rows: models.Manager[Dose] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "due_at"],
                condition=Q(conflict_with=None),
                name="one_dose_a_due_time",
            ),
            models.CheckConstraint(
                condition=Q(second_user=None) | ~Q(second_user=F("by_user")),
                name="dose_signed_by_two",
            ),
        ]
        indexes = [models.Index(fields=["institution_id", "due_at"])]


class DoseAlarm(models.Model):
    """到时提醒：raised once for a request and due time."""

    request = models.ForeignKey(MedicineRequest, on_delete=models.PROTECT, related_name="alarms")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    due_at = models.DateTimeField("应喂时间")
    kind = models.CharField("第几次", max_length=8)
    at = models.DateTimeField("提醒时间")

    all_rows: models.Manager[DoseAlarm] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "due_at", "kind"], name="alarmed_once")
        ]


class MedicineSetting(models.Model):
    """本园喂药设定：no rule gives these minutes; the institution says them."""

    institution_id = models.BigIntegerField("机构", unique=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    alarm_minutes = models.IntegerField("提前提醒（分钟）")
    tolerance_minutes = models.IntegerField("早晚多少分钟须写原因")
    set_by_name = models.CharField("设定人", max_length=80)
    set_at = models.DateTimeField("设定时间")

    all_rows: models.Manager[MedicineSetting] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(alarm_minutes__gte=0) & Q(tolerance_minutes__gte=0),
                name="medicine_minutes_not_negative",
            )
        ]
