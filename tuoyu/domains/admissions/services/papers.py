"""入托材料：given by the family, looked at by the institution, one tap to remind of what lacks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tuoyu.core import rls
from tuoyu.core.access import Actor
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.core.excel.columns import CellError, Column, parse
from tuoyu.core.files.models import StoredFile
from tuoyu.core.files.services import open_file, store
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.admissions.models import Paper, PaperKind, Stage, Wish
from tuoyu.domains.admissions.services.applying import set_id_number
from tuoyu.domains.admissions.services.desk import (
    CITY,
    for_family,
    for_institution,
    lock_wish,
    need,
    note,
    put,
)
from tuoyu.domains.admissions.services.telling import tell_family, tell_institution
from tuoyu.domains.children.models import Guardianship

WITH_FILE = (PaperKind.CHECKUP, PaperKind.VACCINATION, PaperKind.IDENTITY)
MOST_PERSONS = 6
_PHONE = Column("phone", "接送人手机", "phone", required=True)


@dataclass(frozen=True)
class Bearer:
    """一个接送人。"""

    name: str
    relation: str
    phone: str


@transaction.atomic
def give_file(
    *,
    wish_id: int,
    kind: str,
    upload: UploadedFile[bytes],
    by: Actor,
    at: datetime,
    id_number: str = "",
) -> None:
    """交一份材料（照片或 PDF）；a new one takes the old one's place and is looked at again."""
    if kind not in WITH_FILE:
        raise NotFound
    with rls.as_system(CITY):
        wish, paper = _open(wish_id, kind, by)
        if kind == PaperKind.IDENTITY and id_number.strip():
            set_id_number(wish.application, id_number)
        stored = store(
            upload=upload,
            purpose="admission_paper",
            institution_id=wish.institution_id,
            region_code=wish.region_code,
            by=by.user_id or 0,
            at=at,
        )
        paper.file_id = stored.pk
        _given(wish, paper, by, at)


@transaction.atomic
def give_allergy(*, wish_id: int, text: str, none: bool, by: Actor, at: datetime) -> None:
    """过敏与忌口：none must be said, an empty field is not "none"."""
    plain = " ".join(text.split())[:60]
    if none == bool(plain):
        raise DomainError(
            "allergy", "请写明过敏和忌口的食物、药物；没有的话请勾选「没有」，二者选一"
        )
    with rls.as_system(CITY):
        wish, paper = _open(wish_id, PaperKind.ALLERGY, by)
        paper.text = plain or "无"
        _given(wish, paper, by, at)


@transaction.atomic
def give_bearers(*, wish_id: int, bearers: Sequence[Bearer], by: Actor, at: datetime) -> None:
    """接送人名单。"""
    if not bearers or len(bearers) > MOST_PERSONS:
        raise DomainError("bearers", f"请填 1 至 {MOST_PERSONS} 位接送人（可以只填您自己）")
    plain = []
    for b in bearers:
        if not b.name.strip() or b.relation not in Guardianship.Relation.values:
            raise DomainError("bearers", "接送人的姓名和关系都要填，请补全")
        try:
            phone = str(parse(_PHONE, b.phone))
        except CellError as error:
            raise DomainError("bearers", f"{b.name}：{error}") from error
        plain.append(asdict(Bearer(b.name.strip()[:40], b.relation, phone)))
    with rls.as_system(CITY):
        wish, paper = _open(wish_id, PaperKind.PICKUP, by)
        paper.text = json.dumps(plain, ensure_ascii=False)
        _given(wish, paper, by, at)


def bearers_of(paper: Paper) -> list[Bearer]:
    """名单里的人。"""
    return [Bearer(**row) for row in json.loads(paper.text)] if paper.text else []


@transaction.atomic
def check(*, wish_id: int, kind: str, by: Actor, at: datetime) -> None:
    """核对无误；with the last one the contract may be drawn up."""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.PAPERS)
        paper = _paper(wish, kind)
        if paper.given_at is None:
            raise DomainError("not-given", f"「{PaperKind(kind).label}」家长还没有交，不能核对")
        paper.checked_at, paper.checked_by_name, paper.returned_why = at, by.name, ""
        paper.save(update_fields=["checked_at", "checked_by_name", "returned_why"])
        note(wish, f"核对{PaperKind(kind).label}无误", by.name, at)
        if not wish.papers.filter(checked_at=None).exists():
            put(wish, Stage.CONTRACT, at)
            note(wish, "材料齐全，可以签合同", "系统", at)


@transaction.atomic
def send_back(*, wish_id: int, kind: str, why: str, by: Actor, at: datetime) -> None:
    """退回一项，写明原因。"""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.PAPERS, Stage.CONTRACT)
        paper = _paper(wish, kind)
        if not why.strip():
            raise DomainError("no-reason", "退回须写明哪里不对，家长能看到；请补写")
        if paper.given_at is None:
            raise DomainError("not-given", "家长还没有交这一项，不用退回；可以提醒")
        paper.given_at = paper.checked_at = None
        paper.returned_why = why.strip()[:120]
        paper.save(update_fields=["given_at", "checked_at", "returned_why"])
        if wish.stage == Stage.CONTRACT:
            put(wish, Stage.PAPERS, at)
        note(wish, f"退回{PaperKind(kind).label}：{why.strip()}", by.name, at)
        tell_family(wish, f"{PaperKind(kind).label}需要重交", why.strip(), at, urgent=True)


@transaction.atomic
def remind(*, wish_id: int, by: Actor, at: datetime) -> int:
    """一键提醒还缺的；once a day is enough."""
    with rls.as_system(CITY):
        wish = for_institution(by, wish_id)
        need(wish, Stage.PAPERS)
        lacking = [PaperKind(p.kind).label for p in wish.papers.filter(given_at=None)]
        if not lacking:
            raise DomainError("complete", "材料已交齐，等您核对，不用再提醒")
        text = "还缺" + "、".join(lacking)
        if wish.changes.filter(text__startswith="提醒", at__date=at.date()).exists():
            raise DomainError("reminded", "今天已提醒过，明天再提醒，免得打扰家长")
        note(wish, f"提醒家长：{text}", by.name, at)
        tell_family(wish, f"{wish.institution.name}请您补材料", text, at, urgent=True)
        return len(lacking)


def open_paper(*, wish_id: int, kind: str, by: Actor) -> tuple[Wish, StoredFile, bytes]:
    """打开一份材料：by its family and by the institution it was given to."""
    with transaction.atomic(), rls.as_system(CITY):
        wish = lock_wish(by, wish_id)
        paper = _paper(wish, kind)
        if paper.file_id is None:
            raise NotFound
        return wish, *open_file(SYSTEM, paper.file_id)


def _open(wish_id: int, kind: str, by: Actor) -> tuple[Wish, Paper]:
    wish = for_family(by, wish_id)
    need(wish, Stage.PAPERS)
    return wish, _paper(wish, kind)


def _paper(wish: Wish, kind: str) -> Paper:
    paper = wish.papers.select_for_update().filter(kind=kind).first()
    if paper is None:
        raise NotFound
    return paper


def _given(wish: Wish, paper: Paper, by: Actor, at: datetime) -> None:
    paper.given_at, paper.checked_at, paper.returned_why = at, None, ""
    paper.save()
    note(wish, f"交来{PaperKind(paper.kind).label}", by.name, at)
    if not wish.papers.filter(given_at=None).exists():
        tell_institution(wish, f"{wish.application.child_name}家材料交齐", "请核对", at)
