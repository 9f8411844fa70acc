"""一份申请怎么走：papers, hand-in, review, approval, notice, by the right people, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.grants.states import SECOND, TYPE
from tuoyu.domains.publicity.models import NoticeRow
from tuoyu.domains.publicity.services import answer, object_to
from tuoyu.sim.draws import stream
from tuoyu.sim.grant_entries import Entry, upload
from tuoyu.sim.state import Built

# What a reviewer finds for one line, in fen; always whole hundreds of yuan.
EACH_FEN = {
    "community_slot": (800_000, 1_000_000),
    "enterprise_slot": (230_000, 300_000),
    "hospital_slot": (900_000, 1_500_000),
    "kindergarten_slot": (500_000, 900_000),
    "star_grant": (6_000_000, 10_000_000),
    "feature_park": (10_100_000, 12_000_000),
}
PROVINCE_FEN = (12_000_000, 18_000_000)
WAIVED_FEN = 50_000  # what a home lets off where it has written no bill


class Desk:
    """办理台：how far one application goes and how many working days ago."""

    def __init__(self, b: Built) -> None:
        self.b = b
        self.rng = stream(b.seed, "grants")
        self.today = b.city.now.date()

    def at(self, back: int, hour: int = 10, minute: int = 0) -> datetime:
        """若干工作日以前的一刻。"""
        return clock.at(workdays.before(self.today, back), hour, minute)

    def apply(self, rule: str, entry: Entry, stage: str, back: int) -> bool:
        """起草并走到该停的地方；answers whether it could be handed in at all."""
        by = self.b.people.director(entry.inst.id) if entry.inst else self.b.people.city
        try:
            made = services.draft(
                rule=rule,
                institution_id=entry.inst.id if entry.inst else None,
                school_id=entry.school_id,
                month=entry.month,
                pick=entry.pick,
                by=by,
                at=self.at(back, 9, self.rng.randrange(60)),
            )
        except DomainError:
            return False
        self._complete(made, by, back)
        if stage == "draft":
            return True
        try:
            services.submit(application_id=made.pk, by=by, at=self.at(back - 1, 9))
        except DomainError:  # not for this one after all: its author takes it back
            if entry.inst is not None:
                services.withdraw(application_id=made.pk, by=by, at=self.at(back - 1, 9, 30))
            return False
        self._go(made, by, entry, stage, back)
        return True

    def _complete(self, made: Application, by: Actor, back: int) -> None:
        """补齐材料与平台不知道的金额。"""
        at = self.at(back, 10, self.rng.randrange(60))
        programme = programme_of(made.programme)
        for paper in programme.papers:
            if paper.is_uploaded:
                services.add_evidence(
                    application_id=made.pk, code=paper.code, upload=upload(paper.name), by=by, at=at
                )
        for name in programme.typed:
            unknown = [i.pk for i in made.items.all() if i.inputs.get(name) is None]
            if unknown:
                services.type_amounts(
                    application_id=made.pk,
                    name=name,
                    amounts=dict.fromkeys(unknown, WAIVED_FEN),
                    by=by,
                    at=at,
                )

    def _go(self, made: Application, by: Actor, entry: Entry, stage: str, back: int) -> None:
        pk, reviewer = made.pk, self._reviewer(made, entry)
        if stage == "withdrawn":
            services.withdraw(application_id=pk, by=by, at=self.at(back - 2, 9))
        elif stage == "returned":
            services.send_back(
                application_id=pk,
                by=reviewer,
                at=self.at(back - 3, 15),
                opinion="材料不清，请补正后再报",
                marks={
                    p.code: "看不清公章与日期" for p in programme_of(made.programme).papers[-1:]
                },
            )
        elif stage == "refused":
            services.refuse(
                application_id=pk, by=reviewer, at=self.at(back - 3, 15),
                opinion="所报内容与现场核查不符",
            )  # fmt: skip
        elif stage != "county":
            try:
                self._review(made, reviewer, back - 3)
            except DomainError as error:
                if error.code != "over-budget":
                    raise
                return  # it waits with the county until there is money
            self._approve(pk, stage, entry, back - 5)

    def _reviewer(self, made: Application, entry: Entry) -> Actor:
        if entry.inst is None or programme_of(made.programme).path == "city":
            return self.b.people.second
        return self.b.people.officer(entry.inst.unit.code)

    def _review(self, made: Application, reviewer: Actor, back: int) -> None:
        given: dict[str, int] = {}
        wanted = programme_of(made.programme).reviewer
        if "approved_fen" in wanted:
            low, high = EACH_FEN[made.programme]
            if made.items.filter(subject_key="province").exists():
                low, high = PROVINCE_FEN
            given["approved_fen"] = self.rng.randrange(low, high + 1, 10_000)
        if "eligible" in wanted:
            given["eligible"] = True
        at = self.at(back, 11)
        if given:
            services.assess(
                application_id=made.pk, given=given, basis="工程决算与现场核查记录（虚构）",
                by=reviewer, at=at,
            )  # fmt: skip
        services.accept(
            application_id=made.pk, by=reviewer, at=at + timedelta(minutes=20),
            opinion="材料与现场核查一致",
        )  # fmt: skip

    def _approve(self, pk: int, stage: str, entry: Entry, back: int) -> None:
        if stage == "city":
            return
        people, at = self.b.people, self.at(back, 16)
        if entry.inst is not None:
            services.approve(application_id=pk, by=people.city, at=at, opinion="同意")
        if self._state(pk) == SECOND:
            if stage == "second":
                return
            at += timedelta(minutes=40)
            services.approve(application_id=pk, by=people.second, at=at, opinion="同意")
        if stage == "finance":
            return
        services.check(
            application_id=pk, by=people.finance, at=self.at(back - 1, 10),
            opinion="额度与依据无误",
        )  # fmt: skip
        if stage == "notice":
            self._object(pk, "请公开这一笔的测算依据", self.at(back - 3, 20))
        elif stage == "upheld":
            found = self._object(pk, "公示的内容与实际不符，请核实", self.at(back - 2, 20))
            answer(objection_id=found, upheld=True, reason="经现场核查属实，撤下",
                   by=people.city, at=self.at(back - 4, 10))  # fmt: skip

    def _object(self, pk: int, said: str, at: datetime) -> int:
        """公示期内有人提出异议。"""
        notice = Application.all_rows.get(pk=pk).notice_id or 0
        row = NoticeRow.all_rows.get(notice_id=notice)
        return object_to(notice_id=notice, row_id=row.pk, opinion=said, contact="", at=at).pk

    def _state(self, pk: int) -> str:
        return Case.all_rows.get(type=TYPE, subject_id=pk).state
