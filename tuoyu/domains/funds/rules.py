"""资金账户与收支种类：which account each kind of transfer leaves and enters (plain Python).

A transfer is one act on one subject (a grant, a statement, a claim…). Its kind fixes the way the
money goes; nothing else in the project may name a pair of accounts. ``sql/ledger.sql`` holds the
same table, and a test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

SOURCE = "source"
AVAILABLE = "available"
RESERVED = "reserved"
COMMITTED = "committed"
ORDERED = "ordered"
PAID = "paid"
RECEIVABLE = "receivable"
RETURNED = "returned"

ACCOUNTS = {
    SOURCE: "来源",
    AVAILABLE: "可用",
    RESERVED: "预留",
    COMMITTED: "承诺",
    ORDERED: "在途",
    PAID: "已付",
    RECEIVABLE: "应收回",
    RETURNED: "已收回",
}
HELD = (RESERVED, COMMITTED, ORDERED)
"""被占用、尚未付出的账户。"""


class Way(NamedTuple):
    """一种收支：名称，从哪个账户到哪个账户。"""

    name: str
    leaves: str
    enters: str


WAYS: dict[str, Way] = {
    "allot": Way("下达预算", SOURCE, AVAILABLE),
    "withdraw": Way("收回预算", AVAILABLE, SOURCE),
    "reserve": Way("预留", AVAILABLE, RESERVED),
    "free": Way("释放预留", RESERVED, AVAILABLE),
    "commit": Way("承诺", RESERVED, COMMITTED),
    "uncommit": Way("释放承诺", COMMITTED, AVAILABLE),
    "order": Way("编入付款", COMMITTED, ORDERED),
    "cancel": Way("撤回付款", ORDERED, COMMITTED),
    "settle": Way("银行付讫", ORDERED, PAID),
    "bounce": Way("退汇", PAID, ORDERED),
    "claim": Way("认定应收回", PAID, RECEIVABLE),
    "unclaim": Way("撤销应收回", RECEIVABLE, PAID),
    "recover": Way("收回到账", RECEIVABLE, RETURNED),
    "set_off": Way("抵扣收回", RECEIVABLE, RETURNED),
    "restore": Way("收回资金重新可用", RETURNED, AVAILABLE),
    "unrecover": Way("冲回已收回", AVAILABLE, PAID),
}
WITHOUT_SUBJECT = (SOURCE, AVAILABLE)
"""这两类账户里的钱还不属于哪一件事，不分事项记数。"""

REVERSE = "reverse"
KIND_NAMES = {kind: way.name for kind, way in WAYS.items()} | {REVERSE: "冲正"}
