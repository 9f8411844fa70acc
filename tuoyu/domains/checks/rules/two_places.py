"""一孩同日两处：two records that look like one child, both present at one hour."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH alike AS (
    SELECT DISTINCT a.id AS own, b.id AS other
    FROM children_child a
    JOIN children_child b ON b.name = a.name AND b.born_on = a.born_on AND b.id <> a.id
    JOIN children_guardianship ga ON ga.child_id = a.id
    JOIN children_guardian pa ON pa.id = ga.guardian_id
    JOIN children_guardianship gb ON gb.child_id = b.id
    JOIN children_guardian pb ON pb.id = gb.guardian_id
    WHERE pa.id = pb.id OR pa.phone_index = pb.phone_index
), both_days AS (
    SELECT x.institution_id, x.child_id, y.child_id AS other_child, y.institution_id AS other,
        x.day, greatest(x.in_at, y.in_at) AS since, least(x.out_at, y.out_at) AS until,
        x.id AS sheet, y.id AS other_sheet
    FROM alike
    JOIN month_sheets x ON x.child_id = alike.own AND x.status = 1
    JOIN month_sheets y ON y.child_id = alike.other AND y.status = 1 AND y.day = x.day
        AND y.institution_id <> x.institution_id
    WHERE x.in_at IS NOT NULL AND x.out_at IS NOT NULL
        AND y.in_at IS NOT NULL AND y.out_at IS NOT NULL
        AND least(x.out_at, y.out_at) - greatest(x.in_at, y.in_at)
            >= make_interval(mins => %(minutes)s)
    UNION ALL
    SELECT e.institution_id, e.child_id, e.child_id, o.other, e.day, min(e.at), max(e.at),
        NULL, NULL
    FROM month_events e
    JOIN (SELECT child_id, day, min(institution_id) AS low, max(institution_id) AS other
          FROM month_events GROUP BY 1, 2 HAVING min(institution_id) <> max(institution_id)) o
        ON o.child_id = e.child_id AND o.day = e.day
    GROUP BY e.institution_id, e.child_id, o.other, e.day
)
SELECT institution_id, 'child' AS kind, child_id, count(DISTINCT day)::int, %(days)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'from', since, 'to', until,
        'child', child_id, 'other', other, 'other_child', other_child,
        'sheets', jsonb_build_array(sheet, other_sheet)) ORDER BY day))[1:40])
FROM both_days GROUP BY institution_id, child_id
HAVING count(DISTINCT day) >= %(days)s
ORDER BY 1, 3
"""

RULE = Rule(
    code="two_places",
    title="一孩同日两处",
    looks_for="同名、同日出生、又有同一监护人（或同一监护手机）的两份档案，"
    "同一天在两家机构都记到托且时间重叠；或同一份档案同一天在两家机构都有打卡。",
    figure="重叠到托的天数",
    caveat="姓名或出生日期登记得不一样的两份档案认不出来；没有离园时间的日子不计入。",
    params=(
        Param("minutes", "两处重叠至少", 30, "分钟", "上午一处、下午另一处的半日托不算", 1, 600),
        Param("days", "当月至少", 1, "天", "一天即提示", 1, 31),
    ),
    sql=SQL,
)
