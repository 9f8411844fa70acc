"""养育照护小组、互动日、家长课堂：sessions and who signs up.

依据：乐清方案 三(七)4（小组活动、受益家庭）；泉卫规〔2024〕2号 二(三)10（互动日）。
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class Kind(models.TextChoices):
    """活动种类。"""

    GROUP = "group", "养育照护小组"
    OPEN_DAY = "open_day", "互动日"
    CLASS = "class", "家长课堂"


class Session(models.Model):
    """一场活动。``institution_id`` empty: the county centre holds it."""

    kind = models.CharField("种类", max_length=10, choices=Kind)
    title = models.CharField("名称", max_length=60)
    about = models.TextField("内容", max_length=500, blank=True)
    institution_id = models.BigIntegerField("举办机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    organiser = models.CharField("举办单位", max_length=80)
    leader = models.CharField("主讲", max_length=60, blank=True)
    place = models.CharField("地点", max_length=120)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    seats = models.SmallIntegerField("名额（家庭）")
    age_from = models.SmallIntegerField("月龄起")
    age_to = models.SmallIntegerField("月龄止（不含）")
    secret = SealedText("签到密钥")
    published_at = models.DateTimeField("发布时间")
    published_by_name = models.CharField("发布人", max_length=80)
    cancelled_at = models.DateTimeField("取消时间", null=True)
    cancel_reason = models.CharField("取消原因", max_length=120, blank=True)

    all_rows: models.Manager[Session] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"))
                & Q(seats__gt=0)
                & Q(age_from__gte=0, age_from__lt=F("age_to")),
                name="session_sound",
            )
        ]
        indexes = [models.Index(fields=["region_code", "starts_at"])]


class SignUpState(models.TextChoices):
    """报名状态。"""

    IN = "in", "已报名"
    WAITING = "waiting", "候补"
    WITHDRAWN = "withdrawn", "已退出"


class SignUp(models.Model):
    """报名与签到：one child's family at one session. ``number`` is the order of asking."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="signups")
    institution_id = models.BigIntegerField("举办机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    child_id = models.BigIntegerField("儿童")
    user_id = models.BigIntegerField("报名人")
    name = models.CharField("家庭称呼", max_length=40)
    number = models.IntegerField("序号")
    state = models.CharField("状态", max_length=10, choices=SignUpState)
    made_at = models.DateTimeField("报名时间")
    moved_at = models.DateTimeField("递补时间", null=True)
    withdrawn_at = models.DateTimeField("退出时间", null=True)
    came_at = models.DateTimeField("签到时间", null=True)
    came_by = models.CharField("签到方式", max_length=10, blank=True)
    useful = models.SmallIntegerField("有没有用（1–3）", null=True)
    clear = models.SmallIntegerField("讲得清楚（1–3）", null=True)
    said_at = models.DateTimeField("评价时间", null=True)

    all_rows: models.Manager[SignUp] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="signup_numbered"),
            models.UniqueConstraint(
                fields=["session", "child_id"],
                condition=~Q(state="withdrawn"),
                name="family_signs_up_once",
            ),
            models.CheckConstraint(
                condition=(Q(useful=None) | Q(useful__range=(1, 3)))
                & (Q(clear=None) | Q(clear__range=(1, 3))),
                name="feedback_of_three",
            ),
        ]
        indexes = [models.Index(fields=["child_id"]), models.Index(fields=["region_code"])]
