"""人员同时在两处：one person on duty at two institutions at the same hour."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH duty AS (
    SELECT f.id_index, h.staff_id, h.institution_id, h.id, h.in_at, h.out_at,
        (h.in_at AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM attendance_staffshift h JOIN workforce_staff f ON f.id = h.staff_id
    WHERE h.in_at >= %(lo)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND h.in_at < %(hi)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND h.out_at IS NOT NULL AND f.id_index IS NOT NULL
), both_sites AS (
    SELECT a.institution_id, a.staff_id, b.institution_id AS other, a.day,
        greatest(a.in_at, b.in_at) AS since, least(a.out_at, b.out_at) AS until
    FROM duty a JOIN duty b ON b.id_index = a.id_index AND b.day = a.day
        AND b.institution_id <> a.institution_id
    WHERE least(a.out_at, b.out_at) - greatest(a.in_at, b.in_at)
        >= make_interval(mins => %(minutes)s)
)
SELECT institution_id, 'staff' AS kind, staff_id, count(DISTINCT day)::int, %(days)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'from', since, 'to', until,
        'staff', staff_id, 'other', other) ORDER BY day, since))[1:40])
FROM both_sites GROUP BY institution_id, staff_id HAVING count(DISTINCT day) >= %(days)s
ORDER BY 1, 3
"""

RULE = Rule(
    code="staff_two_sites",
    title="人员同时在两处",
    looks_for="同一身份证号的员工，同一时段在两家机构都登记在岗。",
    figure="重叠在岗的天数",
    caveat="忘记登记离岗会误报；没有登记离岗时间的不计入；未登记身份证号的员工认不出来。",
    params=(
        Param("minutes", "重叠至少", 30, "分钟", "路上与交接的宽限", 1, 600),
        Param("days", "当月至少", 1, "天", "一天即提示", 1, 31),
    ),
    sql=SQL,
    basis="""SELECT EXISTS (SELECT FROM attendance_staffshift
        WHERE in_at >= %(lo)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND in_at < %(hi)s::timestamp AT TIME ZONE 'Asia/Shanghai')""",
    without="当月没有员工在岗登记",
)
