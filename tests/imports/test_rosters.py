"""Excel 导入：template → pre-check → error workbook → partial or none → undo within 24 hours."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from openpyxl import Workbook, load_workbook

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel import services, sheets
from tuoyu.core.excel.models import ImportBatch
from tuoyu.domains.children.models import Child, Guardian
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.services import leave
from tuoyu.domains.institutions.models import Institution, Place
from tuoyu.domains.workforce.models import Staff

GOOD = [
    "导入甲",
    "女",
    "2024-03-15",
    None,
    "托小班",
    "2025-10-01",
    "1500.00",
    None,
    "鸡蛋",
    "导入妈妈",
    "妈妈",
    "19900000011",
]


def _actor(world: World, who: str = "director") -> Actor:
    return actor_for_user(world.users[who])


def _place(world: World) -> services.Place:
    a1 = world.institutions["a1"]
    return services.Place(a1.pk, a1.region_code)


def _file(code: str, rows: list[list[Any]], head: list[str] | None = None) -> bytes:
    book = load_workbook(io.BytesIO(sheets.template(services.importer(code).sheet)))
    data = book["数据"]
    for i, title in enumerate(head or [], 1):
        data.cell(1, i, title)
    for n, row in enumerate(rows, 3):
        for i, value in enumerate(row, 1):
            data.cell(n, i, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _upload(world: World, rows: list[list[Any]], code: str = "children") -> ImportBatch:
    return services.upload(
        kind=code,
        file_name="花名册.xlsx",
        blob=_file(code, rows),
        place=_place(world),
        by=_actor(world),
        at=NOW,
    )


def _bad(**at: Any) -> list[Any]:
    keys = [c.key for c in services.importer("children").sheet.columns]
    return [at.get(k, v) for k, v in zip(keys, GOOD, strict=True)]


def test_a_good_roster_is_imported_and_undone(world: World) -> None:
    twin = _bad(name="导入乙")
    batch = _upload(world, [GOOD, twin])
    assert (batch.rows, batch.good) == (2, 2)
    assert not Child.all_rows.filter(name="导入甲").exists()
    services.run(batch_id=batch.pk, by=_actor(world), at=NOW, partial=False)
    child = Child.all_rows.get(name="导入甲")
    assert child.allergy == "鸡蛋"
    assert child.institution_id == world.institutions["a1"].pk
    assert Guardian.all_rows.filter(name="导入妈妈").count() == 1  # siblings share a guardian
    services.undo(batch_id=batch.pk, by=_actor(world), at=NOW + timedelta(hours=23))
    assert not Child.all_rows.filter(name__startswith="导入").exists()
    assert not Enrolment.all_rows.filter(child_id=child.pk).exists()


def test_undo_is_refused_after_24_hours(world: World) -> None:
    batch = _upload(world, [GOOD])
    services.run(batch_id=batch.pk, by=_actor(world), at=NOW, partial=False)
    with pytest.raises(DomainError, match="24 小时"):
        services.undo(batch_id=batch.pk, by=_actor(world), at=NOW + timedelta(hours=25))


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ({"born_on": "2024-02-30"}, "不是日期"),
        ({"id_number": "11010519491231002"}, "应为 18 位，现为 17 位"),
        ({"id_number": "110105194912310021"}, "校验不符"),
        ({"id_number": 110105194912310020}, "数字格式"),
        ({"class_name": "没有的班"}, "没有「没有的班」这个班"),
        ({"born_on": "2025-06-01"}, "个月"),
        ({"monthly_fen": "1500.005"}, "两位小数"),
        ({"monthly_fen": "=1+1"}, "公式"),
        ({"sex": "其他"}, "请从字典中选"),
        ({"phone": "123"}, "11 位"),
        ({"guardian": None}, "必填"),
    ],
)
def test_each_fault_is_named_in_its_cell(world: World, at: dict[str, Any], says: str) -> None:
    batch = _upload(world, [GOOD, _bad(name="导入丙", **at)])
    assert (batch.rows, batch.good) == (2, 1)
    rows = services.precheck(batch, _actor(world))
    (key,) = [k for k in rows[1].errors if k in at or k == "born_on"]
    assert says in rows[1].errors[key]
    book = load_workbook(
        io.BytesIO(sheets.error_workbook(services.importer("children").sheet, rows))
    )
    data = book["数据"]
    reason = data.cell(2, len(GOOD) + 1).value
    assert says in str(reason)
    red = [c.column for c in data[2] if c.fill.fgColor.rgb == "FFF4C7CE"]
    keys = [c.key for c in services.importer("children").sheet.columns]
    assert keys.index(key) + 1 in red
    with pytest.raises(DomainError, match="1 行有错误"):
        services.run(batch_id=batch.pk, by=_actor(world), at=NOW, partial=False)
    done = services.run(batch_id=batch.pk, by=_actor(world), at=NOW, partial=True)
    assert done.good == 1
    assert not Child.all_rows.filter(name="导入丙").exists()


def test_merged_cells_and_foreign_layouts_are_refused(world: World) -> None:
    book = load_workbook(io.BytesIO(_file("children", [GOOD])))
    book["数据"].merge_cells("A3:A4")
    out = io.BytesIO()
    book.save(out)
    for blob, says in [
        (out.getvalue(), "合并的单元格"),
        (_file("children", [GOOD], ["姓名"]), "缺少列：儿童姓名"),
        (b"not a workbook", "打不开"),
        (_file("children", []), "没有数据行"),
    ]:
        with pytest.raises(DomainError, match=says):
            services.upload(
                kind="children",
                file_name="x.xlsx",
                blob=blob,
                place=_place(world),
                by=_actor(world),
                at=NOW,
            )


def test_a_stranger_does_not_find_the_batch(world: World) -> None:
    batch = _upload(world, [GOOD])
    with pytest.raises(NotFound):
        services.run(batch_id=batch.pk, by=_actor(world, "other-director"), at=NOW, partial=False)
    with pytest.raises(NotFound):
        services.upload(
            kind="children",
            file_name="x",
            blob=b"",
            place=_place(world),
            by=_actor(world, "teacher"),
            at=NOW,
        )


def test_the_stored_file_is_sealed(world: World) -> None:
    batch = _upload(world, [GOOD])
    assert b"PK\x03\x04" not in bytes(ImportBatch.all_rows.get(pk=batch.pk).source)


def test_staff_and_institutions(world: World) -> None:
    row = [
        "导入老师",
        "保育人员",
        "11010519491231002X",
        "19900000001",
        "2025-03-01",
        "保育师",
        "示例1",
        "2024-06-01",
        None,
    ]
    batch = _upload(world, [row], "staff")
    services.run(batch_id=batch.pk, by=_actor(world), at=NOW, partial=False)
    person = Staff.all_rows.get(name="导入老师")
    assert person.id_number == "11010519491231002X"
    assert person.certificates.get().expires_on is None
    county = _actor(world, "county-officer")
    own = [
        "导入园（虚构）",
        "91350100M000100Y43",
        "民办托育机构",
        "民办",
        "晋江市",
        "示例路 2 号",
        None,
        "示例2",
        "2025-05-01",
        10,
        33,
        None,
        None,
    ]
    foreign = [*own[:1], "91350582MA00000A1X", *own[2:4], "鲤城区", *own[5:]]
    batch = services.upload(
        kind="institutions",
        file_name="机构.xlsx",
        blob=_file("institutions", [own, foreign]),
        place=services.Place(None, "350582"),
        by=county,
        at=NOW,
    )
    assert (batch.rows, batch.good) == (2, 1)
    services.run(batch_id=batch.pk, by=county, at=NOW, partial=True)
    made = Institution.all_rows.get(uscc="91350100M000100Y43")
    assert [g.capacity for g in made.classes.all()] == [10, 11, 11, 11]
    assert Place.all_rows.filter(institution=made).count() == 43


def test_exports_are_harmless() -> None:
    blob = sheets.export("名单", ["姓名"], [["=cmd|'/c calc'!A1"], ["＝1+1"], ["-1"], ["小明"]])
    data = load_workbook(io.BytesIO(blob)).active
    assert data is not None
    assert [data.cell(n, 1).value for n in range(2, 6)] == [
        "'=cmd|'/c calc'!A1",
        "'＝1+1",
        "'-1",
        "小明",
    ]
    assert all(data.cell(n, 1).data_type == "s" for n in range(2, 6))


def test_the_template_opens_with_dictionaries() -> None:
    book = load_workbook(io.BytesIO(sheets.template(services.importer("children").sheet)))
    assert book.sheetnames == ["数据", "字典", "填写说明"]
    assert book["数据"].cell(2, 4).number_format == "@"
    assert len(book["数据"].data_validations.dataValidation) == 3
    assert isinstance(book, Workbook)


def test_imports_work_beneath_row_level_security(world: World) -> None:
    """The director's own database role may do it, and nothing more."""
    by = _actor(world)
    batch = _upload(world, [GOOD])
    with transaction.atomic():
        rls.enter(by.scope)
        services.run(batch_id=batch.pk, by=by, at=NOW, partial=False)
        child = Child.objects.visible_to(by.scope).get(name="导入甲")
        leave(
            scope=by.scope,
            enrolment_id=child.enrolments.get().pk,
            on=NOW.date() + timedelta(days=1),
            today=NOW.date() + timedelta(days=2),
        )
        assert not Child.all_rows.filter(pk=child.pk).exists()  # gone from this scope
        assert Child.all_rows.count() == 6  # the other institutions' children are not there
        rls.leave()
    assert Child.all_rows.get(pk=child.pk).institution_id is None
