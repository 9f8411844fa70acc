"""细则与专家库：what the city sets before anything can be judged."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.quality import rules
from tuoyu.domains.quality.models import Expert, Kind, Scheme
from tuoyu.domains.quality.standard import standard, star_levels


@transaction.atomic
def set_scheme(
    *,
    kind: str,
    document_no: str,
    from_on: date,
    cutoffs: dict[str, int],
    method: str,
    panel_size: int,
    notice_days: int,
    valid_months: int,
    is_fictitious: bool,
    by: Actor,
    at: datetime,
) -> Scheme:
    """登记细则的数：from its notice, never guessed; a later one takes over."""
    if not document_no.strip():
        raise DomainError("document", "须写明文号，分数线以文件为准，请补上后再登记")
    if kind not in Kind.values or notice_days < 1 or valid_months < 1:
        raise DomainError("scheme", "公示期和有效期都须大于零，请改正后再登记")
    if kind == Kind.STAR:
        rules.check_cutoffs(cutoffs, list(star_levels()), standard().total)
        if method not in rules.METHODS:
            raise DomainError("method", "合成方法只能是中位数或平均数，请改选")
        if not 3 <= panel_size <= 15:
            raise DomainError("panel", "专家人数须在 3 到 15 人之间，请改正后再登记")
    try:
        with transaction.atomic():
            return Scheme.all_rows.create(
                kind=kind,
                document_no=document_no.strip(),
                region_code=by.region_code,
                from_on=from_on,
                cutoffs=cutoffs if kind == Kind.STAR else {},
                method=method if kind == Kind.STAR else "median",
                panel_size=panel_size if kind == Kind.STAR else 0,
                notice_days=notice_days,
                valid_months=valid_months,
                is_fictitious=is_fictitious,
                set_by=by.user_id,
                set_at=at,
            )
    except IntegrityError as error:
        raise DomainError(
            "scheme", "同一天施行的细则已经登记过；如有更正，请按更正文件的施行日期另行登记"
        ) from error


@transaction.atomic
def add_expert(
    *, name: str, specialty: str, employer: str, region_code: str, at: datetime
) -> Expert:
    """专家入库。"""
    given = [name.strip(), specialty.strip(), employer.strip()]
    if not all(given):
        raise DomainError("expert", "姓名、专长和工作单位都须填写，工作单位用于判断回避")
    try:
        with transaction.atomic():
            return Expert.all_rows.create(
                name=given[0][:40],
                specialty=given[1][:40],
                employer=given[2][:80],
                region_code=region_code,
                added_at=at,
            )
    except IntegrityError as error:
        raise DomainError("expert", f"{given[0]}（{given[2]}）已在库中，没有重复登记") from error


@transaction.atomic
def set_active(*, expert_id: int, is_active: bool, by: Actor) -> Expert:
    """出库与重新入库：panels already drawn keep their experts."""
    found = Expert.objects.visible_to(by.scope).select_for_update().filter(pk=expert_id).first()
    if found is None:
        raise NotFound
    found.is_active = is_active
    found.save(update_fields=["is_active"])
    return found
