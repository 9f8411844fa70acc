"""付款测试的共用件：budgets, confirmed accounts, and a bank that says what it is told to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tests.world import World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.domains.funds import services
from tuoyu.domains.funds.files import tables
from tuoyu.domains.funds.files.returns import Answer, ReturnFile, ReturnLine, declared
from tuoyu.domains.funds.models import Account, Batch, Order, PayeeAccount

RULE = "class_subsidy"
ENDOWED_AT = datetime(2025, 7, 1, 9, 0, tzinfo=clock.ZONE)
AT = datetime(2025, 7, 12, 9, 0, tzinfo=clock.ZONE)
UNITS = ("350502", "350582", "350521")
BUDGET = 10_000_000


def who(world: World, slug: str) -> Actor:
    return actor_for_user(world.users[slug])


def endow(world: World) -> None:
    """预算与账户：each county has money, each institution and the city an account."""
    finance = who(world, "finance-officer")
    for unit in UNITS:
        services.allot(
            key=f"测试:{unit}", year=2025, unit_code=unit, programme=RULE, source="county", rank=3,
            document_no="示例财指〔2025〕1号（虚构）", amount_fen=BUDGET, by=finance, at=ENDOWED_AT,
        )  # fmt: skip
    for n, inst in enumerate(world.institutions.values(), 1):
        payee = services.Payee("institution", inst.pk, inst.name)
        set_account(world, payee, f"9558800000000{n:05d}", inst.region_code, inst.pk)
    set_account(world, services.Payee("treasury", 0, "市财政专户（虚构）"), "95588000009999999",
                "350500", None)  # fmt: skip


def set_account(
    world: World, payee: services.Payee, number: str, region: str, institution_id: int | None
) -> PayeeAccount:
    """登记并复核一个账户。"""
    made = services.propose_account(
        payee=payee, holder=payee.name, bank="示例银行泉州支行（虚构）", bank_code="105397000010",
        account=number, region_code=region, institution_id=institution_id, reason="账户证明",
        by=who(world, "payment-clerk"), at=ENDOWED_AT,
    )  # fmt: skip
    return services.confirm_account(
        account_id=made.pk, by=who(world, "finance-officer"), at=ENDOWED_AT
    )


def order(world: World, key: str, fen: int, inst: str = "a1", at: datetime = AT) -> Order:
    """一笔已承诺的钱成为付款单。"""
    by, found = who(world, "city-officer"), world.institutions[inst]
    source_type, source_id = key.split(":")
    services.reserve(
        programme=RULE, unit_code=found.unit_code, year=2025, amount_fen=fen, key=key,
        subject=f"{found.name} {key}", by=by, at=at,
    )  # fmt: skip
    services.commit(key=key, amount_fen=fen, by=by, at=at)
    return services.propose_order(
        key=key, amount_fen=fen, payee=services.Payee("institution", found.pk, found.name),
        programme=RULE, unit_code=found.unit_code, region_code=found.region_code,
        institution_id=found.pk, purpose=f"测试 {key}", source_type=source_type,
        source_id=int(source_id), by=by, at=at,
    )  # fmt: skip


def prepared(world: World, count: int, fen: int, at: datetime = AT) -> Batch:
    """编制一批。"""
    return services.prepare(
        programme=RULE, declared_count=count, declared_total_fen=fen, region_code="350500",
        by=who(world, "payment-clerk"), at=at,
    )  # fmt: skip


def released(world: World, count: int, fen: int, at: datetime = AT) -> Batch:
    """编制并送银行。"""
    batch = prepared(world, count, fen, at)
    return services.release(
        batch_id=batch.pk, count=count, total_fen=fen, by=who(world, "finance-officer"), at=at
    )


def bank_says(batch: Batch, unpaid: Mapping[str, str] | None = None) -> ReturnFile:
    """银行的回单：all paid, but those named with their reason."""
    told = services.blank_return(batch)
    wrong = unpaid or {}
    return declared(
        tuple(
            replace(
                line,
                answer=Answer.FAILED if line.reference in wrong else Answer.PAID,
                reason=wrong.get(line.reference, ""),
                bank_ref=f"B{batch.pk:06d}{line.number:04d}",
            )
            for line in told.lines
        )
    )


def returned(line: ReturnLine, reason: str = "账户已销户") -> ReturnFile:
    """退票回单：one line that was paid comes back."""
    return declared((replace(line, answer=Answer.RETURNED, reason=reason),))


def take(world: World, batch: Batch, file: ReturnFile, at: datetime = AT) -> list[str]:
    """上传回单；answers the reasons why it was not booked."""
    kept = services.take_return(
        batch_id=batch.pk, file_name="回单.csv", blob=tables.write_csv(file),
        by=who(world, "payment-clerk"), at=at,
    )  # fmt: skip
    return list(kept.faults)


def ledger() -> dict[str, int]:
    """各种账户的合计，零的与来源不列。"""
    found: dict[str, int] = {}
    for kind, fen in Account.all_rows.values_list("kind", "balance_fen"):
        if kind != "source":
            found[kind] = found.get(kind, 0) + fen
    return {kind: fen for kind, fen in found.items() if fen}
