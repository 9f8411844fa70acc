"""测速：month settlement, from raw day sheets to stored, explained lines.

Two bare statements stand beside it in the same database, into tables with the same columns,
indexes and foreign keys: the rows worked out from the day sheets in hand-written SQL (no reason,
no receipt, no refusal), and the finished rows merely copied. The budget (≤ 2) is held against
the first, which gives the same rows from the same day sheets; the second is told beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from tuoyu.core import clock
from tuoyu.core.access import Actor
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.subsidies import services
from tuoyu.domains.subsidies.models import Run

INSTITUTIONS, CHILDREN, DAYS = 1_000, 41, 22
AT = datetime(2025, 10, 15, 8, 10, tzinfo=clock.ZONE)
BUDGET = 2.0
OPERATOR = Actor(None, "测速", "system", "系统", "system", frozenset(), SYSTEM)

CITY = f"""
INSERT INTO institutions_institution (id, name, search, uscc, kind, nature, region_code, unit_code,
    address, phone, status, record_no, opens_at, closes_at, leave_cutoff)
SELECT n, '测速机构' || n, '', 'B' || lpad(n::text, 17, '0'), 'private', 'private', u, u, '', '',
    'filed', '', '07:30', '17:30', '09:00'
FROM (SELECT n, (array['350582','350581','350503','350583','350521'])[1 + n % 5] AS u
    FROM generate_series(1, {INSTITUTIONS}) n) x;
INSERT INTO institutions_recognition (institution_id, region_code, document, period)
SELECT id, region_code, '测速', daterange('2025-01-01', '2026-01-01')
FROM institutions_institution WHERE id % 20 > 0;
INSERT INTO institutions_classgroup (id, institution_id, region_code, name, class_type, capacity,
    is_open)
SELECT i.id * 10 + k, i.id, i.region_code, '班' || k, (array['infant','toddler','mixed'])[k], 20,
    true
FROM institutions_institution i, generate_series(1, 3) k;
INSERT INTO children_child (id, name, search, sex, born_on, has_allergy, institution_id,
    region_code)
SELECT i.id * 1000 + k, '测速儿童', '', 'f', date '2023-01-01' + ((i.id * 7 + k * 13) % 800)::int,
    false, i.id, i.region_code
FROM institutions_institution i, generate_series(1, {CHILDREN}) k;
INSERT INTO enrolment_enrolment (child_id, institution_id, region_code, class_group_id, period,
    form, monthly_fen)
SELECT c.id, c.institution_id, c.region_code, c.institution_id * 10 + 1 + c.id % 3,
    daterange('2025-03-01', '2026-09-01'), 'full_day', 120000 + (c.id % 5) * 10000
FROM children_child c;
INSERT INTO attendance_monthclose (institution_id, region_code, month, closed_at, closed_by_name,
    children, days, sheets_hash)
SELECT id, region_code, '2025-07-01', '2025-08-01 09:00+08', '测速', {CHILDREN}, 0, ''
FROM institutions_institution;
INSERT INTO attendance_daysheet (child_id, day, institution_id, region_code, class_group_id, status,
    in_at, out_at, reason, is_corrected, flags, events)
SELECT c.id, date '2025-07-01' + d, c.institution_id, c.region_code, NULL,
    CASE WHEN (c.id * 31 + d * 17) % 997 = 0 THEN NULL WHEN (c.id + d) % 7 = 0 THEN 2 ELSE 1 END,
    '2025-07-01 08:00+08'::timestamptz + d * interval '1 day',
    '2025-07-01 17:00+08'::timestamptz + d * interval '1 day', '', false, 0, 2
FROM generate_series(0, {DAYS - 1}) d, children_child c;
CREATE TABLE bare_line (LIKE subsidies_line INCLUDING ALL);
ALTER TABLE bare_line ADD FOREIGN KEY (run_id) REFERENCES subsidies_run (id),
    ADD FOREIGN KEY (institution_id, region_code)
    REFERENCES institutions_institution (id, region_code);
CREATE UNLOGGED TABLE finished_line AS SELECT * FROM subsidies_line WITH NO DATA;
"""

# What a person would write by hand for this one month: gates and amounts as a CASE, no reasons.
BY_HAND = """
INSERT INTO bare_line (id, run_id, institution_id, region_code, month, child_id, class_group_id,
    unit_code, cls, age_months, inclusive, days, fee_fen, state, amount_fen, limit_fen, set_fen,
    delta_fen, gate, binding, params, input_hash)
