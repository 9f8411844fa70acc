"""扫码快过门口：guardian codes at one door, more in a minute than a door lets through."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH counted AS (
    SELECT institution_id, device_id, day, at, kind, id, count(*) OVER (
        PARTITION BY institution_id, device_id, kind ORDER BY at
        RANGE BETWEEN make_interval(secs => %(seconds)s) PRECEDING AND CURRENT ROW) AS n
    FROM month_events WHERE method IN ('qr', 'code')
), bursts AS (
    SELECT institution_id, day, max(n) AS n,
        min(at) - make_interval(secs => %(seconds)s) AS since, max(at) AS until,
        (array_agg(id ORDER BY at, id))[1:10] AS ids
    FROM counted WHERE n >= %(least)s GROUP BY 1, 2
)
SELECT institution_id, 'institution' AS kind, institution_id, max(n)::int, %(least)s::int,
    to_jsonb((array_agg(jsonb_build_object('day', day, 'from', since, 'to', until, 'n', n,
        'events', ids) ORDER BY day))[1:40])
FROM bursts GROUP BY institution_id ORDER BY 1
"""

RULE = Rule(
    code="fast_codes",
    title="扫码快过门口",
    looks_for="同一台门口平板上，家长接送码在一分钟内扫过的人数，多于一道门放得过的人数。"
    "老师成批点名另有规则，不在此列。",
    figure="一分钟内扫码人数",
    caveat="人数少的机构即使代扫也达不到门槛，查不出来；校车一次到园可能误报。",
    params=(
        Param("seconds", "时间窗", 60, "秒", "逐人扫码、核对、入园约需 4 秒以上", 5, 600),
        Param("least", "窗内至少", 20, "人次", "每 3 秒一人仍不足以通过一道门", 5, 200),
    ),
    sql=SQL,
)
