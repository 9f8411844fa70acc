"""引擎：三个时钟、草案、过期、未签字、缺通知、缺数、改革方案与凭据。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.packs.conftest import PACKS, Edit
from tuoyu.domains.policies.engine import (
    Book,
    InputError,
    Overlay,
    evaluate,
    evaluate_one,
    explain,
    load_book,
    may_settle,
    resolve,
)
from tuoyu.domains.policies.engine.scalar import Scalar

GIVEN: Mapping[str, Scalar] = {
    "county": "350582",
    "cls": "infant",
    "age_months": 9,
    "inclusive": True,
    "days": 15,
    "fee": 150000,
}
AFTER = date(2025, 8, 10)
TODAY = date(2025, 10, 15)


def asked(
    book: Book,
    month: str = "2025-07",
    known: date = AFTER,
    change: Mapping[str, Scalar] | None = None,
    **given: Scalar,
) -> dict[str, object]:
    facts = {**GIVEN, **(change or {}), **given}
    return explain(book, "class_subsidy", month, known, facts)


def test_the_sentence_both_ends_read(quanzhou: Book) -> None:
    assert asked(quanzhou)["why"] == (
        "280.00 元 = 取低（县定标准 280.00〔示例〔2025〕2号（虚构），自 2025-07-01〕；"
        "市级上限 300.00〔泉卫规〔2024〕2号 二(二)5〕；实收保育费 1500.00）；由县定标准决定"
    )


def test_explain_has_exactly_these_keys(quanzhou: Book) -> None:
    extra = {"steps", "three", "cites", "simulated"}
    paid, failed = asked(quanzhou), asked(quanzhou, days=9)
    assert set(paid) - extra == {"pays", "binding", "why", "params", "receipt"}
    assert set(failed) - extra == {"pays", "fails", "why", "params", "receipt"}
    assert (failed["pays"], failed["fails"]) == (0, "attended")
    assert paid["three"] == {"limit": 30000, "set": 28000, "paid": 28000}


def test_four_steps_of_the_drawer(quanzhou: Book) -> None:
    steps = asked(quanzhou)["steps"]
    assert isinstance(steps, list)
    assert [line["title"] for line in steps] == [
        "机构与班型符合",
        "出勤满线",
        "三个数取最小",
        "实付 280.00 元",
    ]
    assert [line["no"] for line in steps] == [1, 2, 3, 4]


def test_what_was_known_decides(quanzhou: Book) -> None:
    assert asked(quanzhou, known=date(2025, 6, 1))["pays"] == 24000
    assert asked(quanzhou, known=date(2025, 6, 19))["pays"] == 24000
    assert asked(quanzhou, known=date(2025, 6, 20))["pays"] == 28000
    assert asked(quanzhou, month="2025-06")["pays"] == 24000


def test_a_late_notice_changes_a_settled_month(quanzhou: Book) -> None:
    before = asked(quanzhou, month="2025-06", known=date(2025, 7, 10), county="350521")
    after = asked(quanzhou, month="2025-06", known=TODAY, county="350521")
    assert (before["pays"], after["pays"]) == (21000, 25000)
    assert before["receipt"] != after["receipt"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"county": "350502"}, "鲤城区尚无县区通知规定"),
        ({"county": "3505A1"}, "泉州开发区尚无县区通知规定“最低出勤天数”"),
        ({"days": None}, "缺“出勤天数”"),
        ({"fee": None}, "缺“实收保育费”"),
    ],
)
def test_missing_is_undetermined_never_zero(
    change: dict[str, Scalar], why: str, quanzhou: Book
) -> None:
    answer = asked(quanzhou, change=change)
    assert answer["pays"] is None
    assert answer["fails"] == "undetermined"
    assert why in str(answer["why"])


@pytest.mark.parametrize("month", ["2024-10", "2024-11", "2026-01", "2026-07"])
def test_out_of_force_nothing_resolves(month: str, quanzhou: Book) -> None:
    answer = asked(quanzhou, month=month, known=date(2026, 11, 22))
    assert (answer["pays"], answer["fails"]) == (None, "undetermined")
    assert "施行期" in str(answer["why"])


def test_arrears_may_be_settled_after_expiry(quanzhou: Book) -> None:
    assert may_settle(quanzhou, "class_subsidy", "2025-12", date(2026, 11, 22))[0]
    fine, why = may_settle(quanzhou, "class_subsidy", "2026-01", date(2026, 11, 22))
    assert not fine
    assert "施行期" in why


def test_a_month_must_be_over(quanzhou: Book) -> None:
    assert may_settle(quanzhou, "class_subsidy", "2025-09", date(2025, 10, 1))[0]
    assert not may_settle(quanzhou, "class_subsidy", "2025-09", date(2025, 9, 30))[0]


def test_unsigned_blocks_settlement_not_simulation(copy: Path, edit: Edit) -> None:
    (copy / "quanzhou-2024/notices/interpretations.yaml").unlink()
    book = load_book(copy, "quanzhou")
    assert asked(book)["pays"] == 28000
    fine, why = may_settle(book, "class_subsidy", "2025-07", TODAY)
    assert not fine
    assert "I2" in why
    assert "尚未签字" in why


def test_a_signature_counts_from_its_day(quanzhou: Book) -> None:
    assert not may_settle(quanzhou, "class_subsidy", "2024-12", date(2025, 1, 7))[0]
    assert may_settle(quanzhou, "class_subsidy", "2024-12", date(2025, 1, 8))[0]


def test_a_draft_simulates_and_never_pays(yueqing: Book) -> None:
    given: dict[str, Scalar] = {
        "eligible": True,
        "serial": 1,
        "days_since_issue": 0,
        "days": 5,
        "fee": 150000,
    }
    answer = explain(yueqing, "voucher", "2025-07", AFTER, given)
    assert (answer["pays"], answer["fails"], answer["simulated"]) == (None, "draft", 30000)
    assert "只作测算，不支付" in str(answer["why"])
    for rule in yueqing.rules:
        fine, why = may_settle(yueqing, rule, "2025-07", TODAY)
        assert not fine
        assert "征求意见稿" in why


def test_a_birth_date_becomes_months_on_the_first(quanzhou: Book) -> None:
    given = {key: value for key, value in GIVEN.items() if key != "age_months"}
    young = {**given, "cls": "mixed", "birth": "2023-07-02"}
    old = {**given, "cls": "mixed", "birth": "2023-07-01"}
    assert explain(quanzhou, "class_subsidy", "2025-07", AFTER, young)["pays"] == 18000
    assert explain(quanzhou, "class_subsidy", "2025-07", AFTER, old)["fails"] == "class_covered"


def test_another_choice_of_day_changes_the_age(copy: Path, edit: Edit) -> None:
    for file in ("interpretations.yaml", "notices/interpretations.yaml"):
        name = f"quanzhou-2024/{file}"
        edit(name, "chosen: first_day_of_month", "chosen: last_day_of_month")
    book = load_book(copy, "quanzhou")
    given = {key: value for key, value in GIVEN.items() if key != "age_months"}
    turning = {**given, "cls": "mixed", "birth": "2023-07-31"}
    after = {**given, "cls": "mixed", "birth": "2023-08-01"}
    assert explain(book, "class_subsidy", "2025-07", AFTER, turning)["fails"] == "class_covered"
    assert explain(book, "class_subsidy", "2025-07", AFTER, after)["pays"] == 18000


def test_standing_is_worked_out_from_the_dates(quanzhou: Book, yueqing: Book) -> None:
    assert quanzhou.pack.standing(date(2024, 11, 3)) == "尚未施行"
    assert quanzhou.pack.standing(TODAY) == "施行中"
    assert quanzhou.pack.standing(date(2026, 1, 1)) == "已期满（至 2025-12-31）"
    assert yueqing.pack.standing(TODAY) == "征求意见稿"


def test_coded_columns_give_the_same_answer(quanzhou: Book) -> None:
    resolved = resolve(quanzhou, "class_subsidy", "2025-07", AFTER)
    frame = pl.DataFrame(
        [
            {**GIVEN, "cls": cls, "county": unit.code}
            for cls in ("infant", "toddler", "older", "mixed", "home")
            for unit in quanzhou.city.units
        ]
    )
    coded = frame.with_columns(
        pl.col("county", "cls").replace_strict(dict(quanzhou.codes), return_dtype=pl.Int16)
    )
    inputs = list(GIVEN)
    assert evaluate(resolved, frame).drop(inputs).equals(evaluate(resolved, coded).drop(inputs))


def test_same_receipt_same_bytes(quanzhou: Book) -> None:
    again = load_book(PACKS, "quanzhou-2024")
    assert asked(again) == asked(quanzhou)
    assert asked(quanzhou)["receipt"] != asked(quanzhou, days=16)["receipt"]


def test_one_changed_byte_in_a_pack_changes_the_receipt(
    quanzhou: Book, copy: Path, edit: Edit
) -> None:
    edit("quanzhou-2024/city.yaml", "brand: 泉享托", "brand: 泉享托育")
    assert asked(load_book(copy, "quanzhou"))["receipt"] != asked(quanzhou)["receipt"]


def test_raising_the_ceiling_alone_changes_nothing(quanzhou: Book) -> None:
    raised = Overlay("上限 400", {"class_subsidy.ceiling": {("infant",): 40000}})
    both = Overlay("上限 400、县区跟到上限", raised.cells, local_equals_limit=True)
    answer = explain(quanzhou, "class_subsidy", "2025-07", AFTER, GIVEN, overlay=raised)
    assert (answer["simulated"], answer["three"]) == (
        28000,
        {"limit": 40000, "set": 28000, "paid": 28000},
    )
    follow = explain(quanzhou, "class_subsidy", "2025-07", AFTER, GIVEN, overlay=both)
    assert follow["simulated"] == 40000
    assert asked(quanzhou)["three"] == {"limit": 30000, "set": 28000, "paid": 28000}
    assert len({answer["receipt"], follow["receipt"], asked(quanzhou)["receipt"]}) == 3


def test_the_ceiling_holds_even_over_a_forged_notice(quanzhou: Book) -> None:
    resolved = resolve(quanzhou, "class_subsidy", "2025-07", AFTER)
    table = resolved.tables["class_subsidy.amount"]
    forged = replace(table, cells={**table.cells, ("350582", "infant"): 99999})
    outcome = evaluate_one(
        replace(resolved, tables={**resolved.tables, "class_subsidy.amount": forged}), GIVEN
    )
    assert outcome.amount_fen == 30000


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"county": "999999"}, "不对"),
        ({"cls": "baby"}, "可用：infant"),
        ({"days": True}, "应为 int"),
        ({"inclusive": 1}, "应为 bool"),
        ({"fee": "1500"}, "应为 fen"),
        ({"fee": -1}, "是负数"),
    ],
)
def test_strange_input_is_refused(change: dict[str, Scalar], why: str, quanzhou: Book) -> None:
    with pytest.raises(InputError, match=why):
        asked(quanzhou, change=change)


def test_columns_refuse_floats_unknown_codes_and_missing_columns(quanzhou: Book) -> None:
    resolved = resolve(quanzhou, "class_subsidy", "2025-07", AFTER)
    frame = pl.DataFrame([GIVEN])
    with pytest.raises(InputError, match="小数"):
        evaluate(resolved, frame.with_columns(pl.col("fee").cast(pl.Float64)))
    with pytest.raises(InputError, match="不认识的代码：baby"):
        evaluate(resolved, frame.with_columns(pl.lit("baby").alias("cls")))
    with pytest.raises(InputError, match="不认识的代码：0"):
        evaluate(resolved, frame.with_columns(pl.lit(0, dtype=pl.Int16).alias("cls")))
    with pytest.raises(InputError, match="有负数 -1"):
        evaluate(resolved, frame.with_columns(pl.lit(-1).alias("days")))
    with pytest.raises(InputError, match="超出可算的范围"):
        evaluate(resolved, frame.with_columns(pl.lit(2**40).alias("fee")))
    with pytest.raises(InputError, match="没有“出勤天数”列"):
        evaluate(resolved, frame.drop("days"))


def test_columns_carry_the_rows_used(quanzhou: Book) -> None:
    resolved = resolve(quanzhou, "class_subsidy", "2025-07", AFTER)
    frame = pl.DataFrame([GIVEN, {**GIVEN, "county": "350502"}])
    row, missing = evaluate(resolved, frame).to_dicts()
    assert (row["state"], row["amount_fen"], row["gate"], row["binding"]) == (1, 28000, None, 0)
    used = resolved.rows[row["row:class_subsidy.amount"]]
    assert (used.value, used.document) == (28000, "示例〔2025〕2号（虚构）")
    assert (missing["state"], missing["amount_fen"]) == (2, None)
    assert missing["row:class_subsidy.amount"] is None
    assert missing["limit_fen"] == 30000


def test_a_simulation_may_leave_the_rows_out(quanzhou: Book) -> None:
    resolved = resolve(quanzhou, "class_subsidy", "2025-07", AFTER)
    frame = pl.DataFrame([GIVEN, {**GIVEN, "county": "350502"}])
    full = evaluate(resolved, frame)
    rows = [name for name in full.columns if name.startswith("row:")]
    assert len(rows) == len(resolved.rule.params)
    assert evaluate(resolved, frame, rows=False).equals(full.drop(rows))


def test_what_makes_a_city_without_code(quanzhou: Book, yueqing: Book) -> None:
    assert len(quanzhou.city.units) == 14
    assert [unit.name for unit in quanzhou.city.units if not unit.counted] == ["金门县"]
    zones = {unit.code: unit.maps_to for unit in quanzhou.city.units if unit.kind == "zone"}
    assert zones == {"3505A1": "350502", "3505A2": "350521"}
    assert len(yueqing.city.units) == 25
    assert {len(unit.code) for unit in yueqing.city.units} == {9}
    for book in (quanzhou, yueqing):
        assert "MIT" in book.city.map_attribution
        assert book.city.map_file.is_file()
        assert set(book.city.accents) >= {"accent", "accent-wash"}
    assert all(row.source for row in quanzhou.city.population)
    estimates = [row for row in quanzhou.city.population if row.measure == "under3"]
    assert all(row.estimate for row in estimates)


def test_national_class_types(quanzhou: Book) -> None:
    types = quanzhou.national.class_types
    assert [(t.code, t.age_from, t.age_to, t.max_children, t.ratio) for t in types.values()] == [
        ("infant", 6, 12, 10, 3),
        ("toddler", 12, 24, 15, 5),
        ("older", 24, 36, 20, 7),
        ("mixed", 18, 36, 18, None),
        ("home", 0, 36, 5, 3),
    ]
    weights = [
        quanzhou.national.norm(f"quality_{name}")
        for name in ("conditions", "team", "care", "health", "parenting", "safety", "management")
    ]
    assert sum(weights) == quanzhou.national.norm("quality_total") == 1000
    with pytest.raises(KeyError, match="国家包里没有"):
        quanzhou.national.norm("quality_grades")
