"""候补发放：places that came back go to the waiting list, in its order."""

from __future__ import annotations

from datetime import datetime

from tuoyu.core.access import Actor
from tuoyu.core.events import push_live
from tuoyu.domains.children.models import Child
from tuoyu.domains.vouchers.models import Applicant, Campaign
from tuoyu.domains.vouchers.selectors.qualify import count_claimed, qualify
from tuoyu.domains.vouchers.services.claiming import issue
from tuoyu.domains.vouchers.services.ledger import lock
from tuoyu.domains.vouchers.states import GOT, OPEN


def refill(campaign: Campaign, *, by: Actor, at: datetime, why: str = GOT) -> int:
    """按候补顺序发放；one who no longer qualifies leaves with the reason. Answers how many."""
    if campaign.state != OPEN or (campaign.use_until and at >= campaign.use_until):
        return 0
    left = lock(campaign.pk).left
    if left <= 0:
        return 0
    waiting = Applicant.all_rows.filter(campaign=campaign, left_at=None, place__isnull=False)
    given = 0
    for one in waiting.select_for_update().order_by("place"):
        if given >= left:
            break
        child = Child.all_rows.get(pk=one.child_id)
        fit = qualify(campaign, child, at)
        over = count_claimed(campaign, child.pk) >= (campaign.per_child or 0)
        one.left_at = at
        if not fit.ok or over:
            one.left_why = "已领满限领张数" if over else "不再符合条件"
        else:
            key = f"applicant:{one.pk}"
            one.voucher = issue(campaign, child.pk, fit, key=key, by=by, at=at)
            one.left_why = why
            given += 1
        one.save(update_fields=["left_at", "left_why", "voucher"])
        push_live([f"child:{one.child_id}"], "voucher")
    return given
