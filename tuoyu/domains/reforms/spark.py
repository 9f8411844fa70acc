"""在 Spark 集群上算：the bundle's rule becomes Spark SQL, the tables are broadcast.

``python -m tuoyu.domains.reforms.spark --master spark://主机:7077 包文件夹 结果文件夹``.
Workers run no Python: all expressions are SQL on whole numbers, with no floating point near money.
"""

from __future__ import annotations

import argparse
import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "<>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "IN",
    ast.NotIn: "NOT IN",
}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


def sql_of(node: ast.expr, params: Mapping[str, str]) -> str:
    """算式的 SQL；missing stays missing: 缺不作零，也不作“不限”."""

    def ev(child: ast.expr) -> str:
        return sql_of(child, params)

    match node:
        case ast.Constant(value=bool(value)):
            return "true" if value else "false"
        case ast.Constant(value=int(value)):
            return f"CAST({value} AS BIGINT)"
        case ast.Constant(value=str(value)):
            return "'" + value.replace("'", "''") + "'"
        case ast.Name(id=name):
            return f"`{name}`"
        case ast.BoolOp(op=op, values=values):
            joint = " OR " if isinstance(op, ast.Or) else " AND "
            return "(" + joint.join(map(ev, values)) + ")"
        case ast.UnaryOp(operand=operand):
            return f"(NOT {ev(operand)})"
        case ast.IfExp(test=test, body=body, orelse=orelse):
            asked = ev(test)
            return f"(CASE WHEN {asked} THEN {ev(body)} WHEN NOT {asked} THEN {ev(orelse)} END)"
        case ast.BinOp(op=ast.FloorDiv(), left=left, right=right):
            under = ev(right)
            return f"(CASE WHEN {under} <> 0 THEN {ev(left)} div {under} END)"
        case ast.BinOp(op=op, left=left, right=right):
            return f"({ev(left)} {_ARITHMETIC[type(op)]} {ev(right)})"
        case ast.Compare(left=left, ops=[op], comparators=[ast.Tuple(elts=elts)]):
            return f"({ev(left)} {_COMPARE[type(op)]} ({', '.join(map(ev, elts))}))"
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return f"({ev(left)} {_COMPARE[type(op)]} {ev(right)})"
        case ast.Call(func=ast.Name(id="param"), args=[ast.Constant(value=str(name))]):
            return f"`{params[name]}`"
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=args):
            return _extreme(name, [ev(arg) for arg in args])
        case _:
            raise ValueError(f"不能写成 SQL 的算式：{ast.unparse(node)}")


def _extreme(name: str, parts: list[str]) -> str:
    """LEAST 会跳过空值，而这里缺一项即为空。"""
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    function = "least" if name == "min" else "greatest"
    return f"(CASE WHEN {known} THEN {function}({', '.join(parts)}) END)"


def answer(spark: Any, folder: Path) -> Any:
    """集群上的结果：the same rows and columns as the local engine's."""
    rule = json.loads((folder / "rule.json").read_text(encoding="utf-8"))
    names = {name: f"p{place}" for place, name in enumerate(rule["params"])}
    tables = spark.read.parquet(str(folder / "tables.parquet"))
    plans = [[name, month, live] for name in rule["plans"] for month, live in
             rule["in_force"].items()]  # fmt: skip
    asked = spark.createDataFrame(plans, "plan string, month string, in_force boolean")
    files = str(folder / "inputs" / "*.parquet")
    inputs = spark.read.parquet(files).selectExpr(
        "*", "regexp_extract(_metadata.file_name, '^(.*)[.]parquet$', 1) AS month"
    )
    frame = inputs.join(asked.hint("broadcast"), "month")
    held: set[str] = set()
    for step, text in rule["derived"]:
        tree = _tree(text)
        frame = _with_params(frame, tables, rule, names, held, _params_in(tree))
        frame = frame.selectExpr("*", f"{sql_of(tree, names)} AS `{step}`")
    frame = _with_params(frame, tables, rule, names, held, list(rule["params"]))
    gates = [sql_of(_tree(text), names) for text in rule["gates"]]
    terms = [(role, sql_of(_tree(text), names)) for role, text in rule["terms"]]
    judged = frame.selectExpr(
        "plan", "month", "unit",
        f"{_amount(gates, [term for _, term in terms])} AS amount",
        f"{_of('limit', terms)} AS limit_each",
        f"{_of('set', terms)} AS set_each",
    )  # fmt: skip
    return judged.groupBy("plan", "month", "unit").agg(*_sums()).orderBy("plan", "month", "unit")


def _with_params(
    frame: Any, tables: Any, rule: Any, names: Mapping[str, str], held: set[str], wanted: list[str]
) -> Any:
    """取参数：a small broadcast join on plan, month and the cell; no cell, no value."""
    for name in wanted:
        if name in held:
            continue
        held.add(name)
        by = rule["params"][name]
        cells = tables.where(f"param = '{name}'").selectExpr(
            "plan", "month", *(f"k{n} AS `{dim}`" for n, dim in enumerate(by)),
            f"value AS `{names[name]}`",
        )  # fmt: skip
        frame = frame.join(cells.hint("broadcast"), ["plan", "month", *by], "left")
    return frame


def _amount(gates: list[str], terms: list[str]) -> str:
    """依次看条件：the first that fails pays nothing, the first unknown leaves it open."""
    steps = "".join(f" WHEN NOT {gate} THEN 0 WHEN {gate} IS NULL THEN NULL" for gate in gates)
    least = _extreme("min", terms) if len(terms) > 1 else terms[0]
    return f"CASE WHEN NOT in_force THEN NULL{steps} ELSE {least} END"


def _of(role: str, terms: list[tuple[str, str]]) -> str:
    found = [term for each, term in terms if each == role]
    return found[0] if found else "CAST(NULL AS BIGINT)"


def _sums() -> list[Any]:
    from pyspark.sql import functions as f

    texts = {
        "paid": "count_if(amount > 0)",
        "zero": "count_if(amount = 0)",
        "undetermined": "count_if(amount IS NULL)",
        "fen": "coalesce(sum(amount), 0)",
        "limit_fen": "coalesce(sum(CASE WHEN amount > 0 THEN limit_each END), 0)",
        "set_fen": "coalesce(sum(CASE WHEN amount > 0 THEN set_each END), 0)",
    }
    return [f.expr(text).cast("bigint").alias(name) for name, text in texts.items()]


def _tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _params_in(tree: ast.expr) -> list[str]:
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    return [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "param"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def session(master: str, **more: str) -> Any:
    """连上集群。"""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("tuoyu-sandbox")
    builder = builder.config("spark.sql.ansi.enabled", "true").config("spark.ui.enabled", "false")
    for name, value in more.items():
        builder = builder.config(name.replace("_", "."), value)
    return builder.getOrCreate()


def main() -> None:
    """命令行。"""
    parser = argparse.ArgumentParser(description="在 Spark 集群上计算政策沙盘的一个包")
    parser.add_argument("--master", required=True, help="如 spark://主机:7077 或 local[2]")
    parser.add_argument("bundle", type=Path, help="包文件夹（各节点都能读到）")
    parser.add_argument("out", type=Path, help="结果写到哪个文件夹")
    given = parser.parse_args()
    spark = session(given.master)
    try:
        answer(spark, given.bundle).coalesce(1).write.mode("overwrite").parquet(str(given.out))
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
