-- 一次结算存下的行，in the order in which they were hashed.
SELECT {columns} FROM subsidies_line WHERE run_id = %(run)s ORDER BY institution_id, child_id
