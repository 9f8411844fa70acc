"""班上的一天：append-only events of a room, PINs of its shared tablet, rounds that were missed."""

from __future__ import annotations

from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import uuid7
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class Flag(models.IntegerChoices):
    """存疑标记（位）。"""

    SKEW = 1, "设备时钟偏差超过 10 分钟"
    LATE = 2, "补传超过 48 小时"


class CareEvent(models.Model):
    """班上事件：one truth for all ends. Never edited; an undo is a second event.

    ``child_id`` is empty for an event of the room. What a kind marks as health is in ``secret``
    (sealed JSON), all else in ``detail``. Retention: 照护记录类，离园后 1 年。
    """

    id = models.UUIDField("客户端编号", primary_key=True, default=uuid7)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    child_id = models.BigIntegerField("儿童", null=True)
    kind = models.CharField("种类", max_length=16)
    day = models.DateField("日期")
    at = models.DateTimeField("发生时间")
    received_at = models.DateTimeField("接收时间")
    device_id = models.UUIDField("设备", null=True)
    user_id = models.BigIntegerField("经手人", null=True)
    by_name = models.CharField("经手人", max_length=40, blank=True)
    detail = models.JSONField("内容", default=dict)
    secret = SealedText("加密内容", null=True)
    undoes = models.UUIDField("撤销了", null=True)
    flags = models.IntegerField("存疑", default=0)

    all_rows: models.Manager[CareEvent] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["institution_id", "day"]),
            models.Index(fields=["child_id", "day"]),
        ]


class ActingPin(models.Model):
    """班级平板的口令：four digits of one person, kept as a slow hash; wrong tries lock it."""

    user_id = models.BigIntegerField("用户", unique=True)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    secret_hash = models.CharField("散列", max_length=160)
    set_at = models.DateTimeField("设定时间")
    wrong = models.SmallIntegerField("连错次数", default=0)
    locked_until = models.DateTimeField("锁定至", null=True)

    all_rows: models.Manager[ActingPin] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class SleepSetting(models.Model):
    """睡眠巡视间隔（本机构自定）：the national texts give no figure; empty is 待定, never zero."""

    institution_id = models.BigIntegerField("机构", unique=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    under_12 = models.SmallIntegerField("不满 12 个月（分钟）", null=True)
    under_24 = models.SmallIntegerField("12 至 24 个月（分钟）", null=True)
    from_24 = models.SmallIntegerField("满 24 个月（分钟）", null=True)
    set_by = models.BigIntegerField("设定人")
    set_at = models.DateTimeField("设定时间")

    all_rows: models.Manager[SleepSetting] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class MissedRound(models.Model):
    """漏查：found once for each room and due time, whatever is recorded afterwards."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级")
    child_id = models.BigIntegerField("儿童")
    day = models.DateField("日期")
    due_at = models.DateTimeField("应查时间")
    found_at = models.DateTimeField("发现时间")

    all_rows: models.Manager[MissedRound] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "day"])]
        constraints = [
            models.UniqueConstraint(fields=["child_id", "due_at"], name="round_missed_once")
        ]
