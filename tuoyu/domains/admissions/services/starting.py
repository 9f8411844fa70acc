"""入托：the child's file, the guardians and the place in the class are made from what is there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tuoyu.core import clock, crypto, rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError
from tuoyu.core.identifiers import opaque_id
from tuoyu.core.pinyin import search_text
from tuoyu.domains.admissions.models import Application, Contract, PaperKind, Stage, Wish
from tuoyu.domains.admissions.services.desk import CITY, for_institution, need, note, put
from tuoyu.domains.admissions.services.papers import bearers_of
from tuoyu.domains.admissions.services.telling import tell_family
from tuoyu.domains.children.models import Child, Guardian
from tuoyu.domains.children.services.guardians import relate_guardian
from tuoyu.domains.children.services.persons import known_person
from tuoyu.domains.enrolment.services import enrol
from tuoyu.domains.institutions.models import ClassGroup


@transaction.atomic
def start(*, wish_id: int, by: Actor, at: datetime, number: int | None = None) -> Child:
    """办理入托；needs the contract signed by both. ``number``: a new child's id, when drawn."""
    today = clock.day_of(at)
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.CONTRACT)
        contract = wish.contracts.filter(main=None, replaced_at=None).first()
        if contract is None or contract.concluded_at is None:
            raise DomainError("not-signed", "合同双方签完后才能办入托；请先签署")
        child = _child(wish, number or opaque_id())
        _people(wish, child, contract)
        group = ClassGroup.all_rows.get(pk=contract.class_group_id)
        enrol(
            child=child,
            class_group=group,
            from_on=contract.from_on,
            to_on=contract.to_on,
            monthly_fen=contract.care_fen,
            form=wish.application.form,
            today=today,
        )
        wish.child_id = child.pk
        wish.save(update_fields=["child_id"])
        Application.all_rows.filter(pk=wish.application_id).update(child_id=child.pk)
        put(wish, Stage.STARTED, at)
        note(wish, f"办理入托：{group.name}，{contract.from_on} 起", by.name, at)
        tell_family(wish, "已办理入托", f"{contract.from_on} 起，{group.name}", at)
        return child


def _child(wish: Wish, number: int) -> Child:
    a = wish.application
    allergy = _text(wish, PaperKind.ALLERGY)
    told = None if allergy in ("", "无") else allergy
    index = crypto.blind_index(a.id_number) if a.id_number else None
    known = Child.all_rows.filter(pk=a.child_id).first() if a.child_id else None
    if known is None and index is not None and Child.all_rows.filter(id_index=index).exists():
        raise DomainError(
            "known-child",
            "这个身份证号的孩子已在平台登记；请家长用原账号从家长端报名，或由原机构办离托",
        )
    if known is not None:
        known.allergy, known.has_allergy = told, told is not None
        known.save(update_fields=["allergy", "has_allergy"])
        return known
    return Child.all_rows.create(
        id=number,
        name=a.child_name,
        search=search_text(a.child_name),
        sex=a.sex,
        born_on=a.born_on,
        id_number=a.id_number,
        id_index=index,
        allergy=told,
        has_allergy=told is not None,
        institution_id=wish.institution_id,
        region_code=wish.region_code,
    )


def _people(wish: Wish, child: Child, contract: Contract) -> None:
    a = wish.application
    main = _guardian(a)
    relate_guardian(child=child, guardian=main, relation=a.relation, from_on=contract.from_on)
    paper = wish.papers.filter(kind=PaperKind.PICKUP).first()
    for bearer in bearers_of(paper) if paper else []:
        if bearer.phone == a.phone and bearer.name == a.guardian_name:
            continue
        relate_guardian(
            child=child,
            guardian=known_person(name=bearer.name, phone=bearer.phone),
            relation=bearer.relation,
            from_on=contract.from_on,
            is_guardian=False,
        )


def _guardian(a: Application) -> Guardian:
    """The account's guardian if it has one, so that the child appears beside its siblings."""
    if a.user_id is not None:
        found = Guardian.all_rows.filter(user_id=a.user_id).first()
        if found is not None:
            return found
    made = known_person(name=a.guardian_name, phone=a.phone)
    if a.user_id is not None and made.user_id is None:
        made.user_id = a.user_id
        made.save(update_fields=["user_id"])
    return made


def _text(wish: Wish, kind: PaperKind) -> str:
    paper = wish.papers.filter(kind=kind).first()
    return (paper.text or "") if paper else ""
