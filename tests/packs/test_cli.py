"""命令：lint、test、explain、show。"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.packs.conftest import Edit
from tuoyu.domains.policies.engine.cli import packs

GIVEN = {
    "county": "350582",
    "cls": "infant",
    "age_months": 9,
    "inclusive": True,
    "days": 15,
    "fee": 150000,
}


def run(*words: str) -> Result:
    return CliRunner().invoke(packs, list(words))


def explained(
    *words: str, rule: str = "class_subsidy", change: object = None, **given: object
) -> Result:
    changes = change if isinstance(change, dict) else {}
    text = json.dumps({**GIVEN, **changes, **given})
    return run("explain", "quanzhou-2024", rule, "--given", text, *words)


def test_lint_passes() -> None:
    result = run("lint")
    assert result.exit_code == 0, result.output
    assert "✓ quanzhou-2024" in result.output
    assert "✓ yueqing-2025" in result.output


def test_lint_names_file_line_and_reason(copy: Path, edit: Edit) -> None:
    file = "quanzhou-2024/notices/350582-2025-07.yaml"
    line = edit(file, "infant: 280元", "infant: 301元")
    result = run("--root", str(copy), "lint")
    assert result.exit_code == 1
    assert f"{file} 第 {line} 行：301 元高于上限 300 元" in result.output
    assert "✓ yueqing-2025" in result.output


@pytest.mark.slow
def test_examples_cover_and_no_mutant_survives() -> None:
    result = run("test")
    assert result.exit_code == 0, result.output
    assert result.output.count("漏网 0 处") == 2


def test_a_wrong_example_is_named(copy: Path, edit: Edit) -> None:
    file = "quanzhou-2024/examples/class_subsidy.yaml"
    line = edit(file, "pays: 240元", "pays: 240.01元")
    result = run("--root", str(copy), "test", "quanzhou-2024", "--no-mutation")
    assert result.exit_code == 1
    assert f"{file} 第 {line} 行：应付 240.01 元，实算 240.00 元" in result.output


def test_a_missing_example_is_a_gap(copy: Path, edit: Edit) -> None:
    path = copy / "quanzhou-2024/examples/class_subsidy.yaml"
    kept = [line for line in path.read_text("utf-8").splitlines() if "-02-29" not in line]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    result = run("--root", str(copy), "test", "quanzhou-2024", "--no-mutation")
    assert result.exit_code == 1
    assert "没有 2 月 29 日生日的算例" in result.output


def test_a_surviving_mutant_is_printed(copy: Path) -> None:
    path = copy / "quanzhou-2024/examples/notices.yaml"
    kept = [
        line
        for line in path.read_text("utf-8").splitlines()
        if not ("350503" in line and "cls: toddler" in line)
    ]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    result = run("--root", str(copy), "test", "quanzhou-2024")
    assert result.exit_code == 1
    assert "漏网：quanzhou-2024/notices/350503-2025-01.yaml" in result.output


@pytest.mark.parametrize(
    ("floor", "as_cap", "told"),
    [
        ("approved_fen >= param('feature_park.floor')",
         "approved_fen <= param('feature_park.floor')", "应付 150000.00 元，实算 0.00 元"),
        ('amount: "approved_fen"', "amount: \"param('feature_park.floor')\"",
         "金额只由上限或目标构成，不能支付"),
    ],
)  # fmt: skip
def test_a_floor_treated_as_a_cap_fails_its_examples(
    copy: Path, floor: str, as_cap: str, told: str
) -> None:
    """每个特色园不低于 10 万元（二(四)11）：a floor that caps pays too little, and is seen."""
    path = copy / "quanzhou-2024/rules/institutions.yaml"
    before = path.read_text("utf-8")
    assert before.count(floor) == 1
    path.write_text(before.replace(floor, as_cap), "utf-8")
    result = run("--root", str(copy), "test", "quanzhou-2024")
    assert result.exit_code == 1
    assert told in result.output


def test_explain_json() -> None:
    answer = json.loads(explained("--month", "2025-07", "--json").output)
    assert list(answer) == ["pays", "binding", "why", "params", "receipt"]
    assert (answer["pays"], answer["binding"]) == (28000, "县定标准")
    known = json.loads(explained("--month", "2025-07", "--known", "2025-06-19", "--json").output)
    assert known["pays"] == 24000
    failed = json.loads(explained("--month", "2025-07", "--json", days=9).output)
    assert list(failed) == ["pays", "fails", "why", "params", "receipt"]
    assert (failed["pays"], failed["fails"]) == (0, "attended")
    missing = json.loads(explained("--month", "2026-01", "--json").output)
    assert (missing["pays"], missing["fails"]) == (None, "undetermined")


def test_explain_in_words() -> None:
    result = explained("--month", "2025-07")
    assert result.exit_code == 0
    assert "280.00 元 = 取低（" in result.output
    assert "1. 机构与班型符合" in result.output


@pytest.mark.parametrize(
    ("words", "given", "why"),
    [
        (("--month", "2025-7"), {}, "月份“2025-7”的写法不对"),
        (("--month", "2025-07", "--known", "昨天"), {}, "日期“昨天”的写法不对"),
        (("--month", "2025-07"), {"fee": 1500.5}, "是小数"),
        (("--month", "2025-07"), {"cls": "baby"}, "可用：infant"),
    ],
)
def test_explain_refuses_bad_words(
    words: tuple[str, ...], given: dict[str, object], why: str
) -> None:
    result = explained(*words, change=given)
    assert result.exit_code == 1
    assert why in result.output


def test_explain_names_known_rules() -> None:
    result = explained("--month", "2025-07", rule="nothing")
    assert result.exit_code == 1
    assert "没有规则“nothing”" in result.output
    assert "class_subsidy" in result.output


def test_show_is_aligned() -> None:
    result = run("show", "quanzhou-2024")
    assert result.exit_code == 0
    for word in ("【参数】", "【规则】", "【指标】", "【任务】", "【解释项】", "> 60%", "4.6"):
        assert word in result.output


def test_help_is_chinese() -> None:
    for name in ("lint", "test", "explain", "show"):
        result = run(name, "--help")
        assert result.exit_code == 0
        assert "。" in result.output
