"""往月拨付：accounts of the payees, batches by two people, and the bank's answers.

One payee's account was wrong at first: its payment came back, the account was mended by two
people, and it was paid with the next batch.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.domains.funds import services
from tuoyu.domains.funds.files import tables
from tuoyu.domains.funds.files.returns import Answer, declared
from tuoyu.domains.funds.models import Batch, Order
from tuoyu.domains.funds.models.payments import OrderState
from tuoyu.domains.funds.selectors.payments import TREASURY_ID, find_waiting
from tuoyu.domains.funds.services.orders import Payee
from tuoyu.domains.policies.books import current_book
from tuoyu.sim.draws import stream
from tuoyu.sim.state import Built

BANKS = ("示例银行（虚构）", "示例农商银行（虚构）", "示例商业银行（虚构）")


def put_accounts(b: Built) -> None:
    """收款账户：each institution's, and the city's own to pay from."""
    if b.scale.until is not None or current_book().pack.is_draft:
        return
    rng = stream(b.seed, "bank-accounts")
    at = clock.at(b.scale.start, 9, 30)
    treasury = Payee("treasury", TREASURY_ID, f"{b.city.name}托育专项资金专户（虚构）")
    set_account(b, rng, treasury, b.city.code, None, at)
    for inst in b.institutions:
        payee = Payee("institution", inst.id, inst.name)
        set_account(b, rng, payee, inst.unit.code, inst.id, at)


def set_account(
    b: Built,
    rng: random.Random,
    payee: Payee,
    region_code: str,
    institution_id: int | None,
    at: datetime,
) -> None:
    """登记，次日由另一人复核。"""
    made = services.propose_account(
        payee=payee,
        holder=payee.name,
        bank=rng.choice(BANKS),
        bank_code=f"105{rng.randrange(10**9):09d}",
        account=f"9558{rng.randrange(10**15):015d}",
        region_code=region_code,
        institution_id=institution_id,
        reason="账户证明（示例）",
        by=b.people.clerk,
        at=at,
    )
    services.confirm_account(account_id=made.pk, by=b.people.finance, at=at + timedelta(days=1))


def pay_out(b: Built, programme: str, begin: datetime) -> None:
    """一批从编制到对账；what came back is paid again with a mended account."""
    rng = stream(b.seed, f"bank-{programme}-{begin:%Y%m%d}")
    batch = _send(b, programme, begin)
    orders = batch.instructions.order_by("reference")
    wrong = rng.choice(list(orders.values_list("reference", flat=True)))
    _answer(b, rng, batch, wrong, workdays.add(begin, 3))
    clerk = b.people.clerk
    for order in Order.all_rows.filter(programme=programme, state=OrderState.FAILED).order_by("pk"):
        at = workdays.add(begin, 4)
        payee = Payee(order.payee_kind, order.payee_id, order.payee_name)
        set_account(b, rng, payee, order.region_code, order.institution_id, at)
        services.redo(order_id=order.pk, note="账户已更正", by=clerk, at=workdays.add(begin, 6))
    if find_waiting(clerk.scope, programme).payable:
        again = _send(b, programme, workdays.add(begin, 6))
        _answer(b, rng, again, "", workdays.add(begin, 9))


def send_and_book(b: Built, programme: str, begin: datetime, rng: random.Random) -> None:
    """一批从编制到对账，银行全部付讫。"""
    batch = _send(b, programme, begin)
    _answer(b, rng, batch, "", workdays.add(begin, 3))


def prepare_some(b: Built, programme: str, units: list[str], at: datetime) -> None:
    """编好一个县的一批，待另一位送银行；the others still wait."""
    clerk = b.people.clerk
    for unit in units:
        totals = find_waiting(clerk.scope, programme, unit).totals
        if totals.count:
            services.prepare(
                programme=programme,
                unit_code=unit,
                declared_count=totals.count,
                declared_total_fen=totals.total_fen,
                region_code=b.city.code,
                by=clerk,
                at=at,
            )
            return


def _send(b: Built, programme: str, begin: datetime) -> Batch:
    clerk = b.people.clerk
    totals = find_waiting(clerk.scope, programme).totals
    batch = services.prepare(
        programme=programme,
        declared_count=totals.count,
        declared_total_fen=totals.total_fen,
        region_code=b.city.code,
        by=clerk,
        at=begin,
    )
    return services.release(
        batch_id=batch.pk,
        count=totals.count,
        total_fen=totals.total_fen,
        by=b.people.finance,
        at=workdays.add(begin, 2),
    )


def _answer(b: Built, rng: random.Random, batch: Batch, wrong: str, at: datetime) -> None:
    """银行回单，由编制岗上传。"""
    lines = [
        replace(
            line,
            answer=Answer.FAILED if line.reference == wrong else Answer.PAID,
            on=at.date(),
            bank_ref=f"{at:%Y%m%d}{rng.randrange(10**8):08d}",
            reason="户名与账号不符" if line.reference == wrong else "",
        )
        for line in services.blank_return(batch).lines
    ]
    services.take_return(
        batch_id=batch.pk,
        file_name=f"{batch.number}回单.csv",
        blob=tables.write_csv(declared(tuple(lines))),
        by=b.people.clerk,
        at=at,
    )
