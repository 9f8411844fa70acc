"""托育券：a campaign, its vouchers, and the append-only entries by which they move.

依据：乐清方案 三(一)「限时限量发放托育券，用于抵扣托育服务费用」。The entries write the tables
(see ``sql/ledger.sql``): no service sets a state or a total. Retention: 资金类，10 年。
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet
from tuoyu.domains.vouchers.states import DRAFT, Account, Mode, Post


class Campaign(models.Model):
    """发放批次。Public knowledge once open; ``figures`` keeps where each figure came from."""

    title = models.CharField("名称", max_length=60)
    document = models.CharField("依据文号", max_length=80, blank=True)
    region_code = models.CharField("发放单位", max_length=12, db_collation="C")
    region_prefix = models.CharField("适用区划", max_length=12, db_collation="C")
    mode = models.CharField("发放方式", max_length=8, choices=Mode)
    state = models.CharField("状态", max_length=8, default=DRAFT)
    face_fen = models.BigIntegerField("面值（分）", null=True)
    quota = models.IntegerField("数量（张）", null=True)
    valid_days = models.IntegerField("使用期限（天）", null=True)
    per_child = models.IntegerField("每孩限领（张）", null=True)
    min_months = models.IntegerField("最小月龄", null=True)
    max_months = models.IntegerField("最大月龄（不含）", null=True)
    kinds = ArrayField(models.CharField(max_length=20), verbose_name="可用机构类型", default=list)
    claim_from = models.DateTimeField("领取起")
    claim_to = models.DateTimeField("领取止（不含）")
    use_until = models.DateTimeField("用券截止（不含）", null=True)
    figures = models.JSONField("数字出处", default=dict)
    is_simulated = models.BooleanField("测算", default=True)
    seed = SealedText("摇号种子", null=True)
    seed_hash = models.CharField("种子散列", max_length=64, blank=True)
    roster_hash = models.CharField("名册散列", max_length=64, blank=True)
    revealed_seed = models.CharField("公布的种子", max_length=64, blank=True)
    drawn_at = models.DateTimeField("摇号时间", null=True)
    made_at = models.DateTimeField("编制时间")
    opened_at = models.DateTimeField("开放时间", null=True)
    closed_at = models.DateTimeField("停发时间", null=True)
    ended_at = models.DateTimeField("了结时间", null=True)

    all_rows: models.Manager[Campaign] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["state", "claim_from"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim_to__gt=F("claim_from")), name="campaign_lasts"
            ),
            models.CheckConstraint(
                condition=Q(state=DRAFT)
                | Q(
                    face_fen__gt=0,
                    quota__gt=0,
                    valid_days__gt=0,
                    per_child__gt=0,
                    min_months__gte=0,
                    max_months__gt=F("min_months"),
                )
                & ~Q(document=""),
                name="campaign_determined",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Balance(models.Model):
    """批次的账：written by the entries' trigger alone; every identity is a constraint here."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, primary_key=True, related_name="balance"
    )
    quota = models.IntegerField("放量", default=0)
    issued = models.IntegerField("已领", default=0)
    outstanding = models.IntegerField("待使用", default=0)
    held = models.IntegerField("已锁定", default=0)
    redeemed = models.IntegerField("已核销", default=0)
    expired = models.IntegerField("已过期", default=0)
    revoked = models.IntegerField("已作废", default=0)
    returned = models.IntegerField("已收回", default=0)
    budget_fen = models.BigIntegerField("预算", default=0)
    free_fen = models.BigIntegerField("未用", default=0)
    outstanding_fen = models.BigIntegerField("待使用额", default=0)
    held_fen = models.BigIntegerField("已锁定额", default=0)
    redeemed_fen = models.BigIntegerField("已核销额", default=0)
    lapsed_fen = models.BigIntegerField("待收回额", default=0)

    all_rows: models.Manager[Balance] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    issued=F("outstanding")
                    + F("held")
                    + F("redeemed")
                    + F("expired")
                    + F("revoked")
                ),
                name="voucher_units_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    budget_fen=F("free_fen")
                    + F("outstanding_fen")
                    + F("held_fen")
                    + F("redeemed_fen")
                    + F("lapsed_fen")
                ),
                name="voucher_money_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("quota") + F("returned")), name="voucher_within_quota"
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("expired") + F("revoked")),
                name="voucher_returned_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    quota__gte=0,
                    outstanding__gte=0,
                    held__gte=0,
                    redeemed__gte=0,
                    expired__gte=0,
                    revoked__gte=0,
                    free_fen__gte=0,
                    outstanding_fen__gte=0,
                    held_fen__gte=0,
                    redeemed_fen__gte=0,
                    lapsed_fen__gte=0,
                ),
                name="voucher_nothing_below_zero",
            ),
        ]

    @property
    def left(self) -> int:
        """余量：how many may still be claimed."""
        return self.quota + self.returned - self.issued


