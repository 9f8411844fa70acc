"""考勤：events at the door (append-only), the day sheets made of them, and the closed month."""

from __future__ import annotations

from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import uuid7
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class EventKind(models.IntegerChoices):
    """事件种类。"""

    IN = 1, "入园"
    OUT = 2, "离园"
    ABSENT = 3, "缺勤／请假"
    CORRECT = 4, "更正"


class Method(models.TextChoices):
    """打卡方式。"""

    QR = "qr", "接送码"
    CODE = "code", "代接码"
    WALL = "wall", "老师点名"
    PARENT = "parent", "家长手机"
    DESK = "desk", "机构补录"
    RELEASE = "release", "园长放行"


class Flag(models.IntegerChoices):
    """存疑标记（位）：flagged events are stored and shown, not trusted silently."""

    SKEW = 1, "设备时钟偏差超过 10 分钟"
    LATE = 2, "补传超过 48 小时"
    CLOSED = 4, "当月已结账"
    OUTSIDE = 8, "开园时间以外"


class Event(models.Model):
    """门口事件：one truth for all ends. Never edited; a correction is a second event.

    ``set_*`` hold what a CORRECT event asserts (or the leave reason of an ABSENT one);
    ``evidence`` is sealed JSON (temperature, symptoms). Retention: 考勤类，5 年。
    """

    id = models.UUIDField("客户端编号", primary_key=True, default=uuid7)
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    kind = models.SmallIntegerField("种类", choices=EventKind)
    at = models.DateTimeField("发生时间")
    received_at = models.DateTimeField("接收时间")
    device_id = models.UUIDField("设备", null=True)
    user_id = models.BigIntegerField("操作用户", null=True)
    guardian_id = models.BigIntegerField("接送人", null=True)
    method = models.CharField("方式", max_length=8, choices=Method)
    reason = models.CharField("原因", max_length=120, blank=True)
    set_status = models.SmallIntegerField("更正状态", null=True)
    set_in_at = models.DateTimeField("更正入园", null=True)
    set_out_at = models.DateTimeField("更正离园", null=True)
    evidence = SealedText("晨检等", null=True)
    flags = models.IntegerField("存疑", default=0)

    all_rows: models.Manager[Event] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["child_id", "day"]),
            models.Index(fields=["institution_id", "day"]),
        ]


class DayStatus(models.IntegerChoices):
    """当日状态。"""

    PRESENT = 1, "到托"
    LEAVE = 2, "请假"
    ABSENT = 3, "缺勤"


class DaySheet(models.Model):
    """日考勤：derived from the day's events by one pure rule; the order of arrival is of no matter.

    The row id is a plain sequence; (child, day) is unique.
    """

    child_id = models.BigIntegerField("儿童")
    day = models.DateField("日期")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    status = models.SmallIntegerField("状态（空＝待核）", choices=DayStatus, null=True)
    in_at = models.DateTimeField("入园", null=True)
    out_at = models.DateTimeField("离园", null=True)
    reason = models.CharField("原因", max_length=120, blank=True)
    is_corrected = models.BooleanField("已更正", default=False)
    flags = models.IntegerField("存疑", default=0)
    events = models.SmallIntegerField("事件数", default=0)

    all_rows: models.Manager[DaySheet] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child_id", "day"], name="one_sheet_a_day")]
        indexes = [
            models.Index(fields=["institution_id", "day"]),
            models.Index(fields=["day", "region_code"]),
        ]


class MonthClose(models.Model):
    """月结：the institution confirms; from then on the month changes by delta lines only."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("月份（首日）")
    closed_at = models.DateTimeField("确认时间")
    closed_by = models.BigIntegerField("确认人", null=True)
    closed_by_name = models.CharField("确认人", max_length=80)
    children = models.IntegerField("儿童数")
    days = models.IntegerField("到托人天")
    sheets_hash = models.CharField("日考勤散列", max_length=64)

    all_rows: models.Manager[MonthClose] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution_id", "month"], name="month_closed_once")
        ]


class GuardianConfirmation(models.Model):
    """家长月确认：one tap for a child's month."""

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("月份（首日）")
    guardian_id = models.BigIntegerField("监护人")
    confirmed_at = models.DateTimeField("确认时间")

    all_rows: models.Manager[GuardianConfirmation] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child_id", "month"], name="guardian_confirms_once")
        ]
        indexes = [models.Index(fields=["institution_id", "month"])]


class Dispute(models.Model):
    """考勤异议：a guardian disputes one day; the answer is a correction or a reason."""

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    says = models.SmallIntegerField("家长认为", choices=DayStatus)
    reason = models.CharField("说明", max_length=200)
    guardian_id = models.BigIntegerField("监护人")
    made_at = models.DateTimeField("提出时间")
    answer = models.CharField("答复", max_length=200, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.BigIntegerField("答复人", null=True)
    accepted = models.BooleanField("采纳", null=True)

    all_rows: models.Manager[Dispute] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["child_id", "day"],
                condition=models.Q(answered_at=None),
                name="one_open_dispute_a_day",
            )
        ]


class Release(models.Model):
    """园长放行：the recorded way out when a pick-up was refused in red."""

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    refused_because = models.CharField("拒绝原因", max_length=80)
    bearer = models.CharField("接走人", max_length=40)
    document = SealedText("证件核对", null=True)
    reason = models.CharField("放行理由", max_length=200)
    released_by = models.BigIntegerField("放行人")
    released_by_name = models.CharField("放行人", max_length=80)
    used_by = models.UUIDField("用于事件", null=True)

    all_rows: models.Manager[Release] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["child_id", "at"])]


class RefusedPickup(models.Model):
    """接走被拒：kept for the director, who releases or calls for help; never part of a day."""

    event_id = models.UUIDField("客户端编号", primary_key=True)
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("发生时间")
    received_at = models.DateTimeField("接收时间")
    device_id = models.UUIDField("设备", null=True)
    guardian_id = models.BigIntegerField("接走人", null=True)
    code = models.CharField("拒绝原因", max_length=20)

    all_rows: models.Manager[RefusedPickup] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "received_at"])]


class StaffShift(models.Model):
    """员工在岗：who is in which room, from when to when; only these count in the ratio."""

    staff_id = models.BigIntegerField("员工")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    in_at = models.DateTimeField("到岗")
    out_at = models.DateTimeField("离岗", null=True)

    all_rows: models.Manager[StaffShift] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "in_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_id"], condition=models.Q(out_at=None), name="staff_in_one_room"
            )
        ]
