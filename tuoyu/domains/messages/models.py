"""消息：the box of each person, what was sent by which channel with what result, and who has read.

A message belongs to one person and is seen by nobody else (row-level security by user). Delivery
rows keep the result per recipient and channel; they belong to the institution and its region.
Retention: 到离园消息 31 天（事件另存），其余 400 天。
"""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ChildScopedQuerySet, OwnQuerySet, ScopedManager, ScopedQuerySet


class Message(models.Model):
    """站内消息：one row a recipient. ``key`` makes a repeat harmless."""

    id = models.UUIDField(primary_key=True, editable=False)
    user_id = models.BigIntegerField("收件人")
    kind = models.CharField("种类", max_length=12)
    title = models.CharField("标题", max_length=80)
    body = SealedText("正文", null=True)
    url = models.CharField("去处", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    child_id = models.BigIntegerField("儿童", null=True)
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    key = models.CharField("去重键", max_length=120, null=True)
    is_muted = models.BooleanField("本人已关闭此类", default=False)
    read_at = models.DateTimeField("已读", null=True)
    digest_on = models.DateField("收入小结", null=True)

    all_rows: models.Manager[Message] = models.Manager()
    objects = ScopedManager(OwnQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-at"]),
            models.Index(fields=["at"]),
        ]
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="message_told_once")]


class Preference(models.Model):
    """个人设置：quiet hours and what is switched off."""

    user_id = models.BigIntegerField("用户", primary_key=True)
    quiet = models.BooleanField("免打扰", default=True)
    quiet_from = models.TimeField("起", default=time(21, 0))
    quiet_to = models.TimeField("止", default=time(7, 0))
    muted = ArrayField(models.CharField(max_length=12), verbose_name="关闭的种类", default=list)

    all_rows: models.Manager[Preference] = models.Manager()
    objects = ScopedManager(OwnQuerySet)


class PushSubscription(models.Model):
    """推送订阅：one browser of one person. The endpoint is a capability and is kept sealed."""

    user_id = models.BigIntegerField("用户")
    endpoint = SealedText("推送地址")
    endpoint_index = models.BinaryField("地址盲索引", max_length=16, unique=True)
    p256dh = models.CharField("公钥", max_length=100)
    auth = SealedText("认证密钥")
    device = models.CharField("设备", max_length=60, blank=True)
    made_at = models.DateTimeField("订阅时间")
    ended_at = models.DateTimeField("失效时间", null=True)

    all_rows: models.Manager[PushSubscription] = models.Manager()
    objects = ScopedManager(OwnQuerySet)

    class Meta:
        indexes = [models.Index(fields=["user_id"])]


class Contact(models.Model):
    """个人的通道地址：the WeChat openid, bound by the sign-in of the city's service account."""

    user_id = models.BigIntegerField("用户")
    channel = models.CharField("通道", max_length=8)
    address = SealedText("地址")

    all_rows: models.Manager[Contact] = models.Manager()
    objects = ScopedManager(OwnQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "channel"], name="one_address_a_channel")
        ]


class DeliveryState(models.TextChoices):
    """送达状态。「已送出」 is the channel's own word that it took the message; no more."""

    WAITING = "waiting", "待发送"
    HELD = "held", "免打扰暂缓"
    SENT = "sent", "已送出"
    FAILED = "failed", "未送达"
    UNSET = "unset", "未配置，未送达"
    NOBODY = "nobody", "没有地址，未送达"


class Delivery(models.Model):
    """一次送达：one channel to one person; ``title`` and ``text`` were or would have been sent."""

    message_id = models.UUIDField("消息", null=True)
    user_id = models.BigIntegerField("收件人", null=True)
    guardian_id = models.BigIntegerField("监护人（无账号时）", null=True)
    child_id = models.BigIntegerField("儿童", null=True)
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, blank=True, db_collation="C")
    kind = models.CharField("种类", max_length=12)
    channel = models.CharField("通道", max_length=8)
    subscription_id = models.BigIntegerField("推送订阅", null=True)
    address = models.CharField("地址（掩码）", max_length=60, blank=True)
    title = models.CharField("标题", max_length=80)
    text = SealedText("内容", null=True)
    url = models.CharField("去处", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=DeliveryState, default="waiting")
    made_at = models.DateTimeField("产生时间")
    due_at = models.DateTimeField("应发时间")
    tries = models.SmallIntegerField("次数", default=0)
    result = models.CharField("结果", max_length=120, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    all_rows: models.Manager[Delivery] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["institution_id", "-made_at"]),
            models.Index(fields=["message_id"]),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["waiting", "held"]),
                name="delivery_open",
            ),
        ]


class DigestRun(models.Model):
    """小结已发：one row a day, so that it is sent once."""

    day = models.DateField("日期", primary_key=True)
    sent_at = models.DateTimeField("时间")
    people = models.IntegerField("人数", default=0)

    all_rows: models.Manager[DigestRun] = models.Manager()


class Announcement(models.Model):
    """园所通知。回执 says 「我看到了」; 签字 says 「我同意」: they are asked for separately."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    title = models.CharField("标题", max_length=60)
    body = models.TextField("正文", max_length=2000)
    class_ids = ArrayField(models.BigIntegerField(), verbose_name="班级（空＝全园）", default=list)
    wants_receipt = models.BooleanField("要回执", default=True)
    wants_signature = models.BooleanField("要签字", default=False)
    sent_at = models.DateTimeField("发出时间")
    sent_by = models.BigIntegerField("发出人")
    sent_by_name = models.CharField("发出人", max_length=80)
    reminders = models.SmallIntegerField("已提醒次数", default=0)
    reminded_at = models.DateTimeField("最近提醒", null=True)

    all_rows: models.Manager[Announcement] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "-sent_at"])]


class Recipient(models.Model):
    """通知的收件人：a guardian of a child; one without an account is reached by SMS or paper."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, related_name="recipients"
    )
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    child_id = models.BigIntegerField("儿童")
    class_group_id = models.BigIntegerField("班级", null=True)
    guardian_id = models.BigIntegerField("监护人")
    user_id = models.BigIntegerField("账号", null=True)
    read_at = models.DateTimeField("读到", null=True)
    receipt_at = models.DateTimeField("回执", null=True)
    signed_at = models.DateTimeField("签字", null=True)
    signed_name = models.CharField("签名", max_length=40, blank=True)
    signed_hash = models.CharField("所签内容散列", max_length=64, blank=True)

    all_rows: models.Manager[Recipient] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "child_id", "guardian_id"], name="one_recipient_each"
            )
        ]
        indexes = [models.Index(fields=["child_id"])]


class BookEntry(models.Model):
    """联络簿的一条：the family's note in the morning or the room's answer in the evening.

    Entries are never overwritten; both parents and the room read the same page of a day.
    """

    class Side(models.TextChoices):
        HOME = "home", "家里"
        ROOM = "room", "班里"

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    day = models.DateField("日期")
    side = models.CharField("谁写的", max_length=4, choices=Side)
    heat = models.SmallIntegerField("体温（0.1 ℃）", null=True)
    chips = models.JSONField("选项", default=dict)
    words = SealedText("话", null=True)
    by_user = models.BigIntegerField("写的人")
    by_name = models.CharField("写的人", max_length=80)
    at = models.DateTimeField("时间")
    seen_at = models.DateTimeField("老师看过", null=True)
    seen_by_name = models.CharField("看过的老师", max_length=80, blank=True)

    all_rows: models.Manager[BookEntry] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["child_id", "day"]),
            models.Index(fields=["institution_id", "day"]),
        ]
