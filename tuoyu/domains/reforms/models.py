"""政策沙盘：a scenario replays real months under an overlay. It computes, and never pays."""

from __future__ import annotations

from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet

PURPOSE = "simulate"


class ScenarioQuerySet(ScopedQuerySet["Scenario"]):
    """方案按区划看；机构与家庭看不到。"""

    institution_field = None


class Kind(models.TextChoices):
    """方案种类。"""

    SINGLE = "single", "单个方案"
    SWEEP = "sweep", "成批方案"


class State(models.TextChoices):
    """计算状态。"""

    WAITING = "waiting", "等待计算"
    RUNNING = "running", "计算中"
    DONE = "done", "已算出"
    FAILED = "failed", "没有算成"


class Scenario(models.Model):
    """测算方案（scenario）：who asked what and when, the answer, and the receipt it rests on.

    The baseline is never touched; nothing in money refers to this table. ``receipt`` is the SHA-256
    over engine, packs, rule, months, knowledge date, inputs and overlay; ``output_sha256`` over the
    answer. ``purpose`` can only be 测算.
    """

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("种类", max_length=8, choices=Kind)
    purpose = models.CharField("用途", max_length=8, default=PURPOSE)
    rule = models.CharField("规则", max_length=60)
    spec = models.JSONField("方案")
    months = models.JSONField("月份")
    known_on = models.DateField("知悉截止日")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    region_prefix = models.CharField("数据范围", max_length=12, db_collation="C")
    made_at = models.DateTimeField("提出时间")
    made_by = models.BigIntegerField("提出人", null=True)
    made_by_name = models.CharField("提出人", max_length=80)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    done = models.IntegerField("已完成", default=0)
    total = models.IntegerField("共", default=0)
    why = models.CharField("未算成的原因", max_length=200, blank=True)
    finished_at = models.DateTimeField("算出时间", null=True)
    pack_sha256 = models.CharField("政策包散列", max_length=64, blank=True)
    input_sha256 = models.CharField("输入散列", max_length=64, blank=True)
    overlay_sha256 = models.CharField("方案散列", max_length=64, blank=True)
    output_sha256 = models.CharField("结果散列", max_length=64, blank=True)
    receipt = models.CharField("凭据", max_length=64, blank=True)
    results = models.JSONField("结果", default=dict)
    institutions = models.JSONField("逐家结果", default=list)

    all_rows: models.Manager[Scenario] = models.Manager()
    objects = ScopedManager(ScenarioQuerySet)

    class Meta:
        indexes = [models.Index(fields=["region_code", "-made_at"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(purpose=PURPOSE), name="scenario_never_pays"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | ~models.Q(receipt=""),
                name="scenario_answer_has_receipt",
            ),
        ]

    @property
    def is_sweep(self) -> bool:
        """是否成批。"""
        return self.kind == Kind.SWEEP

    @property
    def is_open(self) -> bool:
        """是否还在算。"""
        return self.state in (State.WAITING, State.RUNNING)
