"""认定与评定：stars and recognitions in every state, plaques, one withdrawn, and their notices.

Everything goes through the same services as the pages, on past working days. All fictitious: the
cut-offs too, which no document has published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from tuoyu.core import clock, workdays
from tuoyu.core.access import Actor
from tuoyu.domains.publicity.models import NoticeRow
from tuoyu.domains.publicity.services import answer, close_due, name_issuer, object_to
from tuoyu.domains.quality import services
from tuoyu.domains.quality.models import Application, Award, Member
from tuoyu.domains.quality.rules import show_tenths
from tuoyu.domains.quality.services import Given, Sheet
from tuoyu.domains.quality.standard import dimensions_of, standard, star_levels
from tuoyu.sim.draws import stream
from tuoyu.sim.institutions import Inst
from tuoyu.sim.names import SURNAMES, adult_name
from tuoyu.sim.state import Built

SPECIALTIES = ("保育照护", "儿童保健", "安全管理", "营养膳食", "早期发展", "建筑消防")
EMPLOYERS = ("学院", "医院", "协会", "研究所")
BASES = ("见园内台账与照片", "见本年度检查记录", "见制度汇编与培训签到表", "现场可核对")
SINCE = date(2025, 1, 1)
NOTICE_DAYS = 5


def rate_institutions(b: Built) -> None:
    """各机构的认定与评定。"""
    if b.scale.until is None:
        Round(b).run()


class Round:
    """演示城市的一轮评定：the people, the days, and how far each application goes."""

    def __init__(self, b: Built) -> None:
        self.b = b
        self.rng = stream(b.seed, "quality")
        self.today = b.city.now.date()
        self.is_tiny = b.scale.name == "tiny"  # built by tests: a few are enough
        self.one = b.people.city
        self.two = b.people.second
        self.levels = list(star_levels())
        self.documents = 0

    def run(self) -> None:
        """先定细则和专家，再逐家走到各自的一步。"""
        self._prepare()
        able = [i for i in self.b.institutions if i.status == "filed" and not i.tags]
        able.sort(key=lambda i: (not i.is_show, i.id))
        plans: list[Callable[[Inst], object]] = [
            lambda i: self._awarded(i, 104, 0),
            lambda i: self._awarded(i, 98, 0),
            lambda i: self._awarded(i, 96, 1),
            self._taken_down,
            self._told,
            lambda i: self._scored(i, 10),
            lambda i: self._noticed(i, 11),
            self._half_scored,
            self._committed,
            lambda i: self._sent(i, 3),
            self._returned,
            lambda i: self._start(i, "star", 1),
            self._vetoed,
            self._objected,
            lambda i: self._awarded(i, 92, 0),
            lambda i: self._awarded(i, 90, 1),
            lambda i: self._awarded(i, 88, 0),
            lambda i: self._awarded(i, 86, 0),
            lambda i: self._awarded(i, 84, 0),
            lambda i: self._awarded(i, 82, 1),
        ]
        if self.is_tiny:
            plans = [plans[0], self._told, lambda i: self._sent(i, 3)]
        for plan, inst in zip(plans, able, strict=False):
            plan(inst)
        self._recognise(able)

    # ── 人与日子 ──

    def _at(self, back: int, hour: int = 10, minute: int = 0) -> datetime:
        return clock.at(workdays.before(self.today, back), hour, minute)

    def _director(self, inst: Inst) -> Actor:
        return self.b.people.director(inst.id)

    def _county(self, inst: Inst) -> Actor:
        return self.b.people.officer(inst.unit.code)

    def _prepare(self) -> None:
        city = self.b.city
        name_issuer(region_code=city.code, name=f"{city.name}托育服务主管部门（虚构）",
                    phone="0000-1200000（虚构）", is_fictitious=True)  # fmt: skip
        for n, unit in enumerate(city.units, 1):
            name_issuer(region_code=unit.code, name=f"{unit.name}托育服务主管部门（虚构）",
                        phone=f"0000-12{n:05d}（虚构）", is_fictitious=True)  # fmt: skip
        for n in range(16):
            name = adult_name(self.rng, self.rng.choice(SURNAMES), self.rng.random() < 0.6)
            services.add_expert(
                name=name, specialty=SPECIALTIES[n % len(SPECIALTIES)],
                employer=f"{city.name}示例{EMPLOYERS[n % 4]}{n + 1:02d}（虚构）",
                region_code=city.code, at=self._at(130),
            )  # fmt: skip
        low, step = 7500, 800
        for kind in ("star", "inclusive"):
            services.set_scheme(
                kind=kind,
                document_no=f"示例评定细则〔2025〕{1 if kind == 'star' else 2}号（虚构）",
                from_on=SINCE,
                cutoffs={level: low + step * n for n, level in enumerate(self.levels)}
                if kind == "star" else {},
                method="median", panel_size=3, notice_days=NOTICE_DAYS, valid_months=36,
                is_fictitious=True, by=self.one, at=self._at(130),
            )  # fmt: skip

    # ── 一件件走下去 ──

    def _start(self, inst: Inst, kind: str, back: int, level: int = 0) -> Application:
        wanted = self.levels[min(level, len(self.levels) - 1)] if kind == "star" else ""
        return services.start(
            kind=kind, institution_id=inst.id, wanted=wanted, by=self._director(inst),
            at=self._at(back, 9),
        )  # fmt: skip

    def _sent(self, inst: Inst, back: int, level: int = 0, kind: str = "star") -> Application:
        made = self._start(inst, kind, back, level)
        given = [
            Given(
                d.id,
                score=str((d.points or 0) * self.rng.randint(86, 98) // 100),
                is_met=True,
                basis=self.rng.choice(BASES),
            )
            for d in dimensions_of(kind)
        ]
        by, at = self._director(inst), self._at(back, 10)
        services.save(application_id=made.pk, given=given, by=by, at=at)
        return services.submit(application_id=made.pk, by=by, at=at)

    def _accepted(self, inst: Inst, back: int, level: int = 0, kind: str = "star") -> Application:
        made = self._sent(inst, back, level, kind)
        return services.accept(
            application_id=made.pk, opinion="材料齐全，事实与平台记录一致",
            by=self._county(inst), at=self._at(back - 2, 15),
        )  # fmt: skip

    def _drawn(self, inst: Inst, back: int, level: int = 0) -> Application:
        made = self._accepted(inst, back, level)
        seed = f"{self.rng.getrandbits(256):064x}"
        services.commit_draw(
            application_id=made.pk, by=self.one, at=self._at(back - 3, 9), seed_maker=lambda: seed
        )
        services.draw(application_id=made.pk, by=self.one, at=self._at(back - 4, 9))
        return made

    def _sheets(self, made: Application, back: int, shares: list[int], veto: int = 0) -> None:
        members = Member.all_rows.filter(panel__application=made).order_by("rank")
        for n, (member, share) in enumerate(zip(members, shares, strict=False)):
            scores = {
                d.id: show_tenths((d.points or 0) * (share + self.rng.randint(-2, 2)) // 10)
                for d in standard().dimensions
            }
            vetoes = {veto: "现场核对不合格（虚构）"} if veto and n == 0 else {}
            services.enter_sheet(
                member_id=member.pk, sheet=Sheet(f"评表{made.pk:03d}-{n + 1}", scores, vetoes),
                by=self.one, at=self._at(back, 14, n),
            )  # fmt: skip

    def _scored(self, inst: Inst, back: int, level: int = 0, veto: int = 0) -> Application:
        made = self._drawn(inst, back, level)
        share = 80 if level == 0 else 92
        self._sheets(made, back - 6, [share, share + 2, share + 3], veto)
        return services.finish(application_id=made.pk, by=self.one, at=self._at(back - 6, 16))

    def _noticed(self, inst: Inst, back: int, level: int = 0, kind: str = "star") -> Application:
        made = (
            self._scored(inst, back, level) if kind == "star"
            else self._accepted(inst, back, level, kind)
        )  # fmt: skip
        self.documents += 1
        return services.decide(
            application_id=made.pk, document_no=f"示例公示〔2025〕{self.documents}号（虚构）",
            opinion="同意", by=self.two, at=self._at(back - 8, 11),
        )  # fmt: skip

    def _awarded(self, inst: Inst, back: int, level: int = 0, kind: str = "star") -> Award:
        made = self._noticed(inst, back, level, kind)
        close_due(self._at(back - 8 - NOTICE_DAYS - 1, 8))
        return Award.all_rows.get(application=made)

    # ── 各种结局 ──

    def _half_scored(self, inst: Inst) -> None:
        self._sheets(self._drawn(inst, 6), 1, [88])

    def _committed(self, inst: Inst) -> None:
        made = self._accepted(inst, 4)
        seed = f"{self.rng.getrandbits(256):064x}"
        services.commit_draw(
            application_id=made.pk, by=self.one, at=self._at(1, 9), seed_maker=lambda: seed
        )

    def _returned(self, inst: Inst) -> None:
        made = self._sent(inst, 7)
        services.send_back(
            application_id=made.pk, opinion="请补上本年度消防合格证明和培训签到表",
            marks=["premises", "team"], by=self._county(inst), at=self._at(5, 15),
        )  # fmt: skip

    def _vetoed(self, inst: Inst) -> None:
        made = self._scored(inst, 40, veto=9)
        services.refuse(
            application_id=made.pk, opinion="基础指标第 9 项不合格，不得评定等级",
            by=self.two, at=self._at(32, 11),
        )  # fmt: skip

    def _objected(self, inst: Inst) -> None:
        """公示中收到异议，核查属实，未授牌。"""
        made = self._noticed(inst, 60)
        self._object(made, 50, "公示的机构上个月已经停办一个班，请核实", upheld=True)
        close_due(self._at(60 - 8 - NOTICE_DAYS - 1, 8))

    def _object(self, made: Application, back: int, said: str, upheld: bool | None) -> None:
        row = NoticeRow.all_rows.get(notice_id=made.notice_id or 0)
        found = object_to(
            notice_id=row.notice_id, row_id=row.pk, opinion=said, contact="", at=self._at(back, 20)
        )
        if upheld is not None:
            answer(objection_id=found.pk, upheld=upheld, at=self._at(back - 2, 10), by=self.one,
                   reason="经现场核查属实，撤下" if upheld else "经核查与实际相符")  # fmt: skip

    def _withdrawal(self, inst: Inst, award: Award, back: int) -> int:
        return services.tell_withdrawal(
            award_id=award.pk, reason="抽查发现两个班连续一个月超员（虚构）",
            by=self._county(inst), at=self._at(back, 9),
        ).pk  # fmt: skip

    def _taken_down(self, inst: Inst) -> None:
        award = self._awarded(inst, 100)
        told = self._withdrawal(inst, award, 30)
        services.make_statement(
            withdrawal_id=told, text="超员是临时收托造成的，现已分流，请求从轻处理",
            wants_hearing=True, by=self._director(inst), at=self._at(27),
        )  # fmt: skip
        services.judge_withdrawal(
            withdrawal_id=told, withdraw=True,
            reason="抽查发现两个班连续一个月超员，事实清楚（虚构）",
            hearing="机构到场陈述，对超员事实没有异议", by=self.two, at=self._at(20),
        )  # fmt: skip

    def _told(self, inst: Inst) -> None:
        self._withdrawal(inst, self._awarded(inst, 94), 2)

    # ── 普惠认定 ──

    def _recognise(self, able: list[Inst]) -> None:
        """续认定：the new period begins after the present one, so no settled month moves."""
        ending = [i for i in able if i.recognised and i.recognised[-1][1] > self.today]
        ending.sort(key=lambda i: (i.recognised[-1][1], i.id))
        plans: list[Callable[[Inst], object]] = [
            lambda i: self._awarded(i, 30, kind="inclusive"),
            self._recognition_objected,
            lambda i: self._accepted(i, 5, kind="inclusive"),
            lambda i: self._sent(i, 2, kind="inclusive"),
            lambda i: self._noticed(i, 10, kind="inclusive"),
        ]
        for plan, inst in zip(plans[2:4] if self.is_tiny else plans, ending, strict=False):
            plan(inst)

    def _recognition_objected(self, inst: Inst) -> None:
        made = self._noticed(inst, 10, kind="inclusive")
        self._object(made, 1, "这家园的收费比公示的高，请核查收费单据", upheld=None)
