"""指标的读取：facts → cards. Reads one set of facts for the city and all its units at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from tuoyu.core.errors import NotFound
from tuoyu.core.money import yuan_short
from tuoyu.core.scope import Scope
from tuoyu.domains.indicators import rules
from tuoyu.domains.indicators.measures import MEASURES, Counted, Population, Rows
from tuoyu.domains.indicators.models import MeasureFact, PublishedVacancy
from tuoyu.domains.policies.engine import Book, Duty, Indicator, Judged, judge
from tuoyu.domains.policies.engine.judge import STATE_NAMES
from tuoyu.domains.policies.engine.model import Measure
from tuoyu.domains.regions.models import Region
from tuoyu.domains.regions.selectors import city_region, list_units

TONES = {"reached": "ok", "behind": "warn", "off": "danger", "unknown": ""}
LIGHTS = {"reached": "绿灯", "behind": "黄灯", "off": "红灯", "unknown": "无灯"}
UNKNOWN = Judged(None, "unknown", None)


@dataclass(frozen=True)
class Part:
    """分子或分母：a missing value has a reason and no figure."""

    measure: Measure
    fact: MeasureFact | None
    why_missing: str = ""

    @property
    def value(self) -> int | None:
        return None if self.fact is None else self.fact.value

    @property
    def text(self) -> str:
        if self.fact is None:
            return "未知"
        if self.measure.unit == "分":
            return f"{yuan_short(self.fact.value)} 元"
        return f"{self.fact.value:,} {self.measure.unit}"

    @property
    def can_open(self) -> bool:
        return isinstance(MEASURES.get(self.measure.id), Counted)

    @property
    def source(self) -> str:
        return self.fact.source if self.fact else self.measure.source

    @property
    def on(self) -> date | None:
        return self.fact.on if self.fact else None


@dataclass(frozen=True)
class Card:
    """一个指标在一个区划的样子。"""

    indicator: Indicator
    region: Region
    numerator: Part
    denominator: Part | None
    judged: Judged
    reached_units: int | None = None
    unit_count: int = 0
    city_wide: bool = False  # the target is the whole city's, this region only contributes

    @property
    def places(self) -> int:
        return rules.places_of(self.indicator.scale, self.indicator.denominator is not None)

    @property
    def unit(self) -> str:
        """写在大数后面的单位：个/千人 is said by the name already."""
        return self.indicator.unit.split("/")[0]

    @property
    def value(self) -> Fraction | None:
        return self.judged.value

    @property
    def text(self) -> str | None:
        return None if self.value is None else self.judged.shown(self.places)

    @property
    def state(self) -> str:
        if self.city_wide and self.value is not None:
            return "全市考核"
        if self.indicator.comparison == "track" and self.value is not None:
            return "跟踪"
        return STATE_NAMES[self.judged.state]

    @property
    def light(self) -> str:
        return LIGHTS[self.judged.state]

    @property
    def tone(self) -> str:
        return TONES[self.judged.state]

    @property
    def reached(self) -> bool:
        return self.judged.state == "reached"

    @property
    def target(self) -> Fraction | None:
        return None if self.city_wide else self.indicator.target

    @property
    def target_text(self) -> str:
        i = self.indicator
        text = rules.target_text(i.target, i.comparison, self.unit)
        if self.city_wide:
            return f"全市{text}"
        return f"{text}，逐单位考核" if self.reached_units is not None else text

    @property
    def gap(self) -> str:
        if self.reached_units is not None:
            return "" if self.reached else f"{self.reached_units}/{self.unit_count} 个单位达标"
        if self.judged.gap is None or self.reached:
            return ""
        if not self.judged.gap:  # 恰好等于而要求超过
            return "须超过目标"
        return rules.gap_text(self.judged.gap, self.unit, self.places)

    @property
    def short_of(self) -> str:
        """差几个：in whole things somebody can go and make."""
        i, n = self.indicator, self.numerator.value
        if self.reached or n is None or i.target is None or self.denominator is None:
            return ""
        d = self.denominator.value
        if d is None or self.city_wide:
            return ""
        more = rules.short_of(n, d, i.scale, i.target, i.comparison)
        return "" if not more else f"还需 {more:,} {self.numerator.measure.unit}"

    @property
    def gap_short(self) -> str:
        """标签上的差距：a share is told in whole things, since 「差 6 家」 can be acted on."""
        if self.indicator.scale == 100 and self.short_of:
            return self.short_of.replace("还需", "差")
        return self.gap

    @property
    def full(self) -> int | None:
        """达标条的满格：a share ends at 100, a count of units at all of them."""
        if self.reached_units is not None:
            return self.unit_count
        return 100 if self.indicator.unit == "%" else None

    @property
    def bar_value(self) -> Fraction | int | None:
        """达标条画的数：judged unit by unit, the bar shows how many units have reached it."""
        return self.value if self.reached_units is None else self.reached_units

    @property
    def bar_target(self) -> Fraction | int | None:
        return self.target if self.reached_units is None else self.unit_count

    @property
    def why_unknown(self) -> str:
        parts = [self.numerator, *([self.denominator] if self.denominator else [])]
        return "；".join(p.why_missing for p in parts if p.why_missing)

    @property
    def as_of(self) -> date | None:
        """数据日期：of what the platform counts; the denominator's own stands beside it."""
        return self.numerator.on

    @property
    def source_text(self) -> str:
        """短来源：平台台账 10-15."""
        on = self.as_of
        short = self.numerator.measure.source.split("（")[0].split("；")[0]
        return f"{short} {on:%m-%d}" if on else f"{short} 未报"


