"""电子合同：drawn up from what is filed and known, signed by both over the same hash.

The text is never edited. A change is a new version; what was signed before is void with it, and
both sign again. After both have signed only a supplement can follow, chained by the hash.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from tuoyu.core import crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.admissions import rules, wording
from tuoyu.domains.admissions.models import Contract, Offer, Side, Signature, Stage, Wish
from tuoyu.domains.admissions.services.desk import (
    CITY,
    for_institution,
    is_ours,
    is_own,
    lock_wish,
    need,
    note,
)
from tuoyu.domains.admissions.services.telling import tell_family, tell_institution
from tuoyu.domains.billing.selectors.prices import Tariff, refund_words, tariff_of
from tuoyu.domains.children.models import Guardianship
from tuoyu.domains.enrolment.models import ServiceForm
from tuoyu.domains.institutions.models import ClassGroup, ClassType

_FORBIDDEN = ("元", "￥", "¥")


@transaction.atomic
def draw_up(*, wish_id: int, extra: str, by: Actor, at: datetime) -> Contract:
    """拟合同，或改后再拟（新的一版）。"""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.CONTRACT)
        old = _current(wish)
        if old is not None and old.concluded_at is not None:
            raise DomainError("concluded", "合同双方已签完，不能再改；如需变更请签补充协议")
        plain = _extra(extra)
        offer = wish.offers.select_related("class_group").get(answer=Offer.Answer.ACCEPTED)
        number = old.number if old else f"TY{at:%y%m%d}{wish.pk % 10**8:08d}"
        version = old.version + 1 if old else 1
        made = _write(wish, offer, number, version, plain, by, at)
        if old is not None:
            _replace(wish, old, version, by, at)
        else:
            note(wish, "拟好合同，请双方签署", by.name, at)
        tell_family(wish, "合同已拟好，请签署", f"合同编号 {number}", at, urgent=True)
        return made


def _extra(text: str) -> str:
    """补充约定：no amounts, they come from the filing alone."""
    plain = text.strip()
    if len(plain) > 500:
        raise DomainError("extra", f"补充约定最多 500 字，现为 {len(plain)} 字，请精简")
    if any(sign in plain for sign in _FORBIDDEN):
        raise DomainError(
            "extra-price",
            "补充约定里不能写金额：收费只能按备案价，由平台写入；要改价格请先办收费备案",
        )
    return plain


def _replace(wish: Wish, old: Contract, version: int, by: Actor, at: datetime) -> None:
    old.replaced_at = at
    old.save(update_fields=["replaced_at"])
    signed = old.signatures.count()
    void = f"，第 {old.version} 版的 {signed} 个签名作废，须双方重签" if signed else ""
    note(wish, f"合同改为第 {version} 版{void}", by.name, at)


def _write(
    wish: Wish, offer: Offer, number: str, version: int, extra: str, by: Actor, at: datetime
) -> Contract:
    group, form = offer.class_group, wish.application.form
    tariff = tariff_of(wish.institution_id, offer.from_on)
    prices = _prices(tariff, group, form)
    care = next((p for p in prices if p["kind"] == "care"), None)
    if care is None:
        raise DomainError(
            "no-price",
            f"{ClassType(group.class_type).label}的{ServiceForm(form).label}没有备案的保育费，"
            "不能拟合同；请先办收费备案",
        )
    facts = _facts(wish, offer, group, number, version, prices, extra)
    text = wording.contract_text(facts)
    return Contract.all_rows.create(
        wish=wish,
        institution_id=wish.institution_id,
        region_code=wish.region_code,
        number=number,
        version=version,
        class_group_id=group.pk,
        from_on=offer.from_on,
        care_fen=care["price_fen"],
        prices=prices,
        extra=extra,
        text=text,
        sm3=digest(text),
        made_at=at,
        made_by_name=by.name,
    )


def digest(text: str) -> str:
    """全文的 SM3。"""
    return crypto.sm3(text.encode()).hex()


def _prices(tariff: Tariff, group: ClassGroup, form: str) -> list[dict[str, Any]]:
    """备案价：the very rows of the filing, never typed."""
    care = tariff.care(group.class_type, form)
    everything = frozenset(p.kind for p in tariff.electives())
    rows = ([care] if care else []) + tariff.others(group.class_type, form, everything)
    return [
        {
            "kind": p.kind, "title": p.title, "unit": p.unit, "price_fen": p.price_fen,
            "words": p.words, "elective": p.is_elective, "from_on": p.from_on.isoformat(),
        }
        for p in rows
    ]  # fmt: skip


def _facts(
    wish: Wish, offer: Offer, group: ClassGroup, number: str, version: int,
    prices: list[dict[str, Any]], extra: str,
) -> wording.Facts:  # fmt: skip
    a, inst = wish.application, wish.institution
    return wording.Facts(
        number=number,
        version=version,
        institution=inst.name,
        uscc=inst.uscc,
        record_no=inst.record_no or "未登记",
        address=inst.address,
        guardian=a.guardian_name,
        relation=Guardianship.Relation(a.relation).label,
        phone=a.phone,
        child=a.child_name,
        sex="男" if a.sex == "m" else "女",
        born_on=a.born_on,
        id_number=a.id_number or "（办理时未提供）",
        class_name=group.name,
        class_title=ClassType(group.class_type).label,
        form=ServiceForm(a.form).label,
        from_on=offer.from_on,
        to_on=None,
        hours=f"{inst.opens_at:%H:%M} 至 {inst.closes_at:%H:%M}",
        care=next(p["words"] for p in prices if p["kind"] == "care"),
        fees=[(p["title"], p["words"], p["elective"]) for p in prices],
        refunds=[(r["name"], r["text"]) for r in refund_words(inst.pk, offer.from_on)],
        filed_on=max(date.fromisoformat(p["from_on"]) for p in prices),
        extra=extra,
    )


@transaction.atomic
def supplement(*, wish_id: int, extra: str, by: Actor, at: datetime) -> Contract:
    """补充协议：chained to the main contract by its hash."""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.CONTRACT, Stage.STARTED)
        main = _current(wish)
        if main is None or main.concluded_at is None:
            raise DomainError("no-contract", "合同双方还没签完，直接改合同即可，不用补充协议")
        plain = _extra(extra)
        if not plain:
            raise DomainError("extra", "请写明补充的内容")
        number = f"{main.number}-补{main.more.count() + 1}"
        text = wording.supplement_text(
            number=number,
            main_number=main.number,
            main_sm3=main.sm3,
            institution=wish.institution.name,
            guardian=wish.application.guardian_name,
            child=wish.application.child_name,
            extra=plain,
        )
        made = Contract.all_rows.create(
            wish=wish, institution_id=wish.institution_id, region_code=wish.region_code,
            number=number, main=main, class_group_id=main.class_group_id, from_on=main.from_on,
            care_fen=main.care_fen, extra=plain, text=text, sm3=digest(text), made_at=at,
            made_by_name=by.name,
        )  # fmt: skip
        note(wish, f"拟补充协议 {number}", by.name, at)
        tell_family(wish, "有一份补充协议请签署", number, at, urgent=True)
        return made


@transaction.atomic
def sign(
    *, contract_id: int, sm3: str, name: str, strokes: str, by: Actor, at: datetime
) -> Signature:
    """签署：by hand on the screen, or the name written out; over the hash that was shown."""
    with rls.as_system(CITY):
        contract = Contract.all_rows.select_for_update().filter(pk=contract_id).first()
        if contract is None:
            raise NotFound
        wish = lock_wish(by, contract.wish_id)
        side = _side(by, wish)
        _check_open(contract, sm3)
        _check_prices(wish, contract)
        who = _signer(side, wish, name, strokes, by)
        if contract.signatures.filter(side=side).exists():
            raise DomainError("signed", "这一方已经签过，不用重签；请刷新页面查看")
        made = Signature.all_rows.create(
            contract=contract,
            institution_id=contract.institution_id,
            region_code=contract.region_code,
            side=side,
            user_id=by.user_id or 0,
            name=who,
            strokes=strokes or None,
            sm3=contract.sm3,
            at=at,
        )
        note(wish, f"{Side(side).label}签署 {contract.number} 第 {contract.version} 版", who, at)
        _conclude(wish, contract, at)
        return made


def _side(by: Actor, wish: Wish) -> str:
    if is_ours(by, wish):
        return Side.DIRECTOR
    if is_own(by, wish):
        return Side.GUARDIAN
    raise NotFound


def _check_open(contract: Contract, sm3: str) -> None:
    if contract.concluded_at is not None:
        raise DomainError("concluded", "合同双方已签完，不用再签")
    if contract.replaced_at is not None or sm3 != contract.sm3:
        raise DomainError(
            "changed", "您看到的那一版合同已经改过，签名没有采用；请刷新页面看清新的一版再签"
        )
    if digest(contract.text) != contract.sm3:
        raise DomainError("damaged", "合同全文与散列不符，不能签；请园方重新拟定")


def _check_prices(wish: Wish, contract: Contract) -> None:
    """签的时候再比一次备案价：a price above the filed one cannot stand."""
    if contract.main_id is not None:
        return
    group = ClassGroup.all_rows.get(pk=contract.class_group_id)
    tariff = tariff_of(wish.institution_id, contract.from_on)
    filed = {(p["kind"], p["unit"]): p for p in _prices(tariff, group, wish.application.form)}
    for p in contract.prices:
        now = filed.get((p["kind"], p["unit"]))
        if now is None or p["price_fen"] > now["price_fen"]:
            told = f"现备案价 {now['words']}" if now else "已没有备案"
            raise DomainError(
                "above-filed",
                f"合同写的{p['title']} {p['words']}，{told}；请园方按备案价重新拟定后再签",
            )


def _signer(side: str, wish: Wish, name: str, strokes: str, by: Actor) -> str:
    if strokes:
        if problem := rules.strokes_problem(strokes):
            raise DomainError("strokes", problem)
        return wish.application.guardian_name if side == Side.GUARDIAN else by.name
    expected = wish.application.guardian_name if side == Side.GUARDIAN else by.name
    if "".join(name.split()) != "".join(expected.split()):
        raise DomainError("name", f"请手写签名，或完整输入姓名「{expected}」表示签署")
    return expected


def _conclude(wish: Wish, contract: Contract, at: datetime) -> None:
    if contract.signatures.count() < 2:
        return
    contract.concluded_at = at
    contract.save(update_fields=["concluded_at"])
    note(wish, f"{contract.number} 双方签完，生效", "系统", at)
    tell_family(wish, "合同双方已签完", f"合同编号 {contract.number}，可下载 PDF", at)
    tell_institution(wish, "合同双方已签完", f"{wish.application.child_name}可以办入托", at)


def _current(wish: Wish) -> Contract | None:
    return wish.contracts.filter(main=None, replaced_at=None).select_for_update().first()
