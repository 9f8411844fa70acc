"""活动的写入：publish, sign up, sign in, say how it was."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max

from tuoyu.core import clock, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.periods import age_months
from tuoyu.domains.children.models import Child
from tuoyu.domains.children.selectors import access_child
from tuoyu.domains.groups import rules
from tuoyu.domains.groups.models import Kind, Session, SignUp, SignUpState
from tuoyu.domains.messages.services import tell

HOLD, JOIN = "group:session:hold", "family:group:join"
SEATS = "名额与候补按全部报名计算，只把结果告诉本人"
EARLY, LATE = timedelta(minutes=60), timedelta(hours=2)


@dataclass(frozen=True)
class Plan:
    """要办的一场。"""

    kind: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    age_from: int
    age_to: int
    about: str = ""
    leader: str = ""


@transaction.atomic
def publish(*, plan: Plan, by: Actor, at: datetime, secret: str = "") -> Session:
    """发布一场活动：by an institution, or by a county for its centre.

    ``secret`` is drawn here; only a simulated city brings its own.
    """
    if not by.may(HOLD):
        raise NotFound
    _check(plan, at)
    own = next(iter(by.scope.institution_ids)) if by.scope.kind == "institutions" else None
    return Session.all_rows.create(
        kind=plan.kind,
        title=plan.title.strip(),
        about=plan.about.strip(),
        institution_id=own,
        region_code=by.region_code,
        organiser=by.organisation or by.name,
        leader=plan.leader.strip(),
        place=plan.place.strip(),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        seats=plan.seats,
        age_from=plan.age_from,
        age_to=plan.age_to,
        secret=secret or secrets.token_hex(16),
        published_at=at,
        published_by_name=by.name,
    )


def _check(plan: Plan, at: datetime) -> None:
    if plan.kind not in Kind.values or not plan.title.strip() or not plan.place.strip():
        raise DomainError("form", "种类、名称和地点都要填，请补全")
    if plan.starts_at <= at:
        raise DomainError("past", "开始时间已经过去，请改为以后的时间")
    if not plan.starts_at < plan.ends_at <= plan.starts_at + timedelta(hours=12):
        raise DomainError("ends", "结束应晚于开始，且一场不超过 12 小时，请改正")
    if not 1 <= plan.seats <= 500:
        raise DomainError("seats", "名额应在 1 到 500 户之间，请改正")
    if not 0 <= plan.age_from < plan.age_to <= 72:
        raise DomainError("age", "月龄应在 0 到 72 之间，且止大于起，请改正")


@transaction.atomic
def cancel_session(*, session_id: int, reason: str, by: Actor, at: datetime) -> Session:
    """取消一场：all who signed up are told why."""
    found = _own(by, session_id)
    if not reason.strip():
        raise DomainError("reason", "取消须写明原因，报名的家庭会看到，请补写")
    if found.cancelled_at is not None:
        raise DomainError("cancelled", "这场活动已经取消，没有重复处理")
    if found.starts_at <= at:
        raise DomainError("begun", "活动已经开始，不能取消")
    found.cancelled_at, found.cancel_reason = at, reason.strip()[:120]
    found.save(update_fields=["cancelled_at", "cancel_reason"])
    _tell(found, list(_standing(found)), f"活动取消：{found.title}", found.cancel_reason, at)
    return found


def _own(by: Actor, session_id: int) -> Session:
    found = Session.objects.visible_to(by.scope).select_for_update().filter(pk=session_id).first()
    if found is None or not by.may(HOLD):
        raise NotFound
    return found


def _standing(session: Session) -> list[SignUp]:
    rows = SignUp.all_rows.filter(session=session).exclude(state=SignUpState.WITHDRAWN)
    return list(rows.order_by("number"))


def _tell(session: Session, rows: list[SignUp], title: str, body: str, at: datetime) -> None:
    tell(
        kind="notice",
        users=[r.user_id for r in rows],
        title=title,
        body=body,
        url=f"/family/groups/{session.pk}/",
        at=at,
        region_code=session.region_code,
    )


@transaction.atomic
def sign_up(*, session_id: int, child_id: int, by: Actor, at: datetime) -> SignUp:
    """报名：a seat, or a place in line; the session is locked so that no seat is given twice."""
    if not by.may(JOIN) or by.user_id is None:
        raise NotFound
    child = access_child(by.scope, child_id)
    with rls.as_system(SEATS):
        session = Session.all_rows.select_for_update().filter(pk=session_id).first()
        if session is None:
            raise NotFound
        _check_open(session, at)
        _check_age(session, child)
        taken = SignUp.all_rows.filter(session=session, state=SignUpState.IN).count()
        last = SignUp.all_rows.filter(session=session).aggregate(Max("number"))["number__max"]
        try:
            with transaction.atomic():
                return SignUp.all_rows.create(
                    session=session,
                    institution_id=session.institution_id,
                    region_code=session.region_code,
                    child_id=child.pk,
                    user_id=by.user_id,
                    name=f"{child.name}家"[:40],
                    number=(last or 0) + 1,
                    state=SignUpState.IN if taken < session.seats else SignUpState.WAITING,
                    made_at=at,
                )
        except IntegrityError as error:
            if "family_signs_up_once" not in str(error):
                raise
            raise DomainError("twice", "已经报过名了，没有重复报名；请看下面的状态") from error


def _check_open(session: Session, at: datetime) -> None:
    if session.cancelled_at is not None:
        raise DomainError("cancelled", f"这场活动已取消：{session.cancel_reason}")
    if session.starts_at <= at:
        raise DomainError("begun", "活动已经开始，不再接受报名，请看下一场")


def _check_age(session: Session, child: Child) -> None:
    months = age_months(child.born_on, clock.day_of(session.starts_at))
    if not session.age_from <= months < session.age_to:
        raise DomainError(
            "age",
            f"这一场面向 {session.age_from} 至不满 {session.age_to} 个月的孩子，"
            f"{child.name}届时 {months} 个月，请选合适的场次",
        )


@transaction.atomic
def withdraw(*, session_id: int, child_id: int, by: Actor, at: datetime) -> SignUp:
    """退出：the first in line takes the seat and is told."""
    child = access_child(by.scope, child_id)
    with rls.as_system(SEATS):
        session = Session.all_rows.select_for_update().filter(pk=session_id).first()
        rows = SignUp.all_rows.filter(session_id=session_id, child_id=child.pk)
        found = rows.exclude(state=SignUpState.WITHDRAWN).first()
        if session is None or found is None or not by.may(JOIN):
            raise NotFound
        if found.came_at is not None or session.starts_at <= at:
            raise DomainError("begun", "活动已经开始，不能再退出")
        had_seat = found.state == SignUpState.IN
        found.state, found.withdrawn_at = SignUpState.WITHDRAWN, at
        found.save(update_fields=["state", "withdrawn_at"])
        if had_seat:
            _move_up(session, at)
    return found


def _move_up(session: Session, at: datetime) -> None:
    line = SignUp.all_rows.filter(session=session, state=SignUpState.WAITING)
    first = line.order_by("number").first()
    if first is None:
        return
    first.state, first.moved_at = SignUpState.IN, at
    first.save(update_fields=["state", "moved_at"])
    _tell(session, [first], f"候补成功：{session.title}", "已为您递补，请按时到场签到", at)


@transaction.atomic
def sign_in(*, session_id: int, child_id: int, code: str, by: Actor, at: datetime) -> SignUp:
    """扫码签到：the code on the organiser's screen changes every half minute."""
    child = access_child(by.scope, child_id)
    if not by.may(JOIN):
        raise NotFound
    with rls.as_system(SEATS):
        session = Session.all_rows.filter(pk=session_id).first()
        if session is None:
            raise NotFound
        _check_time(session, at)
        if not rules.is_code(session.secret, code.strip(), at):
            raise DomainError(
                "code", "签到码不对或已经更换（每半分钟换一次），请重新扫现场屏幕上的码"
            )
        return _come(session, child.pk, "code", at)


