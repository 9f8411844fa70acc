"""报名：one application of a family with its ranked wishes; a receipt and a query code come back.

Open to everybody, therefore limited: not by a riddle on a picture but by how often one phone or
one address may apply. The limits are the platform's own, of no document.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from tuoyu.core import clock, crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.columns import CellError, Column, parse
from tuoyu.core.identifiers import id_birth, id_error, normalise, opaque_id
from tuoyu.core.periods import age_months
from tuoyu.domains.admissions.models import LIVE, QUEUE, Application, Stage, Wish
from tuoyu.domains.admissions.services.desk import CITY, note, ranks_kept
from tuoyu.domains.children.models import Child, Guardianship
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.institutions.models import ClassGroup, Institution
from tuoyu.domains.policies.books import current_book

MOST_WISHES = 5
A_DAY_BY_PHONE = 3
AN_HOUR_BY_ORIGIN = 5
_CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_PHONE = Column("phone", "手机", "phone", required=True)


@dataclass(frozen=True)
class Family:
    """家长所填。"""

    child_name: str
    sex: str
    born_on: date
    guardian_name: str
    relation: str
    phone: str
    wanted_on: date
    id_number: str = ""
    form: str = ServiceForm.FULL_DAY
    note: str = ""
    child_id: int | None = None


@dataclass(frozen=True)
class Applied:
    """回执：the query code is shown once and kept keyed only."""

    application: Application
    code: str


@transaction.atomic
def apply(
    *,
    family: Family,
    institution_ids: Sequence[int],
    source: str,
    at: datetime,
    by: Actor | None = None,
    origin: str = "",
    numbers: Callable[[], int] = opaque_id,
) -> Applied:
    """报名，志愿按先后。``numbers``: where the ids come from, when they are drawn."""
    phone = _checked(family, at)
    index = crypto.blind_index(phone)
    number = normalise(family.id_number)
    with rls.as_system(CITY):
        from_where = crypto.blind_index(f"origin:{origin}") if origin else None
        _not_too_often(index, from_where, at)
        _not_twice(index, family)
        _is_own_child(family, by)
        places = _places(institution_ids)
        code = "".join(secrets.choice(_CODE_SIGNS) for _ in range(8))
        made = Application.all_rows.create(
            id=numbers(),
            number=_number(at, numbers()),
            code_index=crypto.blind_index(f"code:{code}"),
            region_code=places[0].region_code,
            child_id=family.child_id,
            user_id=by.user_id if by and source == Application.Source.FAMILY else None,
            child_name=family.child_name.strip(),
            sex=family.sex,
            born_on=family.born_on,
            id_number=number or None,
            guardian_name=family.guardian_name.strip(),
            relation=family.relation,
            phone=phone,
            phone_index=index,
            origin_index=from_where,
            wanted_on=family.wanted_on,
            form=family.form,
            note=family.note.strip()[:200] or None,
            source=source,
            made_at=at,
        )
        for rank, place in enumerate(places, start=1):
            _wish(made, place, rank, at, numbers())
    return Applied(made, code)


def _checked(f: Family, at: datetime) -> str:
    today = clock.day_of(at)
    if not f.child_name.strip() or not f.guardian_name.strip():
        raise DomainError("name", "请写明儿童和监护人的姓名")
    if f.sex not in ("m", "f") or f.relation not in Guardianship.Relation.values:
        raise DomainError("choice", "性别和关系请从所列各项中选")
    if f.form not in ServiceForm.values:
        raise DomainError("choice", "服务形式请从所列各项中选")
    if f.born_on > f.wanted_on or f.born_on > today + timedelta(days=300):
        raise DomainError("born", f"出生日期 {f.born_on} 晚于希望入托日期，请核对")
    if f.wanted_on < today:
        raise DomainError("wanted", f"希望入托日期 {f.wanted_on} 已经过去，请改为今天或以后")
    if f.id_number.strip():
        _check_id(f.id_number, f.born_on)
    try:
        return str(parse(_PHONE, f.phone))
    except CellError as error:
        raise DomainError("phone", str(error)) from error


def _check_id(number: str, born_on: date) -> None:
    if problem := id_error(number):
        raise DomainError("id", problem)
    if id_birth(number) != born_on:
        raise DomainError("id", f"身份证上的出生日期是 {id_birth(number)}，与所填 {born_on} 不符")


def set_id_number(application: Application, number: str) -> None:
    """交身份证明时补填号码；called inside a step as the system."""
    _check_id(number, application.born_on)
    application.id_number = normalise(number)
    application.save(update_fields=["id_number"])


def _number(at: datetime, drawn: int) -> str:
    return f"BM{at.astimezone(clock.ZONE):%y%m%d}{drawn % 10**7:07d}"


def _not_too_often(phone: bytes, origin: bytes | None, at: datetime) -> None:
    day = Application.all_rows.filter(phone_index=phone, made_at__gt=at - timedelta(days=1))
    if day.count() >= A_DAY_BY_PHONE:
        raise DomainError(
            "too-often",
            f"这个手机号一天内已报名 {A_DAY_BY_PHONE} 次，请明天再报，或直接打电话给机构",
        )
    if origin is None:
        return
    hour = Application.all_rows.filter(origin_index=origin, made_at__gt=at - timedelta(hours=1))
    if hour.count() >= AN_HOUR_BY_ORIGIN:
        raise DomainError(
            "too-often",
            "同一网络一小时内报名次数过多，为防滥用已暂停；请一小时后再报，或打电话给机构",
        )


def _not_twice(phone: bytes, f: Family) -> None:
    same = Application.all_rows.filter(
        phone_index=phone, child_name=f.child_name.strip(), born_on=f.born_on
    )
    if same.filter(wishes__stage__in=[*QUEUE, *LIVE, Stage.HELD]).exists():
        raise DomainError(
            "twice",
            "这个孩子已经报过名，不用重报（重报不会排得更前）；请用原来的回执号和查询码查看或加志愿",
        )


def _is_own_child(f: Family, by: Actor | None) -> None:
    if f.child_id is None:
        return
    own = by is not None and f.child_id in by.scope.child_ids
    if not own or not Child.all_rows.filter(pk=f.child_id).exists():
        raise NotFound


def _places(ids: Sequence[int]) -> list[Institution]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise DomainError("no-wish", "请至少选一家机构")
    if len(wanted) > MOST_WISHES:
        raise DomainError("wishes", f"最多填 {MOST_WISHES} 个志愿，请减到 {MOST_WISHES} 个以内")
    rows = Institution.all_rows.filter(pk__in=wanted, status=Institution.Status.FILED)
    found = {i.pk: i for i in rows}
    if len(found) != len(wanted):
        raise NotFound
    return [found[i] for i in wanted]


def class_type_for(institution: Institution, born_on: date, on: date) -> str:
    """按入托日的月龄，本园的哪个班型；nothing fits: said with what there is."""
    months = age_months(born_on, on) if born_on <= on else 0
    national = current_book().national.class_types
    kept = ClassGroup.all_rows.filter(institution=institution, is_open=True)
    types = sorted(
        set(kept.order_by().values_list("class_type", flat=True)),
        key=lambda t: national[t].age_to - national[t].age_from,
    )
    fits = [t for t in types if national[t].age_from <= months < national[t].age_to]
    if not fits:
        has = "、".join(
            f"{national[t].name}（{national[t].age_from}–{national[t].age_to}个月）" for t in types
        )
        raise DomainError(
            "age",
            f"{on} 时孩子 {months} 个月，{institution.name}没有合适的班型"
            f"（现有：{has or '未公示班级'}）；请改入托日期或选别的机构",
        )
    return fits[0]


def _wish(made: Application, place: Institution, rank: int, at: datetime, number: int) -> Wish:
    wish = Wish(
        id=number,
        application=made,
        institution=place,
        region_code=place.region_code,
        rank=rank,
        class_type=class_type_for(place, made.born_on, made.wanted_on),
        stage_at=at,
        applied_at=at,
    )
    with ranks_kept(wish, at, "报名"):
        wish.save(force_insert=True)
    return wish


@transaction.atomic
def add_wish(*, application_id: int, institution_id: int, by: Actor, at: datetime) -> Wish:
    """加一个志愿：排在最后；its time is now."""
    with rls.as_system(CITY):
        made = _own(application_id, by)
        ranks = list(made.wishes.values_list("rank", flat=True))
        if len(ranks) >= MOST_WISHES:
            raise DomainError("wishes", f"最多 {MOST_WISHES} 个志愿，请先退出一个再加")
        if made.wishes.filter(institution_id=institution_id).exists():
            raise DomainError("twice", "这家机构已在您的志愿里；暂缓的可以恢复，不用重报")
        place = _places([institution_id])[0]
        return _wish(made, place, max(ranks, default=0) + 1, at, opaque_id())


@transaction.atomic
def reorder(*, wish_id: int, by: Actor, at: datetime) -> None:
    """把一个志愿提前一位。The order is the family's own; no institution's queue depends on it."""
    with rls.as_system(CITY):
        wish = Wish.all_rows.filter(pk=wish_id).first()
        made = _own(wish.application_id if wish else 0, by)
        rows = list(made.wishes.order_by("rank"))
        n = next(i for i, w in enumerate(rows) if w.pk == wish_id)
        if n == 0:
            raise DomainError("first", "已经是第一志愿")
        above, mine = rows[n - 1], rows[n]
        above.rank, mine.rank = mine.rank, above.rank
        for w in (above, mine):
            w.save(update_fields=["rank"])
            note(w, f"家长改为第 {w.rank} 志愿", made.guardian_name, at)


@transaction.atomic
def claim(*, number: str, code: str, by: Actor, at: datetime) -> Application:
    """认领：a family that applied without an account takes its application into the account."""
    with rls.as_system(CITY):
        made = find_by_receipt(number, code)
        if made.user_id not in (None, by.user_id) or by.user_id is None:
            raise DomainError("claimed", "这份报名已由另一个账号认领；如不是您家人，请联系机构核对")
        Application.all_rows.filter(pk=made.pk).update(user_id=by.user_id)
        for wish in made.wishes.all():
            note(wish, "家长账号认领了这份报名", by.name, at)
        return made


def find_by_receipt(number: str, code: str) -> Application:
    """凭回执号和查询码；one sentence for both mistakes."""
    index = crypto.blind_index(f"code:{normalise(code)}")
    with rls.as_system(CITY):
        found = Application.all_rows.filter(number=normalise(number)).first()
    if found is None or not crypto.same(bytes(found.code_index), index):
        raise DomainError("receipt", "回执号或查询码不对，请对照报名时的回执核对")
    return found


def _own(application_id: int, by: Actor) -> Application:
    rows = Application.all_rows.select_for_update().filter(pk=application_id)
    made = rows.filter(user_id=by.user_id).first() if by.user_id else None
    if made is None:
        raise NotFound
    return made
