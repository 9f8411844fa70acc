"""对机构的一次性奖补：星级园、安防“五大包”、特色托育园。"""

from __future__ import annotations

from tuoyu.domains.grants.declaration import Paper, Programme, Subject
from tuoyu.domains.grants.facts import Facts
from tuoyu.domains.grants.models import Works
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.books import current_book

DIFFERENCE = "补差额"


def _star(facts: Facts) -> list[Subject]:
    level = facts.star_level
    once = f"star:{facts.inst.pk}:{level}"
    if level is None or once in facts.held:
        return []
    return [Subject("institution", facts.inst.name, once, facts.inst.pk, key=level)]


def _star_fits(facts: Facts) -> str:
    if facts.star_level == "none":
        return "尚未获评市级或省级星级园"
    if f"star:{facts.inst.pk}:{facts.star_level}" in facts.held:
        return "本级星级园奖补已经申报或享受过"
    return ""


def _star_less(facts: Facts) -> tuple[int, str]:
    """升级时补差额：what was granted for another level is taken off the ceiling (解释项 I15)."""
    asked = [
        item
        for item in current_book().interpretations.values()
        if "star_grant" in item.blocks and item.chosen == DIFFERENCE
    ]
    before = [fen for once, fen in facts.held.items() if once.startswith(f"star:{facts.inst.pk}:")]
    if not asked or not before:
        return 0, ""
    return sum(before), f"解释项 {asked[0].id}：{DIFFERENCE}"


def _packages(facts: Facts) -> list[Subject]:
    book = current_book()
    return [
        Subject("package", book.name_of(code), once, facts.inst.pk, key=code)
        for code in facts.works
        if (once := f"package:{facts.inst.pk}:{code}") not in facts.held
    ]


def _public_only(facts: Facts) -> str:
    if facts.inst.nature != Institution.Nature.PUBLIC:
        return "只受理公办机构（解释项 I13）；本机构登记为民办"
    return ""


def _known_works(facts: Facts) -> str:
    return "；".join(_told(work) for work in facts.works.values())


def _told(work: Works) -> str:
    name = current_book().name_of(work.package)
    done = f"{work.accepted_on} 验收" if work.accepted_on else "尚未验收"
    return f"{name}发票 {work.invoice_no}，{done}"


def _feature(facts: Facts) -> list[Subject]:
    once = f"feature:{facts.inst.pk}"
    if facts.feature is None or once in facts.held:
        return []
    return [Subject("institution", facts.inst.name, once, facts.inst.pk)]


def _feature_fits(facts: Facts) -> str:
    if facts.feature is None:
        return "未获评县域特色托育园（由市级评审后登记）"
    if f"feature:{facts.inst.pk}" in facts.held:
        return "特色托育园奖补已经申报或享受过"
    return ""


INSTITUTIONS = (
    Programme(
        rule="star_grant",
        who="获评市级、省级星级园的普惠托育机构",
        subjects=_star,
        unit="每家机构",
        papers=(
            Paper(
                "star",
                "星级园评定结果",
                known=lambda f: (
                    current_book().name_of(f.star_level)
                    if f.star_level not in (None, "none")
                    else ""
                ),
            ),
        ),
        fits=_star_fits,
        reviewer=("approved_fen",),
        less=_star_less,
    ),
    Programme(
        rule="safety_package",
        who="完成安防“五大包”改造并验收的公办机构",
        subjects=_packages,
        unit="每家每包",
        papers=(
            Paper("works", "发票与验收登记", known=_known_works),
            Paper("acceptance", "验收材料", hint="各包验收单的照片或 PDF，可合成一份"),
        ),
        fits=_public_only,
        records=("works",),
    ),
    Programme(
        rule="feature_park",
        who="获评县域特色托育园的机构",
        subjects=_feature,
        unit="每家机构",
        papers=(
            Paper(
                "feature",
                "特色托育园评审结果",
                known=lambda f: f"{f.feature.document}，{f.feature.named_on}" if f.feature else "",
            ),
            Paper("plan", "特色建设方案与成效", hint="方案、照片或总结"),
        ),
        fits=_feature_fits,
        reviewer=("approved_fen",),
    ),
)
