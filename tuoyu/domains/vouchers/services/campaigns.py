"""批次的编制、开放、停发：who prepares does not open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.cases import services as cases
from tuoyu.core.cases.models import Case
from tuoyu.core.clock import at as moment
from tuoyu.core.clock import day_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.periods import month_of
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.regions.models import Region
from tuoyu.domains.vouchers import figures as fig
from tuoyu.domains.vouchers import rules
from tuoyu.domains.vouchers.catalogue import CAMPAIGN, CLOSE, START
from tuoyu.domains.vouchers.chance import random_bytes
from tuoyu.domains.vouchers.models import Balance, Campaign
from tuoyu.domains.vouchers.services import funding
from tuoyu.domains.vouchers.services.ledger import Posting, post
from tuoyu.domains.vouchers.states import CLOSED, OPEN, Mode, Post

UNDER_THREE = 36


@dataclass(frozen=True)
class Plan:
    """批次方案：what the notice says beyond face, quota and window."""

    title: str
    document: str
    mode: Mode
    claim_from: datetime
    claim_to: datetime
    per_child: int | None
    min_months: int | None
    max_months: int | None
    kinds: Sequence[str] = ()


@transaction.atomic
def prepare(*, book: Book, plan: Plan, by: Actor, at: datetime) -> Campaign:
    """编制批次：its figures are looked up, not typed."""
    if not fig.has_vouchers(book):
        raise DomainError("no-rule", "本市的政策文件没有托育券，不能编制批次")
    _check(plan)
    region = Region.objects.filter(code=by.region_code).first()
    if region is None:
        raise NotFound
    found = fig.figures_of(book, day_of(plan.claim_from), day_of(at))
    campaign = Campaign.all_rows.create(
        title=plan.title.strip(),
        document=plan.document.strip(),
        region_code=region.code,
        region_prefix=region.prefix,
        mode=plan.mode,
        claim_from=plan.claim_from,
        claim_to=plan.claim_to,
        per_child=plan.per_child,
        min_months=plan.min_months,
        max_months=plan.max_months,
        kinds=list(plan.kinds),
        made_at=at,
        is_simulated=book.pack.is_draft,
        **_looked_up(book, found),
    )
    Balance.all_rows.create(campaign=campaign)
    cases.open_case(
        type_code=CAMPAIGN.code,
        title=campaign.title,
        subject_id=campaign.pk,
        region_code=region.code,
        by=by,
        at=at,
        detail=campaign.document or "依据文号待填",
        url=f"/gov/vouchers/{campaign.pk}/",
    )
    return campaign


def _looked_up(book: Book, found: dict[str, fig.Figure]) -> dict[str, object]:
    until = book.pack.document.valid.end
    return {
        "face_fen": found[fig.FACE].value,
        "quota": found[fig.QUOTA].value,
        "valid_days": found[fig.WINDOW].value,
        "use_until": moment(until) if until else None,
        "figures": fig.stored(found),
    }


def _check(plan: Plan) -> None:
    if not plan.title.strip():
        raise DomainError("title", "请填写批次名称，家长在手机上看到的就是它")
    if plan.claim_to <= plan.claim_from:
        raise DomainError("window", "领取截止应晚于开始，请改正时间")
    ages = (plan.min_months, plan.max_months)
    if None not in ages and not 0 <= (ages[0] or 0) < (ages[1] or 0) <= UNDER_THREE:
        raise DomainError("ages", f"月龄范围应在 0 至 {UNDER_THREE} 个月之内，且下限小于上限")
    if plan.per_child is not None and plan.per_child < 1:
        raise DomainError("per-child", "每孩限领至少 1 张，请改正")
    if unknown := set(plan.kinds) - set(Kind.values):
        raise DomainError("kinds", f"没有这种机构类型：{'、'.join(sorted(unknown))}")


@transaction.atomic
def start(*, book: Book, campaign_id: int, by: Actor, at: datetime) -> Campaign:
    """复核开放：by another person than the one who prepared it."""
    campaign = _locked(campaign_id)
    if not fig.has_vouchers(book):
        raise DomainError("no-rule", "本市的政策文件没有托育券，不能开放批次")
    found = fig.figures_of(book, day_of(campaign.claim_from), day_of(at))
    lacking = fig.undetermined(found.values(), campaign.document)
    if None in (campaign.per_child, campaign.min_months, campaign.max_months):
        lacking.append("每孩限领张数或月龄范围待定：请按发放通知填写")
    if lacking:
        raise DomainError("undetermined", f"还不能开放。{'；'.join(lacking)}")
    if at >= campaign.claim_to:
        raise DomainError("over", "领取时间已过，不能再开放；请另编一批")
    cases.move(case_id=case_of(campaign).pk, name=START, by=by, at=at, opinion="同意开放")
    for name, value in _looked_up(book, found).items():
        setattr(campaign, name, value)
    campaign.state, campaign.opened_at = OPEN, at
    campaign.is_simulated = book.pack.is_draft
    if campaign.mode == Mode.DRAW:
        campaign.seed = random_bytes(32).hex()
        campaign.seed_hash = rules.seed_hash(campaign.seed)
    campaign.save()
    quota, face = campaign.quota or 0, campaign.face_fen or 0
    if not campaign.is_simulated:
        funding.check_may_pay(book, month_of(day_of(at)), day_of(at))
        funding.reserve_campaign(campaign, quota * face, by=by, at=at)
    post(campaign, Posting(Post.FUND, "fund", at, by, units=quota, amount_fen=quota * face))
    return campaign


@transaction.atomic
def close(*, campaign_id: int, reason: str, by: Actor, at: datetime) -> Campaign:
    """停发：vouchers already claimed may still be used to their day."""
    campaign = _locked(campaign_id)
    cases.move(case_id=case_of(campaign).pk, name=CLOSE, by=by, at=at, opinion=reason)
    campaign.state, campaign.closed_at = CLOSED, at
    campaign.save(update_fields=["state", "closed_at"])
    return campaign


def _locked(campaign_id: int) -> Campaign:
    found = Campaign.all_rows.select_for_update().filter(pk=campaign_id).first()
    if found is None:
        raise NotFound
    return found


def case_of(campaign: Campaign) -> Case:
    """批次的办件：the city's, but every county may read how far it is."""
    with rls.as_system("批次是全市的，各单位都看得到办到哪一步"):
        return Case.objects.visible_to(SYSTEM).get(type=CAMPAIGN.code, subject_id=campaign.pk)
