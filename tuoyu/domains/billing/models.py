"""收费：filed items and rules, issued bills with their lines, and the payments.

Money records are append-only: a line or a payment is never edited, a correction is a second
record. A line keeps the filed price (and the cap) it was held against, so that the database itself
refuses one above it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet
from tuoyu.domains.children.models import SpecialStatus
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.institutions.models import ClassType, Institution


class ItemKind(models.TextChoices):
    """收费项目。依据：发改价格〔2024〕1477号；目录清单外不得收费。"""

    CARE = "care", "保育费"
    BOARDING = "boarding", "住宿费"
    MEAL = "meal", "伙食费"
    EXTENDED = "extended", "延时服务费"
    MATERIAL = "material", "材料费"
    BEDDING = "bedding", "被褥（代收）"
    INSURANCE = "insurance", "保险（代收）"


class Unit(models.TextChoices):
    """计费单位。"""

    MONTH = "month", "月"
    DAY = "day", "日"
    HOUR = "hour", "小时"
    ONCE = "once", "次"


class FeeFiling(models.Model):
    """收费备案：an institution declares prices with evidence; the county accepts (a case)."""

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="fee_filings"
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    from_on = models.DateField("执行日期")
    evidence = models.CharField("依据与材料", max_length=200)
    evidence_file_id = models.BigIntegerField("附件", null=True)
    refund_text = models.CharField("退费办法说明", max_length=200, blank=True)
    made_at = models.DateTimeField("提交时间")
    made_by = models.BigIntegerField("提交人", null=True)
    made_by_name = models.CharField("提交人", max_length=80)
    accepted_at = models.DateTimeField("受理时间", null=True)

    all_rows: models.Manager[FeeFiling] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution", "-made_at"])]


class FeeItem(models.Model):
    """收费项目：one price of a filing. It is in force once accepted and from its day on.

    The monthly full-day care fee stands, once accepted, in ``institutions.FeeStandard`` too: that
    is the public price which settlement and the public pages read.
    """

    filing = models.ForeignKey(FeeFiling, on_delete=models.PROTECT, null=True, related_name="items")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="fee_items")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("项目", max_length=12, choices=ItemKind)
    class_type = models.CharField("班型（空＝各班）", max_length=10, choices=ClassType, blank=True)
    form = models.CharField("服务形式", max_length=10, choices=ServiceForm, default="full_day")
    hours = models.CharField("时段", max_length=40, blank=True)
    unit = models.CharField("计费单位", max_length=6, choices=Unit)
    price_fen = models.BigIntegerField("单价（分）")
    cap_fen = models.BigIntegerField("受理时的限额（分）", null=True)
    is_elective = models.BooleanField("家长自选", default=False)
    from_on = models.DateField("起")
    accepted_on = models.DateField("受理日期", null=True)

    all_rows: models.Manager[FeeItem] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "class_type", "form", "unit", "from_on"],
                condition=Q(accepted_on__isnull=False),
                name="one_price_a_day",
            ),
            models.CheckConstraint(condition=Q(price_fen__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(cap_fen=None) | Q(accepted_on=None) | Q(price_fen__lte=F("cap_fen")),
                name="accepted_price_within_cap",
            ),
        ]
        indexes = [models.Index(fields=["institution", "from_on"])]


class RefundBasis(models.TextChoices):
    """退费算法。"""

    ABSENT_DAY = "absent_day", "按未到托天数"
    ATTENDED = "attended", "按到托天数分档"


class RefundRule(models.Model):
    """退费办法：one tier of the filed table. Where none is filed nothing is refunded by rule.

    ``absent_day``: each day not attended gives back ``percent`` of the day's price.
    ``attended``: with at most so many days attended, ``percent`` of the month is given back;
    the lowest tier that fits holds.
    """

    filing = models.ForeignKey(
        FeeFiling, on_delete=models.PROTECT, null=True, related_name="refunds"
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="refund_rules"
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("项目", max_length=12, choices=ItemKind)
    basis = models.CharField("算法", max_length=10, choices=RefundBasis)
    percent = models.SmallIntegerField("退还比例（%）")
    up_to_days = models.SmallIntegerField("到托不超过（天）", null=True)
    up_to_permille = models.SmallIntegerField("到托不超过工作日的（‰）", null=True)
    leave_only = models.BooleanField("只计已请假", default=False)
    from_on = models.DateField("起")
    accepted_on = models.DateField("受理日期", null=True)

    all_rows: models.Manager[RefundRule] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="refund_percent"
            ),
            models.CheckConstraint(
                condition=Q(basis="absent_day", up_to_days=None, up_to_permille=None)
                | Q(basis="attended", up_to_days__gte=0, up_to_permille=None)
                | Q(basis="attended", up_to_days=None, up_to_permille__gte=0),
                name="refund_tier_has_one_bound",
            ),
        ]


class WaiverRule(models.Model):
    """特殊家庭减免：what this institution waives of the care fee, per kind of verified status.

    A newer row takes the place of an older one from its day on; zero ends it.
    """

    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="waiver_rules"
    )
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    status_kind = models.CharField("家庭类型", max_length=14, choices=SpecialStatus.Kind)
    monthly_fen = models.BigIntegerField("每月减免（分）")
    from_on = models.DateField("起")
    document = models.CharField("依据", max_length=120)
    made_at = models.DateTimeField("登记时间")
    made_by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[WaiverRule] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "status_kind", "from_on"], name="one_waiver_a_day"
            ),
            models.CheckConstraint(condition=Q(monthly_fen__gte=0), name="waiver_not_negative"),
        ]


class Choice(models.Model):
    """自选项目：a child uses an elective item over a period."""

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("项目", max_length=12, choices=ItemKind)
    from_on = models.DateField("起")
    to_on = models.DateField("止（不含）", null=True)
    made_at = models.DateTimeField("登记时间")
    made_by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[Choice] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child_id", "institution_id", "kind"],
                condition=Q(to_on=None),
                name="item_chosen_once",
            )
        ]


class Bill(models.Model):
    """账单：a child's month at one institution, issued once; what follows are further lines."""

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级", null=True)
    class_type = models.CharField("班型", max_length=10, blank=True)
    form = models.CharField("服务形式", max_length=10, blank=True)
    month = models.DateField("月份（首日）")
    due_on = models.DateField("缴费截止日（含当日）", null=True)
    issued_at = models.DateTimeField("发出时间")
    issued_by = models.BigIntegerField("发出人", null=True)
    issued_by_name = models.CharField("发出人", max_length=80)

    all_rows: models.Manager[Bill] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "child_id", "month"], name="bill_issued_once"
            )
        ]
        indexes = [
            models.Index(fields=["institution_id", "month"]),
            models.Index(fields=["child_id", "month"]),
        ]


