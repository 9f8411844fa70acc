"""儿童花名册导入：one row is a child with a guardian and a place in a class."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from tuoyu.core import clock, crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.excel.columns import Column
from tuoyu.core.excel.services import Created, Importer, Place, register
from tuoyu.core.excel.sheets import Row, Sheet
from tuoyu.core.identifiers import id_birth
from tuoyu.core.pinyin import search_text
from tuoyu.domains.children.models import Child, Guardian, Guardianship
from tuoyu.domains.enrolment import rules
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.enrolment.services import enrol
from tuoyu.domains.institutions.models import ClassGroup
from tuoyu.domains.policies.books import current_book

_RELATIONS = {label: value for value, label in Guardianship.Relation.choices}
_FORMS = {label: value for value, label in ServiceForm.choices}

CHILDREN = Sheet(
    code="children",
    title="儿童花名册",
    version="1",
    columns=(
        Column("name", "儿童姓名", required=True, sample="示例宝宝", longest=40),
        Column("sex", "性别", "choice", True, {"男": "m", "女": "f"}, sample="女"),
        Column("born_on", "出生日期", "date", True, sample="2024-03-15"),
        Column("id_number", "儿童身份证号", "id", note="可空；填写时须与出生日期一致"),
        Column("class_name", "班级", required=True, note="须与平台上的班名一致", sample="托小班"),
        Column("from_on", "入托日期", "date", True, sample="2025-09-01"),
        Column("monthly_fen", "月保育费（元）", "yuan", True, sample="1500.00"),
        Column("form", "服务形式", "choice", choices=_FORMS, note="不填为全日托", sample="全日托"),
        Column("allergy", "过敏与忌口", longest=60),
        Column("guardian", "监护人姓名", required=True, sample="示例妈妈", longest=40),
        Column("relation", "与儿童关系", "choice", True, _RELATIONS, sample="妈妈"),
        Column("phone", "监护人手机", "phone", True, sample="19900000000"),
    ),
    notes=("同一儿童（身份证号相同，或姓名与出生日期相同）一张表里只写一行。",),
)


def _check(place: Place, rows: list[Row], by: Actor) -> None:
    groups = {g.name: g for g in ClassGroup.all_rows.filter(institution_id=place.institution)}
    seen: dict[Any, int] = {}
    known = _known_ids(rows)
    for row in rows:
        _check_class(row, groups)
        _check_identity(row, known)
        key = row.values.get("id_number") or (row.values.get("name"), row.values.get("born_on"))
        if key in seen:
            row.errors["name"] = f"与第 {seen[key]} 行是同一儿童，请删去一行"
        seen.setdefault(key, row.number)


def _check_class(row: Row, groups: dict[str, ClassGroup]) -> None:
    name = row.values.get("class_name")
    group = groups.get(name) if name else None
    if name and group is None:
        known = "、".join(groups) or "（还没有班级）"
        row.errors["class_name"] = f"本机构没有「{name}」这个班，现有：{known}"
    born, start = row.values.get("born_on"), row.values.get("from_on")
    if group and born and start:
        rule = current_book().national.class_types[group.class_type]
        if problem := rules.age_problem(rule, born, start):
            row.errors["born_on"] = problem


def _check_identity(row: Row, known: set[bytes]) -> None:
    number, born = row.values.get("id_number"), row.values.get("born_on")
    if not number:
        return
    if born and id_birth(number) != born:
        row.errors["id_number"] = f"身份证上的出生日期是 {id_birth(number)}，与所填 {born} 不符"
    if crypto.blind_index(number) in known:
        row.errors["id_number"] = "该身份证号的儿童已在平台登记，请由原机构办离托后转入，或核对号码"


def _known_ids(rows: list[Row]) -> set[bytes]:
    wanted = [crypto.blind_index(n) for r in rows if (n := r.values.get("id_number"))]
    with rls.as_system("身份证号在全平台只登记一次"):
        found = Child.all_rows.filter(id_index__in=wanted).values_list("id_index", flat=True)
        return {bytes(x) for x in found if x is not None}


def _make(place: Place, row: Row, by: Actor, at: datetime, created: Created) -> None:
    value = row.values
    group = ClassGroup.all_rows.get(institution_id=place.institution, name=value["class_name"])
    number = value["id_number"]
    child = Child.all_rows.create(
        name=value["name"],
        search=search_text(value["name"]),
        sex=value["sex"],
        born_on=value["born_on"],
        id_number=number,
        id_index=crypto.blind_index(number) if number else None,
        allergy=value["allergy"],
        has_allergy=bool(value["allergy"]),
        institution_id=place.institution,
        region_code=place.region_code,
    )
    _note(created, "children.Child", child.pk)
    guardian = _guardian(value, created)
    relation = Guardianship.all_rows.create(
        child=child,
        guardian=guardian,
        relation=value["relation"],
        from_on=clock.day_of(at),
        institution_id=place.institution,
        region_code=place.region_code,
    )
    _note(created, "children.Guardianship", relation.pk)
    try:
        made = enrol(
            child=child,
            class_group=group,
            from_on=value["from_on"],
            to_on=None,
            monthly_fen=value["monthly_fen"],
            form=value["form"] or ServiceForm.FULL_DAY,
            today=clock.day_of(at),
        )
    except DomainError as error:
        raise DomainError(error.code, f"第 {row.number} 行：{error.text}；整批未导入") from error
    _note(created, "enrolment.Enrolment", made.pk)


def _guardian(value: dict[str, Any], created: Created) -> Guardian:
    """The same phone is the same person, so siblings share a guardian."""
    index = crypto.blind_index(value["phone"])
    found = Guardian.all_rows.filter(phone_index=index, name=value["guardian"]).first()
    if found is not None:
        return found
    made = Guardian.all_rows.create(name=value["guardian"], phone=value["phone"], phone_index=index)
    _note(created, "children.Guardian", made.pk)
    return made


def _note(created: Created, label: str, pk: int) -> None:
    created.setdefault(label, []).append(pk)


def _in_use(created: Created) -> str:
    """Attendance lies above this domain, so ask by the child's own trail: later enrolments."""
    children = created.get("children.Child", [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM attendance_event WHERE child_id = ANY(%s)", [children])
        row = cursor.fetchone()
    if row and row[0]:
        return f"其中有儿童已有 {row[0]} 条考勤记录"
    more = Enrolment.all_rows.filter(child_id__in=children).exclude(
        pk__in=created.get("enrolment.Enrolment", [])
    )
    return "其中有儿童已办过其他入托登记" if more.exists() else ""


register(Importer(CHILDREN, "inst:roster:import", _check, _make, _in_use))
