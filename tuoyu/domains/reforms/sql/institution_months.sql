-- 机构月输入：one line an institution whose month is closed. 在托 are the children enrolled on the
-- first day; 托位 those filed or operating by then; 持续运营 full months since the filing.
SELECT i.id AS institution_id, i.region_code, i.unit_code AS county,
    r.id IS NOT NULL AS inclusive,
    i.status = 'filed' AND coalesce(i.filed_on < %(hi)s, false) AS filed,
    CASE WHEN i.filed_on <= %(lo)s THEN
        (extract(year FROM age(%(lo)s::date, i.filed_on)) * 12
            + extract(month FROM age(%(lo)s::date, i.filed_on)))::int
        WHEN i.filed_on IS NOT NULL THEN 0 END AS months_open,
    (SELECT count(*) FROM enrolment_enrolment e
        WHERE e.institution_id = i.id AND e.period @> %(lo)s::date) AS enrolled,
    (SELECT count(*) FROM institutions_place p WHERE p.institution_id = i.id
        AND p.state IN ('filed', 'operating') AND p.state_on < %(hi)s) AS places
FROM attendance_monthclose m
JOIN institutions_institution i ON i.id = m.institution_id
LEFT JOIN institutions_recognition r
    ON r.institution_id = i.id AND r.period @> %(lo)s::date
WHERE m.month = %(lo)s
ORDER BY i.id
