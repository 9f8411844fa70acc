"""样册数据：fictitious rows for the catalogue of components."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tuoyu.ui.samples_ends import (
    AREAS,
    ARRIVED,
    CHART,
    ENTRIES,
    FACES,
    PHONE_TABS,
    PLACES,
    RATES,
    UNITS,
    WIZARD,
)

Rows = list[dict[str, Any]]


def menu(page: str = "") -> Rows:
    """监管端菜单。"""
    items = [
        ("工作台", "home", 9, page == "home"),
        ("机构与备案", "org", 0, page in ("", "form")),
        ("普惠认定", "seal", 0, False),
        ("补助与托育券", "yuan", 0, page == "settle"),
        ("巡查与整改", "shield", 0, False),
        ("从业人员", "staff", 0, False),
        ("医育协同", "health", 0, False),
        ("统计报送", "chart", 0, False),
        ("公示与政策", "notice", 0, False),
    ]
    return [
        {"title": t, "icon": i, "url": "/_ui/home/", "count": n, "current": c}
        for t, i, n, c in items
    ]


def public_menu() -> Rows:
    """公众门户菜单。"""
    titles = ["找托育", "查备案", "看公示", "政策问答", "投诉建议"]
    return [{"title": t, "url": "/_ui/public/", "current": i == 0} for i, t in enumerate(titles)]


def context() -> dict[str, Any]:
    """各页共用的示例。"""
    return {
        "alarms": ALARMS,
        "todo_groups": TODO,
        "stats": STATS,
        "steps": STEPS,
        "lines": LINES,
        "gates": GATES,
        "days": _days(),
        "facts": FACTS,
        "chart_option": CHART,
        "chart_head": ["单位", "每千人口托位"],
        "chart_rows": [list(pair) for pair in zip(UNITS, RATES, strict=True)],
        "faces": FACES,
        "arrived": ARRIVED,
        "tabs": PHONE_TABS,
        "child": {"id": 11, "name": "林小禾", "age_text": "1岁7个月", "class_name": "托小班"},
        "children": [
            {"id": 11, "name": "林小禾", "age_text": "1岁7个月", "url": "#"},
            {"id": 12, "name": "林小麦", "age_text": "8个月", "url": "#"},
        ],
        "forecast_days": "alaaaa............",
        "wizard": WIZARD,
        "entries": ENTRIES,
        "areas": AREAS,
        "map_keys": [{"kind": "m2", "text": "4.6 以上"}, {"kind": "m1", "text": "4.2 至 4.6"}],
        "places": PLACES,
    }


ALARMS: Rows = [
    {
        "url": "#",
        "icon": "alert",
        "title": "2 名儿童未到未请假",
        "owner": "池店星河托育园 · 园长 蔡文静",
        "text": "超 10 分",
        "share": 0,
        "minutes": -10,
    },
    {
        "url": "#",
        "icon": "staff",
        "title": "乳儿班师幼比 1 : 4，应 1 : 3",
        "owner": "陈埭湖畔托育园 · 园长 庄雅婷",
        "text": "剩 20 分",
        "share": 15,
        "minutes": 20,
    },
    {
        "url": "#",
        "icon": "thermo",
        "title": "同班 3 例发热",
        "owner": "梅岭海音托育园 · 医生 吴明远",
        "text": "剩 1 小时 50 分",
        "share": 46,
        "minutes": 110,
        "warn": True,
    },
]


def _todo(title: str, note: str, tag: str, kind: str, came: str, left: str, share: int) -> Any:
    verb = {"限时报告": "续报", "补助": "审批", "认定": "复核", "督办": "复查"}.get(tag, "受理")
    return {
        "title": title,
        "note": note,
        "tag": tag,
        "kind": kind,
        "came": came,
        "left": left,
        "share": share,
        "verb": verb,
    }


TODO: Rows = [
    {
        "title": "今天到期",
        "count": 3,
        "rows": [
            _todo(
                "严重伤害事件县级续报",
                "五店榕荫托育园 · 机构 07:32 上报",
                "限时报告",
                "danger",
                "今天 07:32",
                "剩 1 小时 22 分",
                48,
            ),
            _todo(
                "9 月班级奖补结算审批",
                "青禾托育园 · 26 条 · 镇街核对通过",
                "补助",
                "",
                "10-13 16:40",
                "剩 3 小时 50 分",
                19,
            ),
            _todo(
                "普惠认定退回补正复核",
                "小满托育园 · 机构已补正 2 处",
                "认定",
                "",
                "10-14 09:15",
                "剩 9 小时 20 分",
                32,
            ),
        ],
    },
    {
        "title": "本周内",
        "count": 4,
        "rows": [
            _todo(
                "消防通道堆物整改复查",
                "海丝邻里托育中心 · 整改照片 4 张",
                "督办",
                "warn",
                "10-14 17:05",
                "剩 1 天 8 小时",
                41,
            ),
            _todo(
                "托育机构备案变更",
                "安海南门托育点 · 新增托位 20 个",
                "备案",
                "",
                "10-14 11:26",
                "剩 2 个工作日",
                66,
            ),
            _todo(
                "双随机抽查名单确认",
                "第四季度 · 12 家 · 市级已抽取",
                "巡查",
                "",
                "10-14 10:00",
                "剩 2 个工作日",
                66,
            ),
            _todo(
                "家长投诉：收费高于公示价",
                "磁灶晴川托育园 · 12345 转办",
                "投诉",
                "info",
                "10-13 15:18",
                "剩 2 个工作日",
                54,
            ),
        ],
    },
]

STATS: Rows = [
    {
        "name": "每千人口托位",
        "text": "4.3",
        "unit": "个",
        "value": Decimal("4.3"),
        "target": Decimal("4.6"),
        "full": 6,
        "target_text": "目标 4.6",
        "gap": "差 0.3",
        "source": "备案系统 10-14",
    },
    {
        "name": "普惠托位占比",
        "text": "63.8",
        "unit": "%",
        "value": Decimal("63.8"),
        "target": 60,
        "full": 100,
        "target_text": "目标 > 60%",
        "reached": True,
        "source": "备案系统 10-14",
    },
    {
        "name": "医疗机构签约指导率",
        "text": "91.2",
        "unit": "%",
        "value": Decimal("91.2"),
        "target": 95,
        "full": 100,
        "target_text": "目标 95%",
        "gap": "差 4 家",
        "source": "妇幼系统 10-13",
    },
    {
        "name": "从业人员轮训率",
        "text": None,
        "unit": "",
        "value": None,
        "target": 100,
        "full": 100,
        "target_text": "目标 100%",
        "source": "培训台账 未报",
    },
]

STEPS: Rows = [
    {
        "state": "done",
        "title": "机构确认",
        "lines": ["青禾托育园 · 李若梅", "10-09 18:22 · 用时 4 分"],
    },
    {
        "state": "done",
        "title": "镇街核对",
        "lines": ["青阳街道 · 王思远", "10-13 16:40 · 用时 3 天"],
        "opinion": "抽查 3 名儿童当月记录，一致。",
    },
    {"state": "now", "title": "县级审批", "lines": ["市卫健局 · 陈晓岚", "今天 12:00 前"]},
    {"state": "next", "title": "公示", "lines": ["5 个工作日", "预计 10-16 至 10-22"]},
    {"state": "next", "title": "财政拨付", "lines": ["市财政局", "预计 10-29 前"]},
]


def _line(
    name: str, room: str, months: str, days: int | None, top: int | None, paid: int | None, why: str
) -> dict[str, Any]:
    kinds = {"应付": ("ok", "check", "pay"), "待定": ("warn", "clock", "wait")}
    kind, icon, filter_ = kinds.get(why, ("", "minus", "no"))
    return {
        "name": name,
        "room": room,
        "months": months,
        "days": days,
        "top": top,
        "set": {30000: 28000, 20000: 18000}.get(top or 0),
        "paid": paid,
        "why": why,
        "kind": kind,
        "icon": icon,
        "filter": filter_,
    }


LINES: Rows = [
    _line("江*苗", "乳儿班", "9个月", 17, 30000, 28000, "应付"),
    _line("方*诺", "乳儿班", "11个月", 21, 30000, 28000, "应付"),
    _line("薛*宇", "乳儿班", "8个月", 19, 30000, 28000, "应付"),
    _line("罗*安", "乳儿班", "10个月", 8, 30000, 0, "出勤不足"),
    _line("吴*晴", "托小班", "1岁1个月", 12, 20000, 18000, "应付"),
    _line("郑*米", "托小班", "1岁3个月", 22, 20000, 18000, "应付"),
    _line("施*森", "托小班", "1岁4个月", 16, 20000, 18000, "应付"),
    _line("丁*暖", "混龄班", "1岁7个月", 18, 20000, 18000, "应付"),
    _line("孙*笑", "混龄班", "2岁", 21, None, 0, "不适用"),
    _line("叶*知", "混龄班", "1岁8个月", None, 20000, None, "待定"),
]

GATES: Rows = [
    {
        "title": "机构与班型符合",
        "fact": "普惠机构，认定期内；乳儿班，当月 9 个月",
        "result": "符合",
    },
    {"title": "出勤满线", "fact": "出勤 17 天，县定最低 10 天", "result": "17 ≥ 10"},
    {
        "title": "三个数取最小",
        "fact": "上限 300、县定 280、实收保育费 1,500",
        "result": "280.00",
    },
    {"title": "实付 280.00 元", "fact": "由县定标准决定，不按出勤天数折算", "result": "= 280.00"},
]

FACTS: Rows = [
    {"name": "本次实付（元）", "text": "4,460.00"},
    {"name": "应付人数", "text": "22", "note": "/ 26 人"},
    {"name": "不付与待定", "text": "2", "note": "不付　2 待定"},
    {"name": "比上月（元）", "text": "+360.00"},
]


def _days() -> Rows:
    off, leave = {6, 7, 13, 14, 20, 21, 27, 28}, {18, 19, 26, 29, 30}
    return [
        {"day": d, "kind": "" if d in off else "l" if d in leave else "a"} for d in range(1, 31)
    ]
