-- 输入散列对不上的行：the same hash as in child_months.sql, over what is stored.
SELECT child_id FROM subsidies_line
WHERE run_id = %(run)s AND input_hash <> left(encode(sha256(convert_to(concat_ws('|', month,
    child_id, institution_id, unit_code, cls, age_months, inclusive, coalesce(days::text, '?'),
    coalesce(fee_fen::text, '?')), 'UTF8')), 'hex'), 32)
ORDER BY child_id
