"""普惠认定与星级评定：scheme, experts, application, panel, scores, plaque."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.scope import ScopedManager, ScopedQuerySet
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.quality import rules


class Kind(models.TextChoices):
    """申请的种类。"""

    STAR = "star", "星级评定"
    INCLUSIVE = "inclusive", "普惠认定"


class RegionQuerySet(ScopedQuerySet[models.Model]):
    """只按区划的数据范围。"""

    institution_field = None


class Scheme(models.Model):
    """评定细则里平台要用的几个数：the notice that sets them; before it all of them are 待定.

    ``cutoffs`` are integer tenths by star level; 普惠认定 has none. A scheme is never edited: a
    later one takes over from its first day.
    """

    kind = models.CharField("种类", max_length=10, choices=Kind)
    document_no = models.CharField("文号", max_length=60)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    from_on = models.DateField("施行日期")
    cutoffs = models.JSONField("分数线", default=dict)
    method = models.CharField("合成方法", max_length=10, default="median")
    panel_size = models.IntegerField("专家人数", default=0)
    notice_days = models.IntegerField("公示期（工作日）")
    valid_months = models.IntegerField("有效期（月）")
    is_fictitious = models.BooleanField("虚构", default=False)
    set_by = models.BigIntegerField("登记人", null=True)
    set_at = models.DateTimeField("登记时间")

    all_rows: models.Manager[Scheme] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_on"], name="scheme_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(notice_days__gt=0, valid_months__gt=0), name="scheme_has_terms"
            ),
        ]

    @property
    def method_title(self) -> str:
        """合成方法。"""
        return dict(rules.METHODS)[self.method]  # type: ignore[index]


class Expert(models.Model):
    """评审专家。"""

    name = models.CharField("姓名", max_length=40)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    specialty = models.CharField("专长", max_length=40)
    employer = models.CharField("工作单位", max_length=80)
    is_active = models.BooleanField("在库", default=True)
    added_at = models.DateTimeField("入库时间")

    all_rows: models.Manager[Expert] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "employer"], name="expert_once"),
        ]

    @property
    def number(self) -> str:
        """专家编号：what stands on public pages instead of a name."""
        return f"专{self.pk:04d}"


class Application(models.Model):
    """认定或评定的申请：travels as a case. The result stays empty while it is undetermined."""

    kind = models.CharField("种类", max_length=10, choices=Kind)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    wanted = models.CharField("申请等级", max_length=20, blank=True)
    made_at = models.DateTimeField("发起时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, related_name="+")
    total_tenths = models.IntegerField("评审总分（十分之一分）", null=True)
    by_dimension = models.JSONField("各维度得分", default=dict)
    is_vetoed = models.BooleanField("一票否决", null=True)
    level = models.CharField("评定等级", max_length=20, null=True)
    notice_id = models.BigIntegerField("公示", null=True)

    all_rows: models.Manager[Application] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution", "kind"])]


class SelfItem(models.Model):
    """自评的一项：own score (or met) with its basis; ``facts`` are what the platform knew."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="items")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    dimension = models.CharField("项目", max_length=20)
    tenths = models.IntegerField("自评分（十分之一分）", null=True)
    is_met = models.BooleanField("是否符合", null=True)
    basis = models.TextField("依据", max_length=rules.MOST_BASIS, blank=True)
    facts = models.JSONField("平台已有的事实", default=list)
    file_id = models.BigIntegerField("附件", null=True)

    all_rows: models.Manager[SelfItem] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "dimension"], name="self_item_once"),
        ]


