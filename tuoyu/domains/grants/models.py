"""奖补申请：an application with its explained lines, evidence, and what is typed once for them."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from tuoyu.core.scope import ScopedManager, ScopedQuerySet


class School(models.Model):
    """设有托育相关专业的学校。依据：泉卫规〔2024〕2号 二(四)13。Entered by the city (代办)."""

    name = models.CharField("学校名称", max_length=80, unique=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    major = models.CharField("托育相关专业", max_length=80, blank=True)
    basis = models.CharField("设置依据", max_length=120, blank=True)
    entered_by = models.BigIntegerField("录入人", null=True)
    entered_at = models.DateTimeField("录入时间")

    all_rows: models.Manager[School] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class Application(models.Model):
    """奖补申请。One programme, one applicant; its lines are the ``items``; it travels as a case.

    ``month`` is the month served, or for one-off programmes the month in which it was submitted.
    ``amount_fen`` is null while any line is 待定: a part is never shown as the whole.
    A correction after payment is an application of its own that cites the first (``corrects``).
    """

    programme = models.CharField("规则", max_length=60)
    institution_id = models.BigIntegerField("机构", null=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    unit_code = models.CharField("出资单位", max_length=12, db_collation="C")
    applicant_name = models.CharField("申报单位", max_length=80)
    payee_kind = models.CharField("收款方", max_length=12)
    payee_id = models.BigIntegerField("收款方编号")
    payee_name = models.CharField("收款方名称", max_length=80)
    pick = models.CharField("申报对象", max_length=40, blank=True)
    month = models.DateField("月份（首日）")
    known_on = models.DateField("知悉截止日")
    pack_sha256 = models.CharField("政策包散列", max_length=64)
    lines = models.IntegerField("行数", default=0)
    undetermined_lines = models.IntegerField("待定行数", default=0)
    amount_fen = models.BigIntegerField("应付（分）", null=True)
    approved_fen = models.BigIntegerField("核定金额（分，每个对象）", null=True)
    basis = models.CharField("核定依据", max_length=200, blank=True)
    approved_by = models.BigIntegerField("核定人编号", null=True)
    approved_by_name = models.CharField("核定人", max_length=80, blank=True)
    approved_at = models.DateTimeField("核定时间", null=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    fund_key = models.CharField("资金键", max_length=60, blank=True)
    notice_id = models.BigIntegerField("公示", null=True)
    order_id = models.BigIntegerField("支付指令", null=True)
    made_at = models.DateTimeField("起草时间")
    made_by = models.BigIntegerField("起草人", null=True)
    made_by_name = models.CharField("起草人姓名", max_length=80)
    submitted_at = models.DateTimeField("申报时间", null=True)
    paid_on = models.DateField("到账日", null=True)

    all_rows: models.Manager[Application] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["institution_id", "programme"]),
            models.Index(fields=["programme", "region_code"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(institution_id__isnull=False) | models.Q(school__isnull=False),
                name="grant_has_applicant",
            ),
            models.CheckConstraint(
                condition=models.Q(undetermined_lines=0) | models.Q(amount_fen=None),
                name="grant_whole_or_undetermined",
            ),
        ]

    @property
    def is_correction(self) -> bool:
        """是否补差。"""
        return self.corrects_id is not None


class ItemState(models.IntegerChoices):
    """判定。"""

    PAID = 1, "应付"
    ZERO = 2, "不付"
    UNDETERMINED = 3, "待定"


class Item(models.Model):
    """申请的一行：one subject of the rule with its inputs, amount or 待定, and what decided it.

    ``is_live`` holds the place (托位) and the ``once`` key for this application from submission
    until it is refused or withdrawn, so that nothing is paid twice over all channels; the
    database says so. A correction pays on top of its first and holds nothing.
    ``params`` are the ids of the parameter rows; the sentence is made from the inputs on demand.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="items")
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    subject_kind = models.CharField("对象种类", max_length=12)
    subject_id = models.BigIntegerField("对象编号", null=True)
    subject_key = models.CharField("对象代码", max_length=40, blank=True)
    label = models.CharField("对象", max_length=80)
    place_id = models.BigIntegerField("托位", null=True)
    once = models.CharField("只受理一次的键", max_length=80)
    is_live = models.BooleanField("占用", default=False)
    typed = models.JSONField("填报", default=dict)
    inputs = models.JSONField("输入", default=dict)
    state = models.SmallIntegerField("判定", choices=ItemState)
    amount_fen = models.BigIntegerField("应付（分）", null=True)
    delta_fen = models.BigIntegerField("本次（分）", null=True)
    limit_fen = models.BigIntegerField("上限（分）", null=True)
    set_fen = models.BigIntegerField("县定（分）", null=True)
    gate = models.CharField("未过的条件", max_length=40, blank=True)
    binding = models.CharField("起决定的项", max_length=40, blank=True)
    params = models.JSONField("参数行", default=list)
    receipt = models.CharField("凭据", max_length=64)

    all_rows: models.Manager[Item] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["application_id", "id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["place_id"],
                condition=models.Q(is_live=True, place_id__isnull=False),
                name="place_paid_once",
            ),
            models.UniqueConstraint(
                fields=["once"], condition=models.Q(is_live=True), name="grant_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ItemState.UNDETERMINED, amount_fen=None)
                | (~models.Q(state=ItemState.UNDETERMINED) & models.Q(amount_fen__gte=0)),
                name="undetermined_item_has_no_amount",
            ),
        ]


