"""付款：order → instruction in a batch → what the bank answered; receivables and their recovery.

An order is what is owed to a payee for one source line. Each try to pay it is an instruction with
a reference of its own; the database lets an order have one live instruction only.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class PayeeKind(models.TextChoices):
    """收付款方种类。"""

    INSTITUTION = "institution", "托育机构"
    PERSON = "person", "个人"
    SCHOOL = "school", "院校"
    INSURER = "insurer", "保险机构"
    TREASURY = "treasury", "财政付款账户"


class BatchQuerySet(ScopedQuerySet["Batch"]):
    """按区划；a batch holds many payees, so an institution sees none."""

    institution_field = None


class AccountState(models.TextChoices):
    """收款账户状态。"""

    PROPOSED = "proposed", "待复核"
    IN_USE = "in_use", "在用"
    ENDED = "ended", "停用"


class PayeeAccount(models.Model):
    """收款账户：entered by one, confirmed by another; the number is sealed and shown masked."""

    payee_kind = models.CharField("收款方种类", max_length=12, choices=PayeeKind)
    payee_id = models.BigIntegerField("收款方")
    holder = models.CharField("户名", max_length=80)
    bank = models.CharField("开户行", max_length=80)
    bank_code = models.CharField("支付系统行号", max_length=12)
    account = SealedText("账号（加密）")
    tail = models.CharField("账号末四位", max_length=4)
    state = models.CharField(
        "状态", max_length=10, choices=AccountState, default=AccountState.PROPOSED
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    institution_id = models.BigIntegerField("机构", null=True)
    reason = models.CharField("依据", max_length=120, blank=True)
    proposed_at = models.DateTimeField("登记时间")
    proposed_by = models.BigIntegerField("登记人")
    proposed_by_name = models.CharField("登记人", max_length=80)
    confirmed_at = models.DateTimeField("复核时间", null=True)
    confirmed_by = models.BigIntegerField("复核人", null=True)
    confirmed_by_name = models.CharField("复核人", max_length=80, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True)

    all_rows: models.Manager[PayeeAccount] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payee_kind", "payee_id"],
                condition=Q(state=AccountState.IN_USE),
                name="payee_account_in_use_once",
            ),
            models.UniqueConstraint(
                fields=["payee_kind", "payee_id"],
                condition=Q(state=AccountState.PROPOSED),
                name="payee_account_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="payee_account_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state=AccountState.IN_USE) | Q(confirmed_by__isnull=False),
                name="payee_account_confirmed",
            ),
        ]


class OrderState(models.TextChoices):
    """付款单状态。"""

    WAITING = "waiting", "待拨付"
    BATCHED = "batched", "已编批"
    SENT = "sent", "已送银行"
    PAID = "paid", "已拨付"
    FAILED = "failed", "付款未成"
    OFFSET = "offset", "已全额抵扣"


ORDER_TONES = {
    OrderState.WAITING: "warn",
    OrderState.BATCHED: "info",
    OrderState.SENT: "accent",
    OrderState.PAID: "ok",
    OrderState.FAILED: "danger",
    OrderState.OFFSET: "ok",
}
SETTLED = (OrderState.PAID, OrderState.OFFSET)


class Order(models.Model):
    """付款单：``amount_fen`` is what is owed, ``offset_fen`` what was set off against it."""

    key = models.CharField("唯一号", max_length=80, unique=True)
    amount_fen = models.BigIntegerField("应付（分）")
    offset_fen = models.BigIntegerField("已抵扣（分）", default=0)
    state = models.CharField("状态", max_length=10, choices=OrderState, default=OrderState.WAITING)
    payee_kind = models.CharField("收款方种类", max_length=12, choices=PayeeKind)
    payee_id = models.BigIntegerField("收款方")
    payee_name = models.CharField("收款方", max_length=80)
    programme = models.CharField("项目", max_length=60)
    unit_code = models.CharField("预算单位", max_length=12, db_collation="C")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    institution_id = models.BigIntegerField("机构", null=True)
    purpose = models.CharField("用途", max_length=120)
    source_type = models.CharField("来源种类", max_length=40)
    source_id = models.BigIntegerField("来源")
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.BigIntegerField("提出人", null=True)
    proposed_by_name = models.CharField("提出人", max_length=80)
    settled_on = models.DateField("付讫日期", null=True)
    note = models.CharField("说明", max_length=200, blank=True)

    all_rows: models.Manager[Order] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_type", "source_id"], name="order_source_once"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0)
                & Q(offset_fen__gte=0)
                & Q(offset_fen__lte=F("amount_fen")),
                name="order_amounts",
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.OFFSET, offset_fen=F("amount_fen"))
                | (~Q(state=OrderState.OFFSET) & Q(offset_fen__lt=F("amount_fen"))),
                name="order_offset_state",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "programme"]),
            models.Index(fields=["payee_kind", "payee_id"]),
        ]

    @property
    def net_fen(self) -> int:
        """经银行付的数：what is left after set-off."""
        return self.amount_fen - self.offset_fen

    @property
    def title(self) -> str:
        return OrderState(self.state).label

    @property
    def tone(self) -> str:
        return ORDER_TONES[OrderState(self.state)]


class Batch(models.Model):
    """拨付批：control totals declared by who prepares, entered again by who releases."""

    number = models.CharField("批号", max_length=35, unique=True)
    programme = models.CharField("项目", max_length=60, blank=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    declared_count = models.IntegerField("申报笔数")
    declared_total_fen = models.BigIntegerField("申报合计（分）")
    prepared_at = models.DateTimeField("编制时间")
    prepared_by = models.BigIntegerField("编制人")
    prepared_by_name = models.CharField("编制人", max_length=80)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by_name = models.CharField("撤回人", max_length=80, blank=True)
    released_at = models.DateTimeField("送银行时间", null=True)
    released_by = models.BigIntegerField("拨付人", null=True)
    released_by_name = models.CharField("拨付人", max_length=80, blank=True)
    execute_on = models.DateField("要求付款日", null=True)
    file_sm3 = models.CharField("付款文件散列", max_length=64, blank=True)

    all_rows: models.Manager[Batch] = models.Manager()
    objects = ScopedManager(BatchQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("prepared_by")),
                name="batch_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(withdrawn_at=None),
                name="released_is_not_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(declared_count__gt=0) & Q(declared_total_fen__gt=0),
                name="batch_declared",
            ),
        ]


class InstructionState(models.TextChoices):
    """付款指令状态。"""

    READY = "ready", "待送银行"
    SENT = "sent", "已送银行"
    PAID = "paid", "已付"
    FAILED = "failed", "失败"
    RETURNED = "returned", "退票"
    WITHDRAWN = "withdrawn", "已撤回"


LIVE = (InstructionState.READY, InstructionState.SENT, InstructionState.PAID)
INSTRUCTION_TONES = {
    InstructionState.READY: "warn",
    InstructionState.SENT: "accent",
    InstructionState.PAID: "ok",
    InstructionState.FAILED: "danger",
    InstructionState.RETURNED: "danger",
    InstructionState.WITHDRAWN: "",
}


class Instruction(models.Model):
    """付款指令：one try to pay an order, with the account as it stood then."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="instructions")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="instructions")
    payee_account = models.ForeignKey(PayeeAccount, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("指令号", max_length=35, unique=True)
    amount_fen = models.BigIntegerField("金额（分）")
    state = models.CharField(
        "状态", max_length=10, choices=InstructionState, default=InstructionState.READY
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    institution_id = models.BigIntegerField("机构", null=True)
    bank_ref = models.CharField("银行流水号", max_length=35, blank=True)
    settled_on = models.DateField("付讫日期", null=True)
    reason = models.CharField("银行原因", max_length=105, blank=True)

    all_rows: models.Manager[Instruction] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=LIVE), name="order_paid_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="instruction_positive"),
        ]

    @property
    def title(self) -> str:
        return InstructionState(self.state).label

    @property
    def tone(self) -> str:
        return INSTRUCTION_TONES[InstructionState(self.state)]


