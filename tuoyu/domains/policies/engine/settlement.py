"""可否结算：草案不付、过期不付、解释项未签字不付；都满足才可以。"""

from __future__ import annotations

from datetime import date

from tuoyu.core.periods import month_period, month_start
from tuoyu.domains.policies.engine.book import Book


def may_settle(book: Book, rule_id: str, month: str, today: date) -> tuple[bool, str]:
    """某月某规则可否结算，以及不可的理由。施行期满以后仍可补结期内的月份。"""
    rule = book.rule(rule_id)
    document = book.pack.document
    if book.pack.is_draft:
        return False, f"《{document.title}》是{book.pack.status_name}，只能测算，不能支付"
    if book.pack.status == "repealed":
        return False, f"《{document.title}》已废止，不能据此支付"
    if rule.purpose != "pay":
        return False, f"“{rule.name}”只作判断，不产生支付"
    if month_start(month) not in document.valid:
        valid = f"{document.valid.start} 至 {document.valid.last_day}"
        return False, f"{month} 不在 {document.number} 施行期（{valid}）内，须有接续文件"
    period = month_period(month)
    if period.end is None or today < period.end:
        return False, f"{month} 尚未结束，{period.end} 起可以结算"
    unsigned = [
        item.id
        for item in book.interpretations.values()
        if (item.id in rule.interpretations or rule.id in item.blocks)
        and not item.signed_by_day(today)
    ]
    if unsigned:
        return False, f"解释项 {'、'.join(unsigned)} 尚未签字，请主管部门签署后再结算"
    return True, "可以结算"
