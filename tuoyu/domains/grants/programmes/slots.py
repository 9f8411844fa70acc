"""新增托位奖补：one line a place; each place is paid once over all channels (解释项 I6)."""

from __future__ import annotations

from collections.abc import Callable

from tuoyu.domains.grants.declaration import Paper, Programme, Subject
from tuoyu.domains.grants.facts import BUILT, FILED, Facts
from tuoyu.domains.institutions.models import Institution, Kind, Place

PLACE_LIST = Paper(
    "place_list",
    "新增托位清单",
    known=lambda f: (
        f"平台托位台账，在册 {len(f.places)} 个，其中新增 {sum(p.is_new for p in f.places)} 个"
    ),
)
FILING = Paper(
    "filing",
    "备案回执",
    known=lambda f: (
        f"备案号 {f.inst.record_no}，{f.inst.filed_on} 备案"
        if f.inst.record_no and f.inst.filed_on
        else ""
    ),
)
ACCEPTANCE = Paper("acceptance", "建设或改造验收材料", hint="竣工验收单或消防验收意见的照片或 PDF")


def _open_places(facts: Facts, wanted: Callable[[Place], bool]) -> list[Subject]:
    """还没有经任何渠道奖补的托位。"""
    return [
        Subject("place", place.number, f"place:{place.pk}", place.pk, place_id=place.pk)
        for place in facts.places
        if wanted(place) and not place.paid_by and place.pk not in facts.held_places
    ]


def new_places(facts: Facts) -> list[Subject]:
    """新增并已备案的托位。"""
    return _open_places(facts, lambda place: place.is_new and place.state in FILED)


def built_places(facts: Facts) -> list[Subject]:
    """实际建成的全部托位。"""
    return _open_places(facts, lambda place: place.state in BUILT)


def _of_kind(*kinds: Kind) -> Callable[[Facts], str]:
    names = "、".join(kind.label for kind in kinds)

    def fits(facts: Facts) -> str:
        if facts.inst.kind in kinds:
            return ""
        return f"只受理{names}；本机构是{Kind(facts.inst.kind).label}"

    return fits


def _employer(facts: Facts) -> str:
    why = _of_kind(Kind.EMPLOYER, Kind.PARK)(facts)
    if not why and facts.inst.nature != Institution.Nature.PUBLIC:
        return "只受理国有企事业单位；本机构登记为民办"
    return why


def _hospital(facts: Facts) -> str:
    why = _of_kind(Kind.HOSPITAL)(facts)
    if not why and facts.programmes_live.get("hospital_slot"):
        return "一次性奖补已经申报或享受过"
    return why


SLOTS = (
    Programme(
        rule="community_slot",
        who="社区托育点、“党建+”邻里中心托育点",
        subjects=new_places,
        unit="每个托位",
        papers=(FILING, PLACE_LIST, ACCEPTANCE),
        fits=_of_kind(Kind.COMMUNITY, Kind.NEIGHBOURHOOD),
        reviewer=("approved_fen",),
    ),
    Programme(
        rule="enterprise_slot",
        who="国有企事业单位、产业园区办托",
        subjects=new_places,
        unit="每个托位",
        papers=(FILING, PLACE_LIST, ACCEPTANCE),
        fits=_employer,
        reviewer=("approved_fen",),
    ),
    Programme(
        rule="hospital_slot",
        who="公立医院举办的托育园，一次性",
        subjects=built_places,
        unit="每个托位",
        papers=(FILING, PLACE_LIST, ACCEPTANCE),
        fits=_hospital,
        reviewer=("approved_fen",),
    ),
    Programme(
        rule="kindergarten_slot",
        who="新增备案并实际运营托班的幼儿园",
        subjects=new_places,
        unit="每个托位",
        papers=(FILING, PLACE_LIST, ACCEPTANCE),
        fits=_of_kind(Kind.KINDERGARTEN),
        reviewer=("approved_fen",),
    ),
)