class Evidence(models.Model):
    """申报材料：an uploaded file for one entry of the programme's list."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="evidence")
    institution_id = models.BigIntegerField("机构", null=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    code = models.CharField("材料", max_length=30)
    file_id = models.BigIntegerField("附件")
    name = models.CharField("文件名", max_length=120)
    added_at = models.DateTimeField("上传时间")
    added_by = models.BigIntegerField("上传人", null=True)
    replaced_at = models.DateTimeField("换下时间", null=True)

    all_rows: models.Manager[Evidence] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code"],
                condition=models.Q(replaced_at=None),
                name="one_present_evidence",
            )
        ]


class Lease(models.Model):
    """场所租约：typed once, with the contract attached; used month after month."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    monthly_fen = models.BigIntegerField("月租金（分）")
    period = DateRangeField("租期")
    landlord = models.CharField("出租方", max_length=80)
    is_state_property = models.BooleanField("国有房源", default=False)
    file_id = models.BigIntegerField("合同附件", null=True)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.BigIntegerField("录入人", null=True)

    all_rows: models.Manager[Lease] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(monthly_fen__gt=0), name="lease_has_rent")
        ]


class Works(models.Model):
    """安防改造：what was spent on one package and whether it has been accepted (验收)."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    package = models.CharField("安防包", max_length=20)
    invoice_fen = models.BigIntegerField("实际支出（分）")
    invoice_no = models.CharField("发票号码", max_length=40)
    accepted_on = models.DateField("验收日期", null=True)
    invoice_file_id = models.BigIntegerField("发票附件", null=True)
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.BigIntegerField("录入人", null=True)

    all_rows: models.Manager[Works] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution_id", "package"], name="package_once"),
            models.CheckConstraint(condition=models.Q(invoice_fen__gt=0), name="works_cost"),
        ]


class FeaturePark(models.Model):
    """县域特色托育园：the city's own review names it. 依据：泉卫规〔2024〕2号 二(四)11。"""

    institution_id = models.BigIntegerField("机构", unique=True)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    document = models.CharField("评审文号", max_length=60)
    named_on = models.DateField("评定日期")
    entered_at = models.DateTimeField("录入时间")
    entered_by = models.BigIntegerField("录入人", null=True)

    all_rows: models.Manager[FeaturePark] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)
