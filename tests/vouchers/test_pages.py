"""页面：from the family's tap to the officer's list, by the right people, sound and bounded."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pages.checks import faults_of
from tests.vouchers.scene import Scene, code, qr, sums
from tests.world import NOW
from tuoyu.core import clock
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.vouchers.models import Campaign, Redemption, Voucher, WrongCode

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def draft_city(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "CITY", "yueqing-2025")
    current_book.cache_clear()
    yield
    current_book.cache_clear()


def sound(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()[:2000]
    html: str = response.content.decode()
    assert faults_of(html) == []
    return html


def test_a_family_claims_and_the_desk_redeems(scene: Scene) -> None:
    campaign = scene.open()
    scene.attend()
    scene.bill()
    parent, desk = scene.world.client("parent"), scene.world.client("director")
    kid = scene.world.children["he"]
    html = sound(parent.get("/family/vouchers/", {"child": kid.pk}))
    assert "¥300.00" in html
    assert "试运行" in html
    key = str(uuid.uuid4())
    claimed = parent.post(
        f"/family/vouchers/claim/{campaign.pk}/", {"child": kid.pk, "submit_key": key}
    )
    voucher = Voucher.all_rows.get()
    assert claimed["Location"] == f"/family/vouchers/{voucher.pk}/"
    html = sound(parent.get(claimed["Location"]))
    spoken = code(voucher)
    assert f"{spoken[:4]} {spoken[4:]}" in html
    assert "<svg" in html
    assert "<svg" in parent.get(f"/family/vouchers/{voucher.pk}/qr/").content.decode()

    held = desk.post("/inst/vouchers/", {"code": qr(voucher)})
    html = sound(desk.get(held["Location"]))
    assert "林小禾" in html
    assert "抵扣 300.00 元" in html
    assert "还应缴 <b>1,200.00 元" in html
    bill = re.search(r'name="bill" value="(\d+)"', html)
    assert bill is not None
    done = desk.post(held["Location"], {"bill": bill[1]})
    assert done.status_code == 302
    assert Redemption.all_rows.get().amount_fen == 30_000
    assert "林小禾" in sound(desk.get("/inst/vouchers/"))
    assert "取低" in sound(desk.get(held["Location"]))
    assert "抵了 ¥300.00" in sound(parent.get(f"/family/vouchers/{voucher.pk}/"))
    assert sums(campaign) == {"issued": 1, "redeemed": 1}


def test_a_wrong_code_is_told_and_counted(scene: Scene) -> None:
    scene.open()
    desk = scene.world.client("director")
    html = sound(desk.post("/inst/vouchers/", {"code": "12345678"}))
    assert "没有这个口令码" in html
    assert WrongCode.all_rows.count() == 1


def test_the_desk_unlocks(scene: Scene) -> None:
    voucher = scene.hold(scene.voucher(scene.open()))
    desk = scene.world.client("director")
    assert "没有可以抵扣的账单" in sound(desk.get(f"/inst/vouchers/{voucher.pk}/"))
    desk.post(f"/inst/vouchers/{voucher.pk}/release/")
    voucher.refresh_from_db()
    assert voucher.state == "outstanding"


def test_strangers_find_nothing(scene: Scene) -> None:
    voucher = scene.hold(scene.voucher(scene.open()))
    for who, path in [
        ("other-parent", f"/family/vouchers/{voucher.pk}/"),
        ("other-parent", f"/family/vouchers/{voucher.pk}/qr/"),
        ("other-director", f"/inst/vouchers/{voucher.pk}/"),
        ("teacher", "/inst/vouchers/"),
    ]:
        assert scene.world.client(who).get(path).status_code == 404
    inspector = scene.world.client("county-officer")
    assert inspector.post(f"/gov/vouchers/unit/{voucher.pk}/revoke/").status_code == 404


def test_officers_prepare_open_watch_and_revoke(scene: Scene) -> None:
    one, two = scene.world.client("city-officer"), scene.world.client("city-officer-2")
    assert "300.00 元" in sound(one.get("/gov/vouchers/new/"))
    made = one.post("/gov/vouchers/new/", {
        "title": "冬季托育券（虚构）", "document": "示例〔2025〕券9号（虚构）", "mode": "draw",
        "claim_from": "2025-10-01T09:00", "claim_to": "2025-10-20T18:00", "per_child": "1",
        "min_months": "0", "max_months": "36",
    })  # fmt: skip
    path = made["Location"]
    assert "待复核开放" in sound(one.get(path))
    assert scene.world.client("parent").get("/vouchers/1/").status_code == 404
    same = one.post(f"{path}start/")
    assert same.status_code == 422
    assert "另一位" in same.content.decode()
    assert two.post(f"{path}start/").status_code == 302
    campaign = Campaign.all_rows.get()
    assert campaign.claim_from == clock.at(date(2025, 10, 1), 9)
    anyone, page = scene.world.client("parent"), f"/vouchers/{campaign.pk}/"
    assert campaign.seed_hash[:32] in sound(anyone.get(page))
    scene.claim(campaign, "he")
    with clock.fixed(campaign.claim_to + timedelta(minutes=1)):
        assert "摇号" in sound(two.get(path))
        two.post(f"{path}draw/")
        public = sound(anyone.get(page))
    campaign.refresh_from_db()
    assert campaign.revealed_seed[:32] in public
    voucher = Voucher.all_rows.get()
    assert "林*禾" in sound(one.get(f"{path}units/"))
    assert (
        one.post(f"/gov/vouchers/unit/{voucher.pk}/revoke/", {"reason": "不符"}).status_code == 302
    )
    html = sound(one.get(path))
    assert "账平：已领 1 = 待使用 0 + 已锁定 0 + 已核销 0 + 已过期 0 + 已作废 1" in html
    sound(one.get("/gov/vouchers/"))
    sound(scene.world.client("parent").get("/vouchers/"))
    assert one.post(f"{path}close/", {"reason": "已发完"}).status_code == 302


def test_a_county_sees_its_own_part_of_a_city_campaign(scene: Scene) -> None:
    campaign = scene.open()
    scene.voucher(campaign)
    scene.voucher(campaign, "feng", who="city-officer")
    html = sound(scene.world.client("county-officer").get(f"/gov/vouchers/{campaign.pk}/"))
    assert "已领 2 =" in html
    assert f"{campaign.pk}/units/?unit=350582" in html
    assert "unit=350502" not in html
    html = sound(scene.world.client("county-officer").get(f"/gov/vouchers/{campaign.pk}/units/"))
    assert "林*禾" in html
    assert "洪*风" not in html


def test_the_waiting_family_reads_its_rank(scene: Scene) -> None:
    campaign = scene.open(quota=1)
    scene.voucher(campaign, "miao", who="city-officer")
    parent, kid = scene.world.client("parent"), scene.world.children["he"]
    parent.post(f"/family/vouchers/claim/{campaign.pk}/", {"child": kid.pk})
    html = sound(parent.get("/family/vouchers/", {"child": kid.pk}))
    assert "第 1 位：按领取时间，前面没有人了" in html
    assert "排入候补，第 1 位" in html


def test_pages_ask_a_bounded_number_of_questions(scene: Scene) -> None:
    campaign = scene.open(per_child=3)
    scene.attend()
    bill = scene.bill()
    voucher = scene.hold(scene.voucher(campaign))
    scene.redeem(voucher, bill)
    scene.hold(scene.voucher(campaign))
    for who, path in [
        ("parent", "/family/vouchers/"), ("director", "/inst/vouchers/"),
        ("city-officer", f"/gov/vouchers/{campaign.pk}/"),
        ("city-officer", f"/gov/vouchers/{campaign.pk}/units/"),
        ("city-officer", "/gov/vouchers/settlements/"),
    ]:  # fmt: skip
        client = scene.world.client(who)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= 40, (path, len(asked))


def test_settlement_pages(scene: Scene) -> None:
    from tests.vouchers.test_draw import redeemed_in_september

    redeemed_in_september(scene)
    one, two = scene.world.client("city-officer"), scene.world.client("city-officer-2")
    assert "2025-09" in sound(one.get("/gov/vouchers/settlements/"))
    one.post("/gov/vouchers/settlements/make/", {"month": "2025-09"})
    found = re.search(
        r"/gov/vouchers/settlements/(\d+)/", sound(one.get("/gov/vouchers/settlements/"))
    )
    assert found is not None
    assert one.post(f"{found[0]}approve/").status_code == 422
    assert two.post(f"{found[0]}approve/").status_code == 302
    assert "已测算，不支付" in sound(two.get(found[0]))
    desk = scene.world.client("director")
    assert "300.00" in sound(desk.get(f"/inst/vouchers/settlements/{found[1]}/"))
    assert "已测算，不支付" in sound(desk.get("/inst/vouchers/"))


def test_elder_sees_the_code_big(scene: Scene) -> None:
    voucher = scene.voucher(scene.open())
    parent = scene.world.client("parent")
    parent.post("/family/elder/", {"on": "1"})
    html = sound(parent.get(f"/family/vouchers/{voucher.pk}/"))
    assert 'data-elder="on"' in html
    assert NOW.date() < clock.day_of(voucher.expires_at)
