"""从自评到授牌、到期与摘牌：by the right people, in order, and no level that was guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tests.quality.world import (
    CUTOFFS,
    DAY,
    SEED,
    accepted,
    awarded,
    decided,
    draft,
    drawn,
    experts,
    refused,
    scheme,
    scores,
    sheets,
    state,
    submitted,
    who,
)  # fmt: skip
from tests.world import FOREVER, NOW, World
from tuoyu.core.cases.models import Case
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.institutions.models import Contract
from tuoyu.domains.publicity.models import Notice, NoticeRow
from tuoyu.domains.publicity.services import close_due
from tuoyu.domains.quality import rules, services
from tuoyu.domains.quality.models import (
    Award,
    ExpertScore,
    Member,
    Panel,
    SelfItem,
)
from tuoyu.domains.quality.selectors import replay, star_of
from tuoyu.domains.quality.services import Given, Sheet
from tuoyu.domains.workforce.models import Staff

pytestmark = pytest.mark.django_db


def test_from_self_score_to_plaque(ready: World) -> None:
    made = awarded(ready)
    assert (state(made), made.level, made.total_tenths) == ("awarded", "city", 9000)
    award = Award.all_rows.get()
    notice = Notice.all_rows.get()
    assert award.number == "星2025-001"
    assert award.document_no == notice.document_no
    assert award.period == DateRange(date(2025, 11, 4), date(2028, 11, 4))
    a1 = ready.institutions["a1"].pk
    days = [date(2025, 11, 3), date(2025, 11, 4), date(2028, 11, 3), date(2028, 11, 4)]
    assert [star_of(a1, d) for d in days] == ["none", "city", "city", "none"]
    assert star_of(ready.institutions["b1"].pk, days[1]) == "none"
    close_due(NOW + 30 * DAY)
    assert Award.all_rows.count() == 1


def test_facts_are_attached_and_not_made_up(ready: World) -> None:
    made = submitted(ready)
    facts = {i.dimension: i.facts for i in SelfItem.all_rows.filter(application=made)}
    assert "托位 43 个" in facts["premises"]
    assert "保育人员 3 名，持证有效 3 名" in facts["team"]
    assert facts["care"] == facts["parenting"] == []
    assert facts["safety"] == []  # no guard is registered, so nothing is said


def test_an_unfinished_self_score_is_not_sent(ready: World) -> None:
    made = draft(ready)
    by = who(ready, "director")
    with refused("missing"):
        services.submit(application_id=made.pk, by=by, at=NOW)
    for given, code in [
        ([Given("premises", "100.1", basis="x")], "score"),
        ([Given("moon", "1", basis="x")], "dimension"),
        ([Given("premises", "90", basis="长" * 401)], "basis"),
    ]:
        with refused(code):
            services.save(application_id=made.pk, given=given, by=by, at=NOW)
    with refused("open"):
        draft(ready)
    with refused("wanted"):
        services.retract(application_id=made.pk, by=by, at=NOW)
        draft(ready, wanted="moon")


def test_sent_back_with_marks_and_sent_again(ready: World) -> None:
    made, county = submitted(ready), who(ready, "county-officer")
    for marks in ([], ["moon"]):
        with refused("marks"):
            services.send_back(application_id=made.pk, opinion="补", marks=marks, by=county, at=NOW)
    services.send_back(
        application_id=made.pk, opinion="请补证书", marks=["team"], by=county, at=NOW
    )
    assert state(made) == "draft"
    step = Case.all_rows.get(type="star").steps.last()
    assert step is not None
    assert step.marks == {"items": ["team"]}
    services.submit(application_id=made.pk, by=who(ready, "director"), at=NOW)
    with refused("moved-on"):
        services.save(application_id=made.pk, given=[], by=who(ready, "director"), at=NOW)


def test_the_hash_comes_first_and_the_seed_a_day_later(ready: World) -> None:
    made, city = accepted(ready), who(ready, "city-officer")
    with refused("commit"):
        services.draw(application_id=made.pk, by=city, at=NOW)
    panel = services.commit_draw(application_id=made.pk, by=city, at=NOW, seed_maker=lambda: SEED)
    assert (panel.public_seed, panel.seed_hash) == ("", rules.seed_hash(SEED))
    with refused("committed"):
        services.commit_draw(application_id=made.pk, by=city, at=NOW)
    with refused("too-soon"):
        services.draw(application_id=made.pk, by=city, at=NOW + timedelta(hours=15))
    experts(ready, 0)
    late = services.add_expert(
        name="后来的", specialty="x", employer="后来单位", region_code="350500", at=NOW
    )
    services.draw(application_id=made.pk, by=city, at=NOW + DAY)
    panel = Panel.all_rows.get()
    assert panel.public_seed == SEED
    chosen = list(Member.all_rows.order_by("rank").values_list("expert_id", flat=True))
    assert chosen == replay(panel)[:3] == rules.order_of(SEED, panel.pool)[:3]
    assert late.pk not in panel.pool


def test_a_changed_seed_or_hash_does_not_replay(ready: World) -> None:
    drawn(ready)
    panel = Panel.all_rows.get()
    panel.seed = "cd" * 32
    with pytest.raises(ValueError, match="散列不符"):
        replay(panel)


def test_own_people_are_recused(ready: World) -> None:
    a1 = ready.institutions["a1"]
    Contract.all_rows.create(
        institution=a1, region_code=a1.region_code, clinic="晋江示例医院（虚构）",
        period=DateRange(date(2025, 1, 1), FOREVER),
    )  # fmt: skip
    given = {"specialty": "x", "region_code": "350500", "at": NOW}
    own = services.add_expert(name="园里的", employer="青禾托育园", **given)  # type: ignore[arg-type]
    doctor = services.add_expert(name="医生", employer="晋江示例医院", **given)  # type: ignore[arg-type]
    drawn(ready)
    panel = Panel.all_rows.get()
    assert panel.recused == {str(own.pk): "受评机构人员", str(doctor.pk): "签约医疗机构人员"}
    assert not {own.pk, doctor.pk} & set(replay(panel))


def test_who_leaves_is_followed_by_the_next(ready: World) -> None:
    made, city = drawn(ready), who(ready, "city-officer")
    first = Member.all_rows.get(rank=1)
    with refused("reason"):
        services.recuse(member_id=first.pk, reason=" ", by=city, at=NOW + DAY)
    new = services.recuse(member_id=first.pk, reason="与举办者有亲属关系", by=city, at=NOW + DAY)
    assert new.expert_id == replay(Panel.all_rows.get())[3]
    with refused("entered"):
        services.enter_sheet(member_id=first.pk, sheet=Sheet("表", scores(), {}), by=city, at=NOW)
    sheets(ready, made)
    assert state(made) == "decide"
    assert ExpertScore.all_rows.count() == 21


def test_too_few_experts_or_no_scheme(world: World) -> None:
    made, city = accepted(world), who(world, "city-officer")
    with refused("scheme"):
        services.commit_draw(application_id=made.pk, by=city, at=NOW)
    scheme(world)
    experts(world, 2)
    with refused("pool"):
        services.commit_draw(application_id=made.pk, by=city, at=NOW)


def test_sheets_are_checked_and_counted(ready: World) -> None:
    made, city = drawn(ready), who(ready, "city-officer")
    member = Member.all_rows.get(rank=1)
    for sheet, code in [
        (Sheet("", scores(), {}), "sheet"),
        (Sheet("表1", scores() | {"team": "140.1"}, {}), "score"),
        (Sheet("表1", {"team": "1"}, {}), "score"),
        (Sheet("表1", scores(), {17: "x"}), "veto"),
        (Sheet("表1", scores(), {3: ""}), "veto"),
    ]:
        with refused(code):
            services.enter_sheet(member_id=member.pk, sheet=sheet, by=city, at=NOW)
    assert not ExpertScore.all_rows.exists()
    services.enter_sheet(member_id=member.pk, sheet=Sheet("表1", scores(), {}), by=city, at=NOW)
    with refused("entered"):
        services.enter_sheet(member_id=member.pk, sheet=Sheet("表1", scores(), {}), by=city, at=NOW)
    with refused("sheets"):
        services.finish(application_id=made.pk, by=city, at=NOW)


def test_a_veto_leaves_no_level_whatever_the_score(ready: World) -> None:
    made = sheets(ready, drawn(ready), (100, 100, 100), veto=16)
    assert (made.total_tenths, made.is_vetoed, made.level) == (10000, True, "none")
    two = who(ready, "city-officer-2")
    with pytest.raises(DomainError, match="一票否决"):
        services.decide(application_id=made.pk, document_no="x", opinion="", by=two, at=NOW + DAY)
    services.refuse(application_id=made.pk, opinion="基础指标不合格", by=two, at=NOW + DAY)
    assert (state(made), Award.all_rows.count(), Notice.all_rows.count()) == ("refused", 0, 0)


def test_below_the_line(ready: World) -> None:
    made = sheets(ready, drawn(ready), (79, 79, 79))
    assert made.level == "none"
    assert "未达到" in services.why_not(made, NOW)


def test_nobody_gets_more_than_they_applied_for_or_reached(ready: World) -> None:
    assert sheets(ready, drawn(ready, "province"), (89, 89, 89)).level == "city"


def test_without_a_scheme_the_recognition_stays_undetermined(world: World) -> None:
    made = accepted(world, "inclusive")
    two = who(world, "city-officer-2")
    with pytest.raises(DomainError, match="待定"):
        services.decide(application_id=made.pk, document_no="x", opinion="", by=two, at=NOW)
    assert state(made) == "decide"


def test_who_may_not(ready: World) -> None:
    made = submitted(ready)
    for slug in ("city-officer", "director", "inspector", "auditor"):
        with pytest.raises(NotFound):
            services.accept(application_id=made.pk, opinion="", by=who(ready, slug), at=NOW)
    with pytest.raises(NotFound):
        services.accept(
            application_id=made.pk, opinion="", by=who(ready, "other-county-officer"), at=NOW
        )
    with pytest.raises(NotFound):
        services.retract(application_id=made.pk, by=who(ready, "other-director"), at=NOW)
    with pytest.raises(NotFound):
        services.start(kind="star", institution_id=ready.institutions["b1"].pk, wanted="city",
                       by=who(ready, "director"), at=NOW)  # fmt: skip


def test_who_drew_may_not_decide(ready: World) -> None:
    made = sheets(ready, drawn(ready))
    with refused("same-person"):
        services.decide(application_id=made.pk, document_no="示例1号", opinion="",
                        by=who(ready, "city-officer"), at=NOW + DAY)  # fmt: skip
    assert not Notice.all_rows.exists()


def test_a_later_scheme_takes_over_and_none_is_edited(ready: World) -> None:
    with refused("scheme"):
        scheme(ready, cutoffs={"city": 8500, "province": 9500})
    later = scheme(ready, from_on=date(2025, 12, 1), cutoffs={"city": 8500, "province": 9500})
    made = sheets(ready, drawn(ready))
    assert made.scheme is not None
    assert made.scheme.cutoffs == CUTOFFS  # as of the draw
    assert later.cutoffs != CUTOFFS


def test_no_person_is_named_on_the_notice(ready: World) -> None:
    decided(ready)
    words = str(list(NoticeRow.all_rows.values_list("cells", "person")))
    for person in Staff.all_rows.values_list("name", flat=True):
        assert person not in words
    assert "专家" not in words
