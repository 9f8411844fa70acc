"""总账的读取：how a budget stands, by what it is for, who spends it and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from django.db import models
from django.db.models import Sum

from tuoyu.core.errors import NotFound
from tuoyu.core.scope import Scope
from tuoyu.domains.funds import rules
from tuoyu.domains.funds.models import Account, BudgetLine, Entry, Position

DIMENSIONS = {"programme": "项目", "unit": "单位", "source": "来源"}
_COLUMN = {"programme": "line__programme", "unit": "line__unit_code", "source": "line__source"}


@dataclass(frozen=True, slots=True)
class Figures:
    """一组预算的各栏（分）：预算 = 可用 + 预留 + 承诺 + 在途 + 已付 + 应收回 + 已收回。"""

    budget: int = 0
    available: int = 0
    reserved: int = 0
    committed: int = 0
    ordered: int = 0
    paid: int = 0
    receivable: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        """结余：还没有用途的钱。"""
        return self.available + self.returned

    def plus(self, other: Figures) -> Figures:
        """逐栏相加。"""
        return Figures(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def with_balance(self, kind: str, fen: int) -> Figures:
        """放入一个账户的余额；来源账户的负数就是预算。"""
        name = "budget" if kind == rules.SOURCE else kind
        return replace(self, **{name: getattr(self, name) + (-fen if name == "budget" else fen)})


@dataclass(frozen=True, slots=True)
class Row:
    """总表的一行：``key`` is the code of the dimension."""

    key: str
    figures: Figures


def list_years(scope: Scope) -> list[int]:
    """有预算的年度，近的在前。"""
    rows = BudgetLine.objects.visible_to(scope).values_list("year", flat=True).distinct()
    return sorted(rows, reverse=True)


def sum_by(
    scope: Scope, year: int, by: str, *, programme: str = "", unit: str = "", source: str = ""
) -> list[Row]:
    """按一个维度汇总（一次查询）。"""
    rows = Account.objects.visible_to(scope).filter(line__year=year)
    for name, value in (("programme", programme), ("unit", unit), ("source", source)):
        if value:
            rows = rows.filter(**{_COLUMN[name]: value})
    found: dict[str, Figures] = {}
    summed = rows.values_list(_COLUMN[by], "kind").annotate(fen=Sum("balance_fen")).order_by()
    for key, kind, fen in summed:
        found[key] = found.get(key, Figures()).with_balance(kind, fen)
    return [Row(key, figures) for key, figures in sorted(found.items())]


def total_of(rows: Iterable[Row]) -> Figures:
    """合计。"""
    total = Figures()
    for row in rows:
        total = total.plus(row.figures)
    return total


def list_lines(
    scope: Scope, year: int, *, programme: str = "", unit: str = "", source: str = ""
) -> list[tuple[BudgetLine, Figures]]:
    """预算额度，按动用次序，连同各栏。"""
    rows = BudgetLine.objects.visible_to(scope).filter(year=year)
    for name, value in (("programme", programme), ("unit_code", unit), ("source", source)):
        if value:
            rows = rows.filter(**{name: value})
    lines = rows.prefetch_related("accounts").order_by("programme", "unit_code", "rank", "pk")
    return [(line, figures_of(line)) for line in lines]


def access_line(scope: Scope, line_id: int) -> BudgetLine:
    """取一条预算额度。"""
    rows = BudgetLine.objects.visible_to(scope).prefetch_related("accounts")
    found = rows.filter(pk=line_id).first()
    if found is None:
        raise NotFound
    return found


def figures_of(line: BudgetLine) -> Figures:
    """一条额度的各栏。"""
    figures = Figures()
    for account in line.accounts.all():
        figures = figures.with_balance(account.kind, account.balance_fen)
    return figures


def list_entries(scope: Scope, line: BudgetLine) -> models.QuerySet[Entry]:
    """一条额度的分录，新的在前。"""
    rows = Entry.objects.visible_to(scope).filter(debit__line=line)
    return rows.select_related("transfer", "debit__line", "credit").order_by("-transfer__at", "-pk")


def list_of_subject(scope: Scope, subject: str) -> list[Entry]:
    """一件事的全部分录，先后为序；nothing visible is not found."""
    rows = Entry.objects.visible_to(scope).filter(subject=subject)
    found = list(
        rows.select_related("transfer", "debit__line", "credit").order_by("transfer__at", "pk")
    )
    if not subject or not found:
        raise NotFound
    return found


def list_holders(scope: Scope, line: BudgetLine, kind: str) -> models.QuerySet[Position]:
    """一个账户里的钱属于哪些事，多的在前。"""
    rows = Position.objects.visible_to(scope).filter(
        account__line=line, account__kind=kind, balance_fen__gt=0
    )
    return rows.order_by("-balance_fen", "subject")
