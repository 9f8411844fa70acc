"""报名入托：one application of a family, its ranked wishes, and the way of each to the first day.

The application belongs to the city (a family is entered once); a wish belongs to an institution.
Until the first day there is no file of the child: it is made from the application (nothing is
typed twice). Retention: 报名档案类，结束后 1 年。
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import opaque_id
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.institutions.models import ClassGroup, ClassType, Institution


class ApplicationQuerySet(ChildScopedQuerySet["Application"]):
    """报名只按儿童落入家庭；an institution comes to it through its wish."""

    institution_field = None


class Application(models.Model):
    """报名。``region_code`` is that of the first wish; ``code_index`` the keyed query code."""

    class Source(models.TextChoices):
        PUBLIC = "public", "公众端"
        FAMILY = "family", "家长端"
        DESK = "desk", "园方代登"

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    number = models.CharField("回执号", max_length=20, unique=True)
    code_index = models.BinaryField("查询码盲索引", max_length=16)
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    child_id = models.BigIntegerField("儿童", null=True)
    user_id = models.BigIntegerField("家长账号", null=True, db_index=True)
    child_name = models.CharField("儿童姓名", max_length=40)
    sex = models.CharField("性别", max_length=1, choices=[("m", "男"), ("f", "女")])
    born_on = models.DateField("出生日期")
    id_number = SealedText("儿童身份证号", null=True)
    guardian_name = models.CharField("监护人姓名", max_length=40)
    relation = models.CharField("关系", max_length=14, choices=Guardianship.Relation)
    phone = SealedText("手机")
    phone_index = models.BinaryField("手机盲索引", max_length=16)
    origin_index = models.BinaryField("来源盲索引", max_length=16, null=True)
    wanted_on = models.DateField("希望入托日期")
    form = models.CharField("服务形式", max_length=10, choices=ServiceForm, default="full_day")
    note = SealedText("想说的话", null=True)
    source = models.CharField("来源", max_length=10, choices=Source)
    made_at = models.DateTimeField("报名时间")

    all_rows: models.Manager[Application] = models.Manager()
    objects = ScopedManager(ApplicationQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index", "made_at"]),
            models.Index(fields=["origin_index", "made_at"]),
        ]


class Slot(models.Model):
    """参观时段。"""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    starts_at = models.DateTimeField("开始")
    minutes = models.SmallIntegerField("时长（分）", default=30)
    families = models.SmallIntegerField("接待家庭数", default=2)

    all_rows: models.Manager[Slot] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "starts_at"], name="visit_slot_once"),
            models.CheckConstraint(condition=Q(families__gt=0), name="visit_slot_receives"),
        ]


class Stage(models.TextChoices):
    """办到哪一步。"""

    ENQUIRY = "enquiry", "新报名"
    VISIT = "visit", "约参观"
    WAITING = "waiting", "候补"
    OFFER = "offer", "待家长答复"
    PAPERS = "papers", "备材料"
    CONTRACT = "contract", "签合同"
    STARTED = "started", "已入托"
    HELD = "held", "暂缓"
    CLOSED = "closed", "已结束"


QUEUE = (Stage.ENQUIRY, Stage.VISIT, Stage.WAITING)
LIVE = (Stage.OFFER, Stage.PAPERS, Stage.CONTRACT)


class Wish(models.Model):
    """志愿：an application at one institution. At most one of a family's has a live offer."""

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="wishes")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    rank = models.SmallIntegerField("第几志愿")
    class_type = models.CharField("班型", max_length=10, choices=ClassType)
    stage = models.CharField("阶段", max_length=10, choices=Stage, default=Stage.ENQUIRY)
    stage_at = models.DateTimeField("到这一步的时间")
    applied_at = models.DateTimeField("排序用的报名时间")
    held_why = models.CharField("暂缓原因", max_length=120, blank=True)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, related_name="wishes")
    child_id = models.BigIntegerField("入托后的儿童", null=True)

    all_rows: models.Manager[Wish] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "institution"], name="institution_wished_once"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(stage__in=["offer", "papers", "contract", "started"]),
                name="one_live_offer",
            ),
        ]
        indexes = [models.Index(fields=["institution", "stage"])]


class Offer(models.Model):
    """录取通知，带时限。``first_come``: sent to several for one place, who accepts first has it."""

    class Answer(models.TextChoices):
        NONE = "", "待答复"
        ACCEPTED = "accepted", "已接受"
        DECLINED = "declined", "已谢绝"
        EXPIRED = "expired", "过时未答复"
        TAKEN_BACK = "taken_back", "园方收回"

    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, related_name="offers")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group = models.ForeignKey(ClassGroup, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField("入托日期")
    first_come = models.BooleanField("先接受先得", default=False)
    made_at = models.DateTimeField("发出时间")
    made_by_name = models.CharField("发出人", max_length=80)
    expires_at = models.DateTimeField("答复期限")
    answer = models.CharField("答复", max_length=10, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField("答复时间", null=True)

    all_rows: models.Manager[Offer] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wish"], condition=Q(answer__in=["", "accepted"]), name="wish_offered_once"
            )
        ]
        indexes = [models.Index(fields=["answer", "expires_at"])]


