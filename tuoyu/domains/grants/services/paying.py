"""资金与公示：what an application asks of the ledger, the public notice and the payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.errors import DomainError
from tuoyu.core.money import yuan_grouped
from tuoyu.core.periods import month_of
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.funds.services import Payee, commit, free, propose_order, reserve
from tuoyu.domains.grants.authority import authority_of
from tuoyu.domains.grants.catalogue import SYSTEM_MOVE
from tuoyu.domains.grants.models import Application, Item
from tuoyu.domains.grants.selectors import access_case
from tuoyu.domains.grants.states import NOTICE, PAID, PAYABLE, TYPE
from tuoyu.domains.institutions.models import Place
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.publicity import services as publicity

SOURCE = "grant"
PLATFORM = Actor(None, "平台（自动）", "system", "系统", "system", frozenset({SYSTEM_MOVE}), SYSTEM)


def granted_for(first: Application, once: str) -> int:
    """已付合计：the first application and its paid corrections, for one subject."""
    rows = Item.all_rows.filter(once=once, delta_fen__isnull=False)
    own = rows.filter(application=first) | rows.filter(
        application__corrects=first, application__paid_on__isnull=False
    )
    return sum(fen or 0 for fen in own.values_list("delta_fen", flat=True))


def reserve_for(application: Application, by: Actor, at: datetime) -> None:
    """预留：``fund_key`` is set while money is held for this application."""
    application.fund_key = f"{SOURCE}:{application.pk}"
    application.save(update_fields=["fund_key"])
    reserve(
        programme=application.programme,
        unit_code=application.unit_code,
        year=application.month.year,
        amount_fen=application.amount_fen or 0,
        key=application.fund_key,
        subject=title_of(application),
        by=by,
        at=at,
    )


def title_of(application: Application) -> str:
    """一句话：谁的什么。"""
    rule = current_book().rule(application.programme)
    return f"{application.applicant_name} {rule.name}"


def free_for(application: Application, by: Actor, at: datetime) -> None:
    """释放预留；nothing to do where nothing was reserved."""
    if not application.fund_key:
        return
    free(key=application.fund_key, by=by, at=at)
    application.fund_key = ""
    application.save(update_fields=["fund_key"])


def commit_for(application: Application, by: Actor, at: datetime) -> None:
    """预留转为承诺。"""
    commit(key=application.fund_key, amount_fen=application.amount_fen or 0, by=by, at=at)


def announce(applications: Sequence[Application], document_no: str, by: Actor, at: datetime) -> int:
    """公示一批：one notice, a row for each; they belong to one region. Answers its number.

    Persons are masked by the notice itself; an objection holds up its own row only.
    """
    book = current_book()
    rules = {a.programme: book.rule(a.programme) for a in applications}
    what, cites = "托育奖补资金", ""
    if len(rules) == 1:
        rule = next(iter(rules.values()))
        what, cites = rule.name, f" {rule.cite.at}"
    months = {a.month for a in applications}
    when = f"（{_month(months.pop())}）" if len(months) == 1 else ""
    notice = publicity.announce(
        title=f"关于拟拨付{what}的公示{when}",
        document_no=document_no.strip() or f"依据 {book.pack.document.number}{cites}",
        source_type=SOURCE,
        source_ids=[a.pk for a in applications],
        columns=["享受对象", "项目", "月份", "项数", "拟拨付（元）"],
        rows=[_row(a, rules[a.programme].name) for a in applications],
        region_code=applications[0].region_code,
        working_days=max(authority_of(a.programme).notice_days for a in applications),
        by=by,
        at=at,
    )
    for application in applications:
        application.notice_id = notice.pk
        application.save(update_fields=["notice_id"])
    return notice.pk


def _month(month: date) -> str:
    return f"{month.year} 年 {month.month} 月"


def _row(application: Application, programme: str) -> publicity.Row:
    is_person = application.payee_kind == "person"
    who = application.payee_name if is_person else application.applicant_name
    cells = [who, programme, month_of(application.month), str(application.lines)]
    cells.append(yuan_grouped(application.amount_fen or 0))
    return publicity.Row(application.pk, cells, who if is_person else "")


def notice_cleared(application: Application, at: datetime) -> None:
    """公示无异议：the committed sum becomes a payment order."""
    case = access_case(SYSTEM, application)
    if case.state != NOTICE:
        return
    cases.move(case_id=case.pk, name="clear", by=PLATFORM, at=at)
    _propose(application, at)


def _propose(application: Application, at: datetime) -> None:
    kind = application.payee_kind
    if kind not in ("institution", "person", "school"):
        raise DomainError("payee", f"收款方「{application.payee_name}」的种类不明，不能拨付")
    order = propose_order(
        key=application.fund_key,
        amount_fen=application.amount_fen or 0,
        payee=Payee(kind, application.payee_id, application.payee_name),
        programme=application.programme,
        unit_code=application.unit_code,
        region_code=application.region_code,
        institution_id=application.institution_id,
        purpose=title_of(application)[:60],
        source_type=SOURCE,
        source_id=application.pk,
        by=PLATFORM,
        at=at,
    )
    application.order_id = order.pk
    application.save(update_fields=["order_id"])


def notice_upheld(application: Application, at: datetime) -> None:
    """公示异议成立：the money and the places are free again."""
    case = access_case(SYSTEM, application)
    if case.state != NOTICE:
        return
    cases.move(case_id=case.pk, name="object", by=PLATFORM, at=at, opinion="公示异议成立，不予奖补")
    free_for(application, PLATFORM, at)
    application.items.update(is_live=False)


def order_settled(
    application: Application, settled_on: date, at: datetime, amount_fen: int
) -> None:
    """银行到账：only now is it paid, and its places are marked as paid by this channel."""
    case = access_case(SYSTEM, application)
    if case.state != PAYABLE:
        return
    if amount_fen != application.amount_fen:
        raise DomainError(
            "amount",
            f"到账 {yuan_grouped(amount_fen)} 元与申请 {application.pk} 的"
            f" {yuan_grouped(application.amount_fen or 0)} 元不符，没有入账；请先核对支付指令",
        )
    cases.move(case_id=case.pk, name="settle", by=PLATFORM, at=at)
    application.paid_on = settled_on
    application.save(update_fields=["paid_on"])
    rule = current_book().rule(application.programme)
    places = application.items.filter(is_live=True, place_id__isnull=False, amount_fen__gt=0)
    Place.all_rows.filter(pk__in=places.values("place_id")).update(paid_by=rule.name[:40])


def order_failed(application: Application, reason: str, at: datetime) -> None:
    """银行未付成：it stays to be paid; the reason stands in the timeline.

    退票：what was paid has come back. It is to be paid again and is no longer told as paid; its
    places stay this channel's, since nothing else may pay for them meanwhile.
    """
    case = access_case(SYSTEM, application)
    if case.state == PAYABLE:
        cases.move(case_id=case.pk, name="fail", by=PLATFORM, at=at, opinion=reason[:500])
    elif case.state == PAID:
        cases.move(case_id=case.pk, name="bounce", by=PLATFORM, at=at, opinion=reason[:500])
        application.paid_on = None
        application.save(update_fields=["paid_on"])


def applications_of(source_ids: tuple[int, ...] | list[int]) -> list[Application]:
    """消息所指的申请，locked in one order."""
    rows = Application.all_rows.select_for_update().filter(pk__in=list(source_ids))
    return list(rows.order_by("pk"))


__all__ = ["PLATFORM", "SOURCE", "TYPE"]
