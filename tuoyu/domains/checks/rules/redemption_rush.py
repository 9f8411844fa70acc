"""窗口末日集中核销：an institution that redeems most of its vouchers in the last hours."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule
from tuoyu.domains.checks.rules.voucher_idle import NEEDS

BASIS = """SELECT EXISTS (SELECT FROM vouchers_redemption
    WHERE at >= %(lo)s::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND at < %(hi)s::timestamp AT TIME ZONE 'Asia/Shanghai')"""
SQL = """
WITH used AS (
    SELECT r.institution_id, r.child_id, r.at, r.amount_fen,
        least(v.expires_at, coalesce(c.use_until, v.expires_at)) - r.at
            <= make_interval(hours => %(hours)s) AS is_last
    FROM vouchers_redemption r
    JOIN vouchers_voucher v ON v.id = r.voucher_id
    JOIN vouchers_campaign c ON c.id = r.campaign_id
    WHERE r.reversed_at IS NULL AND r.at >= %(lo)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND r.at < %(hi)s::timestamp AT TIME ZONE 'Asia/Shanghai'
), sums AS (
    SELECT institution_id, count(*) AS n, count(*) FILTER (WHERE is_last) AS last
    FROM used GROUP BY 1
)
SELECT s.institution_id, 'institution' AS kind, s.institution_id, s.last::int, %(least)s::int,
    (SELECT to_jsonb((array_agg(jsonb_build_object('day',
        (u.at AT TIME ZONE 'Asia/Shanghai')::date, 'from', u.at, 'child', u.child_id,
        'fen', u.amount_fen) ORDER BY u.at))[1:40])
     FROM used u WHERE u.institution_id = s.institution_id AND u.is_last)
FROM sums s WHERE s.last >= %(least)s AND s.last * 100 >= s.n * %(share)s
ORDER BY 1
"""

RULE = Rule(
    code="redemption_rush",
    title="窗口末日集中核销",
    looks_for="一家机构当月核销的托育券，大多集中在券到期前的最后时段。",
    figure="末段核销张数",
    caveat="家长本来就常在到期前想起用券；本规则只说明集中，不说明虚假。",
    params=(
        Param("hours", "到期前", 48, "小时", "最后两天", 1, 720),
        Param("least", "末段至少", 10, "张", "小机构偶然集中不提示", 1, 1000),
        Param("share", "占当月核销至少", 60, "%", "过半集中才提示", 1, 100),
    ),
    sql=SQL,
    needs=NEEDS,
    basis=BASIS,
    without="当月没有托育券核销",
)
