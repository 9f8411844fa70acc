"""各项取数：every figure is the sum of lines, so that a figure and its list cannot differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from tuoyu.core import clock
from tuoyu.core.periods import age_months
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus
from tuoyu.domains.billing.models import Bill
from tuoyu.domains.billing.selectors.money import standings
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.enrolment.selectors import names_of_enrolled
from tuoyu.domains.incidents.models import Incident, IncidentState
from tuoyu.domains.institutions.models import Place, PlaceState
from tuoyu.domains.medicine.models import Dose
from tuoyu.domains.safety.models import Drill, Round
from tuoyu.domains.workforce.models import LeaveState, Post, Staff, StaffLeave
from tuoyu.domains.workforce.selectors import list_counted, list_expiring, working
from tuoyu.domains.workforce.selectors.checks import list_checks

BANDS = ((12, "children_0"), (24, "children_12"), (36, "children_24"))


@dataclass(frozen=True)
class Line:
    """一项下面的一条。``opens``: what it is a record of, and its id."""

    title: str
    text: str
    amount: int = 1
    opens: tuple[str, str] | None = None


@dataclass(frozen=True)
class Span:
    """期间 [first, end)；``last`` is the day on which people and children are counted."""

    scope: Scope
    institution_id: int
    first: date
    end: date
    today: date

    @property
    def last(self) -> date:
        return min(self.end - timedelta(days=1), self.today)


Lines = dict[str, list[Line]]


def collect(span: Span) -> Lines:
    """全部自动项的明细。"""
    found: Lines = {}
    for source in (_children, _places, _days, _staff, _leaves, _fees, _incidents, _safety):
        for code, lines in source(span).items():
            found[code] = lines
    return found


def _by_code(rows: Iterable[tuple[str, Line]], codes: Iterable[str]) -> Lines:
    found: Lines = {code: [] for code in codes}
    for code, line in rows:
        found[code].append(line)
    return found


def _children(s: Span) -> Lines:
    stays = list(
        Enrolment.objects.visible_to(s.scope)
        .filter(institution_id=s.institution_id, period__startswith__lt=s.end)
        .order_by("child_id", "period")
        .values_list("child_id", "child__name", "child__born_on", "class_group__name", "period")
    )
    rows: list[tuple[str, Line]] = []
    by_child: dict[int, list[tuple[int, str, date, str, object]]] = {}
    for stay in stays:
        by_child.setdefault(stay[0], []).append(stay)
    for child, mine in by_child.items():
        rows += _stay_lines(s, child, mine)
    codes = [*(code for _, code in BANDS), "children_36", "children", "joined", "left"]
    return _by_code(rows, codes)


def _stay_lines(
    s: Span, child: int, mine: list[tuple[int, str, date, str, object]]
) -> list[tuple[str, Line]]:
    """One child: a move between rooms is neither a coming nor a leaving."""
    opens = ("child", str(child))
    name, born = mine[0][1], mine[0][2]
    starts = min(_lower(m[4]) for m in mine)
    ends = [_upper(m[4]) for m in mine]
    here = next((m for m in mine if s.last in m[4]), None)  # type: ignore[operator]
    out: list[tuple[str, Line]] = []
    if here is not None:
        months = age_months(born, s.last)
        code = next((c for top, c in BANDS if months < top), "children_36")
        line = Line(name, f"{here[3]} · {months} 月龄", 1, opens)
        out += [(code, line), ("children", line)]
    if s.first <= starts < s.end:
        out.append(("joined", Line(name, f"{starts} 入托", 1, opens)))
    gone = max((e for e in ends if e is not None), default=None)
    if here is None and None not in ends and gone and s.first <= gone < s.end:
        out.append(("left", Line(name, f"{gone} 离托", 1, opens)))
    return out


def _lower(period: object) -> date:
    return getattr(period, "lower", None) or date.min


def _upper(period: object) -> date | None:
    found = getattr(period, "upper", None)
    return found if isinstance(found, date) else None


def _places(s: Span) -> Lines:
    rows = (
        Place.objects.unscoped(reason="机构信息公开")
        .filter(institution_id=s.institution_id, state=PlaceState.OPERATING, state_on__lte=s.last)
        .values_list("class_group__name")
        .annotate(n=Count("id"))
        .order_by("class_group__name")
    )
    return {"places": [Line(str(name or "未分班"), "运营", n) for name, n in rows]}


_STATES: dict[int | None, str] = {
    DayStatus.PRESENT: "present",
    DayStatus.LEAVE: "leave",
    DayStatus.ABSENT: "absent",
    None: "waiting",
}


def _days(s: Span) -> Lines:
    sheets = (
        DaySheet.objects.visible_to(s.scope)
        .filter(institution_id=s.institution_id, day__gte=s.first, day__lt=s.end)
        .values_list("child_id", "status")
        .annotate(n=Count("id"))
        .order_by("child_id")
    )
    found = list(sheets)
    names = names_of_enrolled(s.scope, {child for child, _, _ in found})
    rows = [
        (_STATES[status], Line(names.get(child, "已离园儿童"), f"{n} 天", n, ("child", str(child))))
        for child, status, n in found
    ]
    return _by_code(rows, _STATES.values())


def _staff(s: Span) -> Lines:
    mine = Staff.objects.visible_to(s.scope).filter(institution_id=s.institution_id)
    counted = list_counted(s.scope, s.institution_id, s.last)
    rows: list[tuple[str, Line]] = []
    for p in working(mine, s.last).order_by("post", "id"):
        line = Line(p.name, p.get_post_display(), 1, ("staff", str(p.pk)))
        rows.append(("staff", line))
        if p.post == Post.CARER:
            rows.append(("carers", line))
        if p.pk in counted:
            rows.append(("counted", line))
    for e in list_expiring(s.scope, s.last, 0):
        if e.institution_id == s.institution_id:
            rows.append(
                ("expired", Line(e.staff, e.certificate.title, 1, ("staff", str(e.staff_id))))
            )
    for c in list_checks(s.scope, s.institution_id, s.last):
        if c.check_id is None or (c.days_left is not None and c.days_left <= 0):
            rows.append(("unchecked", Line(c.staff, c.text, 1, ("staff", str(c.staff_id)))))
    for p in mine.filter(hired_on__gte=s.first, hired_on__lt=s.end):
        rows.append(("hired", Line(p.name, f"{p.hired_on} 入职", 1, ("staff", str(p.pk)))))
    for p in mine.filter(left_on__gte=s.first, left_on__lt=s.end):
        rows.append(("gone", Line(p.name, f"{p.left_on} 离职")))
    return _by_code(rows, ("staff", "carers", "counted", "expired", "unchecked", "hired", "gone"))


def _leaves(s: Span) -> Lines:
    rows = StaffLeave.objects.visible_to(s.scope).filter(
        institution_id=s.institution_id,
        state=LeaveState.GRANTED,
        from_on__lt=s.end,
        to_on__gt=s.first,
    )
    lines = []
    for row in rows.select_related("staff").order_by("from_on", "id"):
        days = (min(row.to_on, s.end) - max(row.from_on, s.first)).days
        lines.append(
            Line(row.staff.name, f"{row.get_kind_display()} {days} 天", days, ("leaves", ""))
        )
    return {"staff_leave": lines}


def _fees(s: Span) -> Lines:
    bills = list(
        Bill.objects.visible_to(s.scope)
        .filter(institution_id=s.institution_id, month__gte=s.first, month__lt=s.end)
        .order_by("month", "child_id")
    )
    names = names_of_enrolled(s.scope, {b.child_id for b in bills})
    money = standings([b.pk for b in bills])
    rows: list[tuple[str, Line]] = []
    for b in bills:
        m, name = money[b.pk], names.get(b.child_id, "已离园儿童")
        for code, amount in (
            ("bills", 1),
            ("due", m.due_fen),
            ("refunds", m.refund_fen),
            ("paid", m.paid_fen),
            ("unpaid", max(m.left_fen, 0)),
        ):
            if amount:
                rows.append((code, Line(name, f"{b.month:%Y-%m}", amount, ("bill", str(b.pk)))))
    return _by_code(rows, ("bills", "due", "refunds", "paid", "unpaid"))


def _incidents(s: Span) -> Lines:
    rows = Incident.objects.visible_to(s.scope).filter(
        institution_id=s.institution_id,
        state=IncidentState.FILED,
        happened_at__gte=clock.at(s.first),
        happened_at__lt=clock.at(s.end),
    )
    lines = [
        (i.grade, Line(i.child.name, _happened(i), 1, ("incident", str(i.pk))))
        for i in rows.select_related("child")
        .defer("what", "first_aid", "inner")
        .order_by("happened_at")
    ]
    return _by_code(lines, ("minor", "moderate", "grave"))


def _happened(i: Incident) -> str:
    at = i.happened_at.astimezone(clock.ZONE)
    return f"{at:%m-%d %H:%M} {i.get_kind_display()} {i.place}"


def _safety(s: Span) -> Lines:
    at = {"institution_id": s.institution_id}
    rounds = Round.objects.visible_to(s.scope).filter(day__gte=s.first, day__lt=s.end, **at)
    points = rounds.values_list("point__name").annotate(n=Count("id")).order_by("point__name")
    drills = Drill.objects.visible_to(s.scope).filter(
        held_at__gte=clock.at(s.first), held_at__lt=clock.at(s.end), **at
    )
    doses = (
        Dose.objects.visible_to(s.scope)
        .filter(at__gte=clock.at(s.first), at__lt=clock.at(s.end), outcome=Dose.Outcome.GIVEN, **at)
        .filter(conflict_with=None)
        .values_list("child_id")
        .annotate(n=Count("id"))
        .order_by("child_id")
    )
    found = list(doses)
    names = names_of_enrolled(s.scope, {child for child, _ in found})
    return {
        "rounds": [Line(str(name), f"{n} 次", n) for name, n in points],
        "drills": [
            Line(d.get_kind_display(), f"{d.held_at:%Y-%m-%d}" if d.held_at else "")
            for d in drills.order_by("held_at")
        ],
        "doses": [
            Line(names.get(child, "已离园儿童"), f"{n} 次", n, ("child", str(child)))
            for child, n in found
        ],
    }
