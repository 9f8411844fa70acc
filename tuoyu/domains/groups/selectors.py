"""活动的读取：sessions are public; who signed up is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from tuoyu.core import clock, rls
from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.groups import rules
from tuoyu.domains.groups.models import Session, SignUp, SignUpState
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.regions.selectors import unit_names

PUBLIC = "活动信息公开，不含报名人"
SESSIONS, FAMILIES = "group_sessions", "families_served"


@dataclass(frozen=True)
class Listed:
    """一场活动与名额。"""

    session: Session
    taken: int
    waiting: int
    came: int
    mine: SignUp | None = None

    @property
    def left(self) -> int:
        return max(self.session.seats - self.taken, 0)


def list_coming(now: datetime) -> QuerySet[Session]:
    """还没结束的活动，soonest first."""
    rows = Session.objects.unscoped(reason=PUBLIC).filter(ends_at__gt=now, cancelled_at=None)
    return rows.order_by("starts_at", "id")


def list_held(scope: Scope) -> QuerySet[Session]:
    """本单位举办的（或本级各单位的），newest first."""
    return Session.objects.visible_to(scope).order_by("-starts_at", "-id")


def find_public(session_id: int) -> Session:
    """一场活动。"""
    found = Session.objects.unscoped(reason=PUBLIC).filter(pk=session_id).first()
    if found is None:
        raise NotFound
    return found


def access_session(scope: Scope, session_id: int) -> Session:
    """本单位的一场。"""
    found = Session.objects.visible_to(scope).filter(pk=session_id).first()
    if found is None:
        raise NotFound
    return found


def with_seats(sessions: Sequence[Session], mine: Sequence[SignUp] = ()) -> list[Listed]:
    """配上名额；only the numbers leave this room."""
    with rls.as_system("余额按全部报名计算，只给出数目"):
        rows = SignUp.all_rows.filter(session__in=[s.pk for s in sessions])
        counts = {
            c["session_id"]: c
            for c in rows.order_by()
            .values("session_id")
            .annotate(
                taken=Count("id", filter=Q(state=SignUpState.IN)),
                waiting=Count("id", filter=Q(state=SignUpState.WAITING)),
                came=Count("id", filter=Q(came_at__isnull=False)),
            )
        }
    none = {"taken": 0, "waiting": 0, "came": 0}
    own = {s.session_id: s for s in mine}
    return [
        Listed(s, c["taken"], c["waiting"], c["came"], own.get(s.pk))
        for s in sessions
        for c in (counts.get(s.pk, none),)
    ]


def list_mine(scope: Scope, child_id: int) -> list[SignUp]:
    """孩子报过的活动，newest first."""
    rows = SignUp.objects.visible_to(scope).filter(child_id=child_id)
    rows = rows.exclude(state=SignUpState.WITHDRAWN).order_by("-made_at")
    found = list(rows[:50])
    sessions = Session.objects.unscoped(reason=PUBLIC).in_bulk({s.session_id for s in found})
    for row in found:
        row.session = sessions[row.session_id]
    return found


def mine_of(scope: Scope, session_id: int, child_id: int) -> SignUp | None:
    """孩子在这一场的报名。"""
    rows = SignUp.objects.visible_to(scope).filter(session_id=session_id, child_id=child_id)
    return rows.exclude(state=SignUpState.WITHDRAWN).first()


def place_in_line(found: SignUp) -> int:
    """候补第几位。"""
    with rls.as_system("候补名次只告诉本人"):
        line = SignUp.all_rows.filter(session_id=found.session_id, state=SignUpState.WAITING)
        return line.filter(number__lte=found.number).count()


def list_signups(scope: Scope, session: Session) -> list[SignUp]:
    """报名名单。"""
    rows = SignUp.objects.visible_to(scope).filter(session=session)
    return list(rows.exclude(state=SignUpState.WITHDRAWN))


def code_now(session: Session, now: datetime) -> str:
    """此刻的签到码。"""
    return rules.code_at(session.secret, rules.step_of(now))


@dataclass(frozen=True)
class Tally:
    """某单位（或全市）的场数与户数。"""

    region_code: str
    name: str
    sessions: int
    visits: int
    families: int
    useful: int
    answers: int


def report(scope: Scope, start: date, end: date, now: datetime) -> tuple[Tally, list[Tally]]:
    """统计 [start, end)：held sessions, and families counted once over all of them.

    A session is held when it is over, was not cancelled and somebody signed in. A family that came
    to two counties is one family of the city, so the rows do not add up to the total.
    """
    came = SignUp.objects.visible_to(scope).filter(
        came_at__isnull=False,
        session__starts_at__gte=clock.at(start),
        session__starts_at__lt=clock.at(end),
        session__ends_at__lte=now,
        session__cancelled_at=None,
    )
    rows = list(came.order_by().values_list("region_code", "session_id", "child_id", "useful"))
    with rls.as_system("受益家庭按监护人去重，只给出户数"):
        ties = Guardianship.all_rows.filter(
            child_id__in={r[2] for r in rows}, is_guardian=True
        ).values_list("child_id", "guardian_id")
        guardians: dict[int, list[int]] = {}
        for child, guardian in ties:
            guardians.setdefault(child, []).append(guardian)
    names = unit_names()
    codes = sorted({r[0] for r in rows})
    total = _count("", "合计", rows, guardians)
    return total, [
        _count(c, names.get(c, c), [r for r in rows if r[0] == c], guardians) for c in codes
    ]


def _count(
    code: str,
    name: str,
    rows: list[tuple[str, int, int, int | None]],
    guardians: dict[int, list[int]],
) -> Tally:
    pairs = [(c, g) for c in {r[2] for r in rows} for g in guardians.get(c) or [-c]]
    said = [r[3] for r in rows if r[3] is not None]
    return Tally(
        code,
        name,
        len({r[1] for r in rows}),
        len(rows),
        rules.count_families(pairs),
        sum(s == 3 for s in said),
        len(said),
    )


@dataclass(frozen=True)
class Target:
    """目标：from the city's own document; another city has none."""

    name: str
    value: int
    unit: str
    source: str


def targets() -> dict[str, Target]:
    """文件里的目标；a city whose documents name none gets none."""
    book = current_book()
    found = {}
    for code in (SESSIONS, FAMILIES):
        indicator = book.indicators.get(code)
        if indicator is not None and indicator.target is not None:
            found[code] = Target(
                indicator.name,
                int(indicator.target),
                indicator.unit,
                f"{book.pack.document.number} {indicator.cite.at}",
            )
    return found
