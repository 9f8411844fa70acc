"""平台已知的事实：the inputs of the rules, gathered from the records; nothing is typed twice.

``None`` is 「不知道」 and leaves the line 待定; it is never taken for zero or no.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from tuoyu.core import workdays
from tuoyu.core.periods import add_months, age_months
from tuoyu.domains.attendance.models import DaySheet, DayStatus, MonthClose
from tuoyu.domains.billing.models import Bill, BillLine, ItemKind, LineKind
from tuoyu.domains.billing.selectors import standings, waived_many
from tuoyu.domains.children.models import Child, SpecialStatus
from tuoyu.domains.enrolment.models import Enrolment, ServiceForm
from tuoyu.domains.grants.declaration import Subject
from tuoyu.domains.grants.models import FeaturePark, Item, Lease, School, Works
from tuoyu.domains.institutions.models import Institution, Kind, Place, PlaceState, Recognition
from tuoyu.domains.workforce.models import Certificate, CertificateKind

Scalar = int | bool | str | None
# The platform's words → the words of the national pack.
KINDS = {
    Kind.CENTER: "county_centre",
    Kind.COMMUNITY: "community_point",
    Kind.NEIGHBOURHOOD: "neighbourhood_hub",
    Kind.PRIVATE: "private",
    Kind.EMPLOYER: "enterprise",
    Kind.HOSPITAL: "hospital",
    Kind.KINDERGARTEN: "kindergarten",
    Kind.HOME: "home_based",
    Kind.PARK: "industrial_park",
}
CERTIFICATES = {
    CertificateKind.CARER: "childcare_worker",
    CertificateKind.INFANT: "infant_carer",
    CertificateKind.HEALTH_CARER: "health_carer",
}
SPECIAL = {
    SpecialStatus.Kind.THIRD_CHILD: "third_child",
    SpecialStatus.Kind.BEREAVED: "bereaved_rebirth",
    SpecialStatus.Kind.DISABLED: "disabled",
}
BUILT = (PlaceState.BUILT, PlaceState.FILED, PlaceState.OPERATING)
FILED = (PlaceState.FILED, PlaceState.OPERATING)
HALF, WHOLE = 5, 10  # tenths of a child
MINUTES_A_DAY = 8 * 60


@dataclass
class Presence:
    """一名儿童的当月出勤：``days`` is None while a day waits to be checked."""

    days: int | None
    minutes: int


@dataclass
class Facts:
    """一家机构（或学校）在某月的事实。``on`` is the day on which it is asked."""

    month: date
    on: date
    institution: Institution | None = None
    school: School | None = None
    skip: int | None = None  # an application that does not count against itself
    known: date | None = None  # 知悉截止日; ``on`` unless a settled matter is looked at again

    @property
    def inst(self) -> Institution:
        """机构；only programmes of institutions ask."""
        if self.institution is None:
            raise ValueError("这个项目没有申报机构")
        return self.institution

    @property
    def end(self) -> date:
        """次月首日。"""
        return add_months(self.month, 1)

    @cached_property
    def places(self) -> list[Place]:
        """全部托位。"""
        return list(Place.all_rows.filter(institution=self.inst).order_by("number"))

    @cached_property
    def place_by_id(self) -> dict[int, Place]:
        """托位编号 → 托位。"""
        return {place.pk: place for place in self.places}

    @cached_property
    def recognition(self) -> Recognition | None:
        """当月首日有效的普惠认定（同专项奖补）。"""
        rows = Recognition.all_rows.filter(institution=self.inst, period__contains=self.month)
        return rows.first()

    @cached_property
    def is_filed(self) -> bool:
        """当月首日前已备案且在用。"""
        inst = self.inst
        was = inst.filed_on is not None and inst.filed_on <= self.month
        return was and inst.status == Institution.Status.FILED

    @cached_property
    def is_closed(self) -> bool:
        """当月是否已月结。"""
        rows = MonthClose.all_rows.filter(institution_id=self.inst.pk, month=self.month)
        return rows.exists()

    @cached_property
    def presence(self) -> dict[int, Presence]:
        """儿童 → 当月出勤；the times of a day are asked for only where hours are counted."""
        found: dict[int, Presence] = {}
        rows = DaySheet.all_rows.filter(
            institution_id=self.inst.pk, day__gte=self.month, day__lt=self.end
        ).order_by()
        counted = rows.values("child_id", "status").annotate(n=Count("pk"))
        for child, status, n in counted.values_list("child_id", "status", "n"):
            one = found.setdefault(child, Presence(0, 0))
            if status is None:
                one.days = None
            elif status == DayStatus.PRESENT and one.days is not None:
                one.days += n
        whole = (ServiceForm.FULL_DAY, ServiceForm.HALF_DAY)
        hourly = [e.child_id for e in self.enrolments if e.form not in whole]
        timed = rows.filter(child_id__in=hourly, status=DayStatus.PRESENT)
        timed = timed.filter(in_at__isnull=False, out_at__isnull=False)
        for child, came, went in timed.values_list("child_id", "in_at", "out_at"):
            assert came is not None
            assert went is not None
            found[child].minutes += int((went - came).total_seconds()) // 60
        return found

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        """当月在托登记。"""
        rows = Enrolment.all_rows.filter(
            institution=self.inst, period__overlap=(self.month, self.end)
        )
        return list(rows.order_by("child_id", "period"))

    @cached_property
    def enrolled(self) -> int | None:
        """折算在托人数：who came in the month; half days half, hours by eight (解释项 I12).

        Less than a whole child is left out; unknown while the month is open or a day waits.
        """
        if not self.is_closed:
            return None
        tenths = 0
        working = max(len(workdays.days_of(self.month)), 1)
        for child, form in {e.child_id: e.form for e in self.enrolments}.items():
            seen = self.presence.get(child)
            if seen is None:
                continue
            if seen.days is None:
                return None
            if seen.days == 0:
                continue
            if form == ServiceForm.FULL_DAY:
                tenths += WHOLE
            elif form == ServiceForm.HALF_DAY:
                tenths += HALF
            else:
                tenths += min(seen.minutes * WHOLE // (MINUTES_A_DAY * working), WHOLE)
        return tenths // WHOLE

    @cached_property
    def filed_places(self) -> int:
        """备案托位数。"""
        return sum(place.state in FILED for place in self.places)

    @cached_property
    def months_open(self) -> int | None:
        """持续运营月数：full months from filing to the end of the month served."""
        filed = self.inst.filed_on
        if filed is None:
            return None
        return age_months(filed, self.end) if filed <= self.end else 0

    @cached_property
    def lease(self) -> Lease | None:
        """当月首日有效的租约，newest entry first."""
        rows = Lease.all_rows.filter(institution_id=self.inst.pk, period__contains=self.month)
        return rows.order_by("-pk").first()

    @cached_property
    def works(self) -> dict[str, Works]:
        """安防包 → 改造。"""
        rows = Works.all_rows.filter(institution_id=self.inst.pk).order_by("pk")
        return {work.package: work for work in rows}

    @cached_property
    def feature(self) -> FeaturePark | None:
        """是否获评特色托育园。"""
        return FeaturePark.all_rows.filter(institution_id=self.inst.pk).first()

    @cached_property
    def star_level(self) -> str | None:
        """星级：by the quality domain; unknown when it keeps none."""
        try:
            from tuoyu.domains.quality.selectors import star_of
        except ImportError:
            return None
        return str(star_of(self.inst.pk, self.on))

    @cached_property
    def statuses(self) -> list[SpecialStatus]:
        """当月有效的特殊家庭身份，verified or not."""
        wanted = {e.child_id for e in self.enrolments}
        rows = SpecialStatus.all_rows.filter(child_id__in=wanted, from_on__lt=self.end)
        rows = rows.filter(Q(to_on=None) | Q(to_on__gt=self.month))
        return list(rows.order_by("child_id", "pk"))

    @cached_property
    def child_names(self) -> dict[int, str]:
        """儿童姓名（仅供脱敏后显示）。"""
        rows = Child.all_rows.filter(pk__in={e.child_id for e in self.enrolments})
        return dict(rows.values_list("pk", "name"))

    @cached_property
    def certificates(self) -> list[Certificate]:
        """可补贴种类的证书，present staff only."""
        rows = Certificate.all_rows.filter(
            institution_id=self.inst.pk, kind__in=list(CERTIFICATES), staff__left_on=None
        )
        return list(rows.select_related("staff").order_by("pk"))

    @cached_property
    def held(self) -> dict[str, int]:
        """已占用的键 → 应付分（other live applications of this applicant）。"""
        rows = self._live()
        return {once: fen or 0 for once, fen in rows.values_list("once", "amount_fen")}

    @cached_property
    def held_places(self) -> set[int]:
        """已申报的托位，over all programmes."""
        rows = self._live().exclude(place_id=None)
        return {place for place in rows.values_list("place_id", flat=True) if place is not None}

    @cached_property
    def programmes_live(self) -> dict[str, int]:
        """各项目在办与已付的申请数。"""
        rows = self._live().order_by().values("application__programme")
        return {
            row["application__programme"]: row["n"]
            for row in rows.annotate(n=Count("application", distinct=True))
        }

    def _live(self) -> QuerySet[Item]:
        rows = Item.all_rows.filter(is_live=True)
        if self.institution is not None:
            rows = rows.filter(institution_id=self.institution.pk)
        elif self.school is not None:
            rows = rows.filter(subject_kind="school", subject_id=self.school.pk)
        return rows.exclude(application_id=self.skip) if self.skip else rows

    @cached_property
    def waived(self) -> dict[int, int]:
        """儿童 → 当月减免的保育费；only children with a bill."""
        return waived_many(self.inst.pk, self.month)

    @cached_property
    def paid_fees(self) -> dict[int, int]:
        """儿童 → 当月家庭实缴保育费，as ``paid_care_fee``, for all at once."""
        bills = Bill.all_rows.filter(institution_id=self.inst.pk, month=self.month)
        owner = dict(bills.values_list("pk", "child_id"))
        found = standings(list(owner))
        back: dict[int, int] = dict.fromkeys(owner.values(), 0)
        lines = BillLine.all_rows.filter(
            institution_id=self.inst.pk,
            for_month=self.month,
            kind=LineKind.REFUND,
            item_kind=ItemKind.CARE,
        )
        for child, fen in lines.values_list("child_id", "amount_fen"):
            back[child] = back.get(child, 0) + fen
        return {c: max(0, found[pk].care_paid_fen + back[c]) for pk, c in owner.items()}


Provider = Callable[[Facts, Subject], Scalar]


def _place(facts: Facts, subject: Subject) -> Place:
    return facts.place_by_id[subject.place_id or 0]


def _is_new(facts: Facts, subject: Subject) -> bool:
    place = _place(facts, subject)
    return place.is_new and place.state in FILED


def _days(facts: Facts, subject: Subject) -> int | None:
    if not facts.is_closed:
        return None
    seen = facts.presence.get(subject.id or 0)
    return 0 if seen is None else seen.days


def _typed(name: str) -> Provider:
    return lambda facts, subject: subject.typed.get(name)


def _reduced(facts: Facts, subject: Subject) -> int | None:
    """The bill knows it; only where there is no bill the applicant is asked."""
    known = facts.waived.get(subject.id or 0)
    return subject.typed.get("reduced_fen") if known is None else known


def _works(facts: Facts, subject: Subject) -> Works | None:
    return facts.works.get(subject.key)


def _special(facts: Facts, subject: Subject) -> str | None:
    """Only a verified status counts; one that waits leaves the line 待定."""
    found = [s for s in facts.statuses if s.child_id == subject.id and s.verified_at]
    return SPECIAL[SpecialStatus.Kind(found[0].kind)] if found else None


def _certificate(facts: Facts, subject: Subject) -> Certificate | None:
    return next((c for c in facts.certificates if c.pk == subject.id), None)


def _certified(facts: Facts, subject: Subject) -> bool | None:
    found = _certificate(facts, subject)
    if found is None:
        return None
    valid = found.expires_on is None or facts.on < found.expires_on
    return found.issued_on <= facts.on and valid


def _invoice(facts: Facts, subject: Subject) -> int | None:
    work = _works(facts, subject)
    return work.invoice_fen if work else None


def _accepted(facts: Facts, subject: Subject) -> bool | None:
    work = _works(facts, subject)
    return None if work is None else work.accepted_on is not None and work.accepted_on <= facts.on


INPUTS: dict[str, Provider] = {
    "county": lambda f, s: f.inst.unit_code,
    "kind": lambda f, s: KINDS[Kind(f.inst.kind)],
    "public": lambda f, s: f.inst.nature == Institution.Nature.PUBLIC,
    "state_owned": lambda f, s: f.inst.nature == Institution.Nature.PUBLIC,
    "inclusive": lambda f, s: f.recognition is not None,
    "filed": lambda f, s: f.is_filed,
    "months_open": lambda f, s: f.months_open,
    "enrolled": lambda f, s: f.enrolled,
    "places": lambda f, s: f.filed_places,
    "newly_added": _is_new,
    "newly_filed": _is_new,
    "operating": lambda f, s: _place(f, s).state == PlaceState.OPERATING,
    "built": lambda f, s: _place(f, s).state in BUILT,
    "granted_before": lambda f, s: f.programmes_live.get("hospital_slot", 0) > 0,
    "star_level": lambda f, s: f.star_level,
    "package": lambda f, s: s.key or None,
    "works_accepted": _accepted,
    "invoice_fen": _invoice,
    "recognised": lambda f, s: f.feature is not None and f.feature.named_on <= f.on,
    "rent_fen": lambda f, s: f.lease.monthly_fen if f.lease else None,
    "state_property": lambda f, s: f.lease.is_state_property if f.lease else None,
    "special_family": _special,
    "days": _days,
    "reduced_fen": _reduced,
    "certificate": lambda f, s: s.key or None,
    "certified": _certified,
    "has_major": lambda f, s: bool(f.school and f.school.major),
    "fee": lambda f, s: f.paid_fees.get(s.id or 0),
    "approved_fen": _typed("approved_fen"),
    "eligible": _typed("eligible"),
    "receipt_valid": _typed("receipt_valid"),
    "claimed_elsewhere": _typed("claimed_elsewhere"),
}
