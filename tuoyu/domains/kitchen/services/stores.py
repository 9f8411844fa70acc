"""留样与晨购台账。"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.kitchen.models import Meal, Purchase, Sample
from tuoyu.domains.kitchen.rules import keep_until
from tuoyu.domains.policies.books import current_book


def sample_norm() -> tuple[int, int, str]:
    """留样的克数与小时下限及其来源（国家包）。"""
    national = current_book().national
    source = national.norms["food_sample_grams"].source
    return national.norm("food_sample_grams"), national.norm("food_sample_hours"), source


def take_sample(
    *,
    institution: Institution,
    day: date,
    meal: str,
    dish_name: str,
    grams: int,
    place: str,
    by: Actor,
    at: datetime,
) -> Sample:
    """留样。"""
    least, hours, source = sample_norm()
    if meal not in Meal.values or not dish_name.strip():
        raise NotFound
    if grams < least:
        raise DomainError(
            "too-little",
            f"每样留样不少于 {least} 克（{source}），现填 {grams} 克；请补足后按实际克数登记",
        )
    try:
        with transaction.atomic():
            return Sample.all_rows.create(
                institution_id=institution.pk,
                region_code=institution.region_code,
                day=day,
                meal=meal,
                dish_name=dish_name.strip(),
                grams=grams,
                place=place.strip(),
                taken_at=at,
                taken_by_name=by.name,
                keep_until=keep_until(at, hours),
            )
    except IntegrityError as error:
        raise DomainError("twice", f"「{dish_name}」这一餐已经登记留样，不用再登记") from error


@transaction.atomic
def discard_sample(*, scope: Scope, sample_id: int, by: Actor, at: datetime) -> Sample:
    """处置留样：not before its time is over."""
    rows = Sample.objects.visible_to(scope).select_for_update()
    found = rows.filter(pk=sample_id).first()
    if found is None:
        raise NotFound
    if found.discarded_at is not None:
        return found
    if at < found.keep_until:
        raise DomainError(
            "too-early",
            f"「{found.dish_name}」要保存到 {found.keep_until:%m-%d %H:%M}，还不能处置",
        )
    found.discarded_at, found.discarded_by_name = at, by.name
    found.save(update_fields=["discarded_at", "discarded_by_name"])
    return found


def record_purchase(
    *,
    institution: Institution,
    day: date,
    ingredient: str,
    grams: int,
    amount_fen: int | None,
    supplier: str,
    ticket: str,
    is_accepted: bool,
    remark: str,
    second_name: str,
    by: Actor,
    at: datetime,
) -> Purchase:
    """登记一笔晨购：what is refused needs to say why and what became of it."""
    if grams <= 0:
        raise DomainError("grams", "数量应大于 0，请按实际重量填写")
    if not is_accepted and not remark.strip():
        raise DomainError("no-remark", "验收不合格须写明情况和处理（如退货），请补写")
    if second_name.strip() and second_name.strip() == by.name:
        raise DomainError("same-person", "验收人和复核人应是两个人，请由另一人复核")
    return Purchase.all_rows.create(
        institution_id=institution.pk,
        region_code=institution.region_code,
        day=day,
        ingredient=ingredient.strip(),
        grams=grams,
        amount_fen=amount_fen,
        supplier=supplier.strip(),
        ticket=ticket.strip(),
        is_accepted=is_accepted,
        remark=remark.strip(),
        checked_by_name=by.name,
        second_name=second_name.strip(),
        at=at,
    )
