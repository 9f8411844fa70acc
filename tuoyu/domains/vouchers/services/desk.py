"""核销台：scan or type, hold, redeem. Two desks at once: one gets it, the other is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tuoyu.core import crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.clock import day_of
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.billing.services import deduct
from tuoyu.domains.children.rules import to_bytes
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.policies.engine import Book
from tuoyu.domains.vouchers import rules
from tuoyu.domains.vouchers.figures import has_vouchers
from tuoyu.domains.vouchers.models import Redemption, Voucher, WrongCode
from tuoyu.domains.vouchers.selectors.desk import Fee, Reckoned, open_fees, reckon, why_not_here
from tuoyu.domains.vouchers.services.ledger import Posting, lock, post
from tuoyu.domains.vouchers.services.settling import turn_key
from tuoyu.domains.vouchers.states import Account, Post
from tuoyu.domains.vouchers.words import day_text

TRIES, MINUTES = 10, 10
SCANS = {
    "bad": "这不是托育券的券码，请让家长打开「托育券」页面再扫",
    "forged": "券码核对不符，可能是截图或伪造，没有锁定；请让家长当面打开「托育券」页面",
    "stale": "券码已过期（每 30 秒更换一次），请让家长刷新页面后再扫",
}


def hold(*, text: str, key: str, by: Actor, at: datetime) -> Voucher:
    """扫码或输码，锁定 30 分钟：for a child in care here, at an institution where it may be used.

    A wrong code is remembered even though nothing else of the attempt is (see ``note_wrong``).
    """
    here = by.institution_id
    _check_tries(here, at)
    with transaction.atomic():
        with rls.as_system("券在锁定之前不属于任何机构，按出示的券码查找"):
            voucher = _find(text, at)
        if voucher is None:
            raise DomainError("wrong-code", "没有这个口令码，请核对 8 位数字后重新输入")
        _check_child(voucher, here, at)
        if why := why_not_here(voucher.campaign, here, day_of(at)):
            raise DomainError("not-here", why)
        if voucher.state == Account.HELD and voucher.institution_id == here:
            return voucher
        place = _place(here)
        post(
            voucher.campaign,
            Posting(Post.HOLD, key, at, by, voucher, institution_id=here, region_code=place),
        )
    return voucher


def note_wrong(*, by: Actor, at: datetime) -> None:
    """记一次输错：the caller keeps it although the attempt is refused."""
    here = by.institution_id
    WrongCode.all_rows.create(
        institution_id=here, region_code=_place(here), at=at, user_id=by.user_id
    )


def _check_tries(institution_id: int, at: datetime) -> None:
    since = at - timedelta(minutes=MINUTES)
    tries = WrongCode.all_rows.filter(institution_id=institution_id, at__gt=since, at__lte=at)
    if tries.count() >= TRIES:
        raise DomainError("too-many", f"{MINUTES} 分钟内已输错 {TRIES} 次，请稍后再试，或改用扫码")


def _find(text: str, at: datetime) -> Voucher | None:
    given = "".join(text.split())
    rows = Voucher.all_rows.select_related("campaign")
    if rules.looks_like_qr(given):
        seen = rules.check_qr(given, at, _secret_of)
        if seen.voucher_id is None:
            raise DomainError(f"qr-{seen.why}", SCANS[seen.why])
        return rows.filter(pk=seen.voucher_id).first()
    if len(given) != rules.CODE_DIGITS or not given.isascii() or not given.isdigit():
        raise DomainError(
            "not-a-code", f"口令码是 {rules.CODE_DIGITS} 位数字，现在输入的不是；请核对后重输"
        )
    return rows.filter(code_index=crypto.blind_index(f"voucher-code:{given}")).first()


def _secret_of(voucher_id: int) -> bytes | None:
    found = Voucher.all_rows.filter(pk=voucher_id).first()
    return None if found is None else to_bytes(str(found.secret))


def _check_child(voucher: Voucher, institution_id: int, at: datetime) -> None:
    """A code shown at the wrong door tells nothing about the child it belongs to."""
    with rls.as_system("核对持券的孩子是否在本机构在托"):
        here = Enrolment.all_rows.filter(
            child_id=voucher.child_id,
            institution_id=institution_id,
            period__contains=day_of(at),
        ).exists()
    if not here:
        raise DomainError(
            "not-our-child", "这张券的孩子不在本机构在托，不能核销；请家长到孩子所在的机构使用"
        )


def _place(institution_id: int) -> str:
    rows = Institution.objects.unscoped(reason="机构信息公开")
    return str(rows.values_list("region_code", flat=True).get(pk=institution_id))


@transaction.atomic
def release(*, voucher_id: int, key: str, by: Actor, at: datetime) -> Voucher:
    """解锁：the voucher is the family's again."""
    voucher = access_held(by, voucher_id)
    post(
        voucher.campaign,
        Posting(
            Post.RELEASE,
            key,
            at,
            by,
            voucher,
            institution_id=voucher.institution_id,
            region_code=voucher.region_code,
            reason="机构解锁",
        ),
    )
    return voucher


