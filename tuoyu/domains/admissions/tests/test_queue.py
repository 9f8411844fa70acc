"""报名、名次与录取时限。"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.admissions.helpers import Office, family
from tests.world import NOW
from tuoyu.core import crypto
from tuoyu.core.errors import DomainError, NotFound
from tuoyu.domains.admissions.models import Change, Offer, Stage, Wish
from tuoyu.domains.admissions.selectors.queue import Standing, queue_of
from tuoyu.domains.admissions.services import applying, offers, visiting

MINUTE = timedelta(minutes=1)


def queue(office: Office) -> list[Standing]:
    return queue_of(office.world.institutions["a1"].pk, "toddler")


def fresh(wish: Wish) -> Wish:
    return Wish.all_rows.get(pk=wish.pk)


def test_rank_is_explained_in_words_and_by_time(office: Office) -> None:
    first = office.apply("甲")[0]
    second = office.apply("乙", at=NOW + MINUTE, phone="19900000003")[0]
    assert [s.wish.pk for s in queue(office)] == [first.pk, second.pk]
    told = queue(office)[1].reasons
    assert "报名时间 2025-10-15 08:11" in told
    assert "前面 1 家报名更早" in told
    assert "本市文件没有规定优先顺序，只按报名时间先后" in told


def test_sibling_first_when_published_and_each_change_is_logged(office: Office) -> None:
    w = office.world
    first = office.apply("甲")[0]
    w.guardians["lin"].phone_index = crypto.blind_index("19900000003")
    w.guardians["lin"].save(update_fields=["phone_index"])
    sibling = office.apply("乙", at=NOW + MINUTE, phone="19900000003")[0]
    set_siblings(office, "2025 年招生公告（虚构）")
    assert [s.wish.pk for s in queue(office)] == [sibling.pk, first.pk]
    assert queue(office)[0].reasons[0] == "同园兄弟姐妹优先（2025 年招生公告（虚构））"
    assert "前面 1 家有优先" in queue(office)[1].reasons
    log = Change.all_rows.filter(wish=first, before=1, after=2).get()
    assert log.text == "由第 1 变第 2：本园公示的优先办法有变"


def set_siblings(office: Office, basis: str) -> None:
    visiting.set_practice(
        institution_id=office.world.institutions["a1"].pk, offer_hours=48, siblings_first=True,
        special_first=False, basis=basis, by=office.director, at=NOW,
    )  # fmt: skip


def test_a_priority_needs_the_place_where_it_is_published(office: Office) -> None:
    with pytest.raises(DomainError, match="公示的依据"):
        set_siblings(office, "")


def test_offer_runs_out_by_the_clock_and_is_held_not_deleted(office: Office) -> None:
    first = office.apply("甲")[0]
    second = office.apply("乙", at=NOW + MINUTE, phone="19900000003")[0]
    office.offer(first)
    assert offers.expire_due(NOW + timedelta(hours=71)) == 0
    late = NOW + timedelta(hours=72)
    with pytest.raises(DomainError, match="答复期限已过"):
        offers.accept(wish_id=first.pk, by=office.actor("parent"), at=late)
    assert offers.expire_due(late) == 1
    assert fresh(first).stage == Stage.HELD
    assert Offer.all_rows.get(wish=first).answer == Offer.Answer.EXPIRED
    assert [s.wish.pk for s in queue(office)] == [second.pk]
    visiting.restore(wish_id=first.pk, by=office.actor("parent"), at=late)
    assert [s.wish.pk for s in queue(office)] == [first.pk, second.pk]
    told = Change.all_rows.filter(wish=second, before=1, after=2).get().text
    assert told == "由第 1 变第 2：有家庭恢复候补，仍按原报名时间"


def test_one_live_offer_a_family_and_other_wishes_are_held(office: Office) -> None:
    first, other = office.apply(where=("a1", "b1"))
    office.offer(first)
    with pytest.raises(DomainError, match="同一时间只能有一份"):
        offers.make_offer(
            wish_id=other.pk, class_group_id=office.world.classes["b1.toddler"].pk,
            from_on=other.application.wanted_on, expires_at=NOW + timedelta(days=1),
            first_come=False, by=office.actor("other-director"), at=NOW,
        )  # fmt: skip
    offers.accept(wish_id=first.pk, by=office.actor("parent"), at=NOW)
    assert fresh(other).stage == Stage.HELD
    assert fresh(other).held_why == "已接受青禾托育园（虚构）的录取，可随时恢复"


def test_an_offer_holds_its_place(office: Office) -> None:
    office.leave_places("a1.toddler", 1)
    first = office.apply("甲")[0]
    second = office.apply("乙", phone="19900000003")[0]
    office.offer(first)
    with pytest.raises(DomainError, match="不能再收"):
        office.offer(second)


def test_strangers_touch_nothing(office: Office) -> None:
    wish = office.apply()[0]
    for slug in ("other-parent", "other-director", "teacher"):
        with pytest.raises(NotFound):
            visiting.hold(wish_id=wish.pk, why="x", by=office.actor(slug), at=NOW)


def test_applying_is_limited_by_phone_and_by_origin(office: Office) -> None:
    where = [office.world.institutions["a1"].pk]
    for n in range(3):
        applying.apply(family=family(f"孩{n}"), institution_ids=where, source="public", at=NOW)
    with pytest.raises(DomainError, match="一天内已报名 3 次"):
        applying.apply(family=family("孩四"), institution_ids=where, source="public", at=NOW)
    for n in range(5):
        applying.apply(family=family("孩", f"1990000010{n}"), institution_ids=where,
                       source="public", at=NOW, origin="198.51.100.7")  # fmt: skip
    with pytest.raises(DomainError, match="同一网络"):
        applying.apply(family=family("孩", "19900000109"), institution_ids=where,
                       source="public", at=NOW, origin="198.51.100.7")  # fmt: skip


def test_applying_twice_gains_nothing(office: Office) -> None:
    office.apply()
    with pytest.raises(DomainError, match="不用重报"):
        office.apply(at=NOW + MINUTE)


def test_a_receipt_is_claimed_with_its_code_only(office: Office) -> None:
    made = applying.apply(
        family=family(), institution_ids=[office.world.institutions["a1"].pk], source="public",
        at=NOW,
    )  # fmt: skip
    number, by = made.application.number, office.actor("parent")
    with pytest.raises(DomainError, match="回执号或查询码不对"):
        applying.claim(number=number, code="AAAAAAAA", by=by, at=NOW)
    got = applying.claim(number=number, code=made.code.lower(), by=by, at=NOW)
    assert got.pk == made.application.pk
    with pytest.raises(DomainError, match="另一个账号"):
        applying.claim(number=number, code=made.code, by=office.actor("other-parent"), at=NOW)
