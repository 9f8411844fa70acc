"""统一保险：one city tender, county contracts, a roster made from enrolment, premiums, claims.

依据：泉卫规〔2024〕2号 二(二)7「各县(市、区)根据招标结果自行与中标人签订合同」。
Retention: 资金类，10 年。
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class Tender(models.Model):
    """市级招标结果。``covers``: [{name, limit}] in the words of the policy. Public knowledge."""

    title = models.CharField("名称", max_length=80)
    document = models.CharField("中标文号", max_length=80)
    insurer = models.CharField("保险机构", max_length=80)
    covers = models.JSONField("保障责任", default=list)
    from_on = models.DateField("起保")
    to_on = models.DateField("止保（不含）")
    made_at = models.DateTimeField("登记时间")
    made_by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[Tender] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="tender_lasts")
        ]


class CountyContract(models.Model):
    """县区合同：without it nothing is paid for the county's institutions."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="contracts")
    unit_code = models.CharField("实施单位", max_length=12, db_collation="C")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    policy_no = models.CharField("保单号", max_length=60)
    signed_on = models.DateField("签订日期")
    signed_by_name = models.CharField("登记人", max_length=80)

    all_rows: models.Manager[CountyContract] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tender", "unit_code"], name="one_contract_a_unit")
        ]


class Insured(models.Model):
    """参保：a child from a day on, to a day; written only from enrolments."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="insured")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    unit_code = models.CharField("实施单位", max_length=12, db_collation="C")
    from_on = models.DateField("起保")
    to_on = models.DateField("退保（不含）", null=True)

    all_rows: models.Manager[Insured] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tender", "child_id", "institution_id", "from_on"], name="insured_once"
            )
        ]
        indexes = [models.Index(fields=["institution_id", "from_on"])]


class Premium(models.Model):
    """年度保费：a county's sum of its institutions' amounts; it travels as a case."""

    contract = models.OneToOneField(
        CountyContract, on_delete=models.PROTECT, related_name="premium"
    )
    unit_code = models.CharField("实施单位", max_length=12, db_collation="C")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    year = models.IntegerField("年度")
    counted_on = models.DateField("名册日期")
    insured = models.IntegerField("参保人数")
    amount_fen = models.BigIntegerField("保费（分）")
    receipt = models.CharField("凭据", max_length=64)
    why = models.CharField("怎么算的", max_length=300)
    order_id = models.BigIntegerField("付款单", null=True)
    paid_on = models.DateField("到账日期", null=True)

    all_rows: models.Manager[Premium] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class PremiumLine(models.Model):
    """保费的一行：an institution, how many, how much."""

    premium = models.ForeignKey(Premium, on_delete=models.PROTECT, related_name="lines")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    insured = models.IntegerField("参保人数")
    amount_fen = models.BigIntegerField("保费（分）")

    all_rows: models.Manager[PremiumLine] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)


class Claim(models.Model):
    """理赔：reported by the institution, handed to the insurer, paid or refused by it."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="claims")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    happened_on = models.DateField("出险日期")
    cover = models.CharField("责任", max_length=60)
    what = models.CharField("经过", max_length=400)
    insurer_no = models.CharField("报案号", max_length=60, blank=True)
    paid_fen = models.BigIntegerField("赔付（分）", null=True)
    answer = models.CharField("保险机构答复", max_length=300, blank=True)
    made_at = models.DateTimeField("报告时间")

    all_rows: models.Manager[Claim] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_fen=None) | Q(paid_fen__gt=0), name="claim_paid_more_than_nothing"
            )
        ]


class Reminder(models.Model):
    """续保提醒：60, 30 and 7 days before the end, each once."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="reminders")
    days = models.IntegerField("提前天数")
    made_at = models.DateTimeField("时间")

    all_rows: models.Manager[Reminder] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tender", "days"], name="reminded_once")]
