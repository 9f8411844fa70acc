-- 人月输入：one line a child, at the institution where it came most (then the one it entered
-- first), so that no month is paid twice. A day waiting to be checked, or no sheet at all, leaves
-- the days unknown. 月龄 are full months; where the month lacks the birth day its last day counts
-- (民法典第二百零二条). The hash runs over what the amount rests on; unknown is 「?」, never zero.
WITH came AS MATERIALIZED (
    SELECT child_id, institution_id, count(*) FILTER (WHERE status = 1) AS days,
        count(*) FILTER (WHERE status IS NULL) AS open_days
    FROM attendance_daysheet WHERE day >= %(lo)s AND day < %(hi)s GROUP BY 1, 2
), placed AS (
    SELECT DISTINCT ON (e.child_id) e.child_id, e.institution_id, e.class_group_id,
        e.monthly_fen AS fee, CASE WHEN came.open_days = 0 THEN came.days END AS days
    FROM enrolment_enrolment e
    LEFT JOIN came ON came.child_id = e.child_id AND came.institution_id = e.institution_id
    WHERE e.period && daterange(%(lo)s, %(hi)s)
    ORDER BY e.child_id, coalesce(came.days, -1) DESC, lower(e.period)
), given AS (
    SELECT p.institution_id, p.child_id, i.region_code, p.class_group_id, i.unit_code,
        g.class_type AS cls, r.id IS NOT NULL AS inclusive, p.days, p.fee,
        greatest(0, (%(year)s - extract(year FROM c.born_on)::int) * 12
            + %(month)s - extract(month FROM c.born_on)::int
            - (%(day)s < least(extract(day FROM c.born_on)::int, %(last)s))::int) AS age
    FROM placed p
    JOIN attendance_monthclose m ON m.institution_id = p.institution_id AND m.month = %(lo)s
    JOIN institutions_institution i ON i.id = p.institution_id
    JOIN institutions_classgroup g ON g.id = p.class_group_id
    JOIN children_child c ON c.id = p.child_id
    LEFT JOIN institutions_recognition r
        ON r.institution_id = p.institution_id AND r.period @> %(lo)s::date
)
SELECT institution_id, child_id, region_code, class_group_id, unit_code, cls, age AS age_months,
    inclusive, days, fee AS fee_fen,
    left(encode(sha256(convert_to(concat_ws('|', %(lo)s::date, child_id, institution_id, unit_code,
        cls, age, inclusive, coalesce(days::text, '?'), coalesce(fee::text, '?')), 'UTF8')),
        'hex'), 32) AS input_hash
FROM given ORDER BY institution_id, child_id