@transaction.atomic
def sign_in_by_hand(*, signup_id: int, by: Actor, at: datetime) -> SignUp:
    """现场点名：for a family without a phone at hand."""
    found = SignUp.objects.visible_to(by.scope).filter(pk=signup_id).first()
    if found is None or not by.may(HOLD):
        raise NotFound
    _check_time(found.session, at)
    return _come(found.session, found.child_id, "hand", at)


def _check_time(session: Session, at: datetime) -> None:
    if session.cancelled_at is not None:
        raise DomainError("cancelled", f"这场活动已取消：{session.cancel_reason}")
    if not session.starts_at - EARLY <= at <= session.ends_at + LATE:
        raise DomainError("time", "签到从开始前 1 小时到结束后 2 小时，现在不能签到")


def _come(session: Session, child_id: int, how: str, at: datetime) -> SignUp:
    rows = SignUp.all_rows.select_for_update().filter(session=session, child_id=child_id)
    found = rows.exclude(state=SignUpState.WITHDRAWN).first()
    if found is None:
        raise DomainError("not-in", "还没有报名这场活动；请先报名，或请现场工作人员帮助")
    if found.came_at is None:
        found.came_at, found.came_by = at, how
        found.save(update_fields=["came_at", "came_by"])
    return found


@transaction.atomic
def give_feedback(
    *, session_id: int, child_id: int, useful: int, clear: int, by: Actor, at: datetime
) -> SignUp:
    """评价：of those who came; may be changed."""
    child = access_child(by.scope, child_id)
    if useful not in (1, 2, 3) or clear not in (1, 2, 3):
        raise DomainError("feedback", "请各选一项再提交")
    rows = SignUp.objects.visible_to(by.scope).filter(session_id=session_id, child_id=child.pk)
    found = rows.exclude(came_at=None).first()
    if found is None:
        raise DomainError("not-there", "没有签到记录，不能评价；如已到场请联系举办单位补签")
    found.useful, found.clear, found.said_at = useful, clear, at
    found.save(update_fields=["useful", "clear", "said_at"])
    return found


def read_plan(data: Mapping[str, str]) -> Plan:
    """表单读成一场活动：what cannot be read is named."""
    try:
        day = date.fromisoformat(data.get("day", ""))
        start, end = (
            time.fromisoformat(data.get("from", "")),
            time.fromisoformat(data.get("to", "")),
        )
        seats, young, old = (int(data.get(k, "")) for k in ("seats", "age_from", "age_to"))
    except ValueError as error:
        raise DomainError("form", "日期、起止时间、名额和月龄都要填，请补全后再发布") from error
    return Plan(
        kind=data.get("kind", ""),
        title=data.get("title", "")[:60],
        place=data.get("place", "")[:120],
        starts_at=clock.at(day, start.hour, start.minute),
        ends_at=clock.at(day, end.hour, end.minute),
        seats=seats,
        age_from=young,
        age_to=old,
        about=data.get("about", "")[:500],
        leader=data.get("leader", "")[:60],
    )
