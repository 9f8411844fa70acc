"""券用而无缴费或无出勤：a voucher redeemed for a month without a fee or without a day."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

NEEDS = ("vouchers_redemption", "vouchers_voucher", "vouchers_campaign", "billing_billline")
BASIS = "SELECT EXISTS (SELECT FROM vouchers_redemption WHERE month = %(lo)s)"
SQL = """
WITH used AS (
    SELECT r.institution_id, r.child_id, r.bill_id, r.at, r.amount_fen,
        (SELECT count(*) FROM month_sheets s WHERE s.child_id = r.child_id
            AND s.institution_id = r.institution_id AND s.status = 1) AS days,
        (SELECT coalesce(sum(l.amount_fen), 0) FROM billing_billline l
            WHERE l.bill_id = r.bill_id AND l.kind IN ('charge', 'correction')) AS fee_fen
    FROM vouchers_redemption r WHERE r.month = %(lo)s AND r.reversed_at IS NULL
)
SELECT institution_id, 'child' AS kind, child_id, min(days)::int, %(days)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', (at AT TIME ZONE 'Asia/Shanghai')::date,
        'from', at, 'child', child_id, 'n', days, 'fen', amount_fen, 'fee_fen', fee_fen)
        ORDER BY at))[1:20])
FROM used WHERE days < %(days)s OR fee_fen <= 0
GROUP BY institution_id, child_id ORDER BY 1, 3
"""

RULE = Rule(
    code="voucher_idle",
    title="券用而无缴费或无出勤",
    looks_for="托育券已核销，而更正以后当月没有到托，或账单上没有应收的保育费。",
    figure="当月到托天数",
    caveat="核销当时平台已查过缴费与出勤；这里查的是核销以后又更正掉的。",
    params=(Param("days", "到托少于", 1, "天", "一天未到即提示", 1, 31),),
    sql=SQL,
    needs=NEEDS,
    basis=BASIS,
    without="当月没有托育券核销",
)