class PaperKind(models.TextChoices):
    """入托材料。依据：托儿所幼儿园卫生保健管理办法（健康检查、接种查验）；管理规范（试行）。"""

    CHECKUP = "checkup", "入托体检表"
    VACCINATION = "vaccination", "预防接种查验证明"
    IDENTITY = "identity", "儿童身份证明"
    ALLERGY = "allergy", "过敏与忌口"
    PICKUP = "pickup", "接送人"


class Paper(models.Model):
    """一项材料：a file, or what the family wrote (allergies, who may pick up)."""

    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, related_name="papers")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    kind = models.CharField("材料", max_length=12, choices=PaperKind)
    file_id = models.BigIntegerField("附件", null=True)
    text = SealedText("所填内容", null=True)
    given_at = models.DateTimeField("提交时间", null=True)
    checked_at = models.DateTimeField("核对时间", null=True)
    checked_by_name = models.CharField("核对人", max_length=80, blank=True)
    returned_why = models.CharField("退回原因", max_length=120, blank=True)

    all_rows: models.Manager[Paper] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wish", "kind"], name="paper_once")]


class Contract(models.Model):
    """托育服务合同：one version. The text is never edited; a change is a new version.

    ``prices`` are the filed ones it was written from. A version stands when both sides have
    signed its very hash; a supplement points at its main contract.
    """

    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, related_name="contracts")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    number = models.CharField("合同编号", max_length=30)
    version = models.SmallIntegerField("版次", default=1)
    main = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="more")
    class_group_id = models.BigIntegerField("班级")
    from_on = models.DateField("入托日期")
    to_on = models.DateField("止（不含）", null=True)
    care_fen = models.BigIntegerField("月保育费（分）")
    prices = models.JSONField("备案价", default=list)
    extra = models.CharField("补充约定", max_length=500, blank=True)
    text = SealedText("全文")
    sm3 = models.CharField("SM3 散列", max_length=64)
    made_at = models.DateTimeField("拟定时间")
    made_by_name = models.CharField("拟定人", max_length=80)
    replaced_at = models.DateTimeField("被新版次取代", null=True)
    concluded_at = models.DateTimeField("双方签完", null=True)

    all_rows: models.Manager[Contract] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="contract_version_once"),
            models.CheckConstraint(condition=Q(care_fen__gte=0), name="contract_fee_not_negative"),
        ]


class Side(models.TextChoices):
    """签署方。"""

    GUARDIAN = "guardian", "监护人"
    DIRECTOR = "director", "托育机构"


class Signature(models.Model):
    """签名：append-only; ``sm3`` is the hash that was signed, ``strokes`` the drawn lines."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="signatures")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    side = models.CharField("签署方", max_length=10, choices=Side)
    user_id = models.BigIntegerField("账号")
    name = models.CharField("姓名", max_length=80)
    strokes = SealedText("笔迹", null=True)
    sm3 = models.CharField("所签散列", max_length=64)
    at = models.DateTimeField("签署时间")

    all_rows: models.Manager[Signature] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "side"], name="side_signs_once")]


class Change(models.Model):
    """变动记录：append-only; what happened to a wish, and each change of its rank with why."""

    wish = models.ForeignKey(Wish, on_delete=models.PROTECT, related_name="changes")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    at = models.DateTimeField("时间")
    text = models.CharField("内容", max_length=200)
    by_name = models.CharField("办理人", max_length=80, blank=True)
    before = models.IntegerField("原名次", null=True)
    after = models.IntegerField("现名次", null=True)

    all_rows: models.Manager[Change] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["institution_id", "at"])]


class Practice(models.Model):
    """本园报名设定：the institution's own, not of any document; shown to families as such."""

    institution = models.OneToOneField(Institution, on_delete=models.PROTECT, related_name="+")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    offer_hours = models.SmallIntegerField("录取答复时限（小时）", default=72)
    siblings_first = models.BooleanField("同园兄弟姐妹优先", default=False)
    special_first = models.BooleanField("已核验的特殊家庭优先", default=False)
    basis = models.CharField("公示的依据", max_length=120, blank=True)

    all_rows: models.Manager[Practice] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(siblings_first=False, special_first=False) | ~Q(basis=""),
                name="priority_is_published",
            ),
            models.CheckConstraint(
                condition=Q(offer_hours__gte=1, offer_hours__lte=720), name="offer_hours_sane"
            ),
        ]
