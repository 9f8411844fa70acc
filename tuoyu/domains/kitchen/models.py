"""膳食：食谱、每周食谱（菜单）、过敏与替代、供餐、留样、晨购台账。

A recipe is never edited: a change is a new one that ``replaces`` the old, so that a published menu
keeps saying what was eaten. Health facts of a child (过敏) are sealed.
"""

from __future__ import annotations

from django.db import models

from tuoyu.core.fields import SealedText
from tuoyu.core.identifiers import opaque_id, uuid7
from tuoyu.core.scope import ChildScopedQuerySet, ScopedManager, ScopedQuerySet


class Meal(models.TextChoices):
    """餐次，in the order of the day."""

    BREAKFAST = "1breakfast", "早餐"
    MORNING = "2morning", "上午点"
    LUNCH = "3lunch", "午餐"
    AFTERNOON = "4afternoon", "下午点"
    DINNER = "5dinner", "晚餐"


class Recipe(models.Model):
    """食谱（一道菜）：grams a child by age band; ``ended_at`` when it is no longer offered."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    name = models.CharField("菜名", max_length=40)
    method = models.CharField("做法与性状", max_length=300, blank=True)
    extra_allergens = models.JSONField("另含致敏物质", default=list)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    made_at = models.DateTimeField("登记时间")
    made_by_name = models.CharField("登记人", max_length=80)
    ended_at = models.DateTimeField("停用时间", null=True)

    all_rows: models.Manager[Recipe] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "name"],
                condition=models.Q(ended_at=None),
                name="recipe_name_once",
            )
        ]


class RecipeLine(models.Model):
    """用料：grams of one child; an empty amount means that the band does not get this dish."""

    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="lines")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    ingredient = models.CharField("食材", max_length=30)
    infant_grams = models.IntegerField("6–12 月龄（克）", null=True)
    toddler_grams = models.IntegerField("12–24 月龄（克）", null=True)
    older_grams = models.IntegerField("24–36 月龄（克）", null=True)

    all_rows: models.Manager[RecipeLine] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipe", "ingredient"], name="ingredient_once")
        ]


class Menu(models.Model):
    """每周食谱：one row a version; what was published is replaced by a later one, never edited."""

    class State(models.TextChoices):
        DRAFT = "draft", "拟定中"
        PUBLISHED = "published", "已公布"
        REPLACED = "replaced", "已被更新"

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    week_on = models.DateField("周一")
    version = models.SmallIntegerField("版次", default=1)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    reason = models.CharField("更改原因", max_length=120, blank=True)
    made_at = models.DateTimeField("拟定时间")
    made_by_name = models.CharField("拟定人", max_length=80)
    published_at = models.DateTimeField("公布时间", null=True)
    published_by_name = models.CharField("公布人", max_length=80, blank=True)

    all_rows: models.Manager[Menu] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "week_on", "version"], name="menu_version_once"
            ),
            models.UniqueConstraint(
                fields=["institution_id", "week_on"],
                condition=models.Q(state="published"),
                name="one_menu_published",
            ),
            models.UniqueConstraint(
                fields=["institution_id", "week_on"],
                condition=models.Q(state="draft"),
                name="one_menu_draft",
            ),
        ]


class MenuDish(models.Model):
    """食谱里的一道菜：on a day, at a meal."""

    menu = models.ForeignKey(Menu, on_delete=models.PROTECT, related_name="dishes")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    meal = models.CharField("餐次", max_length=12, choices=Meal)
    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="+")

    all_rows: models.Manager[MenuDish] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["menu", "day", "meal", "recipe"], name="dish_once")
        ]
        indexes = [models.Index(fields=["institution_id", "day"])]


class Substitute(models.Model):
    """替代：what one child gets instead of a dish: a recipe free of its allergens."""

    menu = models.ForeignKey(Menu, on_delete=models.PROTECT, related_name="substitutes")
    dish = models.ForeignKey(MenuDish, on_delete=models.PROTECT, related_name="substitutes")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    instead = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField("选定时间")
    chosen_by_name = models.CharField("选定人", max_length=80)

    all_rows: models.Manager[Substitute] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dish", "child_id"], name="one_substitute_a_dish")
        ]


class AllergyNote(models.Model):
    """过敏登记：``detail`` is sealed JSON {codes, foods}. Retention: 儿童档案类，离园后 1 年。

    What a parent adds holds at once; what a parent takes away holds when the director has
    confirmed it.
    """

    class State(models.TextChoices):
        ASKED = "asked", "家长已报，待核对"
        HELD = "held", "已核对"
        REFUSED = "refused", "未采纳"
        ENDED = "ended", "已被更新"

    id = models.BigIntegerField(primary_key=True, default=opaque_id, editable=False)
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    state = models.CharField("状态", max_length=10, choices=State)
    detail = SealedText("致敏物质与食物")
    note = SealedText("说明", null=True)
    by_parent = models.BooleanField("家长申报", default=False)
    made_at = models.DateTimeField("登记时间")
    made_by = models.BigIntegerField("登记人", null=True)
    made_by_name = models.CharField("登记人", max_length=80)
    settled_at = models.DateTimeField("核对时间", null=True)
    settled_by_name = models.CharField("核对人", max_length=80, blank=True)
    answer = models.CharField("答复", max_length=200, blank=True)

    all_rows: models.Manager[AllergyNote] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child_id"], condition=models.Q(state="held"), name="one_allergy_held"
            ),
            models.UniqueConstraint(
                fields=["child_id"], condition=models.Q(state="asked"), name="one_allergy_asked"
            ),
        ]
        indexes = [models.Index(fields=["institution_id", "state"])]


class Serving(models.Model):
    """供餐：one room, one meal, one day; written once. ``unticked`` counts children of the red list
    whose substitute nobody ticked (only a record that came from an offline room can have them).
    """

    id = models.UUIDField("客户端编号", primary_key=True, default=uuid7)
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    class_group_id = models.BigIntegerField("班级")
    day = models.DateField("日期")
    meal = models.CharField("餐次", max_length=12, choices=Meal)
    menu_id = models.BigIntegerField("食谱", null=True)
    at = models.DateTimeField("供餐时间")
    received_at = models.DateTimeField("接收时间")
    by_name = models.CharField("供餐人", max_length=80)
    children = models.SmallIntegerField("用餐人数")
    unticked = models.SmallIntegerField("未核对替代", default=0)

    all_rows: models.Manager[Serving] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "day"])]
        constraints = [
            models.UniqueConstraint(fields=["class_group_id", "day", "meal"], name="served_once")
        ]


class ServedInstead(models.Model):
    """替代已核对：a child of the red list and what it was given."""

    serving = models.ForeignKey(Serving, on_delete=models.PROTECT, related_name="instead")
    child_id = models.BigIntegerField("儿童")
    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    dish_name = models.CharField("菜名", max_length=40)
    instead_name = models.CharField("替代", max_length=40, blank=True)
    is_ticked = models.BooleanField("已核对")

    all_rows: models.Manager[ServedInstead] = models.Manager()
    objects = ScopedManager(ChildScopedQuerySet)


class Sample(models.Model):
    """食品留样：grams and hours from the national norms. 依据：GB 31654。"""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("供餐日")
    meal = models.CharField("餐次", max_length=12, choices=Meal)
    dish_name = models.CharField("菜名", max_length=40)
    grams = models.IntegerField("克数")
    place = models.CharField("存放处", max_length=40)
    taken_at = models.DateTimeField("留样时间")
    taken_by_name = models.CharField("留样人", max_length=80)
    keep_until = models.DateTimeField("保存至")
    discarded_at = models.DateTimeField("处置时间", null=True)
    discarded_by_name = models.CharField("处置人", max_length=80, blank=True)

    all_rows: models.Manager[Sample] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution_id", "day", "meal", "dish_name"], name="sample_once"
            )
        ]


class Purchase(models.Model):
    """晨购台账：what was bought that morning, from whom, with which ticket, checked by whom."""

    institution_id = models.BigIntegerField("机构")
    region_code = models.CharField("区划", max_length=12, db_collation="C")
    day = models.DateField("日期")
    ingredient = models.CharField("食材", max_length=30)
    grams = models.IntegerField("数量（克）")
    amount_fen = models.BigIntegerField("金额（分）", null=True)
    supplier = models.CharField("供货者", max_length=60)
    ticket = models.CharField("票据或检验证明编号", max_length=60)
    is_accepted = models.BooleanField("验收合格")
    remark = models.CharField("感官与处理", max_length=120, blank=True)
    checked_by_name = models.CharField("验收人", max_length=80)
    second_name = models.CharField("复核人", max_length=80, blank=True)
    at = models.DateTimeField("登记时间")

    all_rows: models.Manager[Purchase] = models.Manager()
    objects = ScopedManager(ScopedQuerySet)

    class Meta:
        indexes = [models.Index(fields=["institution_id", "day"])]
