"""报表的项目：which cells there are, which of them a person must fill, and how long that takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MONTH, YEAR = "month", "year"
COUNT, MONEY, CHOICE, TEXT = "count", "money", "choice", "text"
# Seconds a person needs for one field of its kind, and to look through the finished sheet.
# Estimates for the measure below, not law; a paper of the institution's own may replace them.
SECONDS = {COUNT: 20, MONEY: 30, CHOICE: 8, TEXT: 90}
LOOK_THROUGH = 120
TARGET_MINUTES = 10


@dataclass(frozen=True)
class Item:
    """报表的一项。``source`` says in words where an automatic one comes from."""

    code: str
    section: str
    title: str
    unit: str
    source: str = ""
    kind: str = COUNT
    is_manual: bool = False
    hint: str = ""


def _auto(section: str, source: str, *rows: tuple[str, str, str]) -> list[Item]:
    return [
        Item(code, section, title, unit, source, MONEY if unit == "元" else COUNT)
        for code, title, unit in rows
    ]


_AUTO = [
    *_auto("收托", "入托登记",
           ("children_0", "期末在托：12 月龄以下", "人"),
           ("children_12", "期末在托：12–24 月龄", "人"),
           ("children_24", "期末在托：24–36 月龄", "人"),
           ("children_36", "期末在托：36 月龄以上", "人"),
           ("children", "期末在托合计", "人"),
           ("joined", "本期入托", "人"),
           ("left", "本期离托", "人")),
    *_auto("收托", "托位台账", ("places", "运营托位", "个")),
    *_auto("考勤", "日考勤",
           ("present", "到托", "人天"),
           ("leave", "请假", "人天"),
           ("absent", "缺勤", "人天"),
           ("waiting", "待核", "人天")),
    *_auto("人员", "从业人员与证书",
           ("staff", "期末在册", "人"),
           ("carers", "其中保育人员", "人"),
           ("counted", "证件有效、可计入师幼比", "人"),
           ("expired", "证书或健康证已到期", "本"),
           ("unchecked", "从业查询未做或已到期", "人"),
           ("hired", "本期入职", "人"),
           ("gone", "本期离职", "人")),
    *_auto("人员", "员工请假", ("staff_leave", "员工请假（已准）", "人天")),
    *_auto("收费", "账单与收款",
           ("bills", "本期账单", "张"),
           ("due", "应收（已扣减免、退费、托育券）", "元"),
           ("refunds", "其中退费", "元"),
           ("paid", "已收", "元"),
           ("unpaid", "未收", "元")),
    *_auto("安全与健康", "伤害记录",
           ("minor", "伤害：轻微", "起"),
           ("moderate", "伤害：一般", "起"),
           ("grave", "伤害：严重", "起")),
    *_auto("安全与健康", "用药记录", ("doses", "喂药", "次")),
    *_auto("安全与健康", "巡查与演练",
           ("rounds", "安全巡查", "次"),
           ("drills", "应急演练", "次")),
]  # fmt: skip


def _hand(code: str, title: str, unit: str, kind: str, hint: str) -> Item:
    return Item(code, "手填", title, unit, "手填", kind, True, hint)


_MONTH_HAND = [
    _hand(
        "closed_days", "工作日里停园的天数", "天", COUNT, "没有填 0；因台风、停电、传染病等停园的"
    ),
    _hand("helpers", "本月在园实习、志愿人员", "人", COUNT, "没有填 0"),
    _hand("wages", "工资按时足额发放", "", CHOICE, ""),
    _hand("needs", "需要主管部门协调的事", "", TEXT, "没有写“无”"),
]
_YEAR_HAND = [
    _hand("training_fen", "全年培训支出", "元", MONEY, "没有填 0"),
    _hand("account", "全年工作与下一年打算", "", TEXT, "三五句即可"),
]
# What the months have been told is added up for the year and not asked again.
ADDED_UP = ("closed_days",)


def items_of(kind: str) -> list[Item]:
    """一种报表的各项。"""
    if kind == MONTH:
        return [*_AUTO, *_MONTH_HAND]
    added = [
        Item(i.code, "考勤", i.title, i.unit, "各月月报合计")
        for i in _MONTH_HAND
        if i.code in ADDED_UP
    ]
    return [*_AUTO, *added, *_YEAR_HAND]


def manual_of(kind: str) -> list[Item]:
    """要手填的各项。"""
    return [i for i in items_of(kind) if i.is_manual]


@dataclass(frozen=True)
class Effort:
    """一份报表要填多久。"""

    fields: int
    automatic: int
    seconds: int

    @property
    def minutes(self) -> str:
        """分钟，一位小数，不四舍五入到目标以内。"""
        tenths = -(-self.seconds * 10 // 60)
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def is_within(self) -> bool:
        return self.seconds <= TARGET_MINUTES * 60


def effort_of(items: Iterable[Item]) -> Effort:
    """必填的用时：seconds for each field that must be typed, and one look through the sheet."""
    rows = list(items)
    hand = [i for i in rows if i.is_manual]
    return Effort(
        len(hand), len(rows) - len(hand), sum(SECONDS[i.kind] for i in hand) + LOOK_THROUGH
    )