WITH came AS MATERIALIZED (
    SELECT child_id, institution_id, count(*) FILTER (WHERE status = 1) AS days,
        count(*) FILTER (WHERE status IS NULL) AS open_days
    FROM attendance_daysheet WHERE day >= '2025-07-01' AND day < '2025-08-01' GROUP BY 1, 2
), given AS (
    SELECT e.institution_id, i.region_code, e.child_id, e.class_group_id, i.unit_code,
        g.class_type AS cls, extract(year FROM age('2025-07-01', c.born_on))::int * 12
            + extract(month FROM age('2025-07-01', c.born_on))::int AS age,
        r.id IS NOT NULL AS inclusive, e.monthly_fen AS fee,
        CASE WHEN came.open_days = 0 THEN came.days END AS days
    FROM enrolment_enrolment e
    JOIN attendance_monthclose m ON m.institution_id = e.institution_id AND m.month = '2025-07-01'
    JOIN institutions_institution i ON i.id = e.institution_id
    JOIN institutions_classgroup g ON g.id = e.class_group_id
    JOIN children_child c ON c.id = e.child_id
    LEFT JOIN came ON came.child_id = e.child_id AND came.institution_id = e.institution_id
    LEFT JOIN institutions_recognition r
        ON r.institution_id = e.institution_id AND r.period @> date '2025-07-01'
    WHERE e.period && daterange('2025-07-01', '2025-08-01')
), priced AS (
    SELECT given.*, CASE WHEN NOT inclusive OR (cls = 'mixed' AND age >= 24) THEN 0
        WHEN days >= 10 THEN least(fee, CASE cls WHEN 'infant' THEN 28000 ELSE 18000 END)
        WHEN days < 10 THEN 0 END AS fen
    FROM given
)
SELECT nextval('subsidies_line_id_seq'), %s, institution_id, region_code, '2025-07-01', child_id,
    class_group_id, unit_code, cls, age, inclusive, days, fee,
    CASE WHEN fen IS NULL THEN 3 WHEN fen = 0 THEN 2 ELSE 1 END, fen, 30000, 28000, fen,
    CASE WHEN fen = 0 THEN 'attended' ELSE '' END, CASE WHEN fen > 0 THEN '县定标准' ELSE '' END,
    '0,1,2,3', md5(child_id::text)
FROM priced ORDER BY institution_id, child_id
"""
COPIED = "INSERT INTO bare_line SELECT * FROM finished_line ORDER BY institution_id, child_id"


def run(*, repeats: int = 5) -> dict[str, object]:
    """测一次：builds a scratch city of one month, measures, drops it."""
    creation = connection.creation
    name = connection.settings_dict["NAME"]
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return measure(repeats)
    finally:
        creation.destroy_test_db(name, verbosity=0)


def measure(repeats: int) -> dict[str, object]:
    """在当前（空的）数据库里测。"""
    with connection.cursor() as cursor:
        cursor.execute(CITY)
        cursor.execute("VACUUM ANALYZE")
    settled = _settle()
    _execute("INSERT INTO finished_line SELECT * FROM subsidies_line")
    ours, by_hand, copied = [], [], []
    for _ in range(repeats):
        by_hand.append(_time(partial(_bare, BY_HAND, settled.pk)))
        _execute("TRUNCATE bare_line")
        _execute("UPDATE finished_line SET run_id = (SELECT id FROM subsidies_run)")
        copied.append(_time(partial(_bare, COPIED, None)))
        _clear()
        ours.append(_time(_settle))
        settled = Run.all_rows.get()
    best, hand, copy = min(ours), min(by_hand), min(copied)
    return {
        "lines": settled.lines,
        "day_sheets": INSTITUTIONS * CHILDREN * DAYS,
        "total_fen": settled.total_fen,
        "settle_ms": best,
        "insert_select_ms": hand,
        "copy_of_finished_rows_ms": copy,
        "ratio": round(best / hand, 2),
        "ratio_to_copy": round(best / copy, 2),
        "budget": BUDGET,
        "met": best <= BUDGET * hand,
        "met_to_copy": best <= BUDGET * copy,
    }


def _settle() -> Run:
    done = services.settle(
        book=current_book(), rule_id="class_subsidy", month="2025-07", by=OPERATOR, at=AT
    )
    assert done.run is not None
    return done.run


def _bare(sql: str, run_id: int | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, None if run_id is None else [run_id])


def _clear() -> None:
    _execute("TRUNCATE cases_casestep, cases_case, subsidies_statement, subsidies_line CASCADE")
    _execute("TRUNCATE bare_line; DELETE FROM subsidies_run")


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _time(work: Callable[[], object]) -> int:
    start = time.perf_counter()
    work()
    return round((time.perf_counter() - start) * 1000)


if __name__ == "__main__":
    import json

    import django

    django.setup()
    print(json.dumps(run(), ensure_ascii=False))