def access_held(by: Actor, voucher_id: int) -> Voucher:
    """取本机构锁定的券。"""
    found = (
        Voucher.objects.visible_to(by.scope)
        .select_related("campaign")
        .filter(pk=voucher_id, institution_id=by.institution_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def reckon_all(*, book: Book, voucher: Voucher, by: Actor, at: datetime) -> list[Reckoned]:
    """每个月能抵多少：the first that may is what the desk offers."""
    if not has_vouchers(book):
        return []
    fees = open_fees(by.scope, voucher.child_id, by.institution_id, day_of(at))
    return [reckon(book, voucher, fee, at) for fee in fees]


@transaction.atomic
def redeem(
    *, book: Book, voucher_id: int, bill_id: int, key: str, by: Actor, at: datetime
) -> Redemption:
    """核销：the entry, the deduction from the bill and the record stand or fall together."""
    voucher = access_held(by, voucher_id)
    if not has_vouchers(book):
        raise DomainError("no-rule", "本市的政策文件没有托育券，不能核销")
    lock(voucher.campaign_id)
    voucher.refresh_from_db()
    past = Redemption.all_rows.filter(voucher=voucher)
    done = past.filter(reversed_at=None).first()
    if done is not None:
        return _again(done, bill_id)
    if voucher.state != Account.HELD:
        raise DomainError(
            "moved-on", f"这张券现为「{voucher.get_state_display()}」，请重新扫码锁定后再核销"
        )
    here = by.institution_id
    if why := why_not_here(voucher.campaign, here, day_of(at)):
        raise DomainError("not-here", why)
    fee = _fee_of(voucher, bill_id, by, at)
    told = reckon(book, voucher, fee, at)
    if told.why_not:
        raise DomainError("refused", told.why_not)
    turn = past.count()
    entry = Posting(Post.REDEEM, turn_key(key, turn), at, by, voucher, amount_fen=told.amount_fen,
                    institution_id=here, region_code=voucher.region_code)  # fmt: skip
    post(voucher.campaign, entry)
    deduct(
        bill_id=bill_id,
        amount_fen=told.amount_fen,
        key=turn_key(f"voucher:{voucher.pk}", turn),
        label=f"托育券 {voucher.campaign.title} 第 {voucher.number} 号",
        by=by,
        at=at,
    )
    return Redemption.all_rows.create(
        voucher=voucher,
        campaign=voucher.campaign,
        child_id=voucher.child_id,
        institution_id=here,
        region_code=voucher.region_code,
        month=fee.month,
        bill_id=bill_id,
        fee_fen=fee.deductible_fen,
        amount_fen=told.amount_fen,
        days=fee.days,
        told=told.told,
        at=at,
        by_user_id=by.user_id,
        by_name=by.name,
    )


def _again(done: Redemption, bill_id: int) -> Redemption:
    if done.bill_id != bill_id:
        raise DomainError("redeemed", f"这张券已于 {day_text(done.at)}核销，不能再用；请看核销记录")
    return done


def _fee_of(voucher: Voucher, bill_id: int, by: Actor, at: datetime) -> Fee:
    fees = open_fees(by.scope, voucher.child_id, by.institution_id, day_of(at))
    for fee in fees:
        if fee.bill_id == bill_id:
            return fee
    raise DomainError("no-fee", "没有这个孩子在本机构的账单，不能核销；请先出账再用券")
