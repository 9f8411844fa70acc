"""备案价：what an institution may charge on a day. An item that is not here cannot be charged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.core.scope import Scope
from tuoyu.domains.billing import rules
from tuoyu.domains.billing.models import Choice, FeeItem, ItemKind, RefundRule, Unit, WaiverRule
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.institutions.models import ClassType, FeeStandard

PUBLIC = "收费公示"


@dataclass(frozen=True)
class Price:
    """一项备案价。``class_type`` empty: every class type."""

    kind: str
    class_type: str
    form: str
    unit: str
    price_fen: int
    from_on: date
    hours: str = ""
    is_elective: bool = False

    @property
    def title(self) -> str:
        return ItemKind(self.kind).label

    @property
    def class_title(self) -> str:
        return ClassType(self.class_type).label if self.class_type else "各班型"

    @property
    def form_title(self) -> str:
        return ServiceForm(self.form).label

    @property
    def words(self) -> str:
        """1,500 元/月。"""
        return rules.price_words(self.price_fen, self.unit)


@dataclass(frozen=True)
class Tariff:
    """一家机构某日的价目。"""

    prices: tuple[Price, ...] = ()

    def care(self, class_type: str, form: str) -> Price | None:
        """保育费：of the very class type first."""
        found = [
            p
            for p in self.prices
            if p.kind == ItemKind.CARE and p.form == form and p.class_type in (class_type, "")
        ]
        return max(found, key=lambda p: p.class_type != "", default=None)

    def others(self, class_type: str, form: str, chosen: frozenset[str]) -> list[Price]:
        """其他项目：those for everyone, and the electives this child uses."""
        best: dict[str, Price] = {}
        for p in self.prices:
            if p.kind == ItemKind.CARE or p.form != form:
                continue
            if p.class_type not in (class_type, "") or (p.is_elective and p.kind not in chosen):
                continue
            held = best.get(p.kind)
            if held is None or (p.class_type and not held.class_type):
                best[p.kind] = p
        order = list(ItemKind.values)
        return sorted(best.values(), key=lambda p: order.index(p.kind))

    def electives(self) -> list[Price]:
        """自选项目。"""
        return [p for p in self.prices if p.is_elective]


def tariffs(institution_ids: Iterable[int], on: date) -> dict[int, Tariff]:
    """多家机构某日的价目，in two queries."""
    ids = list(institution_ids)
    found: dict[int, list[Price]] = {i: [] for i in ids}
    standards = FeeStandard.objects.unscoped(reason=PUBLIC).filter(
        institution_id__in=ids, from_on__lte=on
    )
    standards = standards.order_by("institution_id", "class_type", "-from_on")
    for s in standards.distinct("institution_id", "class_type"):
        price = Price(
            ItemKind.CARE, s.class_type, ServiceForm.FULL_DAY, Unit.MONTH, s.monthly_fen, s.from_on
        )
        found[s.institution_id].append(price)
    key = ("institution_id", "kind", "class_type", "form", "unit")
    items = FeeItem.objects.unscoped(reason=PUBLIC).filter(
        institution_id__in=ids, from_on__lte=on, accepted_on__isnull=False
    )
    items = items.exclude(kind=ItemKind.CARE, form=ServiceForm.FULL_DAY, unit=Unit.MONTH)
    for i in items.order_by(*key, "-from_on").distinct(*key):
        if i.price_fen == 0:  # no longer charged
            continue
        found[i.institution_id].append(
            Price(
                i.kind, i.class_type, i.form, i.unit, i.price_fen, i.from_on, i.hours, i.is_elective
            )
        )
    return {i: Tariff(tuple(sorted(rows, key=_order))) for i, rows in found.items()}


def _order(p: Price) -> tuple[Any, ...]:
    kinds, types = list(ItemKind.values), ["", *ClassType.values]
    forms = list(ServiceForm.values)
    return kinds.index(p.kind), forms.index(p.form), types.index(p.class_type), p.unit


def tariff_of(institution_id: int, on: date) -> Tariff:
    """一家机构某日的价目。"""
    return tariffs([institution_id], on)[institution_id]


def refund_tiers(institution_id: int, on: date) -> dict[str, list[rules.Tier]]:
    """某日的退费办法：item → tiers of the newest table filed for it."""
    rows = RefundRule.objects.unscoped(reason=PUBLIC).filter(
        institution_id=institution_id, from_on__lte=on, accepted_on__isnull=False
    )
    newest: dict[str, date] = {}
    out: dict[str, list[rules.Tier]] = {}
    for r in rows.order_by("kind", "-from_on", "id"):
        if newest.setdefault(r.kind, r.from_on) != r.from_on:
            continue
        out.setdefault(r.kind, []).append(_tier(r))
    return out


def _tier(r: RefundRule) -> rules.Tier:
    return rules.Tier(r.basis, r.percent, r.up_to_days, r.up_to_permille, r.leave_only)


def tier_text(r: RefundRule) -> str:
    """申报的一档的说法。"""
    return rules.tier_words(_tier(r))


def refund_words(institution_id: int, on: date) -> list[dict[str, str]]:
    """退费办法的说法，for pages and the public."""
    return [
        {"name": ItemKind(kind).label, "text": "；".join(rules.tier_words(t) for t in tiers)}
        for kind, tiers in refund_tiers(institution_id, on).items()
    ]


def waiver_rules(institution_id: int, on: date) -> dict[str, WaiverRule]:
    """某日的减免标准：status → rule in force; those ended by a zero are left out."""
    rows = WaiverRule.objects.unscoped(reason=PUBLIC).filter(
        institution_id=institution_id, from_on__lte=on
    )
    newest = rows.order_by("status_kind", "-from_on").distinct("status_kind")
    return {r.status_kind: r for r in newest if r.monthly_fen > 0}


def list_choices(scope: Scope, institution_id: int) -> list[Choice]:
    """正在使用的自选项目。"""
    rows = Choice.objects.visible_to(scope).filter(institution_id=institution_id, to_on=None)
    return list(rows.order_by("kind", "from_on", "id"))
