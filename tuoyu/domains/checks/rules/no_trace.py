"""到托而无照护痕迹：children present in a room in which nobody was on duty."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH here AS (
    SELECT s.institution_id, s.class_group_id, s.day, count(*) AS n, min(s.in_at) AS since,
        max(s.out_at) AS until
    FROM month_sheets s
    WHERE s.status = 1 AND s.in_at IS NOT NULL AND s.class_group_id IS NOT NULL
    GROUP BY 1, 2, 3 HAVING count(*) >= %(children)s
), duty AS (
    SELECT institution_id, class_group_id, in_at,
        least(coalesce(out_at, in_at + interval '12 hours'), in_at + interval '12 hours') AS out_at,
        (in_at AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM attendance_staffshift
    WHERE in_at >= %(lo)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND in_at < %(hi)s::timestamp AT TIME ZONE 'Asia/Shanghai'
), keeps AS (  -- only where duty is written down on most days can its absence mean anything
    SELECT h.institution_id FROM (SELECT DISTINCT institution_id, day FROM here) h
    LEFT JOIN (SELECT DISTINCT institution_id, day FROM duty) d
        ON d.institution_id = h.institution_id AND d.day = h.day
    GROUP BY 1 HAVING count(d.day) * 100 >= count(*) * %(kept)s
), empty AS (
    SELECT h.* FROM here h JOIN keeps k ON k.institution_id = h.institution_id
    WHERE NOT EXISTS (
        SELECT FROM duty d WHERE d.institution_id = h.institution_id AND d.day = h.day
        AND (d.class_group_id = h.class_group_id OR d.class_group_id IS NULL)
        AND d.in_at < coalesce(h.until, h.since + interval '1 hour') AND d.out_at > h.since)
)
SELECT institution_id, 'room' AS kind, class_group_id, count(*)::int, %(days)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'from', since, 'to', until, 'n', n,
        'room', class_group_id) ORDER BY day))[1:31])
FROM empty GROUP BY institution_id, class_group_id HAVING count(*) >= %(days)s ORDER BY 1, 3
"""

RULE = Rule(
    code="no_trace",
    title="到托而无照护痕迹",
    looks_for="一个班当日有儿童到托，这个班（及未分班的机动人员）却没有任何人登记在岗。",
    figure="有人到托而无人在岗的天数",
    caveat="平台目前只有员工在岗登记可作照护痕迹（餐、睡、换洗记录尚未接入，晨检只记异常）；"
    "大多数日子不登记在岗的机构不判。合班未改登记会误报。",
    params=(
        Param("children", "该班到托至少", 3, "人", "一两人时可能并入他班", 1, 100),
        Param("days", "当月至少", 3, "天", "偶尔忘记登记不提示", 1, 31),
        Param("kept", "平时登记在岗的日子占", 60, "%", "不常登记的机构不判", 1, 100),
    ),
    sql=SQL,
    basis="""SELECT EXISTS (SELECT FROM attendance_staffshift
        WHERE in_at >= %(lo)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND in_at < %(hi)s::timestamp AT TIME ZONE 'Asia/Shanghai')""",
    without="当月没有员工在岗登记",
)
