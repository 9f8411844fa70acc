"""计时托、临时托：what an institution opens by the half hour, and who has booked.

依据：泉卫规〔2024〕2号 二(一)1（全日托、半日托、计时托、临时托）。No count of seats is kept: it is
worked out each time from the people in the room, so that it cannot go stale.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet
from tuoyu.domains.institutions.models import ClassGroup


class Form(models.TextChoices):
    """可预约的服务形式：the same codes as of an enrolment."""

    HOURLY = "hourly", "计时托"
    TEMPORARY = "temporary", "临时托"


class Terms(models.Model):
    """本园的预约办法：set by the institution itself; no rule gives these figures."""

    institution_id = models.BigIntegerField("机构", primary_key=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    cancel_hours = models.SmallIntegerField("开始前几小时可免费取消")
    ahead_days = models.SmallIntegerField("最多提前几天预约")
    note = models.CharField("说明", max_length=200, blank=True)
    set_at = models.DateTimeField("设定时间")
    set_by_name = models.CharField("设定人", max_length=80)

    all_rows: models.Manager[Terms] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cancel_hours__gte=0, ahead_days__gte=0), name="booking_terms_sound"
            )
        ]


class Opening(models.Model):
    """开放时段：a class on a day, and the carers who will be in that room.

    ``staff_ids`` are people, not a number: one whose certificate has run out or who has left no
    longer counts, whatever was planned.
    """

    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    from_minute = models.SmallIntegerField("起（分钟）")
    to_minute = models.SmallIntegerField("止（分钟，不含）")
    staff_ids = ArrayField(models.BigIntegerField(), verbose_name="在班保育人员")
    most = models.SmallIntegerField("最多接几名预约儿童", null=True)
    made_at = models.DateTimeField("开放时间")
    made_by_name = models.CharField("开放人", max_length=80)
    closed_at = models.DateTimeField("收回时间", null=True)

    all_rows: models.Manager[Opening] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["class_group", "day"], condition=Q(closed_at=None), name="opened_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(from_minute__gte=0, to_minute__lte=1440)
                & Q(from_minute__lt=F("to_minute")),
                name="opening_has_length",
            ),
        ]
        indexes = [models.Index(fields=["institution_id", "day"])]


class State(models.TextChoices):
    """预约状态。"""

    BOOKED = "booked", "已预约"
    CANCELLED = "cancelled", "已取消"


class Booking(models.Model):
    """预约：one child, one room, some half hours. ``period`` is half-open.

    The filed price stands as it was when booked. ``enrolment_id`` is the day's enrolment by which
    the door knows the child.
    """

    child_id = models.BigIntegerField("儿童")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    period = DateTimeRangeField("时段")
    form = models.CharField("服务形式", max_length=10, choices=Form)
    unit = models.CharField("计费单位", max_length=6)
    unit_fen = models.BigIntegerField("备案单价（分）")
    amount_fen = models.BigIntegerField("按预约时长估算（分）")
    state = models.CharField("状态", max_length=10, choices=State, default=State.BOOKED)
    well_said_at = models.DateTimeField("健康申报时间")
    health_note = SealedText("健康申报补充", null=True)
    enrolment_id = models.BigIntegerField("当日入托登记", null=True)
    cancel_until = models.DateTimeField("免费取消截止")
    made_at = models.DateTimeField("预约时间")
    made_by = models.BigIntegerField("预约人")
    made_by_name = models.CharField("预约人", max_length=80)
    cancelled_at = models.DateTimeField("取消时间", null=True)
    cancelled_by_name = models.CharField("取消人", max_length=80, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=120, blank=True)

    all_rows: models.Manager[Booking] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="child_booked_once_at_a_time",
                condition=Q(state="booked"),
                expressions=[
                    (
                        models.Func(
                            "child_id", "child_id", models.Value("[]"), function="int8range"
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="booking_fee_given"),
            models.CheckConstraint(
                condition=Q(state="booked", cancelled_at=None)
                | Q(state="cancelled", cancelled_at__isnull=False),
                name="booking_cancel_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["class_group", "day"]),
            models.Index(fields=["institution_id", "day"]),
            models.Index(fields=["child_id", "day"]),
        ]

    @property
    def is_live(self) -> bool:
        return self.state == State.BOOKED
