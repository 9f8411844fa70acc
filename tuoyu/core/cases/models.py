"""办件：something that waits for somebody, with deadline, timeline and evidence."""

from __future__ import annotations

from django.db import models

from tuoyu.core.cases import machine
from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class Case(models.Model):
    """办件。``subject_id`` points at the row the case is about (its type knows the table)."""

    type = models.CharField("类型", max_length=40)
    state = models.CharField("状态", max_length=40)
    title = models.CharField("事项", max_length=120)
    detail = models.CharField("说明", max_length=200, blank=True)
    subject_id = models.BigIntegerField("对象", null=True)
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    url = models.CharField("办理页", max_length=200, blank=True)
    opened_at = models.DateTimeField("发起时间")
    arrived_at = models.DateTimeField("到达时间")
    due_at = models.DateTimeField("时限", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    all_rows: models.Manager[Case] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "subject_id"], name="case_subject")]
        indexes = [models.Index(fields=["type", "state", "region_code"])]

    @property
    def kind(self) -> machine.CaseType:
        return machine.get(self.type)

    @property
    def state_of(self) -> machine.State:
        return self.kind.states[self.state]


class CaseStep(models.Model):
    """办理记录：never edited. ``marks`` are field-level marks of a 退回补正."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    move = models.CharField("动作", max_length=40)
    label = models.CharField("动作名", max_length=40)
    source = models.CharField("原状态", max_length=40)
    target = models.CharField("新状态", max_length=40)
    by_user_id = models.BigIntegerField("操作人编号", null=True)
    by_name = models.CharField("操作人", max_length=80)
    by_role = models.CharField("角色", max_length=40)
    organisation = models.CharField("单位", max_length=80, blank=True)
    at = models.DateTimeField("时间")
    opinion = models.CharField("意见", max_length=500, blank=True)
    marks = models.JSONField("标记", default=dict)

    class Meta:
        ordering = ["at", "id"]
