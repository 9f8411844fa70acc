"""评分表的更正：until the review is finished, with a reason, and the first entry stays."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from tests.pages.checks import faults_of
from tests.quality.world import DAY, drawn, refused, scores, who
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.core.errors import NotFound
from tuoyu.domains.quality import services
from tuoyu.domains.quality.models import Application, Member, SheetRecord
from tuoyu.domains.quality.services import Sheet

pytestmark = pytest.mark.django_db
AT = NOW + DAY


@pytest.fixture
def made(ready: World) -> Application:
    """三位专家的评分表都已录入；the first was typed wrongly."""
    found = drawn(ready)
    for n, member in enumerate(members(found)):
        services.enter_sheet(
            member_id=member.pk, sheet=Sheet(f"表{n}", scores(90), {}),
            by=who(ready, "city-officer"), at=AT,
        )  # fmt: skip
    return found


def members(made: Application) -> list[Member]:
    return list(Member.all_rows.filter(panel__application=made, left_reason="").order_by("rank"))


def correct(w: World, member: Member, sheet: Sheet, reason: str = "录错，已核对原件") -> Member:
    return services.correct_sheet(
        member_id=member.pk, sheet=sheet, reason=reason, by=who(w, "city-officer"), at=AT
    )


def test_a_correction_counts_and_the_first_entry_stays(ready: World, made: Application) -> None:
    first = members(made)[0]
    correct(ready, first, Sheet("表0", scores(60), {3: "现场核对不合格"}))
    was, now = SheetRecord.all_rows.filter(member=first)
    assert (was.number, was.total, was.vetoes, was.reason) == (1, "900.0", {}, "")
    assert (now.number, now.total, now.vetoes) == (2, "600.0", {"3": "现场核对不合格"})
    assert now.reason == "录错，已核对原件"
    with refused("same"):
        correct(ready, first, Sheet("表0", scores(60), {3: "现场核对不合格"}))
    done = services.finish(application_id=made.pk, by=who(ready, "city-officer"), at=AT)
    assert (done.total_tenths, done.is_vetoed) == (9_000, True)  # the median, and the veto


def test_a_correction_is_read_as_strictly_as_the_first(ready: World, made: Application) -> None:
    first = members(made)[0]
    good = Sheet("表0", scores(60), {})
    with refused("reason"):
        correct(ready, first, good, reason=" ")
    with refused("sheet"):
        correct(ready, first, replace(good, number=""))
    with refused("veto"):
        correct(ready, first, replace(good, vetoes={99: "x"}))
    assert SheetRecord.all_rows.filter(member=first).count() == 1


def test_after_the_review_it_is_sealed(ready: World, made: Application) -> None:
    services.finish(application_id=made.pk, by=who(ready, "city-officer"), at=AT)
    with refused("moved-on"):
        correct(ready, members(made)[0], Sheet("表0", scores(60), {}))


def test_only_who_may_enter_may_correct(ready: World, made: Application) -> None:
    first = members(made)[0]
    for slug in ("county-officer", "finance-officer", "auditor", "director"):
        with pytest.raises(NotFound):
            services.correct_sheet(
                member_id=first.pk, sheet=Sheet("表0", scores(60), {}), reason="x",
                by=who(ready, slug), at=AT,
            )  # fmt: skip


def test_the_page_shows_both_entries(ready: World, made: Application) -> None:
    first = members(made)[0]
    url = f"/gov/quality/sheets/{first.pk}/"
    with clock.fixed(AT):
        city = ready.client("city-officer")
        assert "更正理由" not in city.get(url).content.decode()
        form = city.get(f"{url}?correct=1").content.decode()
        assert not faults_of(form)
        assert "更正理由" in form
        given = {f"score-{d}": text for d, text in scores(80).items()} | {"number": "表0"}
        missing = city.post(url, given | {"submit_key": str(uuid.uuid4())})
        assert (missing.status_code, "更正须写明理由" in missing.content.decode()) == (422, True)
        given |= {"reason": "录错一位数", "submit_key": str(uuid.uuid4())}
        assert city.post(url, given).status_code == 302
        shown = city.get(url).content.decode()
        assert not faults_of(shown)
        for words in ("900.0", "800.0", "录错一位数", "<s class", "已更正"):
            assert words in shown
        services.finish(application_id=made.pk, by=who(ready, "city-officer"), at=AT)
        assert "?correct=1" not in city.get(url).content.decode()
