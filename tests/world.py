"""小世界：two counties, three institutions and the people in them. All fictitious.

晋江 (350582): 青禾 (a1), 小满 (a2); 鲤城 (350502): 海风 (b1). ``enter(client, slug)`` signs in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from tuoyu.core import clock
from tuoyu.domains.children.models import Child, Guardian, Guardianship
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.identity.models import Assignment, User
from tuoyu.domains.institutions.models import (
    ClassGroup,
    FeeStandard,
    Institution,
    Kind,
    Place,
    PlaceState,
    Recognition,
)
from tuoyu.domains.regions.models import PopulationFigure, Region
from tuoyu.domains.workforce.models import Certificate, CertificateKind, Post, Staff

NOW = datetime(2025, 10, 15, 8, 10, tzinfo=clock.ZONE)
START = date(2025, 1, 1)
FOREVER = date(2026, 9, 1)


@dataclass
class World:
    """小世界。Children and institutions by short names."""

    institutions: dict[str, Institution] = field(default_factory=dict)
    classes: dict[str, ClassGroup] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    guardians: dict[str, Guardian] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def enter(self, client: Client, who: str) -> Client:
        client.force_login(
            self.users[who], backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    def client(self, who: str) -> Client:
        return self.enter(Client(), who)


def build_world() -> World:
    w = World()
    _regions()
    for key, name, unit, code in [
        ("a1", "青禾托育园（虚构）", "350582", "91350582MA00000A1X"),
        ("a2", "小满托育园（虚构）", "350582", "91350582MA00000A2X"),
        ("b1", "海风托育园（虚构）", "350502", "91350502MA00000B1X"),
    ]:
        _institution(w, key, name, unit, code)
    _children(w)
    _people(w)
    return w


def _regions() -> None:
    city = Region.objects.create(
        code="350500", name="泉州市", short_name="泉州", level="city", prefix="3505"
    )
    for i, (code, name) in enumerate(
        [("350502", "鲤城区"), ("350582", "晋江市"), ("3505A1", "泉州开发区")]
    ):
        Region.objects.create(
            code=code,
            name=name,
            short_name=name[:2],
            level="county",
            parent=city,
            prefix=code,
            is_unit=True,
            order=i,
            maps_to="350502" if code == "3505A1" else "",
        )
    for code, people in [("350500", 8_850_000), ("350502", 397_000), ("350582", 2_069_000)]:
        PopulationFigure.objects.create(
            region_id=code, measure="resident", year=2021, value=people, source="测试数据（虚构）"
        )


def _institution(w: World, key: str, name: str, unit: str, uscc: str) -> None:
    inst = Institution.all_rows.create(
        name=name,
        uscc=uscc,
        kind=Kind.PRIVATE,
        nature="private",
        region_code=unit,
        unit_code=unit,
        address="示例路 1 号",
        record_no=f"示例-{key}",
        filed_on=START,
    )
    w.institutions[key] = inst
    Recognition.all_rows.create(
        institution=inst,
        region_code=unit,
        document="示例认定（虚构）",
        period=DateRange(START, FOREVER),
    )
    for cls, title, size in [
        ("infant", "乳儿班", 10),
        ("toddler", "托小班", 15),
        ("mixed", "混龄班", 18),
    ]:
        group = ClassGroup.all_rows.create(
            institution=inst, region_code=unit, name=title, class_type=cls, capacity=size
        )
        w.classes[f"{key}.{cls}"] = group
        FeeStandard.all_rows.create(
            institution=inst, region_code=unit, class_type=cls, monthly_fen=150_000, from_on=START
        )
        Place.all_rows.bulk_create(
            Place(
                institution=inst,
                region_code=unit,
                class_group=group,
                number=f"{key}-{cls}-{n:02d}",
                state=PlaceState.OPERATING,
                state_on=START,
            )
            for n in range(1, size + 1)
        )
        person = Staff.all_rows.create(
            institution=inst,
            region_code=unit,
            name=f"示例老师{key}{cls}",
            post=Post.CARER,
            hired_on=START,
        )
        w.staff[f"{key}.{cls}"] = person
        Certificate.all_rows.create(
            staff=person,
            institution_id=inst.pk,
            region_code=unit,
            kind=CertificateKind.CARER,
            number=f"示例证{person.pk}",
            issued_on=START,
            expires_on=date(2027, 1, 1),
        )


def _children(w: World) -> None:
    rows = [
        ("miao", "江小苗", "a1", "infant", date(2025, 1, 10), "jiang"),
        ("nuo", "方一诺", "a1", "infant", date(2024, 12, 3), "fang"),
        ("he", "林小禾", "a1", "toddler", date(2024, 3, 15), "lin"),
        ("sui", "林小穗", "a1", "toddler", date(2024, 3, 15), "lin"),
        ("xiao", "孙一笑", "a1", "mixed", date(2023, 9, 20), "sun"),
        ("zhi", "叶知秋", "a1", "mixed", date(2024, 2, 29), "ye"),
        ("chen", "苏辰星", "a2", "toddler", date(2024, 4, 1), "su"),
        ("feng", "洪海风", "b1", "toddler", date(2024, 5, 5), "hong"),
    ]
    for key, name, inst, cls, born, family in rows:
        group = w.classes[f"{inst}.{cls}"]
        child = Child.all_rows.create(
            name=name,
            sex="f",
            born_on=born,
            institution_id=group.institution_id,
            region_code=group.region_code,
            usual_in=time(8, 5),
        )
        w.children[key] = child
        Enrolment.all_rows.create(
            child=child,
            institution_id=group.institution_id,
            region_code=group.region_code,
            class_group=group,
            period=DateRange(date(2025, 3, 1), FOREVER),
            monthly_fen=150_000,
        )
        if family not in w.guardians:
            w.guardians[family] = Guardian.all_rows.create(name=f"{name[0]}妈妈")
        Guardianship.all_rows.create(
            child=child,
            guardian=w.guardians[family],
            institution_id=group.institution_id,
            region_code=group.region_code,
            relation="mother",
            from_on=START,
        )


def _people(w: World) -> None:
    a1, b1 = w.institutions["a1"], w.institutions["b1"]
    rows: list[tuple[str, str, str, str, list[int]]] = [
        ("city-officer", "city_officer", "市级甲（虚构）", "350500", []),
        ("city-officer-2", "city_officer", "市级乙（虚构）", "350500", []),
        ("county-officer", "county_officer", "晋江甲（虚构）", "350582", []),
        ("other-county-officer", "county_officer", "鲤城甲（虚构）", "350502", []),
        ("finance-officer", "finance_officer", "财政甲（虚构）", "350500", []),
        ("payment-clerk", "payment_clerk", "财政乙（虚构）", "350500", []),
        ("protection-officer", "protection_officer", "护苗甲（虚构）", "350582", []),
        ("inspector", "inspector", "巡查甲（虚构）", "350582", []),
        ("auditor", "auditor", "审计甲（虚构）", "350500", []),
        ("trainer", "trainer", "讲师甲（虚构）", "350500", []),
        ("director", "director", "园长甲（虚构）", "350582", [a1.pk]),
        ("teacher", "teacher", "老师甲（虚构）", "350582", [a1.pk]),
        ("other-director", "director", "园长乙（虚构）", "350502", [b1.pk]),
        ("doctor", "doctor", "医生甲（虚构）", "350582", [a1.pk]),
    ]
    for slug, role, name, region, ids in rows:
        w.users[slug] = user = User.objects.create_user(slug, name)
        Assignment.objects.create(
            user=user,
            role=role,
            region_code=region,
            institution_ids=ids,
            from_on=START,
            organisation="示例单位（虚构）",
        )
    for slug, family in [("parent", "lin"), ("other-parent", "hong"), ("sibling-parent", "fang")]:
        guardian = w.guardians[family]
        w.users[slug] = user = User.objects.create_user(slug, guardian.name)
        Assignment.objects.create(user=user, role="parent", from_on=START)
        guardian.user_id = user.pk
        guardian.save(update_fields=["user_id"])


def month_of_days(w: World, child: str, month: date, count: int) -> None:
    """当月前 ``count`` 个工作日到托：real events through the one door."""
    from tuoyu.core import workdays
    from tuoyu.domains.attendance.models import EventKind, Method
    from tuoyu.domains.attendance.services import NewEvent, record

    kid = w.children[child]
    assert kid.institution_id is not None
    for day in workdays.days_of(month)[:count]:
        came = clock.at(day, 8, 5)
        record(
            institution_id=kid.institution_id,
            events=[
                NewEvent(kid.pk, EventKind.IN, came, Method.WALL),
                NewEvent(kid.pk, EventKind.OUT, came + timedelta(hours=9), Method.WALL),
            ],
            at=came + timedelta(hours=9),
        )
