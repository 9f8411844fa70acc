"""从业人员花名册导入：one row is a person with, if any, one certificate."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core import crypto
from tuoyu.core.access import Actor
from tuoyu.core.excel.columns import Column
from tuoyu.core.excel.services import Created, Importer, Place, register
from tuoyu.core.excel.sheets import Row, Sheet
from tuoyu.domains.workforce.models import Certificate, CertificateKind, Post, Staff

STAFF = Sheet(
    code="staff",
    title="从业人员花名册",
    version="1",
    columns=(
        Column("name", "姓名", required=True, sample="示例老师", longest=40),
        Column("post", "岗位", "choice", True, {t: v for v, t in Post.choices}, sample="保育人员"),
        Column("id_number", "身份证号", "id", True),
        Column("phone", "手机", "phone", sample="19900000001"),
        Column("hired_on", "入职日期", "date", True, sample="2025-03-01"),
        Column(
            "kind",
            "证书种类",
            "choice",
            choices={t: v for v, t in CertificateKind.choices},
            note="没有证书留空；有多本的，先导入一本，其余在平台上补登",
            sample="保育师",
        ),
        Column("number", "证书编号", longest=40, sample="示例0001"),
        Column("issued_on", "发证日期", "date", sample="2024-06-01"),
        Column("expires_on", "到期日期", "date", note="到期日当天起不再算有效；长期有效留空"),
    ),
)


def _check(place: Place, rows: list[Row], by: Actor) -> None:
    known = {
        bytes(index)
        for index in Staff.all_rows.filter(
            institution_id=place.institution, left_on=None
        ).values_list("id_index", flat=True)
        if index is not None
    }
    seen: dict[str, int] = {}
    for row in rows:
        number = row.values.get("id_number")
        if number and crypto.blind_index(number) in known:
            row.errors["id_number"] = "该身份证号的人员已在本机构在职名单中，请核对是否重复"
        if number in seen:
            row.errors["id_number"] = f"与第 {seen[number]} 行的身份证号相同，请删去一行"
        elif number:
            seen[number] = row.number
        _check_certificate(row)


def _check_certificate(row: Row) -> None:
    value = row.values
    if value.get("kind") and not (value.get("number") and value.get("issued_on")):
        row.errors["number"] = "填了证书种类，还须填证书编号和发证日期"
    if not value.get("kind") and value.get("number"):
        row.errors["kind"] = "填了证书编号，还须选证书种类"
    issued, expires = value.get("issued_on"), value.get("expires_on")
    if issued and expires and expires <= issued:
        row.errors["expires_on"] = f"到期日期 {expires} 应晚于发证日期 {issued}，请核对"


def _make(place: Place, row: Row, by: Actor, at: datetime, created: Created) -> None:
    value = row.values
    person = Staff.all_rows.create(
        institution_id=place.institution,
        region_code=place.region_code,
        name=value["name"],
        post=value["post"],
        id_number=value["id_number"],
        id_index=crypto.blind_index(value["id_number"]),
        phone=value["phone"],
        hired_on=value["hired_on"],
    )
    created.setdefault("workforce.Staff", []).append(person.pk)
    if value["kind"]:
        made = Certificate.all_rows.create(
            staff=person,
            institution_id=place.institution,
            region_code=place.region_code,
            kind=value["kind"],
            number=value["number"],
            issued_on=value["issued_on"],
            expires_on=value["expires_on"],
        )
        created.setdefault("workforce.Certificate", []).append(made.pk)


def _in_use(created: Created) -> str:
    people = created.get("workforce.Staff", [])
    more = Certificate.all_rows.filter(staff_id__in=people).exclude(
        pk__in=created.get("workforce.Certificate", [])
    )
    return "其中有人员已补登其他证书" if more.exists() else ""


register(Importer(STAFF, "inst:roster:import", _check, _make, _in_use))
