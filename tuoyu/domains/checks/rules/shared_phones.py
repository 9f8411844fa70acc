"""监护手机共用：one phone number that stands for several guardians of several families."""

from __future__ import annotations

from tuoyu.domains.checks.rules.declared import Param, Rule

SQL = """
WITH phones AS (
    SELECT g.phone_index, g.id AS guardian_id, n.child_id, e.institution_id
    FROM children_guardian g
    JOIN children_guardianship n ON n.guardian_id = g.id AND NOT n.is_blocked
    JOIN enrolment_enrolment e ON e.child_id = n.child_id
        AND e.period && daterange(%(lo)s, %(hi)s)
    WHERE g.phone_index IS NOT NULL
), shared AS (
    SELECT phone_index, count(DISTINCT guardian_id) AS people, min(guardian_id) AS first
    FROM phones GROUP BY 1
    HAVING count(DISTINCT guardian_id) >= %(people)s
        AND count(DISTINCT child_id) >= %(children)s
), named AS (
    SELECT DISTINCT p.institution_id, s.first, s.people, p.child_id, p.guardian_id
    FROM phones p JOIN shared s ON s.phone_index = p.phone_index
)
SELECT institution_id, 'phone' AS kind, first, max(people)::int, %(people)s::int,
    to_jsonb((array_agg(jsonb_build_object('child', child_id, 'guardian', guardian_id)
        ORDER BY child_id, guardian_id))[1:40])
FROM named GROUP BY institution_id, first ORDER BY 1, 3
"""

RULE = Rule(
    code="shared_phones",
    title="监护手机共用",
    looks_for="同一个手机号登记为几家不同家庭、几名不同监护人（接送人）的手机。"
    "手机号加密存放，以盲索引比对，核验时不解密。",
    figure="共用一号的监护人数",
    caveat="老人没有手机、留社区电话的会误报；两家共用不提示。",
    params=(
        Param("people", "共用人数至少", 3, "人", "夫妻共用、亲戚代接常见", 2, 100),
        Param("children", "涉及儿童至少", 3, "人", "多孩家庭不提示", 1, 100),
    ),
    sql=SQL,
)
