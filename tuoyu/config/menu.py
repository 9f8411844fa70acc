"""主菜单：one row a page that stands in a menu; shown only to those who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import reverse

from tuoyu.config.menu_groups import GROUPS, OF, Group
from tuoyu.core.access import Actor
from tuoyu.domains.policies.books import current_book


@dataclass(frozen=True)
class Entry:
    """菜单项。"""

    end: str
    title: str
    icon: str
    route: str
    permission: str
    counts_todo: bool = False
    rule: str = ""  # only in a city whose policy pack has this rule


ENTRIES = [
    Entry("government", "工作台", "home", "government:home", "gov:home:view", True),
    Entry("government", "机构", "org", "government:institutions", "gov:institution:view"),
    Entry("government", "地图", "map", "government:map", "gov:map:view"),
    Entry("government", "补助结算", "yuan", "government:settlements", "gov:settlement:view"),
    Entry("government", "奖补申请", "stamp", "government:grants", "gov:grant:view"),
    Entry("government", "特殊家庭核验", "heart", "government:special", "gov:special:verify"),
    Entry("government", "资金", "yuan", "government:funds", "funds:ledger:view"),
    Entry("government", "拨付", "bank", "government:payments", "funds:payment:view"),
    Entry("government", "奖补核验", "search", "government:checks", "gov:check:view"),
    Entry("government", "认定评定", "star", "government:quality", "quality:application:view"),
    Entry(
        "government",
        "统一保险",
        "shield",
        "government:insurance",
        "insurance:roster:view",
        rule="insurance",
    ),
    Entry("government", "公示", "megaphone", "government:publicity", "publicity:notice:view"),
    Entry(
        "government",
        "托育券",
        "ticket",
        "government:vouchers",
        "voucher:campaign:view",
        rule="voucher",
    ),
    Entry("government", "养育活动", "family", "government:groups", "gov:group:view"),
    Entry("government", "投诉", "mail", "government:complaints", "gov:complaint:view"),
    Entry("government", "收费监测", "receipt", "government:fees", "gov:fee:view"),
    Entry("government", "报名与候补", "list", "government:admissions", "gov:admission:view"),
    Entry("government", "严重伤害", "alert", "government:incidents", "gov:incident:view"),
    Entry("government", "强制报告", "lock", "government:protection", "protect:report:read"),
    Entry("government", "今日考勤", "door", "government:attendance", "gov:attendance:view"),
    Entry("government", "指标", "chart", "government:indicators", "gov:indicator:view"),
    Entry("government", "政策", "notice", "government:policy", "gov:policy:view"),
    Entry("government", "政策沙盘", "target", "government:sandbox", "policy:sandbox:run"),
    Entry("government", "送达记录", "send", "government:outbox", "gov:delivery:view"),
    Entry("government", "操作日志", "history", "government:audit", "audit:log:view"),
    Entry("government", "大屏", "screen", "cockpit:screen", "cockpit:screen:view"),
    Entry("institution", "今日", "home", "institution:home", "inst:today:view"),
    Entry("institution", "班级", "grid", "institution:wall", "inst:attendance:record"),
    Entry("institution", "照护", "heart", "institution:room", "inst:room:record"),
    Entry("institution", "照片", "camera", "institution:photos", "inst:moment:record"),
    Entry("institution", "观察记录", "edit", "institution:observations", "inst:moment:record"),
    Entry("institution", "计时托预约", "clock", "institution:bookings", "inst:booking:view"),
    Entry("institution", "喂药", "pill", "institution:medicine", "inst:medicine:give"),
    Entry("institution", "伤害记录", "alert", "institution:incidents", "inst:incident:record"),
    Entry("institution", "强制报告", "shield", "institution:protection_new", "protect:report:make"),
    Entry("institution", "联络簿", "book", "institution:book", "inst:book:answer"),
    Entry("institution", "通知", "megaphone", "institution:notices", "inst:notice:view"),
    Entry("institution", "考勤表", "calendar", "institution:sheets", "inst:today:view"),
    Entry("institution", "月结", "lock", "institution:month", "inst:month:close"),
    Entry("institution", "收费", "receipt", "institution:fees", "inst:fee:view"),
    Entry("institution", "报名入托", "child", "institution:admissions", "inst:admission:manage"),
    Entry("institution", "补助", "yuan", "institution:subsidies", "inst:subsidy:view"),
    Entry("institution", "奖补申报", "stamp", "institution:grants", "inst:grant:view"),
    Entry(
        "institution",
        "托育券",
        "ticket",
        "institution:vouchers",
        "voucher:desk:use",
        rule="voucher",
    ),
    Entry("institution", "核验问询", "msg", "institution:checks", "inst:check:answer"),
    Entry("institution", "养育活动", "family", "institution:groups", "group:session:hold"),
    Entry("institution", "家长意见", "mail", "institution:complaints", "inst:complaint:answer"),
    Entry("institution", "认定评定", "star", "institution:quality", "inst:quality:apply"),
    Entry(
        "institution",
        "保险",
        "shield",
        "institution:insurance",
        "inst:insurance:view",
        rule="insurance",
    ),
    Entry("institution", "膳食", "bowl", "institution:kitchen", "inst:kitchen:view"),
    Entry("institution", "安全", "shield", "institution:safety", "inst:safety:view"),
    Entry("institution", "儿童", "child", "institution:children", "inst:child:view"),
    Entry("institution", "排班", "calendar", "institution:rota", "inst:rota:view"),
    Entry("institution", "报表", "chart", "institution:reports", "inst:report:submit"),
    Entry("institution", "多园对比", "org", "institution:sites", "inst:site:compare"),
    Entry("institution", "从业人员", "staff", "institution:staff", "inst:staff:view"),
    Entry("institution", "导入", "upload", "institution:imports", "inst:roster:import"),
    Entry("institution", "送达记录", "send", "institution:outbox", "inst:delivery:view"),
    Entry("institution", "门口设备", "qr", "institution:devices", "inst:device:pair"),
    Entry("clinic", "今日", "home", "clinic:home", "clinic:home:view"),
    Entry("academy", "工作台", "home", "academy:home", "academy:home:view"),
]


@cache
def address(route: str) -> str:
    """没有参数的页面地址：the same for everybody, so it is worked out once."""
    return reverse(route)


def menu_for(actor: Actor, path: str, todo: int) -> list[dict[str, Any]]:
    """某人的菜单，按组；the current entry is the longest that the path begins with."""
    rows = {e.route: _row(e, todo) for e in ENTRIES if _stands(e, actor)}
    matching = [r for r in rows.values() if path.startswith(str(r["url"]))]
    if matching:
        max(matching, key=lambda r: len(str(r["url"])))["current"] = True
    alone = [row for route, row in rows.items() if route not in OF]
    groups = [(g, [rows[r] for r in g.routes if r in rows]) for g in GROUPS]
    return alone + [inside[0] if len(inside) == 1 else _grouped(g, inside)
                    for g, inside in groups if inside]  # fmt: skip


def _stands(entry: Entry, actor: Actor) -> bool:
    if entry.end != actor.end and not (actor.end == "government" and entry.end == "cockpit"):
        return False
    known = not entry.rule or entry.rule in current_book().rules
    return known and actor.may(entry.permission)


def _row(entry: Entry, todo: int) -> dict[str, Any]:
    return {
        "title": entry.title,
        "icon": entry.icon,
        "url": address(entry.route),
        "count": todo if entry.counts_todo else 0,
        "current": False,
    }


def _grouped(group: Group, inside: list[dict[str, Any]]) -> dict[str, Any]:
    """一组：open where the current page is in it."""
    return {
        "title": group.title,
        "icon": group.icon,
        "url": inside[0]["url"],  # where a narrow end that shows no second level leads
        "current": any(row["current"] for row in inside),
        "count": sum(row["count"] for row in inside),
        "open": any(row["current"] for row in inside),
        "children": inside,
    }