class Panel(models.Model):
    """评审组的抽取：the hash first, the seed afterwards, the pool fixed with the hash."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="panel")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    size = models.IntegerField("人数")
    seed_hash = models.CharField("种子散列（SHA-256）", max_length=64)
    seed = SealedText("种子（公布前加密）")
    pool = models.JSONField("候选专家编号", default=list)
    recused = models.JSONField("回避：编号与事由", default=dict)
    committed_at = models.DateTimeField("公布散列时间")
    committed_by = models.BigIntegerField("公布人", null=True)
    drawn_at = models.DateTimeField("抽取时间", null=True)

    all_rows: models.Manager[Panel] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    @property
    def public_seed(self) -> str:
        """公布的种子；empty before the draw."""
        return str(self.seed) if self.drawn_at else ""


class Member(models.Model):
    """评审组的一位专家，with the signed sheet entered for them."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="members")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    rank = models.IntegerField("抽取次序")
    left_reason = models.CharField("退出事由", max_length=100, blank=True)
    sheet_no = models.CharField("签名评分表编号", max_length=40, blank=True)
    vetoes = models.JSONField("不合格的基础指标", default=dict)
    entered_at = models.DateTimeField("录入时间", null=True)
    entered_by = models.BigIntegerField("录入人", null=True)

    all_rows: models.Manager[Member] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "expert"], name="member_once"),
        ]


class ExpertScore(models.Model):
    """专家对一个维度的评分。"""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="scores")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    dimension = models.CharField("维度", max_length=20)
    tenths = models.IntegerField("评分（十分之一分）")

    all_rows: models.Manager[ExpertScore] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["member", "dimension"], name="score_once"),
            models.CheckConstraint(condition=models.Q(tenths__gte=0), name="score_not_negative"),
        ]


class SheetRecord(models.Model):
    """评分表的一次录入：the first stays as it was; a correction is a later one with its reason.

    ``Member`` and ``ExpertScore`` hold what the latest says.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="records")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    number = models.IntegerField("第几次")
    sheet_no = models.CharField("签名评分表编号", max_length=40)
    scores = models.JSONField("各维度评分（十分之一分）", default=dict)
    vetoes = models.JSONField("不合格的基础指标", default=dict)
    reason = models.CharField("更正理由", max_length=200, blank=True)
    at = models.DateTimeField("录入时间")
    by_id = models.BigIntegerField("录入人", null=True)
    by_name = models.CharField("录入人姓名", max_length=80)

    all_rows: models.Manager[SheetRecord] = models.Manager()
    objects = ScopedManager(RegionQuerySet)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["member", "number"], name="sheet_record_once"),
            models.CheckConstraint(
                condition=models.Q(number=1, reason="")
                | (models.Q(number__gt=1) & ~models.Q(reason="")),
                name="correction_has_a_reason",
            ),
        ]

    @property
    def total(self) -> str:
        """合计。"""
        return rules.show_tenths(sum(int(tenths) for tenths in self.scores.values()))


class Award(models.Model):
    """授牌：a level (or 普惠) with number, period and a code that anybody can verify."""

    kind = models.CharField("种类", max_length=10, choices=Kind)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="award")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    level = models.CharField("等级", max_length=20, blank=True)
    number = models.CharField("牌号", max_length=40, unique=True)
    code = models.CharField("验牌码", max_length=12, unique=True)
    document_no = models.CharField("文号", max_length=60)
    issued_on = models.DateField("授牌日期")
    period = DateRangeField("有效期")
    recognition_id = models.BigIntegerField("普惠认定", null=True)
    withdrawn_on = models.DateField("摘牌日期", null=True)
    withdrawn_reason = models.CharField("摘牌事由", max_length=200, blank=True)

    all_rows: models.Manager[Award] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["-issued_on", "-id"]
        indexes = [models.Index(fields=["institution", "kind"])]

    @property
    def last_on(self) -> date | None:
        """有效期的最后一天。"""
        return self.period.upper - timedelta(days=1) if self.period.upper else None

    def state_on(self, day: date) -> str:
        """某日的状态：valid, waiting, expired or withdrawn."""
        if self.withdrawn_on is not None and self.withdrawn_on <= day:
            return "withdrawn"
        if self.period.lower > day:
            return "waiting"
        return "valid" if day in self.period else "expired"


class Withdrawal(models.Model):
    """摘牌：the reason told first, the institution heard, then decided by another."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="withdrawals")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    reason = models.CharField("拟摘牌事由", max_length=200)
    told_at = models.DateTimeField("告知时间")
    statement = models.TextField("陈述申辩", max_length=500, blank=True)
    wants_hearing = models.BooleanField("要求听证", null=True)
    hearing = models.TextField("听证记录", max_length=500, blank=True)

    all_rows: models.Manager[Withdrawal] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)
