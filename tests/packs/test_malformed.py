"""写坏的政策包：每一种都拒绝，并说明文件、行号与缘由。"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.packs.conftest import Edit
from tuoyu.domains.policies.engine import PackError, load_book

Q = "quanzhou-2024"
JINJIANG = f"{Q}/notices/350582-2025-01.yaml"
JULY = f"{Q}/notices/350582-2025-07.yaml"
RULE = f"{Q}/rules/class_subsidy.yaml"
PARAMS = f"{Q}/params.yaml"

CEILING = "  kind: ceiling\n  unit: fen/child-month"
SPLIT = """  - from: 2024-11-04
    to: 2025-03-31
    cells:
      all: {figure: 3000元, label: 企事业单位新增托位}
  - from: %s
    cells:
      all: {figure: 3000元, label: 企事业单位新增托位}
"""
WHOLE = """  - from: 2024-11-04
    cells:
      all: {figure: 3000元, label: 企事业单位新增托位}
"""
AMOUNT = "min(param('class_subsidy.amount'), param('class_subsidy.ceiling'), fee)"

CASES = [
    ("不认识的栏", RULE, "  payee: institution", "  pays_to: institution", "不认识的栏“pays_to”"),
    ("缺栏", RULE, "  payee: institution\n", "", "缺少必填的栏“payee”"),
    ("同一键写两次", RULE, "  payee: institution", "  grain: x\n  payee: x", "“grain”写了两次"),
    ("日期重叠", PARAMS, WHOLE, SPLIT % "2025-03-31", "日期重叠"),
    ("日期留空", PARAMS, WHOLE, SPLIT % "2025-04-02", "没有数值"),
    ("没有从首日起", PARAMS, WHOLE, WHOLE.replace("11-04", "12-01"), "之间没有数值"),
    ("超出施行期", PARAMS, WHOLE, WHOLE.replace("11-04", "11-03"), "超出施行期"),
    ("通知高于上限", JULY, "infant: 280元", "infant: 300.01元", "高于上限 300 元"),
    ("通知越期", JULY, "valid: {from: 2025-07-01}", "valid: {from: 2026-01-01}", "早于起日"),
    (
        "通知早于自身施行期",
        JULY,
        "{from: 2025-07-01, cells",
        "{from: 2025-06-01, cells",
        "超出通知",
    ),
    ("越权", JULY, "issuer: '350582'", "issuer: '350500'", "无权填写"),
    ("不存在的单位", JULY, "issuer: '350582'", "issuer: '350599'", "不是本市的发文单位"),
    ("不计入的单位", JULY, "issuer: '350582'", "issuer: '350527'", "不是本市的发文单位"),
    ("同级通知抵触", JULY, "replaces: 示例〔2025〕1号（虚构）\n", "", "效力相同无法取舍"),
    (
        "替代的通知不存在",
        JULY,
        "replaces: 示例〔2025〕1号",
        "replaces: 示例〔2025〕99号",
        "找不到被替代",
    ),
    ("填了不许填的参数", JULY, "class_subsidy.amount", "class_subsidy.ceiling", "不是留待下级"),
    ("格不存在", JULY, "mixed_u24m: 180元", "mixed_o24m: 180元", "不在维度 care_class 里"),
    ("金额没有单位", JULY, "infant: 280元", "infant: 280", "没有写单位"),
    ("金额是小数", JULY, "infant: 280元", "infant: 280.5", "没有写单位"),
    ("金额小于一分", JULY, "infant: 280元", "infant: 279.999元", "小于一分"),
    ("单位不符", JINJIANG, "all: 10日", "all: 10元", "与单位 days 不符"),
    ("数不在条款里", PARAMS, "figure: 300元", "figure: 3000元", "“3000元”不在条款 二(二)5 里"),
    ("小数点错位", PARAMS, "figure: 0.05万元", "figure: 0.5万元", "不在条款 二(三)9 里"),
    ("条款不存在", PARAMS, "at: 二(二)5, word: 不高于", "at: 二(二)9, word: 不高于", "没有条款"),
    ("上限写成定值", PARAMS, CEILING, CEILING.replace("ceiling", "exact"), "与种类 exact 不符"),
    ("上限写成下限", PARAMS, CEILING, CEILING.replace("ceiling", "floor"), "与种类 floor 不符"),
    ("留待项自带数值", PARAMS, CEILING, CEILING.replace("ceiling", "open_term"), "不能自带数值"),
    ("上限不是金额", RULE, AMOUNT, "param('class_subsidy.ceiling')", "terms 却有 3 项"),
    ("算式读不通", RULE, "days >= param(", "days >= >= param(", "读不通"),
    ("算式用了函数", RULE, "when: inclusive", "when: \"open('x')\"", "不许可的写法"),
    ("算式用了属性", RULE, "when: inclusive", "when: cls.upper", "不许可的写法"),
    ("算式有小数", RULE, "when: inclusive", "when: days > 1.5", "不是整数"),
    ("算式有不认识的名字", RULE, "when: inclusive", "when: inclusve", "不认识的名字“inclusve”"),
    ("算式有没登记的代码", RULE, "('infant', 'toddler'", "('infants', 'toddler'", "没有登记"),
    ("算式类型不对", RULE, "when: inclusive", "when: days + 1", "类型是 int"),
    ("代码与数相比", RULE, "when: inclusive", "when: cls > 3", "类型不对"),
    ("参数不存在", RULE, "param('class_subsidy.min_days')", "param('min_days')", "没有参数"),
    ("解释项不存在", RULE, "interpretations: [I1,", "interpretations: [I99,", "没有解释项“I99”"),
    (
        "签的与选的不同",
        f"{Q}/notices/interpretations.yaml",
        "chosen: first_day_of_month",
        "chosen: last_day_of_month",
        "签的是“last_day_of_month”",
    ),
    (
        "比较方式与用词不符",
        f"{Q}/indicators.yaml",
        "comparison: '>'",
        "comparison: '>='",
        "用词“超”",
    ),
    ("知悉早于签发", JULY, "known: 2025-06-20", "known: 2025-06-17", "知悉日早于签发日"),
    ("日期写错", JULY, "known: 2025-06-20", "known: 2025-06-31", "写法不对"),
    ("缩进坏了", JULY, "fills:\n", "fills:\n   x\n  y: z\n", "不是合格的 YAML"),
]


@pytest.fixture(autouse=True)
def without_examples(copy: Path) -> None:
    """这里只看读入，算例占一半时间，先拿掉。"""
    shutil.rmtree(copy / Q / "examples")


@pytest.mark.parametrize(("name", "file", "old", "new", "why"), CASES, ids=[c[0] for c in CASES])
def test_a_wrong_pack_is_refused(
    name: str, file: str, old: str, new: str, why: str, copy: Path, edit: Edit
) -> None:
    line = edit(file, old, new)
    with pytest.raises(PackError) as caught:
        load_book(copy, Q)
    error = caught.value
    assert why in error.why, str(error)
    assert error.file.startswith(f"{Q}/"), str(error)
    # 缘由可能在同一段的稍后一行（如缺栏指整段、重叠指后一行），但不出本段。
    assert error.file != file or abs(error.line - line) <= 12, str(error)
    assert error.mend
    assert f"{error.file} 第 {error.line} 行：" in str(error)


def test_line_number_is_exact(copy: Path, edit: Edit) -> None:
    line = edit(JULY, "infant: 280元", "infant: 301元")
    with pytest.raises(PackError) as caught:
        load_book(copy, Q)
    assert (caught.value.file, caught.value.line) == (JULY, line)


def test_a_ceiling_alone_never_pays(copy: Path, edit: Edit) -> None:
    edit(RULE, AMOUNT, "param('class_subsidy.ceiling')")
    edit(RULE, "  - {name: 县定标准, role: set}\n", "")
    edit(RULE, "  - {name: 实收保育费, role: input}\n", "")
    with pytest.raises(PackError, match="金额只由上限或目标构成"):
        load_book(copy, Q)


def test_the_ceiling_stays_in_the_minimum(copy: Path, edit: Edit) -> None:
    edit(RULE, AMOUNT, "min(param('class_subsidy.amount'), fee)")
    edit(RULE, "  - {name: 市级上限, role: limit}\n", "")
    with pytest.raises(PackError, match="没有它的上限"):
        load_book(copy, Q)


def test_an_unknown_file_is_refused(copy: Path) -> None:
    (copy / Q / "extra.yaml").write_text("a: 1\n", encoding="utf-8")
    with pytest.raises(PackError, match="不认识的文件"):
        load_book(copy, Q)


def test_an_unknown_city_names_the_known_ones(copy: Path) -> None:
    with pytest.raises(PackError, match="quanzhou-2024、yueqing-2025"):
        load_book(copy, "xiamen")
