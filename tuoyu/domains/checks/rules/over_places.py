"""人数超过托位：more children at one hour than the class, or the institution, has places."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH crowded AS (
    SELECT s.class_group_id, s.day, g.capacity, count(*) AS n
    FROM month_sheets s JOIN institutions_classgroup g ON g.id = s.class_group_id
    WHERE s.status = 1 GROUP BY 1, 2, 3 HAVING count(*) >= g.capacity + %(over)s
), hours AS (
    SELECT s.id, s.institution_id, s.class_group_id, s.day, s.in_at, s.out_at, c.capacity
    FROM month_sheets s JOIN crowded c ON c.class_group_id = s.class_group_id AND c.day = s.day
    WHERE s.status = 1 AND s.in_at IS NOT NULL
), peaks AS (  -- how many were there at once, at each arrival
    SELECT x.id, x.institution_id, x.class_group_id, x.day, x.capacity, x.in_at, count(*) AS n
    FROM hours x JOIN hours y ON y.class_group_id = x.class_group_id AND y.day = x.day
        AND y.in_at <= x.in_at AND (y.out_at IS NULL OR y.out_at > x.in_at)
    GROUP BY 1, 2, 3, 4, 5, 6
), rooms AS (
    SELECT institution_id, class_group_id, day, capacity, max(n) AS n,
        (array_agg(in_at ORDER BY n DESC, in_at))[1] AS at
    FROM peaks GROUP BY 1, 2, 3, 4 HAVING max(n) >= capacity + %(over)s
), places AS (
    SELECT institution_id, count(*) AS places FROM institutions_place
    WHERE state = 'operating' GROUP BY 1
), whole AS (
    SELECT s.institution_id, s.day, p.places, count(*) AS n
    FROM month_sheets s JOIN places p ON p.institution_id = s.institution_id
    WHERE s.status = 1 GROUP BY 1, 2, 3 HAVING count(*) >= p.places + %(over)s
)
SELECT institution_id, 'room' AS kind, class_group_id, max(n - capacity)::int, %(over)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'from', at, 'n', n, 'of', capacity,
        'room', class_group_id) ORDER BY day))[1:31])
FROM rooms GROUP BY institution_id, class_group_id HAVING count(*) >= %(days)s
UNION ALL
SELECT institution_id, 'institution', institution_id, max(n - places)::int, %(over)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'n', n, 'of', places)
        ORDER BY day))[1:31])
FROM whole GROUP BY institution_id HAVING count(*) >= %(days)s
ORDER BY 1, 2, 3
"""

RULE = Rule(
    code="over_places",
    title="人数超过托位",
    looks_for="同一时刻一个班的到托人数超过核定人数，或全园到托人数超过运营托位。",
    figure="最多超出人数",
    caveat="临时合班会误报；签离漏打的儿童按仍在班计。",
    params=(
        Param("over", "超出至少", 2, "人", "错点一人不提示", 1, 100),
        Param("days", "当月至少", 2, "天", "一天的临时合班不提示", 1, 31),
    ),
    sql=SQL,
)