class LineKind(models.TextChoices):
    """账单行。"""

    CHARGE = "charge", "收费"
    WAIVER = "waiver", "减免"
    REFUND = "refund", "退费"
    VOUCHER = "voucher", "托育券"
    CORRECTION = "correction", "更正"


class BillLine(models.Model):
    """账单行：append-only. ``for_month`` is the month it is about (a refund of the month before).

    ``why`` is the arithmetic in words; ``key`` makes a deduction idempotent.
    """

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    for_month = models.DateField("所属月份（首日）")
    kind = models.CharField("类别", max_length=10, choices=LineKind)
    item_kind = models.CharField("项目", max_length=12, choices=ItemKind)
    label = models.CharField("名称", max_length=60)
    unit = models.CharField("计费单位", max_length=6, choices=Unit, blank=True)
    quantity = models.IntegerField("数量（小时计的为分钟）", null=True)
    unit_fen = models.BigIntegerField("单价（分）", null=True)
    filed_fen = models.BigIntegerField("备案价（分）", null=True)
    cap_fen = models.BigIntegerField("限额（分）", null=True)
    amount_fen = models.BigIntegerField("金额（分）")
    why = models.CharField("怎么算的", max_length=300)
    key = models.CharField("唯一键", max_length=80, null=True, unique=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("记账时间")
    made_by = models.BigIntegerField("记账人", null=True)
    made_by_name = models.CharField("记账人", max_length=80)

    all_rows: models.Manager[BillLine] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="charge")
                | Q(
                    filed_fen__isnull=False,
                    unit_fen__isnull=False,
                    quantity__isnull=False,
                    unit_fen__lte=F("filed_fen"),
                    unit_fen__gte=0,
                ),
                name="charge_within_filed_price",
            ),
            models.CheckConstraint(
                condition=~Q(kind="charge") | Q(cap_fen=None) | Q(unit_fen__lte=F("cap_fen")),
                name="charge_within_cap",
            ),
            models.CheckConstraint(
                condition=~Q(kind="charge")
                | Q(unit="hour", amount_fen=F("unit_fen") * F("quantity") / 60)
                | Q(~Q(unit="hour"), amount_fen=F("unit_fen") * F("quantity")),
                name="charge_is_price_times_quantity",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["waiver", "refund"]) | Q(amount_fen__lte=0),
                name="waiver_and_refund_lower_the_bill",
            ),
            models.CheckConstraint(
                condition=~Q(kind="voucher")
                | Q(amount_fen__lt=0, key__isnull=False)
                | Q(amount_fen__gt=0, reverses__isnull=False),
                name="voucher_lowers_or_is_given_back",
            ),
        ]
        indexes = [models.Index(fields=["institution_id", "for_month"])]


