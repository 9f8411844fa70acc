"""资金总账：budget line → its accounts → transfers and their entries (append-only).

Written only by the SQL functions of ``sql/ledger.sql``; the application's roles may read. Balances
are kept by a trigger on the entries and cannot be set by hand; no account but 来源 goes below zero.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.funds import rules


class AccountKind(models.TextChoices):
    """账户种类。"""

    SOURCE = rules.SOURCE, rules.ACCOUNTS[rules.SOURCE]
    AVAILABLE = rules.AVAILABLE, rules.ACCOUNTS[rules.AVAILABLE]
    RESERVED = rules.RESERVED, rules.ACCOUNTS[rules.RESERVED]
    COMMITTED = rules.COMMITTED, rules.ACCOUNTS[rules.COMMITTED]
    ORDERED = rules.ORDERED, rules.ACCOUNTS[rules.ORDERED]
    PAID = rules.PAID, rules.ACCOUNTS[rules.PAID]
    RECEIVABLE = rules.RECEIVABLE, rules.ACCOUNTS[rules.RECEIVABLE]
    RETURNED = rules.RETURNED, rules.ACCOUNTS[rules.RETURNED]


class TransferKind(models.TextChoices):
    """收支种类；从哪到哪见 rules.WAYS。"""

    ALLOT = "allot", "下达预算"
    WITHDRAW = "withdraw", "收回预算"
    RESERVE = "reserve", "预留"
    FREE = "free", "释放预留"
    COMMIT = "commit", "承诺"
    UNCOMMIT = "uncommit", "释放承诺"
    ORDER = "order", "编入付款"
    CANCEL = "cancel", "撤回付款"
    SETTLE = "settle", "银行付讫"
    BOUNCE = "bounce", "退汇"
    CLAIM = "claim", "认定应收回"
    UNCLAIM = "unclaim", "撤销应收回"
    RECOVER = "recover", "收回到账"
    SET_OFF = "set_off", "抵扣收回"
    RESTORE = "restore", "收回资金重新可用"
    UNRECOVER = "unrecover", "冲回已收回"
    REVERSE = "reverse", "冲正"


class BudgetLine(models.Model):
    """预算额度：fiscal year × unit × programme × source. ``rank`` is the order of drawing.

    ``unit_code`` is who spends it: a county or zone, or the city's own code for what the city pays.
    """

    year = models.SmallIntegerField("预算年度")
    unit_code = models.CharField("预算单位", max_length=12, db_collation="C")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    programme = models.CharField("项目", max_length=60)
    source = models.CharField("资金来源", max_length=20)
    rank = models.SmallIntegerField("动用次序")
    document_no = models.CharField("下达文号", max_length=80)
    opened_at = models.DateTimeField("设立时间")
    opened_by_name = models.CharField("设立人", max_length=80)

    all_rows: models.Manager[BudgetLine] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "programme", "unit_code", "source"], name="budget_line_once"
            )
        ]


class Account(models.Model):
    """账户：``balance_fen`` is Σ debits − Σ credits, kept by the ledger's trigger."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField("种类", max_length=12, choices=AccountKind)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    balance_fen = models.BigIntegerField("余额（分）", default=0)

    all_rows: models.Manager[Account] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "kind"], name="account_once"),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.SOURCE, balance_fen__lte=0)
                | (~Q(kind=AccountKind.SOURCE) & Q(balance_fen__gte=0)),
                name="budget_not_overspent",
            ),
        ]


class Transfer(models.Model):
    """一次收支：one act, one key, one or more entries (one for each source that was drawn).

    ``subject`` is whose money it is (``grant:12``, ``statement:7``); ``request`` is what was asked,
    by which a replay of the key is told from another content.
    """

    key = models.CharField("唯一号", max_length=120, unique=True)
    kind = models.CharField("种类", max_length=10, choices=TransferKind)
    subject = models.CharField("事项", max_length=80, blank=True)
    amount_fen = models.BigIntegerField("金额（分）")
    request = models.JSONField("请求内容")
    memo = models.CharField("事由", max_length=200, blank=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    by_id = models.BigIntegerField("经办人", null=True)
    by_name = models.CharField("经办人", max_length=80)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    all_rows: models.Manager[Transfer] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_positive")
        ]
        indexes = [models.Index(fields=["subject", "id"]), models.Index(fields=["kind", "at"])]


class Entry(models.Model):
    """分录：``amount_fen`` leaves ``credit`` and enters ``debit``, so that both sides are equal."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="entries")
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_fen = models.BigIntegerField("金额（分）")
    subject = models.CharField("事项", max_length=80, blank=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")

    all_rows: models.Manager[Entry] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="entry_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="entry_two_sides"),
        ]


class Position(models.Model):
    """事项余额：how much of an account belongs to one subject; kept by the ledger's trigger."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="positions")
    subject = models.CharField("事项", max_length=80)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    balance_fen = models.BigIntegerField("余额（分）", default=0)

    all_rows: models.Manager[Position] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "account"], name="position_once"),
            models.CheckConstraint(condition=Q(balance_fen__gte=0), name="position_not_overdrawn"),
        ]
