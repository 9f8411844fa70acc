"""断网的一天：taps, the queue, and what the platform refuses afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from playwright.sync_api import (
    Route,
    expect,
)

from tests.e2e.kiosk.doors import (
    CLASS_SIZE,
    TODAY,
    MakeDoor,
    arrived,
    cut,
    day_sheets,
    full_class,
    mend,
    pair_door,
    scope,
)
from tests.world import World
from tuoyu.core import clock
from tuoyu.domains.attendance.models import DayStatus
from tuoyu.domains.children.pickup_services import guardian_qr
from tuoyu.domains.devices.models import Device
from tuoyu.domains.devices.services import revoke_device
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.ends.kiosk import files

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def test_a_class_without_network(door: MakeDoor, world: World) -> None:
    """断网点名：15 in two taps, a reload, the network back; each stored once."""
    full_class(world)
    tablet = door()
    page = tablet.page
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.get_by_role("button", name="托小班").click()
    expect(page.locator(".kk-h").first).to_contain_text("未到 15 人")

    cut(tablet)
    page.get_by_role("button", name="全选本班").click()
    page.get_by_role("button", name="入园 15 人").click()
    tablet.toasts("已入园 15 人")
    tablet.says("断网可用 · 15 条待上传")
    assert day_sheets() == {}
    page.reload()
    expect(page.locator(".kk-top h1")).to_have_text(world.institutions["a1"].name)
    page.get_by_role("button", name="托小班").click()
    expect(page.locator(".kk-h").last).to_contain_text("已到 15 人")

    mend(tablet)
    tablet.says("已联网")
    sheets = day_sheets().values()
    assert [s.status for s in sheets] == [DayStatus.PRESENT] * CLASS_SIZE
    assert [s.events for s in sheets] == [1] * CLASS_SIZE
    assert {s.flags for s in sheets} == {0}


def test_answer_lost_on_the_way(door: MakeDoor, world: World) -> None:
    """答复丢失：stored by the server but never heard; the same packet again counts once."""
    miao = world.children["miao"]
    tablet = door()
    lost: list[str] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route.request.post_data or "")
        route.abort()

    tablet.page.route("**/attendance/events", lose, times=1)
    tablet.face(miao).click()
    tablet.page.get_by_role("button", name="入园 1 人").click()
    tablet.says("断网可用 · 1 条待上传")
    tablet.complaints.clear()  # the browser itself reports the lost answer
    tablet.page.reload()
    tablet.says("已联网")
    assert len(lost) == 1
    assert day_sheets()[miao.pk].events == 1


def test_next_day_without_network(door: MakeDoor, world: World) -> None:
    """隔天仍断网：yesterday is gone from the wall, codes cannot be checked, taps still count."""
    arrived(world, "he", "sui")
    tablet = door()
    tablet.page.clock.install()
    tablet.page.reload()
    expect(tablet.face(world.children["he"])).to_contain_text("到")
    cut(tablet)
    tablet.page.clock.fast_forward("24:00:00")
    expect(tablet.page.locator(".kk-top small")).to_contain_text("名册未更新")
    expect(tablet.page.locator(".kk-h").first).to_contain_text("未到 6 人")
    tablet.scan(guardian_qr(guardian=world.guardians["lin"], at=tablet.now() + timedelta(days=1)))
    panel = tablet.page.get_by_role("dialog")
    expect(panel).to_contain_text("今天的名册还没有更新")
    panel.get_by_role("button", name="知道了").click()
    tablet.face(world.children["zhi"]).click()
    tablet.page.get_by_role("button", name="入园 1 人").click()
    tablet.says("断网可用 · 1 条待上传")


def test_refused_record_waits_for_a_person(door: MakeDoor, world: World) -> None:
    """需处理：an enrolment ended meanwhile; the refusal is shown, none is lost."""
    he, sui = world.children["he"], world.children["sui"]
    tablet = door()
    cut(tablet)
    tablet.face(he).click()
    tablet.page.get_by_role("button", name="入园 2 人").click()
    tablet.says("断网可用 · 2 条待上传")
    ended = DateRange(date(2025, 3, 1), TODAY)
    Enrolment.all_rows.filter(child=sui).update(period=ended)
    mend(tablet)
    tablet.says("已联网")
    tablet.page.get_by_role("button", name="需处理 1").click()
    panel = tablet.page.get_by_role("dialog")
    expect(panel).to_contain_text("不在本机构入托")
    assert set(day_sheets()) == {he.pk}
    panel.get_by_role("button", name="已由老师补录").click()
    expect(tablet.page.locator("#needs")).to_be_hidden()


def test_revoked_device_keeps_its_records(door: MakeDoor, world: World) -> None:
    """停用后重新配对：what waited is signed again with the new key and arrives once."""
    tablet = door()
    cut(tablet)
    tablet.face(world.children["miao"]).click()
    tablet.page.get_by_role("button", name="入园 1 人").click()
    tablet.says("断网可用 · 1 条待上传")
    device = Device.objects.unscoped(reason="测试核对").get()
    revoke_device(scope=scope(world), device_id=device.pk, at=clock.now())
    mend(tablet)
    tablet.says("设备已停用 · 1 条待上传")
    expect(tablet.face(world.children["miao"])).to_have_count(0)  # no child's data stays
    tablet.complaints.clear()  # the browser itself reports the 401
    tablet.page.get_by_role("button", name="重新配对").click()
    expect(tablet.page.get_by_text("还有 1 条记录没有上传")).to_be_visible()
    pair_door(tablet, world)
    tablet.says("已联网")
    assert set(day_sheets()) == {world.children["miao"].pk}
    tablet.complaints.clear()


def test_new_version_waits_for_a_quiet_moment(
    door: MakeDoor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """升级：a new shell is taken up when nobody is choosing; what waited is still there."""
    zhi = world.children["zhi"]
    tablet = door()
    page = tablet.page
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.clock.install()
    page.reload()
    tablet.face(zhi).click()
    monkeypatch.setattr(files, "version", lambda: "new-version")
    page.evaluate(
        """async () => {
          const worker = navigator.serviceWorker;
          const taken = new Promise((done) => worker.addEventListener("controllerchange", done));
          await (await worker.ready).update();
          await taken;
        }"""
    )
    expect(tablet.face(zhi)).to_have_attribute("aria-pressed", "true")
    cut(tablet)
    page.get_by_role("button", name="入园 1 人").click()
    tablet.says("断网可用 · 1 条待上传")
    with page.expect_event("load"):
        page.clock.fast_forward(21_000)
    assert page.evaluate("caches.keys()") == ["kiosk-new-version"]
    tablet.says("断网可用 · 1 条待上传")
    mend(tablet)
    tablet.says("已联网")
    assert set(day_sheets()) == {zhi.pk}


def test_a_tap_answers_at_once_and_rest_clears_it(door: MakeDoor, world: World) -> None:
    """点即有回应，二十秒无人即清空；the whole way also by keyboard."""
    tablet = door()
    tablet.page.clock.install()
    tablet.page.reload()
    face = tablet.face(world.children["zhi"])
    face.wait_for()
    assert face.evaluate("e => (e.click(), e.getAttribute('aria-pressed'))") == "true"
    tablet.page.clock.fast_forward(21_000)
    expect(face).to_have_attribute("aria-pressed", "false")
    face.focus()
    tablet.page.keyboard.press("Space")
    tablet.page.get_by_role("button", name="入园 1 人").focus()
    tablet.page.keyboard.press("Enter")
    tablet.toasts("已入园 1 人")
