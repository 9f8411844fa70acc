"""领取资格：what the platform already knows decides; the family types nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuoyu.core.clock import day_of
from tuoyu.core.periods import age_months
from tuoyu.domains.children.models import Child
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.vouchers.models import Campaign, Voucher
from tuoyu.domains.vouchers.states import OPEN, Account
from tuoyu.domains.vouchers.words import moment_text


@dataclass(frozen=True)
class Qualified:
    """资格：``why`` says what is lacking and how to mend it; empty when qualified."""

    why: str
    region_code: str = ""
    institution_id: int | None = None

    @property
    def ok(self) -> bool:
        return not self.why


def qualify(campaign: Campaign, child: Child, at: datetime) -> Qualified:
    """某个孩子对某批的资格（不看时间和余量）。"""
    day = day_of(at)
    months = age_months(child.born_on, day) if child.born_on <= day else 0
    low, high = campaign.min_months or 0, campaign.max_months or 0
    if not low <= months < high:
        return Qualified(
            f"{child.name}现满 {months} 个月，本批发给满 {low} 个月、未满 {high} 个月的"
        )
    found = (
        Enrolment.all_rows.filter(child_id=child.pk, period__contains=day)
        .values_list("region_code", "institution_id", "institution__kind")
        .first()
    )
    if found is None:
        return Qualified(f"{child.name}目前没有在托登记，请先在托育机构办理入托，再来领券")
    region_code, institution_id, kind = found
    if not region_code.startswith(campaign.region_prefix):
        return Qualified("孩子所在机构不在本批的发放范围内，请看机构所在地的批次")
    if campaign.kinds and kind not in campaign.kinds:
        return Qualified("孩子所在机构的类型不在本批的可用范围内，请看批次说明")
    return Qualified("", region_code, institution_id)


def why_closed(campaign: Campaign, at: datetime) -> str:
    """为什么现在不能领；empty when the window is open (half-open)."""
    if campaign.state != OPEN:
        return "本批还没有开放" if campaign.opened_at is None else "本批已停发"
    if at < campaign.claim_from:
        return f"还没到领取时间，{moment_text(campaign.claim_from)} 开始"
    if at >= campaign.claim_to:
        return "领取时间已结束，请留意下一批"
    return ""


def count_claimed(campaign: Campaign, child_id: int) -> int:
    """某个孩子在本批领过几张（作废的不算）。"""
    rows = Voucher.all_rows.filter(campaign=campaign, child_id=child_id)
    return rows.exclude(state__in=(Account.NEW, Account.REVOKED)).count()
