"""照片与观察记录：of children, for their families and their teachers alone.

No officer sees them (``region_field`` is None). Retention: 儿童档案类，离园后 1 年内监护人可看。
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.children.models import Child
from tuoyu.domains.moments.rules import AREAS


class RoomQuerySet(ScopedQuerySet["Photo"]):
    """机构内：a region sees no photos; a family comes to them by its own child's tag."""

    region_field = None


class OwnChildQuerySet(ScopedQuerySet["PhotoTag"]):
    """机构与监护人；a region sees nothing."""

    region_field = None
    child_field = "child_id"


class PhotoState(models.TextChoices):
    """照片状态。"""

    DRAFT = "draft", "待发布"
    PUBLISHED = "published", "已发布"
    WITHHELD = "withheld", "不发布"
    REMOVED = "removed", "已删除"


class Photo(models.Model):
    """照片：the device makes the id, so that a photo sent twice is one. No face is measured."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    taken_at = models.DateTimeField("拍摄时间")
    received_at = models.DateTimeField("收到时间")
    by = models.BigIntegerField("拍摄人")
    caption = models.CharField("一句话", max_length=60, blank=True)
    screen = models.CharField("大图散列", max_length=64)
    thumb = models.CharField("小图散列", max_length=64)
    width = models.IntegerField("宽")
    height = models.IntegerField("高")
    state = models.CharField("状态", max_length=10, choices=PhotoState, default="draft")
    is_held = models.BooleanField("不自动发布", default=False)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.BigIntegerField("发布人", null=True)  # None: at the hour, by itself
    removed_at = models.DateTimeField("删除时间", null=True)
    removed_by = models.BigIntegerField("删除人", null=True)

    all_rows: models.Manager[Photo] = models.Manager()
    objects = ScopedManager(RoomQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["institution_id", "taken_at"]),
            models.Index(fields=["state", "taken_at"]),
        ]


class PhotoTag(models.Model):
    """照片里的儿童：named by a teacher. ``shown_at`` is set while the child's family may see it."""

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="tags")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    taken_at = models.DateTimeField("拍摄时间")
    tagged_by = models.BigIntegerField("标记人")
    tagged_at = models.DateTimeField("标记时间")
    shown_at = models.DateTimeField("家长可见", null=True)

    all_rows: models.Manager[PhotoTag] = models.Manager()
    objects = ScopedManager(OwnChildQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "child"], name="child_once_in_photo")
        ]
        indexes = [models.Index(fields=["child", "taken_at"])]


class Observation(models.Model):
    """观察记录：two sentences are enough. 依据：托育机构保育指导大纲（试行）七个领域。"""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    areas = ArrayField(models.CharField(max_length=12, choices=AREAS), verbose_name="领域")
    text = SealedText("看到的")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField("观察时间")
    received_at = models.DateTimeField("收到时间")
    by = models.BigIntegerField("记录人")
    shared_at = models.DateTimeField("家长可见", null=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)

    all_rows: models.Manager[Observation] = models.Manager()
    objects = ScopedManager(OwnChildQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["child", "seen_at"]),
            models.Index(fields=["institution_id", "seen_at"]),
        ]
