"""晚接：no clock bills anybody; what a person decides stands in the next bill with its days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.core.errors import DomainError
from tuoyu.domains.attendance.models import EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, record
from tuoyu.domains.billing.models import FeeItem, ItemKind, LatePickup
from tuoyu.domains.billing.selectors.late import list_late
from tuoyu.domains.billing.selectors.planning import draft_month
from tuoyu.domains.billing.services import charge_late
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.messages.models import Message

DAY = date(2025, 10, 14)


@pytest.fixture
def late(world: World) -> World:
    """林小禾 went home at 18:05, 35 minutes after closing; 孙一笑 at 17:30 sharp."""
    for name, hour, minute in (("he", 18, 5), ("xiao", 17, 30)):
        kid = world.children[name].pk
        came, went = clock.at(DAY, 8), clock.at(DAY, hour, minute)
        events = [
            NewEvent(kid, EventKind.IN, came, Method.WALL),
            NewEvent(kid, EventKind.OUT, went, Method.WALL),
        ]
        record(institution_id=world.institutions["a1"].pk, events=events, at=clock.at(DAY, 18, 10))
    return world


def _file_price(w: World, fen: int = 2_000) -> None:
    inst = w.institutions["a1"]
    FeeItem.all_rows.create(
        institution=inst, region_code=inst.region_code, kind=ItemKind.EXTENDED, unit="hour",
        price_fen=fen, from_on=date(2025, 1, 1), accepted_on=date(2025, 1, 1),
    )  # fmt: skip


def test_the_director_charges_less_than_the_clock_and_the_bill_shows_how(late: World) -> None:
    client, key = late.client("director"), f"{late.children['he'].pk}-{DAY}"
    page = client.get("/inst/fees/late/").content.decode()
    assert "1 次晚接待处理" in page
    assert "孙一笑" not in page
    form = {"month": "2025-10", "pick": key, f"minutes-{key}": "30", "what": "charge"}
    refused = client.post("/inst/fees/late/decide/", form)
    assert refused.status_code == 422
    assert "没有按小时或按次备案的延时服务费" in refused.content.decode()
    _file_price(late)
    assert client.post("/inst/fees/late/decide/", form).status_code == 302
    decided = LatePickup.all_rows.get()
    assert (decided.minutes, decided.bill_month) == (30, date(2025, 11, 1))
    by, inst = actor_for_user(late.users["director"]), late.institutions["a1"]
    october = draft_month(by.scope, inst, date(2025, 10, 1), NOW.date())
    november = draft_month(by.scope, inst, date(2025, 11, 1), date(2025, 11, 3))
    lines = [x for r in november.rows for x in r.lines if x.item_kind == ItemKind.EXTENDED]
    assert [x.amount_fen for x in lines] == [1_000]  # 20 元/小时 × 30 分钟
    assert "晚接 10-14 30 分" in lines[0].why
    assert not [x for r in october.rows for x in r.lines if x.item_kind == ItemKind.EXTENDED]
    assert Message.all_rows.filter(title="林小禾晚接已登记").exists()


def test_let_go_and_decided_once(late: World) -> None:
    client, key = late.client("director"), f"{late.children['he'].pk}-{DAY}"
    form = {"month": "2025-10", "pick": key, f"minutes-{key}": "35", "what": "forgive",
            "reason": "高速堵车"}  # fmt: skip
    client.post("/inst/fees/late/decide/", form)
    assert LatePickup.all_rows.get().minutes is None
    again = client.post("/inst/fees/late/decide/", form)
    assert "已经处理过" in again.content.decode()
    assert "免收" in client.get("/inst/fees/late/").content.decode()


def test_only_what_the_door_saw_may_be_charged(late: World) -> None:
    _file_price(late)
    by, inst = (
        actor_for_user(late.users["director"]),
        Institution.all_rows.get(name__startswith="青禾"),
    )
    [seen] = list_late(by.scope, inst, date(2025, 10, 1), date(2025, 11, 1))
    assert seen.minutes == 35
    invented = {(seen.child_id, DAY - timedelta(days=1)): 30}
    with pytest.raises(DomainError):
        charge_late(institution_id=inst.pk, picked=invented, by=by, at=NOW)
