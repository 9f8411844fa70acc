"""样册数据：charts, faces, phone, map and places for the catalogue; all fictitious."""

from __future__ import annotations

from datetime import date
from typing import Any

from tuoyu.core import clock

Rows = list[dict[str, Any]]

UNITS = ["鲤城", "开发区", "丰泽", "德化", "石狮", "台商", "惠安", "洛江", "永春", "晋江", "泉港"]
RATES: list[str | None] = [
    "5.1", "5.0", "4.9", "4.8", "4.7", "4.6", "4.5", "4.4", "4.4", "4.3", None,
]  # fmt: skip


def _bar(rate: str | None) -> dict[str, Any] | None:
    """达标的绿，未达标的青灰；未报是空缺，不是零。"""
    color = "@ok" if rate and rate >= "4.6" else "@c2"
    return {"value": rate, "itemStyle": {"color": color}} if rate else None


CHART: dict[str, Any] = {
    "xAxis": {"type": "category", "data": UNITS},
    "yAxis": {"type": "value", "min": 0},
    "series": [
        {
            "type": "bar",
            "barMaxWidth": 26,
            "data": [_bar(rate) for rate in RATES],
            "markLine": {
                "symbol": "none",
                "silent": True,
                "lineStyle": {"color": "@ink", "width": 2, "type": "dashed"},
                "label": {"formatter": "目标 4.6", "position": "insideEndTop", "color": "@ink"},
                "data": [{"yAxis": "4.6"}],
            },
        }
    ],
}

NAMES = [
    "许知言",
    "许知语",
    "黄予安",
    "吴晚晴",
    "庄屿泽",
    "郑小米",
    "施一森",
    "洪雪果",
    "苏辰星",
    "杨可可",
]
FACES: Rows = [
    {
        "id": 201 + i,
        "name": name,
        "note": f"常到 08:{5 + 5 * (i // 2):02d}",
        "picked": i < 2,
        "care": {2: "忌奶", 5: "忌蛋"}.get(i, ""),
    }
    for i, name in enumerate(NAMES)
]
ARRIVED: Rows = [
    {"id": 301, "name": "林小禾", "note": "07:52 到", "kind": "in"},
    {"id": 302, "name": "陈一诺", "note": "07:54 到", "kind": "in"},
    {"id": 303, "name": "王星宇", "note": "07:58 到", "kind": "in"},
    {"id": 304, "name": "李初夏", "note": "08:01 到", "kind": "in"},
    {"id": 305, "name": "谢小橙", "note": "病假", "kind": "off"},
]
PHONE_TABS: Rows = [
    {"title": "首页", "icon": "home", "url": "#", "current": True},
    {"title": "动态", "icon": "feed", "url": "#"},
    {"title": "消息", "icon": "msg", "url": "#", "count": 1},
    {"title": "服务", "icon": "grid", "url": "#"},
    {"title": "我的", "icon": "me", "url": "#"},
]
WIZARD: Rows = [
    {"title": "填写信息", "state": "done"},
    {"title": "上传材料", "state": "now"},
    {"title": "核对提交", "state": "next"},
]
ENTRIES: Rows = [
    {
        "at": clock.at(date(2025, 10, 14), 16, 40),
        "who": "陈晓岚",
        "text": "退回补正：缺 2 名儿童的请假单",
    },
    {"at": clock.at(date(2025, 10, 14), 16, 40), "who": "李若梅", "text": "补正后再次提交"},
]
AREAS: Rows = [
    {
        "path": "M20 20L150 10L170 90L60 120Z",
        "kind": "m2",
        "name": "德化",
        "text": "4.8",
        "lx": 95,
        "ly": 60,
        "url": "#",
    },
    {
        "path": "M170 90L60 120L80 190L210 200L230 120Z",
        "kind": "m1",
        "name": "永春",
        "text": "4.4",
        "lx": 145,
        "ly": 140,
        "url": "#",
        "selected": True,
    },
    {
        "path": "M230 120L300 110L320 170L210 200Z",
        "kind": "none",
        "name": "洛江",
        "text": "未报",
        "x": 268,
        "y": 150,
        "leader": "M268 150L330 60L350 60",
        "lx": 356,
        "ly": 65,
        "anchor": "L",
    },
    {
        "path": "M300 210l30 -6l10 20l-34 8z",
        "kind": "out",
        "name": "金门（不计入）",
        "text": "",
        "lx": 352,
        "ly": 226,
        "anchor": "L",
    },
]


def _place(no: int, name: str, kind: str, away: str, left: int, fee: int, net: int) -> Any:
    return {
        "no": no,
        "name": name,
        "kind": kind,
        "away": away,
        "left": left,
        "fee": f"{fee:,}",
        "net": f"{net:,}",
    }


PLACES: Rows = [
    _place(1, "青禾托育园", "公办", "0.6 公里 · 青阳街道 · 备案 2024-0017", 3, 1680, 1380),
    _place(2, "小满托育园", "民办普惠", "0.9 公里 · 梅岭街道 · 备案 2023-0042", 1, 1820, 1520),
    _place(
        3, "五店榕荫托育园", "幼儿园托班", "1.2 公里 · 青阳街道 · 备案 2024-0031", 6, 1560, 1260
    ),
    _place(4, "罗山晴川托育园", "民办普惠", "1.9 公里 · 罗山街道 · 备案 2023-0019", 0, 1780, 1480),
]
