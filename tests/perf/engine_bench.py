"""测速：the policy engine against OpenFisca-Core on the same formula, equal to the fen.

The formula is 2岁以下专项奖补 of the Quanzhou pack over the twelve months of 2025, with the very
amounts, ceilings and thresholds that the packs resolve to. OpenFisca runs twice: as anyone would
write it (``parameters.amount[county][class]``), and as an expert would (a look-up table made by
hand inside the formula). Ours also answers the reason, the binding term and the parameter rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from tuoyu.core.periods import months_between
from tuoyu.domains.policies.engine import Book, Resolved, evaluate, load_book, resolve

ROOT = Path(__file__).resolve().parents[2]
MONTHS = list(months_between("2025-01", "2025-12"))
KNOWN = date(2025, 12, 31)
CLASSES = ("infant", "toddler", "older", "mixed", "home")
COVERED = ("infant", "toddler", "mixed_u24m")
AMOUNT, CEILING, MIN_DAYS, UNDER = (
    "class_subsidy.amount",
    "class_subsidy.ceiling",
    "class_subsidy.min_days",
    "class_subsidy.mixed_under",
)
BUDGETS = {"idiomatic": 20.0, "look_up": 1.3}


def run(*, children: int = 100_000, few: int = 5_000, repeats: int = 8) -> dict[str, object]:
    """测一次。Without OpenFisca-Core (requirements/bench.lock) it says so and measures nothing.

    The idiomatic form runs on ``few`` children only (its time grows evenly), the others on all.
    """
    try:
        import openfisca_core  # noqa: F401
    except ImportError:
        return {"skipped": "没有安装 openfisca-core（requirements/bench.lock）", "met": None}
    book = load_book(ROOT / "packs", "quanzhou-2024")
    tables = [resolve(book, "class_subsidy", month, KNOWN) for month in MONTHS]
    counties = _counties(tables)
    engine, look_up, fen = _race(book, tables, counties, "look_up", children, repeats)
    brief, again, _ = _race(book, tables, counties, "look_up", children, repeats, rows=False)
    _, idiomatic, _ = _race(book, tables, counties, "idiomatic", few, 2)
    ratios = {
        "idiomatic": round(idiomatic / few / (engine / children), 2),
        "look_up": round(look_up / engine, 2),
    }
    rows = len(MONTHS)
    return {
        "child_months": children * rows,
        "total_fen": fen,
        "equal_to_the_fen": True,
        "engine_ns_a_row": round(engine / children / rows * 1e9),
        "idiomatic_ns_a_row": round(idiomatic / few / rows * 1e9),
        "look_up_ns_a_row": round(look_up / children / rows * 1e9),
        "ratio_idiomatic": ratios["idiomatic"],
        "ratio_look_up": ratios["look_up"],
        "ratio_look_up_without_rows": round(again / brief, 2),
        "budget_idiomatic": BUDGETS["idiomatic"],
        "budget_look_up": BUDGETS["look_up"],
        "met": all(ratios[form] >= BUDGETS[form] for form in BUDGETS),
    }


def _race(
    book: Book,
    tables: list[Resolved],
    counties: list[str],
    form: str,
    children: int,
    repeats: int,
    *,
    rows: bool = True,
) -> tuple[float, float, int]:
    """同一批人轮流各算几遍，取最快的一遍；each answer is compared to the fen.

    Ours always answers amount, state, gate, binding term, limit and set amount; with ``rows`` the
    parameter rows used as well.
    """
    people = _people(children, counties)
    work, system = _ours(book, tables, people, rows), _system(form, tables, counties)
    ours, theirs = [], []
    fen = 0
    for _ in range(repeats):
        took, amounts = _timed(work)
        ours.append(took)
        took, others = _timed(_theirs(system, people))
        theirs.append(took)
        _equal(form, amounts, others)
        fen = sum(int(a.sum()) for a in amounts)
    return min(ours), min(theirs), fen


def _counties(tables: list[Resolved]) -> list[str]:
    """全年都有标准的县区：OpenFisca has no undetermined, so only these can be compared."""
    found = [{key[0] for key in r.tables[MIN_DAYS].cells} for r in tables]
    amounts = [
        {c for c, _ in r.tables[AMOUNT].cells}
        & {c for c in found[0] if all((c, k) in r.tables[AMOUNT].cells for k in COVERED)}
        for r in tables
    ]
    return sorted(set.intersection(*found, *amounts))


def _people(children: int, counties: list[str]) -> dict[str, Any]:
    """同一批儿童：plain whole numbers, the same for both."""
    np: Any = import_module("numpy")

    chance = np.random.default_rng(20250101)
    months = len(MONTHS)
    age = chance.integers(3, 34, children, dtype=np.int32)
    return {
        "county": chance.integers(0, len(counties), children, dtype=np.int16),
        "cls": chance.integers(0, len(CLASSES), children, dtype=np.int16),
        "inclusive": chance.random(children) < 0.9,
        "age": [age + n for n in range(months)],
        "days": [chance.integers(0, 23, children, dtype=np.int32) for _ in range(months)],
        "fee": [chance.integers(0, 200_000, children, dtype=np.int32) for _ in range(months)],
    }


def _ours(
    book: Book, tables: list[Resolved], people: dict[str, Any], rows: bool
) -> Callable[[], list[Any]]:
    np: Any = import_module("numpy")

    counties = _counties(tables)
    county = np.array([book.codes[c] for c in counties], dtype=np.int16)[people["county"]]
    cls = np.array([book.codes[c] for c in CLASSES], dtype=np.int16)[people["cls"]]
    frames = [
        pl.DataFrame(
            {
                "county": county,
                "cls": cls,
                "age_months": people["age"][n],
                "inclusive": people["inclusive"],
                "days": people["days"][n],
                "fee": people["fee"][n],
            }
        )
        for n in range(len(MONTHS))
    ]

    def work() -> list[Any]:
        pairs = zip(tables, frames, strict=True)
        return [
            evaluate(table, frame, rows=rows)["amount_fen"].to_numpy() for table, frame in pairs
        ]

    return work


def _parameters(tables: list[Resolved], counties: list[str]) -> dict[str, Any]:
    """同样的参数，写成 OpenFisca 的参数树。"""

    def dated(param: str, *key: str) -> dict[str, Any]:
        values = {
            f"{month}-01": {"value": table.tables[param].cells[key]}
            for month, table in zip(MONTHS, tables, strict=True)
        }
        return {"values": values}

    return {
        "amount": {f"c{c}": {k: dated(AMOUNT, c, k) for k in COVERED} for c in counties},
        "ceiling": {k: dated(CEILING, k) for k in COVERED},
        "min_days": {f"c{c}": dated(MIN_DAYS, c) for c in counties},
        "mixed_under": dated(UNDER),
    }


def _system(form: str, tables: list[Resolved], counties: list[str]) -> Any:
    """OpenFisca 的税费系统：one person entity, the inputs, one formula."""
    np: Any = import_module("numpy")
    from openfisca_core import entities, indexed_enums, parameters, periods, taxbenefitsystems
    from openfisca_core.variables import Variable

    person = entities.build_entity(key="person", plural="persons", label="person", is_person=True)
    county_enum = indexed_enums.Enum("County", {f"c{c}": f"c{c}" for c in counties})
    class_enum = indexed_enums.Enum("Cls", {c: c for c in CLASSES})
    care_enum = indexed_enums.Enum("Care", {c: c for c in COVERED})

    def variable(name: str, kind: Any, **more: Any) -> type[Any]:
        body = {
            "value_type": kind,
            "entity": person,
            "definition_period": periods.DateUnit.MONTH,
            "label": name,
            **more,
        }
        return type(name, (Variable,), body)

    def facts(who: Any, period: Any, under: Any) -> tuple[Any, Any, Any]:
        cls = who("cls", period)
        mixed = (cls == class_enum.mixed) & (who("age_months", period) < under)
        infant, toddler = cls == class_enum.infant, cls == class_enum.toddler
        care = np.where(toddler, 1, np.where(mixed, 2, 0))
        return infant | toddler | mixed, care, who("county", period)

    def pays(who: Any, period: Any, covered: Any, least: Any, amount: Any, ceiling: Any) -> Any:
        fits = who("inclusive", period) & covered & (who("days", period) >= least)
        limited = np.minimum(np.minimum(amount, ceiling), who("fee", period))
        return np.where(fits, limited, 0)

    def idiomatic(who: Any, period: Any, parameters: Any) -> Any:
        p = parameters(period)
        covered, place, county = facts(who, period, p.mixed_under)
        care = indexed_enums.EnumArray(place.astype(np.uint8), care_enum)
        amount, ceiling = p.amount[county][care], p.ceiling[care]
        return pays(who, period, covered, p.min_days[county], amount, ceiling)

    def look_up(who: Any, period: Any, parameters: Any) -> Any:
        p = parameters(period)
        covered, place, county = facts(who, period, p.mixed_under)
        names = [f"c{c}" for c in counties]
        amounts = np.array([[p.amount[c][k] for k in COVERED] for c in names], dtype=np.int32)
        ceilings = np.array([p.ceiling[k] for k in COVERED], dtype=np.int32)
        least = np.array([p.min_days[c] for c in names], dtype=np.int32)
        where = np.asarray(county)
        amount, ceiling = amounts[where, place], ceilings[place]
        return pays(who, period, covered, least[where], amount, ceiling)

    system = taxbenefitsystems.TaxBenefitSystem([person])
    system.add_variables(
        variable(
            "county",
            indexed_enums.Enum,
            possible_values=county_enum,
            default_value=next(iter(county_enum)),
        ),
        variable(
            "cls",
            indexed_enums.Enum,
            possible_values=class_enum,
            default_value=next(iter(class_enum)),
        ),
        variable("inclusive", bool),
        variable("age_months", int),
        variable("days", int),
        variable("fee", int),
        variable("subsidy", int, formula={"idiomatic": idiomatic, "look_up": look_up}[form]),
    )
    tree = _parameters(tables, counties)
    system.parameters = parameters.ParameterNode("", data=tree)
    return system


def _theirs(system: Any, people: dict[str, Any]) -> Callable[[], list[Any]]:
    """新的一次模拟：inputs are set beforehand, as ours are."""
    from openfisca_core.simulations import SimulationBuilder

    builder = SimulationBuilder()
    simulation = builder.build_default_simulation(system, count=len(people["county"]))
    for n, month in enumerate(MONTHS):
        for name in ("county", "cls", "inclusive"):
            simulation.set_input(name, month, people[name])
        for name, own in (("age_months", "age"), ("days", "days"), ("fee", "fee")):
            simulation.set_input(name, month, people[own][n])
    return lambda: [simulation.calculate("subsidy", month) for month in MONTHS]


def _equal(form: str, ours: list[Any], theirs: list[Any]) -> None:
    for month, one, two in zip(MONTHS, ours, theirs, strict=True):
        if not (one == two).all():
            raise AssertionError(f"{form} {month}：结果不相同")


def _timed(work: Callable[[], list[Any]]) -> tuple[float, list[Any]]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    import json

    print(json.dumps(run(), ensure_ascii=False, indent=1))
