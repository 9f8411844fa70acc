"""结算单作为付款来源：its amount is the sum of its lines, added up anew."""

from __future__ import annotations

from django.db import connection

from tuoyu.domains.funds.sources import Source

_SQL = """
SELECT s.id, i.name, s.month, r.number, s.paid_lines,
    coalesce((SELECT sum(l.delta_fen) FROM subsidies_line l
        WHERE l.run_id = s.run_id AND l.institution_id = s.institution_id), 0)::bigint
FROM subsidies_statement s
JOIN subsidies_run r ON r.id = s.run_id
JOIN institutions_institution i ON i.id = s.institution_id
WHERE s.id = ANY (%s)
"""


def find_sources(statement_ids: list[int]) -> dict[int, Source]:
    """来源行（一次查询）。"""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [statement_ids])
        rows = cursor.fetchall()
    return {
        pk: Source(
            title=f"{name} {month:%Y-%m} 结算单" + (f"（第 {number} 次增减）" if number else ""),
            amount_fen=fen,
            url=f"/gov/settlements/{pk}/",
            detail=f"应付 {people} 人",
        )
        for pk, name, month, number, people, fen in rows
    }
