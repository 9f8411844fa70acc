"""机构名录导入（县级）：one row is an institution with its classes and numbered places."""

from __future__ import annotations

from datetime import date, datetime

from tuoyu.core import clock, rls
from tuoyu.core.access import Actor
from tuoyu.core.excel.columns import Column
from tuoyu.core.excel.services import Created, Importer, Place, register
from tuoyu.core.excel.sheets import Row, Sheet
from tuoyu.core.pinyin import search_text
from tuoyu.domains.institutions import models
from tuoyu.domains.institutions.models import ClassGroup, ClassType, Institution, Kind
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.models import Region

_CLASSES = {
    "infant": ClassType.INFANT,
    "toddler": ClassType.TODDLER,
    "older": ClassType.OLDER,
    "mixed": ClassType.MIXED,
}

INSTITUTIONS = Sheet(
    code="institutions",
    title="托育机构名录",
    version="1",
    columns=(
        Column("name", "机构名称", required=True, sample="示例托育园（虚构）"),
        Column("uscc", "统一社会信用代码", "uscc", True),
        Column("kind", "机构类型", "choice", True, {t: v for v, t in Kind.choices},
               sample="民办托育机构"),
        Column("nature", "性质", "choice", True, {"公办": "public", "民办": "private"},
               sample="民办"),
        Column("unit", "所在实施单位", required=True, note="县（市、区）或功能区、镇街的全称"),
        Column("address", "地址", required=True, longest=120, sample="示例路 1 号"),
        Column("phone", "联系电话", "phone"),
        Column("record_no", "备案号", longest=40),
        Column("filed_on", "备案日期", "date"),
        *(
            Column(code, f"{cls.label}托位", "count", note="没有留空") for code, cls in
            _CLASSES.items()
        ),
    ),
)  # fmt: skip


def _check(place: Place, rows: list[Row], by: Actor) -> None:
    units = {r.name: r for r in Region.objects.filter(is_unit=True)}
    codes = [r.values.get("uscc") for r in rows]
    with rls.as_system("信用代码在全平台只登记一次"):
        known = set(Institution.all_rows.filter(uscc__in=codes).values_list("uscc", flat=True))
    for row in rows:
        name = row.values.get("unit")
        unit = units.get(name) if name else None
        if name and unit is None:
            row.errors["unit"] = f"没有「{name}」这个实施单位，请写全称，如 {next(iter(units), '')}"
        elif unit and not unit.code.startswith(by.scope.region_prefix):
            row.errors["unit"] = f"「{name}」不在您的辖区内，请由该单位导入"
        code = row.values.get("uscc")
        if code in known:
            row.errors["uscc"] = "该统一社会信用代码的机构已在平台上，请核对是否重复"
        if code and codes.count(code) > 1:
            row.errors["uscc"] = "本表中有两行的统一社会信用代码相同，请删去一行"
        if bool(row.values.get("record_no")) != bool(row.values.get("filed_on")):
            row.errors["filed_on"] = "备案号和备案日期须同时填写，或同时留空"


def _make(place: Place, row: Row, by: Actor, at: datetime, created: Created) -> None:
    value = row.values
    unit = Region.objects.get(name=value["unit"], is_unit=True)
    made = Institution.all_rows.create(
        name=value["name"],
        search=search_text(value["name"], 200),
        uscc=value["uscc"],
        kind=value["kind"],
        nature=value["nature"],
        region_code=unit.code,
        unit_code=unit.code,
        address=value["address"],
        phone=value["phone"] or "",
        record_no=value["record_no"] or "",
        filed_on=value["filed_on"],
        status="filed" if value["filed_on"] else "preparing",
    )
    created.setdefault("institutions.Institution", []).append(made.pk)
    for code, cls in _CLASSES.items():
        if value[code]:
            _classes(made, cls, value[code], clock.day_of(at), created)


def _classes(
    institution: Institution, cls: ClassType, places: int, on: date, created: Created
) -> None:
    """托位分班：as many classes as the national size asks for; each place numbered."""
    size = current_book().national.class_types[cls].max_children
    count = -(-places // size)
    state = "filed" if institution.filed_on else "built"
    for n in range(count):
        room = places // count + (n < places % count)
        title = cls.label if count == 1 else f"{cls.label}{n + 1}"
        group = ClassGroup.all_rows.create(
            institution=institution,
            region_code=institution.region_code,
            name=title,
            class_type=cls,
            capacity=room,
        )
        created.setdefault("institutions.ClassGroup", []).append(group.pk)
        made = models.Place.all_rows.bulk_create(
            models.Place(
                institution=institution,
                region_code=institution.region_code,
                class_group=group,
                number=f"{institution.uscc[-9:]}-{group.pk}-{k:03d}",
                state=state,
                state_on=institution.filed_on or on,
                is_new=True,
            )
            for k in range(1, room + 1)
        )
        created.setdefault("institutions.Place", []).extend(p.pk for p in made)


def _in_use(created: Created) -> str:
    ids = created.get("institutions.Institution", [])
    more = ClassGroup.all_rows.filter(institution_id__in=ids).exclude(
        pk__in=created.get("institutions.ClassGroup", [])
    )
    return "其中有机构已新设班级" if more.exists() else ""


register(Importer(INSTITUTIONS, "institution:import:run", _check, _make, _in_use))
