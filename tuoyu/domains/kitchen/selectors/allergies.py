"""谁要避开什么，谁来吃。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.kitchen.models import AllergyNote
from tuoyu.domains.kitchen.rules import Allergy, band_of, unpack
from tuoyu.domains.policies.books import current_book

NONE = Allergy()


@dataclass(frozen=True)
class Eater:
    """一名用餐儿童。"""

    child_id: int
    name: str
    band: str
    class_id: int
    class_name: str
    is_away: bool
    allergy: Allergy


def allergies_of(scope: Scope, children: Iterable[Child]) -> dict[int, Allergy]:
    """各儿童要避开的：what is confirmed, and what a parent has added since."""
    kids = {c.pk: c for c in children if c.has_allergy}
    live = (AllergyNote.State.HELD, AllergyNote.State.ASKED)
    rows = AllergyNote.objects.visible_to(scope).filter(state__in=live)
    ids = [c.pk for c in children]
    out: dict[int, Allergy] = {}
    for row in rows.filter(child_id__in=ids):
        out[row.child_id] = out.get(row.child_id, NONE).joined(unpack(row.detail))
    for child_id in kids:
        if child_id not in out:
            out[child_id] = Allergy(is_unsorted=True)
    return {k: a for k, a in out.items() if a.is_unsorted or not a.is_empty}


def bounds() -> tuple[int, int]:
    """年龄段的界：乳儿班与托小班的月龄上限（国家包）。"""
    types = current_book().national.class_types
    return types["infant"].age_to, types["toddler"].age_to


def stays(scope: Scope, institution_id: int, first: date, last: date) -> list[Enrolment]:
    """这几天在托的登记。"""
    rows = Enrolment.objects.visible_to(scope).filter(institution_id=institution_id)
    rows = rows.filter(period__overlap=(first, last)).select_related("child", "class_group")
    return list(rows.order_by("class_group_id", "child__name", "child_id"))


def away_on(scope: Scope, institution_id: int, day: date) -> set[int]:
    """当日请假或缺勤的儿童。"""
    rows = DaySheet.objects.visible_to(scope).filter(
        institution_id=institution_id, day=day, status__in=(DayStatus.LEAVE, DayStatus.ABSENT)
    )
    return set(rows.values_list("child_id", flat=True))


def list_eaters(scope: Scope, institution_id: int, day: date) -> list[Eater]:
    """某日的用餐儿童：everybody enrolled, with who is away."""
    found = [e for e in stays(scope, institution_id, day, _after(day)) if day in e.period]
    allergic = allergies_of(scope, [e.child for e in found])
    away = away_on(scope, institution_id, day)
    return [eater(e, day, allergic.get(e.child_id, NONE), e.child_id in away) for e in found]


def eater(stay: Enrolment, day: date, allergy: Allergy, is_away: bool = False) -> Eater:
    """由入托登记得到用餐儿童。"""
    group, child = stay.class_group, stay.child
    band = band_of(child.born_on, day, *bounds())
    return Eater(child.pk, child.name, band, group.pk, group.name, is_away, allergy)


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def list_notes(scope: Scope, institution_id: int) -> QuerySet[AllergyNote]:
    """待核对与现行的过敏登记，waiting first."""
    rows = AllergyNote.objects.visible_to(scope).filter(institution_id=institution_id)
    return rows.filter(Q(state="asked") | Q(state="held")).order_by("state", "-made_at", "id")


def notes_of(scope: Scope, child_id: int) -> list[AllergyNote]:
    """一名儿童的过敏登记，newest first."""
    rows = AllergyNote.objects.visible_to(scope).filter(child_id=child_id)
    return list(rows.order_by("-made_at", "-id"))


def access_note(scope: Scope, note_id: int) -> AllergyNote:
    """取一份过敏登记。"""
    found = AllergyNote.objects.visible_to(scope).filter(pk=note_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Unsorted:
    """档案里写着过敏、还没有归类的儿童。"""

    child_id: int
    name: str
    text: str


def list_unsorted(scope: Scope, institution_id: int, on: date) -> list[Unsorted]:
    """还没有归类的：their words are opened for the director, who is to sort them."""
    found = stays(scope, institution_id, on, _after(on))
    kids = [e.child for e in found]
    marks = allergies_of(scope, kids)
    return [
        Unsorted(c.pk, c.name, str(c.allergy or ""))
        for c in kids
        if c.pk in marks and marks[c.pk].is_unsorted
    ]


def count_waiting(scope: Scope, institution_id: int) -> int:
    """家长申报、待核对的份数。"""
    rows = AllergyNote.objects.visible_to(scope).filter(institution_id=institution_id)
    return rows.filter(state=AllergyNote.State.ASKED).count()
