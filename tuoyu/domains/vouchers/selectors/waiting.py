"""候补：the place in line, why it is that one, and every change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuoyu.core import rls
from tuoyu.core.scope import Scope
from tuoyu.domains.vouchers.models import Applicant
from tuoyu.domains.vouchers.states import Mode
from tuoyu.domains.vouchers.words import moment_text


@dataclass(frozen=True)
class Change:
    """名次的一次变化。"""

    at: datetime
    text: str


@dataclass(frozen=True)
class Standing:
    """名次：``rank`` None while a draw has not taken place."""

    applicant: Applicant
    rank: int | None
    why: str
    changes: tuple[Change, ...]


def standing_of(applicant: Applicant) -> Standing:
    """一名候补的名次与变化记录。Of those in front only the number and the reason are told."""
    campaign = applicant.campaign
    if applicant.place is None:
        why = (
            f"报名号 {applicant.number}。{moment_text(campaign.claim_to)} 截止，"
            "截止后按事先锁定的种子摇号排定顺序"
        )
        return Standing(applicant, None, why, ())
    with rls.as_system("名次只看前面还有几位，不含是谁"):
        front = list(
            Applicant.all_rows.filter(campaign=campaign, place__lt=applicant.place)
            .order_by("left_at")
            .values_list("left_at", "left_why")
        )
    began = campaign.drawn_at if campaign.mode == Mode.DRAW else applicant.entered_at
    rank = 1 + sum(left is None for left, _ in front)
    basis = "按摇号顺序" if campaign.mode == Mode.DRAW else "按领取时间"
    ahead = f"前面还有 {rank - 1} 位" if rank > 1 else "前面没有人了"
    why = f"第 {rank} 位：{basis}，{ahead}；有名额收回时自动发放，不用再点"
    return Standing(applicant, rank, why, _changes(front, began or applicant.entered_at))


def _changes(front: list[tuple[datetime | None, str]], began: datetime) -> tuple[Change, ...]:
    gone = sorted((at, why) for at, why in front if at is not None and at >= began)
    before = 1 + sum(at is None or at >= began for at, _ in front)
    out = [Change(began, f"排入候补，第 {before} 位")]
    for n, (at, why) in enumerate(gone):
        out.append(Change(at, f"第 {before - n} 位 → 第 {before - n - 1} 位：前面 1 位{why}"))
    return tuple(_folded(out))


def _folded(found: list[Change]) -> list[Change]:
    """Several steps in one moment are one line."""
    out: list[Change] = []
    for change in found:
        if out and out[-1].at == change.at and " → " in change.text and " → " in out[-1].text:
            start = out[-1].text.split(" → ")[0]
            end = change.text.split(" → ")[1].split("：")[0]
            out[-1] = Change(change.at, f"{start} → {end}：前面的人领到名额或离开")
        else:
            out.append(change)
    return out


def rank_at_the_end(applicant: Applicant) -> str:
    """领到时的名次：why it was this family's turn, for one who waits no longer."""
    if applicant.place is None or applicant.left_at is None:
        return ""
    with rls.as_system("名次只看前面还有几位，不含是谁"):
        before = Applicant.all_rows.filter(
            campaign_id=applicant.campaign_id, place__lt=applicant.place
        )
        gone = before.filter(left_at__lte=applicant.left_at).count()
        first = 1 + before.count()
        behind = Applicant.all_rows.filter(
            campaign_id=applicant.campaign_id, place__gt=applicant.place, left_at=None
        ).count()
    moved = f"排入时第 {first} 位，前面 {gone} 位先后领到或离开" if gone else f"排第 {first} 位"
    return f"{moved}，轮到您；后面还有 {behind} 位在等" if behind else f"{moved}，轮到您"


def left_with(scope: Scope, voucher_id: int) -> Applicant | None:
    """这张券是从哪次候补（报名）来的。"""
    rows = Applicant.objects.visible_to(scope).select_related("campaign")
    return rows.filter(voucher_id=voucher_id).first()


def list_of_child(scope: Scope, child_id: int) -> list[Standing]:
    """某个孩子还在等的报名与候补。"""
    rows = Applicant.objects.visible_to(scope).filter(child_id=child_id, left_at=None)
    return [standing_of(a) for a in rows.select_related("campaign").order_by("-entered_at")]