class Method(models.TextChoices):
    """收款方式：as recorded by the institution; nothing is paid through the platform."""

    TRANSFER = "transfer", "银行转账"
    WECHAT = "wechat", "微信"
    ALIPAY = "alipay", "支付宝"
    CARD = "card", "刷卡"
    CASH = "cash", "现金"


class Payment(models.Model):
    """收款记录：append-only; money given back is a negative one, a slip is reversed by a second."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="payments")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    amount_fen = models.BigIntegerField("金额（分）")
    method = models.CharField("方式", max_length=10, choices=Method)
    paid_on = models.DateField("收款日期")
    receipt_no = models.CharField("收据号", max_length=30, unique=True)
    note = models.CharField("说明", max_length=120, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("登记时间")
    made_by = models.BigIntegerField("登记人", null=True)
    made_by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[Payment] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="payment_not_zero"),
        ]
        indexes = [models.Index(fields=["institution_id", "paid_on"])]


class Reminder(models.Model):
    """催缴：one reminder of a bill past its day, with what was still owed then."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="reminders")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    number = models.SmallIntegerField("第几次")
    left_fen = models.BigIntegerField("当时未缴（分）")
    sent_at = models.DateTimeField("提醒时间")
    by_name = models.CharField("提醒人", max_length=80)

    all_rows: models.Manager[Reminder] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["bill", "number"], name="reminded_once_each"),
            models.CheckConstraint(condition=Q(left_fen__gt=0), name="reminder_of_a_debt"),
        ]
        indexes = [models.Index(fields=["child_id", "sent_at"])]


class LatePickup(models.Model):
    """晚接的处理：what the director decided of a leaving after closing time; never by itself."""

    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    left_at = models.DateTimeField("离园")
    minutes = models.SmallIntegerField("计费分钟（免收为空）", null=True)
    reason = models.CharField("说明", max_length=120, blank=True)
    bill_month = models.DateField("计入账单的月份（首日）", null=True)
    decided_at = models.DateTimeField("处理时间")
    decided_by_name = models.CharField("处理人", max_length=80)

    all_rows: models.Manager[LatePickup] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child_id", "day"], name="late_once_a_day")]
