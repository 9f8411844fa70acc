"""试算平衡：the ledger is added up again from its entries and compared with what it says."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from tuoyu.domains.funds import rules

_KINDS = """
SELECT a.kind, count(*), coalesce(sum(d.fen), 0)::bigint, coalesce(sum(c.fen), 0)::bigint,
    sum(a.balance_fen)::bigint
FROM funds_account a
LEFT JOIN (SELECT debit_id AS id, sum(amount_fen) AS fen FROM funds_entry GROUP BY 1) d USING (id)
LEFT JOIN (SELECT credit_id AS id, sum(amount_fen) AS fen FROM funds_entry GROUP BY 1) c USING (id)
GROUP BY a.kind
"""
_ACCOUNTS = """
SELECT a.id FROM funds_account a
LEFT JOIN (SELECT debit_id AS id, sum(amount_fen) AS fen FROM funds_entry GROUP BY 1) d USING (id)
LEFT JOIN (SELECT credit_id AS id, sum(amount_fen) AS fen FROM funds_entry GROUP BY 1) c USING (id)
WHERE a.balance_fen <> coalesce(d.fen, 0) - coalesce(c.fen, 0)
    OR (a.balance_fen < 0 AND a.kind <> 'source') ORDER BY a.id
"""
_POSITIONS = """
WITH moved AS (
    SELECT id, subject, sum(fen)::bigint AS fen FROM (
        SELECT debit_id AS id, subject, amount_fen AS fen FROM funds_entry
        UNION ALL SELECT credit_id, subject, -amount_fen FROM funds_entry) x GROUP BY 1, 2
)
SELECT coalesce(p.subject, m.subject) FROM funds_position p
FULL JOIN (SELECT m.* FROM moved m JOIN funds_account a ON a.id = m.id
    WHERE a.kind NOT IN ('source', 'available')) m ON m.id = p.account_id AND m.subject = p.subject
WHERE coalesce(p.balance_fen, 0) <> coalesce(m.fen, 0) ORDER BY 1
"""
_TRANSFERS = """
SELECT t.key FROM funds_transfer t
LEFT JOIN (SELECT transfer_id, sum(amount_fen) AS fen FROM funds_entry GROUP BY 1) e
    ON e.transfer_id = t.id
WHERE coalesce(e.fen, 0) <> t.amount_fen ORDER BY t.key
"""
_ORDERS = """
SELECT o.key FROM funds_order o
LEFT JOIN (SELECT p.subject, sum(p.balance_fen) AS fen FROM funds_position p
    JOIN funds_account a ON a.id = p.account_id
    WHERE a.kind IN ('paid', 'receivable', 'returned') GROUP BY 1) p ON p.subject = o.key
WHERE o.state IN ('paid', 'offset') AND coalesce(p.fen, 0) > o.amount_fen ORDER BY o.key
"""


@dataclass(frozen=True)
class KindTotal:
    """一种账户：借方、贷方、余额。"""

    kind: str
    name: str
    accounts: int
    debit_fen: int
    credit_fen: int
    balance_fen: int


@dataclass(frozen=True)
class TrialBalance:
    """试算表。``faults`` names what does not agree; empty means that it balances."""

    kinds: list[KindTotal]
    faults: list[str]

    @property
    def balances(self) -> bool:
        """是否平衡。"""
        return not self.faults


def trial_balance() -> TrialBalance:
    """试算平衡：debits = credits, every balance and every subject's share as its entries say."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        found = {row[0]: KindTotal(row[0], rules.ACCOUNTS[row[0]], *row[1:]) for row in cursor}
        faults = []
        for sql, said in (
            (_ACCOUNTS, "账户 {} 的余额与分录不符"),
            (_POSITIONS, "事项 {} 的余额与分录不符"),
            (_TRANSFERS, "收支 {} 的分录之和与金额不符"),
            (_ORDERS, "付款单 {} 在账上付得比应付多"),
        ):
            cursor.execute(sql)
            faults += [said.format(row[0]) for row in cursor]
    kinds = [found[k] for k in rules.ACCOUNTS if k in found]
    ins, outs = sum(k.debit_fen for k in kinds), sum(k.credit_fen for k in kinds)
    if ins != outs:
        faults.insert(0, f"借方合计 {ins} 分，贷方合计 {outs} 分，不相等")
    if sum(k.balance_fen for k in kinds):
        faults.insert(0, f"各账户余额之和是 {sum(k.balance_fen for k in kinds)} 分，应为零")
    return TrialBalance(kinds, faults)