class Voucher(models.Model):
    """托育券。``state``, ``number`` and ``serial`` are written by the entries.

    ``institution_id`` is the desk that holds or has redeemed it; ``region_code`` follows it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="vouchers")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("用券机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    state = models.CharField("账户", max_length=12, choices=Account, default=Account.NEW)
    number = models.IntegerField("券号", null=True)
    serial = models.IntegerField("占第几个名额", null=True)
    face_fen = models.BigIntegerField("面值（分）")
    claimed_at = models.DateTimeField("领取时间")
    expires_at = models.DateTimeField("到期（不含）")
    held_until = models.DateTimeField("锁定到", null=True)
    returned_at = models.DateTimeField("名额收回时间", null=True)
    secret = SealedText("券码密钥")
    code_no = models.IntegerField("第几个口令码", default=0)
    code_index = models.BinaryField("口令码盲索引", max_length=16, unique=True)

    all_rows: models.Manager[Voucher] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "state", "expires_at"]),
            models.Index(fields=["child_id"]),
            models.Index(fields=["institution_id", "state"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="voucher_numbered_once"),
        ]


class VoucherEntry(models.Model):
    """券账分录：append-only; a repeated key is the same entry, never a second one."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="entries")
    voucher = models.ForeignKey(
        Voucher, on_delete=models.PROTECT, null=True, related_name="entries"
    )
    child_id = models.BigIntegerField("儿童", null=True)
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("种类", max_length=8, choices=Post)
    source = models.CharField("转出", max_length=12, blank=True)
    target = models.CharField("转入", max_length=12, blank=True)
    units = models.IntegerField("张数", default=1)
    amount_fen = models.BigIntegerField("金额（分）")
    key = models.CharField("幂等键", max_length=80)
    reason = models.CharField("原因", max_length=200, blank=True)
    at = models.DateTimeField("时间")
    by_user_id = models.BigIntegerField("经办人", null=True)
    by_name = models.CharField("经办", max_length=80)

    all_rows: models.Manager[VoucherEntry] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["institution_id", "at"])]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="voucher_entry_once")
        ]


class Applicant(models.Model):
    """报名与候补：an entry in a draw, or a place in the waiting list.

    ``number`` is the ticket, in order of arrival; ``place`` the order of waiting. A ``left_at``
    with its ``left_why`` is what moves those behind forward.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="applicants")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    number = models.IntegerField("报名号")
    place = models.IntegerField("顺序", null=True)
    entered_at = models.DateTimeField("报名时间")
    left_at = models.DateTimeField("离开时间", null=True)
    left_why = models.CharField("离开原因", max_length=80, blank=True)
    voucher = models.OneToOneField(Voucher, on_delete=models.PROTECT, null=True)

    all_rows: models.Manager[Applicant] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["campaign", "place"]), models.Index(fields=["child_id"])]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="applicant_numbered_once"),
            models.UniqueConstraint(
                fields=["campaign", "child_id"],
                condition=Q(left_at=None),
                name="applicant_waits_once",
            ),
        ]


class SettlementList(models.Model):
    """核销结算单：one institution, one month, one campaign; a later one settles what came late."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="settlements")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("核销月份（首日）")
    number = models.IntegerField("第几张")
    count = models.IntegerField("张数")
    amount_fen = models.BigIntegerField("金额（分）")
    is_simulated = models.BooleanField("测算")
    made_at = models.DateTimeField("结算时间")
    order_id = models.BigIntegerField("支付单", null=True)
    paid_on = models.DateField("到账日期", null=True)
    unpaid_why = models.CharField("银行未付成的原因", max_length=200, blank=True)

    all_rows: models.Manager[SettlementList] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "institution_id", "month", "number"],
                name="voucher_settled_once",
            )
        ]


class Redemption(models.Model):
    """核销：what a voucher took from a fee really charged, with 怎么算的.

    One that was wrong is kept with ``reversed_at`` and the reason; the voucher may be used again.
    """

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="redemptions")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="redemptions")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    month = models.DateField("费用月份（首日）")
    bill_id = models.BigIntegerField("账单")
    fee_fen = models.BigIntegerField("应交保育费（分）")
    amount_fen = models.BigIntegerField("抵扣（分）")
    days = models.IntegerField("当月出勤天数")
    told = models.JSONField("怎么算的")
    at = models.DateTimeField("核销时间")
    by_user_id = models.BigIntegerField("经办人", null=True)
    by_name = models.CharField("经办", max_length=80)
    settlement = models.ForeignKey(
        SettlementList, on_delete=models.PROTECT, null=True, related_name="redemptions"
    )
    reversed_at = models.DateTimeField("冲正时间", null=True)
    reversed_by_name = models.CharField("冲正经办", max_length=80, blank=True)
    reversed_why = models.CharField("冲正原因", max_length=200, blank=True)

    all_rows: models.Manager[Redemption] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, amount_fen__lte=F("fee_fen"), days__gt=0),
                name="redemption_rests_on_fee_and_days",
            ),
            models.UniqueConstraint(
                fields=["voucher"], condition=Q(reversed_at=None), name="voucher_redeemed_once"
            ),
            models.CheckConstraint(
                condition=Q(reversed_at=None) | ~Q(reversed_why=""), name="reversal_has_reason"
            ),
        ]


class WrongCode(models.Model):
    """输错的券码：counted per institution, so that codes cannot be guessed."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    user_id = models.BigIntegerField("操作用户", null=True)

    all_rows: models.Manager[WrongCode] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "at"])]
