-- 此前：what earlier runs said last of each child-month, and what all of them granted together.
SELECT DISTINCT ON (l.institution_id, l.child_id) {columns},
    sum(coalesce(l.delta_fen, 0)) OVER (PARTITION BY l.institution_id, l.child_id)::bigint
        AS granted_fen
FROM subsidies_line l JOIN subsidies_run r ON r.id = l.run_id
WHERE r.rule = %(rule)s AND r.month = %(lo)s AND r.number < %(number)s
ORDER BY l.institution_id, l.child_id, r.number DESC
