-- 有在托儿童而未月结的机构。
SELECT DISTINCT e.institution_id FROM enrolment_enrolment e
WHERE e.period && daterange(%(lo)s, %(hi)s) AND NOT EXISTS (
    SELECT FROM attendance_monthclose m
    WHERE m.institution_id = e.institution_id AND m.month = %(lo)s)
ORDER BY 1
