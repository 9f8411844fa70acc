"""开园时间以外入园：arrivals at night or on a day of rest."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH outside AS (
    SELECT e.institution_id, e.child_id, e.day, e.at, e.id, e.method
    FROM month_events e JOIN institutions_institution i ON i.id = e.institution_id
    WHERE e.kind = 1 AND e.flags & 1 = 0
        AND ((e.at AT TIME ZONE 'Asia/Shanghai')::time
                < i.opens_at - make_interval(mins => %(before)s)
            OR (e.at AT TIME ZONE 'Asia/Shanghai')::time
                > i.closes_at + make_interval(mins => %(after)s)
            OR e.day <> ALL (%(workdays)s::date[]))
)
SELECT institution_id, 'institution' AS kind, institution_id, count(*)::int, %(least)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'from', at, 'child', child_id,
        'events', jsonb_build_array(id)) ORDER BY at, id))[1:80])
FROM outside GROUP BY institution_id HAVING count(*) >= %(least)s ORDER BY 1
"""

RULE = Rule(
    code="outside_hours",
    title="开园时间以外入园",
    looks_for="入园打卡落在备案的开园时间以外（夜间或休息日）。"
    "晚接只是离园迟，不算；设备时钟偏差的事件不采信。",
    figure="开园时间以外的入园次数",
    caveat="延时托、早到班若没有变更备案的开园时间，会误报；机构可据实说明。",
    params=(
        Param("before", "早于开园", 30, "分钟", "提前到园的宽限", 0, 300),
        Param("after", "晚于闭园", 90, "分钟", "闭园以后仍可能有迟到的补录", 0, 300),
        Param("least", "当月至少", 3, "次", "偶发一两次不提示", 1, 1000),
    ),
    sql=SQL,
)