@dataclass(frozen=True)
class Facts:
    """某日可用的最近事实：(measure, region) → fact."""

    rows: dict[tuple[str, str], MeasureFact]

    def part(self, measure: Measure, region: Region) -> Part:
        found = self.rows.get((measure.id, region.code))
        return Part(measure, found, "" if found else why_missing(measure, region))


def why_missing(measure: Measure, region: Region) -> str:
    """为什么没有数：said in words, in place of a zero."""
    how = MEASURES.get(measure.id)
    if isinstance(how, Population):
        return f"没有查到{region.short_name}的{measure.name}（{measure.source}）"
    if how is None:
        return f"{measure.name}由“{measure.source}”提供，平台尚未收到"
    return f"{region.short_name}尚无机构登记，{measure.name}无从统计"


def read_facts(book: Book, on: date) -> Facts:
    """读事实：one query for all measures of the pack, the city and its units."""
    names = {m for i in book.indicators.values() for m in measures_of(i)}
    rows = MeasureFact.all_rows.filter(measure__in=names, on__lte=on)
    rows = rows.order_by("measure", "region_code", "-on").distinct("measure", "region_code")
    return Facts({(r.measure, r.region_code): r for r in rows})


def measures_of(indicator: Indicator) -> list[str]:
    """指标用到的计量。"""
    one = [indicator.numerator.id]
    return [*one, indicator.denominator.id] if indicator.denominator else one


def card_of(indicator: Indicator, region: Region, facts: Facts, units: list[Region]) -> Card:
    """一张指标卡。

    A bare count set for each county is judged county by county: the city reaches it when each
    unit has, and stays unknown while one has not reported.
    """
    card = _card(indicator, region, facts)
    is_city = region.level == Region.Level.CITY
    if not is_city:
        return card
    per_unit = indicator.grain == "county" and indicator.denominator is None
    counties = [u for u in units if u.level == Region.Level.COUNTY]
    if not per_unit or not counties or indicator.target is None:
        return card
    states = [_card(indicator, u, facts).judged.state for u in counties]
    reached = states.count("reached")
    state = "reached" if reached == len(states) else "off"
    if card.value is None or (state == "off" and reached + states.count("unknown") == len(states)):
        state = "unknown"
    judged = replace(card.judged, state=state, gap=None)
    return replace(card, judged=judged, reached_units=reached, unit_count=len(counties))


def _card(indicator: Indicator, region: Region, facts: Facts) -> Card:
    numerator = facts.part(indicator.numerator, region)
    below = facts.part(indicator.denominator, region) if indicator.denominator else None
    judged = judge(indicator, numerator.value, below.value if below else None)
    whole_city = indicator.grain == "city" and region.level != Region.Level.CITY
    if whole_city:
        judged = Judged(judged.value, "unknown", None)
    return Card(indicator, region, numerator, below, judged, city_wide=whole_city)


def list_cards(book: Book, region: Region, on: date, headline: bool = False) -> list[Card]:
    """一个区划的指标，in the pack's order."""
    facts, units = read_facts(book, on), list_units()
    wanted = [i for i in book.indicators.values() if i.headline or not headline]
    ordered = sorted(wanted, key=lambda i: i.rank)
    return [card_of(i, region, facts, units) for i in ordered]


def list_headline_duties(book: Book) -> list[Duty]:
    """没有数字的目标：shown as checklists beside the figures."""
    return [d for d in book.duties.values() if d.headline]


def access_indicator(book: Book, indicator_id: str) -> Indicator:
    """取一个指标。"""
    if indicator_id not in book.indicators:
        raise NotFound
    return book.indicators[indicator_id]


def breakdown(
    book: Book, indicator: Indicator, on: date, among: Iterable[Region] | None = None
) -> list[Card]:
    """各单位的指标。"""
    facts, units = read_facts(book, on), list_units()
    return [card_of(indicator, u, facts, units) for u in (among if among is not None else units)]


def city_card(book: Book, indicator: Indicator, on: date) -> Card:
    """全市的指标。"""
    return card_of(indicator, city_region(), read_facts(book, on), list_units())


def rows_behind(indicator: Indicator, part: str, scope: Scope, on: date) -> tuple[Counted, Rows]:
    """数背后的名单：what was counted, within the scope."""
    measure = indicator.numerator if part == "numerator" else indicator.denominator
    how = MEASURES.get(measure.id) if measure else None
    if part not in ("numerator", "denominator") or not isinstance(how, Counted):
        raise NotFound
    return how, how.visible(scope, on).order_by("pk")


def trend(measure: str, region_code: str, upto: date) -> list[MeasureFact]:
    """走势：one fact a month (the last), at most twelve."""
    rows = MeasureFact.all_rows.filter(measure=measure, region_code=region_code, on__lte=upto)
    months: dict[tuple[int, int], MeasureFact] = {}
    for fact in rows.order_by("-on")[:400]:
        months.setdefault((fact.on.year, fact.on.month), fact)
    return sorted(months.values(), key=lambda f: f.on)[-12:]


def vacancies(institution_ids: Iterable[int]) -> dict[int, list[PublishedVacancy]]:
    """公布的余位，by institution."""
    out: dict[int, list[PublishedVacancy]] = {}
    rows = PublishedVacancy.all_rows.filter(institution_id__in=list(institution_ids))
    for row in rows.order_by("institution_id", "id"):
        out.setdefault(row.institution_id, []).append(row)
    return out
