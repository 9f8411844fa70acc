"""收费监测：filed monthly care fees against the cap, by institution and over a region.

Both means of the documents' open question: of institutions, and weighted by children in care.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count

from tuoyu.core.scope import Scope
from tuoyu.domains.billing.models import ItemKind
from tuoyu.domains.billing.selectors.caps import Cap, Caps
from tuoyu.domains.billing.selectors.prices import Tariff, tariffs
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.institutions.models import ClassType, Institution, Recognition

FULL_DAY = ServiceForm.FULL_DAY


@dataclass(frozen=True)
class Watched:
    """一家机构的收费。``mean_fen`` is weighted by its own children; None: nothing filed."""

    id: int
    name: str
    unit_code: str
    nature: str
    inclusive: bool
    prices: dict[str, int]
    enrolled: dict[str, int]
    cap: Cap

    @property
    def children(self) -> int:
        return sum(self.enrolled.values())

    @property
    def mean(self) -> Fraction | None:
        """机构均价：filed prices by its children; with none in care, the plain mean."""
        weighed = [(fen, self.enrolled.get(t, 0)) for t, fen in self.prices.items()]
        if not weighed:
            return None
        total = sum(n for _, n in weighed)
        if total == 0:
            return Fraction(sum(fen for fen, _ in weighed), len(weighed))
        return Fraction(sum(fen * n for fen, n in weighed), total)

    @property
    def mean_fen(self) -> int | None:
        return None if self.mean is None else int(self.mean)

    @property
    def top_fen(self) -> int | None:
        return max(self.prices.values(), default=None)

    @property
    def above(self) -> list[str]:
        """高于限额的班型。"""
        return [ClassType(t).label for t, fen in self.prices.items() if self.cap.refuses(fen)]

    @property
    def mean_above(self) -> bool:
        """均价高于限额，compared exactly."""
        return self.mean is not None and self.cap.fen is not None and self.mean > self.cap.fen

    @property
    def state(self) -> str:
        """above, within, missing (nothing filed), or that of the cap: open, exempt, none."""
        if not self.prices:
            return "missing"
        if self.cap.state != "set":
            return self.cap.state
        return "above" if self.above else "within"


STATES = {
    "above": ("高于限额", "danger"),
    "within": ("限额以内", "ok"),
    "missing": ("未备案收费", "warn"),
    "open": ("限额待定", "warn"),
    "exempt": ("非普惠", ""),
    "none": ("无统一限额", ""),
}


@dataclass(frozen=True)
class Means:
    """两种均价（普惠机构）：a part of a fen is cut for display, never for comparing."""

    institutions: int
    children: int
    plain: Fraction | None
    weighted: Fraction | None

    @property
    def plain_fen(self) -> int | None:
        return None if self.plain is None else int(self.plain)

    @property
    def weighted_fen(self) -> int | None:
        return None if self.weighted is None else int(self.weighted)


def watch(
    scope: Scope, on: date, known: date, institution_ids: Iterable[int] | None = None
) -> list[Watched]:
    """数据范围内已备案机构的收费，in five queries whatever their number."""
    rows = Institution.objects.visible_to(scope).filter(status=Institution.Status.FILED)
    if institution_ids is not None:
        rows = rows.filter(pk__in=list(institution_ids))
    listed = list(rows.order_by("unit_code", "id"))
    ids = [i.pk for i in listed]
    found, recognised = tariffs(ids, on), _recognised(ids, on)
    enrolled = _enrolled(scope, on)
    caps, known_caps = Caps(on, known), dict[tuple[bool, str], Cap]()
    out = []
    for i in listed:
        key = (i.pk in recognised, i.unit_code)
        if key not in known_caps:
            known_caps[key] = caps.of(inclusive=key[0], unit_code=key[1])
        out.append(
            Watched(
                i.pk, i.name, i.unit_code, i.nature, key[0], monthly_care(found[i.pk]),
                enrolled.get(i.pk, {}), known_caps[key],
            )
        )  # fmt: skip
    return out


def monthly_care(tariff: Tariff) -> dict[str, int]:
    """全日托月保育费：class type → fen."""
    return {
        p.class_type: p.price_fen
        for p in tariff.prices
        if (p.kind, p.form, p.unit) == (ItemKind.CARE, FULL_DAY, "month")
    }


def _recognised(ids: list[int], on: date) -> set[int]:
    rows = Recognition.objects.unscoped(reason="机构信息公开").filter(
        institution_id__in=ids, period__contains=on
    )
    return set(rows.values_list("institution_id", flat=True))


def _enrolled(scope: Scope, on: date) -> dict[int, dict[str, int]]:
    """在托人数：institution → class type → children in full-day care."""
    rows = Enrolment.objects.visible_to(scope).filter(period__contains=on, form=FULL_DAY)
    counted = rows.order_by().values_list("institution_id", "class_group__class_type")
    out: dict[int, dict[str, int]] = defaultdict(dict)
    for institution, class_type, n in counted.annotate(n=Count("pk")):
        out[institution][class_type] = n
    return out


def means_of(rows: Iterable[Watched]) -> Means:
    """普惠机构的两种均价。"""
    priced = [(r, r.mean) for r in rows if r.inclusive]
    known = [(r, m) for r, m in priced if m is not None]
    plain = sum((m for _, m in known), Fraction(0)) / len(known) if known else None
    children = sum(r.enrolled.get(t, 0) for r, _ in known for t in r.prices)
    fees = sum(fen * r.enrolled.get(t, 0) for r, _ in known for t, fen in r.prices.items())
    weighted = Fraction(fees, children) if children else None
    return Means(len(known), children, plain, weighted)
