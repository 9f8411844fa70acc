"""成批点名分秒不差：children whom staff always check in at the very same second of the day."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH seconds AS (
    SELECT institution_id, child_id, day, at, id, (at AT TIME ZONE 'Asia/Shanghai')::time AS clock,
        count(*) OVER (PARTITION BY institution_id, child_id) AS came
    FROM month_events WHERE kind = 1 AND method IN ('wall', 'desk')
), fixed AS (
    SELECT institution_id, child_id, clock, count(DISTINCT day) AS days, max(came) AS came,
        (array_agg(jsonb_build_object('day', day, 'from', at, 'child', child_id,
            'events', jsonb_build_array(id)) ORDER BY day))[1:31] AS evidence
    FROM seconds GROUP BY 1, 2, 3
    HAVING count(DISTINCT day) >= %(days)s AND count(DISTINCT day) * 100 >= max(came) * %(share)s
), together AS (
    SELECT *, count(*) OVER (PARTITION BY institution_id, clock) AS children FROM fixed
)
SELECT institution_id, 'child' AS kind, child_id, days::int, %(days)s::int, to_jsonb(evidence)
FROM together WHERE children >= %(children)s ORDER BY 1, 3
"""

RULE = Rule(
    code="staff_batches",
    title="成批点名分秒不差",
    looks_for="老师点名或补录的入园时间，同一批儿童天天在同一时刻、同一秒，整月几乎不变。"
    "一次点全班、各天时刻不同的，不算。",
    figure="同一秒入园的天数",
    caveat="时刻稍加变动的虚报认不出来；须与家长确认、抽查视频等一并核实。",
    params=(
        Param("days", "当月至少", 10, "天", "补助门槛多按到托天数计", 2, 31),
        Param("share", "占其点名天数至少", 80, "%", "偶然重合不会占到八成", 1, 100),
        Param("children", "同一时刻至少", 2, "人", "一名儿童的巧合不提示", 1, 100),
    ),
    sql=SQL,
)
