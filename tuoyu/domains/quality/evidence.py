"""自动附上的事实：what the platform already knows, so that nothing is typed twice.

Only what exists is written; a figure that is not kept here is not made up.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q, Sum

from tuoyu.core.periods import add_months
from tuoyu.domains.attendance.models import MonthClose
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import ClassGroup, Institution, Place
from tuoyu.domains.institutions.selectors import COUNTED_PLACES, current_fees, list_contracts
from tuoyu.domains.workforce.models import CARE_KINDS, Certificate, CertificateKind, Post, Staff
from tuoyu.domains.workforce.selectors import working


def facts(institution: Institution, on: date) -> dict[str, list[str]]:
    """项目 → 平台上的事实，as of a day."""
    children = Enrolment.all_rows.filter(institution=institution, period__contains=on).count()
    team = _team(institution, on)
    return {
        "premises": _premises(institution),
        "team": [*team, *_ratio(institution, children, on)],
        "health": _health(institution, on),
        "safety": _guards(institution, on),
        "management": _months(institution, on),
        "standard": [*_premises(institution), *team],
        "open": [f"当日在托 {children} 人"],
        "price": _fees(institution, on),
    }


def _premises(i: Institution) -> list[str]:
    places = Place.all_rows.filter(institution=i, state__in=COUNTED_PLACES).count()
    rooms = ClassGroup.all_rows.filter(institution=i, is_open=True)
    size = rooms.aggregate(n=Sum("capacity"))["n"] or 0
    filed = f"备案号 {i.record_no}" if i.record_no else "平台上没有备案号"
    return [filed, f"托位 {places} 个", f"班级 {rooms.count()} 个，核定 {size} 人"]


def _staff(i: Institution, on: date, post: Post) -> list[int]:
    rows = working(Staff.all_rows.filter(institution=i, post=post), on)
    return list(rows.values_list("pk", flat=True))


def _holding(staff: list[int], kinds: tuple[CertificateKind, ...], on: date) -> int:
    rows = Certificate.all_rows.filter(staff_id__in=staff, kind__in=kinds, issued_on__lte=on)
    rows = rows.filter(Q(expires_on=None) | Q(expires_on__gt=on))
    return rows.values("staff_id").distinct().count()


def _team(i: Institution, on: date) -> list[str]:
    carers = _staff(i, on, Post.CARER)
    held = _holding(carers, CARE_KINDS, on)
    heads = _staff(i, on, Post.HEAD)
    trained = _holding(heads, (CertificateKind.HEAD,), on)
    return [
        f"保育人员 {len(carers)} 名，持证有效 {held} 名",
        f"负责人 {len(heads)} 名，岗位培训合格证有效 {trained} 名",
    ]


def _ratio(i: Institution, children: int, on: date) -> list[str]:
    carers = len(_staff(i, on, Post.CARER))
    return [f"在托 {children} 人，保育人员 {carers} 名"] if carers else []


def _health(i: Institution, on: date) -> list[str]:
    everyone = list(working(Staff.all_rows.filter(institution=i), on).values_list("pk", flat=True))
    checked = _holding(everyone, (CertificateKind.HEALTH,), on)
    out = [f"在岗 {len(everyone)} 名，健康合格证有效 {checked} 名"]
    contract = next((c for c in list_contracts(i) if on in c.period), None)
    if contract is not None:
        out.append(f"医育签约 {contract.clinic}")
        if contract.guided_on:
            out.append(f"最近指导 {contract.guided_on:%Y-%m-%d}")
    return out


def _guards(i: Institution, on: date) -> list[str]:
    guards = _staff(i, on, Post.GUARD)
    if not guards:
        return []
    return [
        f"保安 {len(guards)} 名，保安员证有效 {_holding(guards, (CertificateKind.GUARD,), on)} 名"
    ]


def _months(i: Institution, on: date) -> list[str]:
    since = add_months(on.replace(day=1), -12)
    closed = MonthClose.all_rows.filter(institution_id=i.pk, month__gte=since).count()
    return [f"近 12 个月已月结 {closed} 个月"]


def _fees(i: Institution, on: date) -> list[str]:
    found = current_fees([i.pk], on).get(i.pk, {})
    titles = dict(ClassGroup._meta.get_field("class_type").flatchoices)
    return [f"{titles.get(k, k)}备案月保育费 {v // 100} 元" for k, v in sorted(found.items())]