class BankReturn(models.Model):
    """银行回单：as it came, sealed. ``faults`` non-empty means that nothing of it was booked."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="returns")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    file_name = models.CharField("文件名", max_length=120)
    sm3 = models.CharField("散列", max_length=64)
    source = models.BinaryField("原文件（加密）")
    count = models.IntegerField("笔数")
    total_fen = models.BigIntegerField("合计（分）")
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.BigIntegerField("上传人")
    uploaded_by_name = models.CharField("上传人", max_length=80)
    booked_at = models.DateTimeField("入账时间", null=True)
    faults = models.JSONField("不能入账的原因", default=list)

    all_rows: models.Manager[BankReturn] = models.Manager()
    objects = ScopedManager(BatchQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sm3"], condition=Q(booked_at__isnull=False), name="bank_return_once"
            )
        ]


class BankReturnLine(models.Model):
    """回单行：what the bank said, and what came of comparing it."""

    bank_return = models.ForeignKey(BankReturn, on_delete=models.PROTECT, related_name="lines")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    reference = models.CharField("指令号", max_length=35)
    answer = models.CharField("状态", max_length=10)
    amount_fen = models.BigIntegerField("金额（分）")
    on = models.DateField("日期")
    bank_ref = models.CharField("银行流水号", max_length=35, blank=True)
    reason = models.CharField("原因", max_length=105, blank=True)
    verdict = models.CharField("对账结论", max_length=12)

    all_rows: models.Manager[BankReturnLine] = models.Manager()
    objects = ScopedManager(BatchQuerySet)


class Receivable(models.Model):
    """应收回：paid too much on ``order``; ``left_fen`` is not yet recovered."""

    key = models.CharField("唯一号", max_length=80)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="receivables")
    amount_fen = models.BigIntegerField("应收回（分）")
    left_fen = models.BigIntegerField("尚未收回（分）")
    is_claimed = models.BooleanField("已记应收", default=False)
    payee_kind = models.CharField("对方种类", max_length=12, choices=PayeeKind)
    payee_id = models.BigIntegerField("对方")
    payee_name = models.CharField("对方", max_length=80)
    programme = models.CharField("项目", max_length=60)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    institution_id = models.BigIntegerField("机构", null=True)
    purpose = models.CharField("事由", max_length=120)
    source_type = models.CharField("来源种类", max_length=40)
    source_id = models.BigIntegerField("来源")
    raised_at = models.DateTimeField("认定时间")
    raised_by_name = models.CharField("认定人", max_length=80)
    cleared_on = models.DateField("收清日期", null=True)

    all_rows: models.Manager[Receivable] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "order"], name="receivable_once"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0)
                & Q(left_fen__gte=0)
                & Q(left_fen__lte=F("amount_fen")),
                name="receivable_amounts",
            ),
        ]
        indexes = [models.Index(fields=["payee_kind", "payee_id", "programme"])]


class Recovery(models.Model):
    """收回记录：set off against an order, or paid back with a bank reference; never edited."""

    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="recoveries")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="recoveries")
    amount_fen = models.BigIntegerField("收回（分）")
    bank_ref = models.CharField("银行流水号", max_length=35, blank=True)
    on = models.DateField("日期")
    at = models.DateTimeField("记录时间")
    by_name = models.CharField("记录人", max_length=80)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    institution_id = models.BigIntegerField("机构", null=True)

    all_rows: models.Manager[Recovery] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(order__isnull=False) & Q(bank_ref=""))
                | (Q(order=None) & ~Q(bank_ref="")),
                name="recovery_by_order_or_bank",
            ),
            models.UniqueConstraint(
                fields=["bank_ref"], condition=~Q(bank_ref=""), name="recovery_bank_ref_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="recovery_positive"),
        ]
