"""奖补申请：each programme in each of its states, and one from application to reconciled bank line.

Everything through the services of the pages, on past working days. In the tiny city only a few
programmes apply, one for each way that a case can go.
"""

from __future__ import annotations

from datetime import timedelta

from tuoyu.domains.children.models import Child, SpecialStatus
from tuoyu.domains.children.services.special import declare_with_file
from tuoyu.domains.funds.models.payments import OrderState
from tuoyu.domains.funds.selectors.payments import find_waiting, list_orders
from tuoyu.domains.funds.services.orders import Payee
from tuoyu.domains.grants import services
from tuoyu.domains.grants.models import Application
from tuoyu.domains.grants.programmes import programme_of
from tuoyu.domains.institutions.models import Place, PlaceState, PlaceStep
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.publicity.services import close_due
from tuoyu.sim.draws import stream
from tuoyu.sim.grant_entries import SLOT_KINDS, Entries, upload
from tuoyu.sim.grant_steps import Desk
from tuoyu.sim.payments import send_and_book, set_account
from tuoyu.sim.state import Built

# How far an application goes, and how many working days ago it was begun; the oldest first.
STAGES = {
    "paid": 34,
    "upheld": 28,
    "payable": 22,
    "refused": 15,
    "withdrawn": 12,
    "finance": 9,
    "notice": 9,
    "second": 8,
    "city": 8,
    "returned": 7,
    "county": 5,
    "draft": 2,
}
TINY = ("community_slot", "feature_park", "training_subsidy", "school_grant")
# Two persons of the city approve only above the threshold, which these never reach.
NEVER_SECOND = ("safety_package", "special_family", "operating_subsidy", "rent_relief",
                "training_subsidy", "school_grant")  # fmt: skip
PAID_BACK = 10  # working days ago the clerk prepared what was payable
VAIN = 12  # attempts until a stage is given up


def apply_for_grants(b: Built) -> None:
    """各项目的申请。"""
    book = current_book()
    if b.scale.until is not None or book.pack.is_draft or "community_slot" not in book.rules:
        return
    Town(b).run()


class Town:
    """演示城市里办奖补的经过。"""

    def __init__(self, b: Built) -> None:
        self.b = b
        self.desk = Desk(b)
        self.entries = Entries(b)
        offered = [r for r in self.entries.sources if r in current_book().rules]
        self.rules = [r for r in offered if b.scale.name != "tiny" or r in TINY]

    def run(self) -> None:
        """逐项申报，付到账，再更正。"""
        for rule in self.rules:
            for stage, back in STAGES.items():
                if self._goes(rule, stage):
                    self._stage(rule, stage, back)
        close_due(self.desk.at(PAID_BACK + 1, 8))
        for rule in self.rules:
            self._pay(rule)
            self._take_back(rule)
        close_due(self.desk.at(2, 8))
        self.entries.restore()
        self._new_family()

    def _goes(self, rule: str, stage: str) -> bool:
        """这个项目的流程有没有这一步；a school's case goes from review straight to finance."""
        if rule == "school_grant" and stage == "city":
            return False
        return stage != "second" or rule not in NEVER_SECOND

    def _stage(self, rule: str, stage: str, back: int) -> None:
        for n, entry in enumerate(self.entries.offers(rule, stage, back)):
            self.entries.take(rule, entry)
            if self.desk.apply(rule, entry, stage, back) or n >= VAIN:
                return

    # ── 付款与更正 ──

    def _pay(self, rule: str) -> None:
        """公示早已期满的一份付到账；the others wait on the finance desk."""
        begin, before = self.desk.at(PAID_BACK, 14), self.desk.at(PAID_BACK + 3, 9)
        clerk = self.b.people.clerk
        for order in list_orders(clerk.scope, programme=rule, state=OrderState.WAITING):
            if order.payee_kind != "institution":
                payee = Payee(order.payee_kind, order.payee_id, order.payee_name)
                region, inst = order.region_code, order.institution_id
                set_account(self.b, self.desk.rng, payee, region, inst, before)
        if find_waiting(clerk.scope, rule).payable:
            send_and_book(self.b, rule, begin, stream(self.b.seed, f"grants-bank-{rule}"))

    def _take_back(self, rule: str) -> None:
        """付后有变的追回：a place that closed, a rent that was lowered."""
        paid = Application.all_rows.filter(programme=rule).exclude(paid_on=None).first()
        if paid is None or paid.institution_id is None:
            return
        if rule in SLOT_KINDS:
            self._close_a_place(paid)
        elif rule == "rent_relief":
            inst = self.entries.by_id[paid.institution_id]
            self.entries.lease(inst, 500_000, 5)
        else:
            return
        city = programme_of(rule).path == "city"
        people = self.b.people
        services.claw_back(
            application_id=paid.pk,
            reason="复核发现付款后情况有变，多付部分追回（虚构）",
            by=people.city if city else people.officer(paid.unit_code),
            at=self.desk.at(3, 15),
        )

    def _close_a_place(self, paid: Application) -> None:
        """机构停用了一个已奖补的托位。"""
        item = paid.items.filter(amount_fen__gt=0).order_by("pk")[0]
        place, on = Place.all_rows.get(pk=item.place_id or 0), self.desk.at(5).date()
        PlaceStep.objects.create(
            place=place, source=place.state, target=PlaceState.CLOSED, on=on, note="停用（虚构）"
        )
        place.state, place.state_on = PlaceState.CLOSED, on
        place.save(update_fields=["state", "state_on"])

    def _new_family(self) -> None:
        """一项待县级核验的特殊家庭身份，with its evidence."""
        show = next(i for i in self.b.institutions if i.is_show)
        known = SpecialStatus.all_rows.values("child_id")
        rows = Child.all_rows.filter(institution_id=show.id).exclude(pk__in=known)
        told = self.desk.at(2, 16)
        declare_with_file(
            child=rows.order_by("born_on", "pk")[0],
            kind="disabled",
            evidence="残疾评定材料（虚构）",
            from_on=told.date() - timedelta(days=6),
            to_on=None,
            upload=upload("评定材料"),
            by=self.b.cast.director[show.id],
            at=told,
        )
