"""补助结算：run → statement per institution → explained lines; paid through funds."""

from __future__ import annotations

from django.db import models

from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class Run(models.Model):
    """一次结算：a rule, a month, what was known. ``number`` 0 is the original, 1… are deltas.

    ``receipt`` is the SHA-256 over engine, packs, month, knowledge date and inputs; replaying
    the run from its stored inputs gives the same bytes (``output_sha256``). ``param_rows`` are the
    rows of the policy in force then; a line cites them by place.
    """

    rule = models.CharField("规则", max_length=60)
    month = models.DateField("月份（首日）")
    number = models.IntegerField("第几次", default=0)
    known_on = models.DateField("知悉截止日")
    pack_sha256 = models.CharField("政策包散列", max_length=64)
    input_sha256 = models.CharField("输入散列", max_length=64)
    output_sha256 = models.CharField("结果散列", max_length=64)
    receipt = models.CharField("凭据", max_length=64)
    previous_receipt = models.CharField("前次凭据", max_length=64, blank=True)
    param_rows = models.JSONField("参数行", default=list)
    left_out = models.JSONField("未月结机构", default=list)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    made_at = models.DateTimeField("计算时间")
    made_by = models.CharField("计算人", max_length=80)
    lines = models.IntegerField("行数")
    total_fen = models.BigIntegerField("合计（分）")

    all_rows: models.Manager[Run] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "month", "number"], name="run_once")]

    @property
    def is_delta(self) -> bool:
        """是否增减结算。"""
        return self.number > 0


class Statement(models.Model):
    """机构结算单：one institution's part of a run; it travels as a case."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="statements")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("月份（首日）")
    lines = models.IntegerField("行数")
    paid_lines = models.IntegerField("应付人数")
    zero_lines = models.IntegerField("不付人数")
    undetermined_lines = models.IntegerField("待定人数")
    total_fen = models.BigIntegerField("合计（分）")

    all_rows: models.Manager[Statement] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "institution_id"], name="statement_once")
        ]
        indexes = [models.Index(fields=["institution_id", "month"])]


class LineState(models.IntegerChoices):
    """判定。"""

    PAID = 1, "应付"
    ZERO = 2, "不付"
    UNDETERMINED = 3, "待定"


class Line(models.Model):
    """结算行：a child-month with its amount, what bound it or failed, and its inputs.

    ``amount_fen`` is null when undetermined; ``delta_fen`` is what this run adds to the runs
    before it. ``params`` are places in ``Run.param_rows``; the sentence a person reads is made
    from these on demand. A child is settled once a month, in one institution.
    """

    # No index of its own: ``line_once`` begins with the run.
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="line_set", db_index=False)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("月份（首日）")
    child_id = models.BigIntegerField("儿童")
    class_group_id = models.BigIntegerField("班级", null=True)
    unit_code = models.CharField("实施单位", max_length=12, db_collation="C")
    cls = models.CharField("班型", max_length=10)
    age_months = models.SmallIntegerField("月龄")
    inclusive = models.BooleanField("普惠")
    days = models.SmallIntegerField("到托天数", null=True)
    fee_fen = models.BigIntegerField("实收保育费（分）", null=True)
    state = models.SmallIntegerField("判定", choices=LineState)
    amount_fen = models.BigIntegerField("实付（分）", null=True)
    limit_fen = models.BigIntegerField("上限（分）", null=True)
    set_fen = models.BigIntegerField("县定（分）", null=True)
    delta_fen = models.BigIntegerField("本次增减（分）", null=True)
    gate = models.CharField("未过的条件", max_length=40, blank=True)
    binding = models.CharField("起决定的项", max_length=40, blank=True)
    params = models.CharField("参数行", max_length=200, blank=True)
    input_hash = models.CharField("输入散列", max_length=32)

    all_rows: models.Manager[Line] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "child_id", "institution_id"], name="line_once"),
            models.CheckConstraint(
                condition=models.Q(state=LineState.UNDETERMINED, amount_fen=None)
                | (~models.Q(state=LineState.UNDETERMINED) & models.Q(amount_fen__gte=0)),
                name="undetermined_has_no_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["institution_id", "month"]),
            models.Index(fields=["child_id", "month"]),
        ]
