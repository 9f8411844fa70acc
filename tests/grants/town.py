"""奖补测试的小镇：the small world, with one institution of each kind, budgets and people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.domains.funds.services import allot
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.institutions.models import Institution, Kind, Place
from tuoyu.domains.publicity.services import close_due

AT = NOW
UNIT = "350582"


def who(world: World, slug: str) -> Actor:
    return actor_for_user(world.users[slug])


def fund(world: World, *programmes: str, unit: str = UNIT, fen: int = 500_000_000) -> None:
    """预算：enough for what a test pays."""
    for programme in programmes:
        allot(
            key=f"allot:{unit}:{programme}", year=2025, unit_code=unit, programme=programme,
            source="central", rank=1, document_no="示例预算（虚构）", amount_fen=fen,
            by=who(world, "finance-officer"), at=AT,
        )  # fmt: skip


def become(world: World, key: str, kind: Kind, nature: str = "public") -> Institution:
    """一家机构改作某一类；its places of the infant room are new."""
    inst = world.institutions[key]
    inst.kind, inst.nature = kind, nature
    inst.save(update_fields=["kind", "nature"])
    Place.all_rows.filter(institution=inst, number__contains="infant").update(is_new=True)
    return inst


def upload(name: str = "材料.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.photo())


def papers(world: World, application: Application, slug: str = "director") -> None:
    """补齐须上传的材料。"""
    for paper in programme_of(application.programme).papers:
        if paper.is_uploaded and paper.required:
            services.add_evidence(
                application_id=application.pk, code=paper.code, upload=upload(),
                by=who(world, slug), at=AT,
            )  # fmt: skip


def drafted(world: World, rule: str, slug: str = "director", **more: object) -> Application:
    by = who(world, slug)
    made = services.draft(
        rule=rule, institution_id=by.institution_id, by=by, at=AT, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    papers(world, made, slug)
    return again(made)


def submitted(world: World, rule: str, slug: str = "director", **more: object) -> Application:
    made = drafted(world, rule, slug, **more)
    services.submit(application_id=made.pk, by=who(world, slug), at=AT)
    return again(made)


def assessed(world: World, made: Application, slug: str = "county-officer", **given: int) -> None:
    services.assess(
        application_id=made.pk, given=given, basis="工程决算（虚构）", by=who(world, slug), at=AT
    )


def accepted(world: World, made: Application, slug: str = "county-officer") -> Application:
    services.accept(application_id=made.pk, by=who(world, slug), at=AT)
    return again(made)


def checked(world: World, made: Application, approver: str = "city-officer") -> Application:
    """审批与财政复核。"""
    services.approve(application_id=made.pk, by=who(world, approver), at=AT)
    if state_of(made) == "second":
        services.approve(application_id=made.pk, by=who(world, "city-officer-2"), at=AT)
    services.check(application_id=made.pk, by=who(world, "finance-officer"), at=AT)
    return again(made)


def after_notice(days: int = 5) -> datetime:
    """公示期满以后。"""
    last = workdays.add(AT, days).date()
    return clock.at(last + timedelta(days=1), 0, 5)


def cleared(made: Application) -> Application:
    close_due(after_notice())
    return again(made)


def again(made: Application) -> Application:
    return Application.all_rows.get(pk=made.pk)


def state_of(made: Application) -> str:
    return Case.all_rows.get(type="grant", subject_id=made.pk).state


JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)
