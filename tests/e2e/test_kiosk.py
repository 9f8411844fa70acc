"""门口平板（真浏览器）：pairing, a day without network, codes, the red refusal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest
import segno
from django.db.backends.postgresql.psycopg_any import DateRange
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    Route,
    expect,
)

from tests.browser import FLAGS, find
from tests.world import FOREVER, NOW, START, World
from tuoyu.core import clock
from tuoyu.core.scope import Scope
from tuoyu.domains.attendance.models import DaySheet, DayStatus, Event, EventKind, Method
from tuoyu.domains.attendance.services import NewEvent, grant_release, record
from tuoyu.domains.children.models import Child, Guardian, Guardianship
from tuoyu.domains.children.pickup_services import guardian_qr, make_pickup_code
from tuoyu.domains.devices.models import Device
from tuoyu.domains.devices.services import make_pairing_code, revoke_device
from tuoyu.domains.enrolment.models import Enrolment
from tuoyu.ends.kiosk import files
from tuoyu.ui import faces

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
]
TODAY = NOW.date()
CLASS_SIZE = 15


@dataclass
class Door:
    """一台门口平板：the page, and all that the browser complained of."""

    page: Page
    context: BrowserContext
    url: str
    started: float
    complaints: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The business clock as the server tells it."""
        return NOW + timedelta(seconds=time.time() - self.started)

    def scan(self, text: str) -> None:
        """扫码枪：fast keys and Enter, with the focus anywhere."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def says(self, text: str) -> None:
        expect(self.page.locator("#net")).to_have_text(text)

    def toasts(self, text: str) -> None:
        expect(self.page.locator("#toasts")).to_contain_text(text)

    def face(self, child: Child) -> Any:
        return self.page.locator(f"[data-child='{child.pk}']")


@pytest.fixture(autouse=True)
def _running_clock(monkeypatch: pytest.MonkeyPatch) -> float:
    """The server's threads read the clock from the environment; it runs on from 08:10."""
    started = time.time()
    monkeypatch.setenv(clock.ENV, f"{NOW.isoformat()}@{started}")
    return started


MakeDoor = Callable[..., Door]


@pytest.fixture
def door(
    live_server: Any, world: World, browser: Browser, _running_clock: float
) -> Iterator[MakeDoor]:
    """Makes doors, and at the end asks that no browser had anything to complain of."""
    made: list[Door] = []

    def make(by: Browser = browser, pair: bool = True) -> Door:
        context = by.new_context(viewport={"width": 1024, "height": 768}, locale="zh-CN")
        context.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('CSP', e.violatedDirective, e.blockedURI))"
        )
        found = Door(context.new_page(), context, live_server.url, _running_clock)
        found.page.on("console", lambda m: _hear(found, m.type, m.text))
        found.page.on("pageerror", lambda e: found.complaints.append(str(e)))
        made.append(found)
        answer = found.page.goto(f"{found.url}/kiosk/")
        assert answer is not None
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        if pair:
            _pair(found, world)
        return found

    yield make
    for each in made:
        each.context.close()
        assert each.complaints == []


def _hear(door: Door, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        door.complaints.append(text)


def _pair(door: Door, world: World) -> None:
    inst = world.institutions["a1"]
    code = make_pairing_code(
        scope=_scope(world), institution_id=inst.pk, by=world.users["director"].pk, at=clock.now()
    )
    expect(door.page.locator("#pair")).to_be_disabled()
    door.page.keyboard.type(code)
    door.page.locator("#pair").click()
    expect(door.page.locator(".kk-top h1")).to_have_text(inst.name)
    door.says("已联网")


def _scope(world: World) -> Scope:
    ids = frozenset({world.institutions["a1"].pk})
    return Scope(kind="institutions", institution_ids=ids)


def _cut(door: Door) -> None:
    """断网：also for the moment after a reload in which a fresh page believes itself online."""
    door.context.route("**/api/v1/**", lambda route: route.abort())
    door.context.set_offline(True)


def _mend(door: Door) -> None:
    door.context.unroute("**/api/v1/**")
    door.context.set_offline(False)
    door.complaints[:] = [c for c in door.complaints if "net::ERR_" not in c]


def _full_class(world: World) -> list[Child]:
    """托小班满 15 人：with the two who are there already."""
    group = world.classes["a1.toddler"]
    place = {"institution_id": group.institution_id, "region_code": group.region_code}
    for n in range(CLASS_SIZE - 2):
        child = Child.all_rows.create(
            name=f"例小{'一二三四五六七八九十甲乙丙'[n]}",
            sex="m",
            born_on=date(2024, 4, 1),
            usual_in=clock_time(8, n),
            **place,
        )
        Enrolment.all_rows.create(
            child=child,
            class_group=group,
            period=DateRange(date(2025, 3, 1), FOREVER),
            monthly_fen=150_000,
            **place,
        )
    return list(Child.all_rows.filter(institution_id=group.institution_id, usual_in__isnull=False))


def _blocked_father(child: Child) -> Guardian:
    father = Guardian.all_rows.create(name="方爸爸（虚构）")
    Guardianship.all_rows.create(
        child=child,
        guardian=father,
        institution_id=child.institution_id,
        region_code=child.region_code,
        relation="father",
        is_blocked=True,
        can_pick_up=False,
        block_reason="法院裁定（虚构）",
        from_on=START,
    )
    return father


def _arrived(world: World, *names: str) -> None:
    children = [world.children[n] for n in names]
    for child in children:
        assert child.institution_id is not None
        event = NewEvent(child.pk, EventKind.IN, NOW - timedelta(minutes=20), Method.WALL)
        record(institution_id=child.institution_id, events=[event], at=NOW)


def _sheets() -> dict[int, DaySheet]:
    rows = DaySheet.objects.unscoped(reason="测试核对").filter(day=TODAY)
    return {row.child_id: row for row in rows}


def test_a_class_without_network(door: MakeDoor, world: World) -> None:
    """断网点名：15 in two taps, a reload, the network back; each stored once."""
    _full_class(world)
    tablet = door()
    page = tablet.page
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.get_by_role("button", name="托小班").click()
    expect(page.locator(".kk-h").first).to_contain_text("未到 15 人")

    _cut(tablet)
    page.get_by_role("button", name="全选本班").click()
    page.get_by_role("button", name="入园 15 人").click()
    tablet.toasts("已入园 15 人")
    tablet.says("断网可用 · 15 条待上传")
    assert _sheets() == {}
    page.reload()
    expect(page.locator(".kk-top h1")).to_have_text(world.institutions["a1"].name)
    page.get_by_role("button", name="托小班").click()
    expect(page.locator(".kk-h").last).to_contain_text("已到 15 人")

    _mend(tablet)
    tablet.says("已联网")
    sheets = _sheets().values()
    assert [s.status for s in sheets] == [DayStatus.PRESENT] * CLASS_SIZE
    assert [s.events for s in sheets] == [1] * CLASS_SIZE
    assert {s.flags for s in sheets} == {0}


def test_scanned_code_ticks_the_siblings(door: MakeDoor, world: World) -> None:
    """一扫一点：siblings ticked, who brings them said, morning check kept, both stored."""
    he, sui = world.children["he"], world.children["sui"]
    mother = world.guardians["lin"]
    tablet = door()
    tablet.scan(guardian_qr(guardian=mother, at=tablet.now()))
    for child in (he, sui):
        expect(tablet.face(child)).to_have_attribute("aria-pressed", "true")
    expect(tablet.page.locator(".kk-foot")).to_contain_text("妈妈送到")

    tablet.page.get_by_role("button", name="晨检：正常").click()
    for key in ("3", "7", "6"):
        tablet.page.locator(".kk-pad").get_by_role("button", name=key, exact=True).click()
    tablet.page.get_by_role("button", name="咳嗽").click()
    tablet.page.get_by_role("button", name="记下").click()
    tablet.page.get_by_role("button", name="入园 2 人").click()
    tablet.toasts("已入园 2 人")
    tablet.says("已联网")

    assert set(_sheets()) == {he.pk, sui.pk}
    events = Event.objects.unscoped(reason="测试核对").order_by("child_id")
    assert {(e.method, e.guardian_id) for e in events} == {(Method.QR, mother.pk)}
    found = sorted(str(e.evidence or "") for e in events)
    assert "37.6" in found[-1]
    assert "咳嗽" in found[-1]
    assert "37.6" not in found[0]


def test_old_code_is_refused_with_a_way_out(door: MakeDoor, world: World) -> None:
    """过期的接送码：a screenshot of five minutes ago selects nobody."""
    tablet = door()
    old = guardian_qr(guardian=world.guardians["lin"], at=tablet.now() - timedelta(minutes=5))
    tablet.scan(old)
    panel = tablet.page.get_by_role("dialog")
    expect(panel).to_contain_text("接送码已过期")
    expect(panel).to_contain_text("请家长在手机上打开「接送码」")
    panel.get_by_role("button", name="知道了").click()
    expect(tablet.page.locator("[aria-pressed=true][data-child]")).to_have_count(0)


def test_blocked_person_is_refused_in_red(door: MakeDoor, world: World) -> None:
    """红色拒绝：no reason shown; only the director's release, checked by the server, opens it."""
    nuo = world.children["nuo"]
    father = _blocked_father(nuo)
    _arrived(world, "nuo")
    tablet = door()
    panel = tablet.page.get_by_role("dialog")
    tablet.scan(guardian_qr(guardian=father, at=tablet.now()))
    expect(panel).to_contain_text("不能接走：该人被禁止接走，请找园长")
    assert "法院" not in tablet.page.content()
    assert panel.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(163, 18, 63)"

    panel.get_by_role("button", name="园长已放行").click()
    expect(panel).to_contain_text("没有查到园长的放行登记")
    panel.get_by_role("button", name="知道了").click()
    expect(tablet.page.locator("#needs")).to_have_text("需处理 1")
    assert _sheets()[nuo.pk].out_at is None

    grant_release(
        scope=_scope(world),
        child_id=nuo.pk,
        refused_because="该人被禁止接走",
        bearer="方爸爸（虚构）",
        document="身份证 示例",
        reason="母亲到场陪同（虚构）",
        by=world.users["director"].pk,
        by_name="园长甲（虚构）",
        at=clock.now(),
    )
    tablet.scan(guardian_qr(guardian=father, at=tablet.now()))
    panel.get_by_role("button", name="园长已放行").click()
    expect(panel).to_contain_text("已放行离园")
    assert _sheets()[nuo.pk].out_at is not None


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
    assert _sheets()[miao.pk].events == 1


def test_stranger_is_refused(door: MakeDoor, world: World) -> None:
    """不在名单里的人：「其他人」 at leaving is refused; the child stays."""
    zhi = world.children["zhi"]
    _arrived(world, "zhi")
    tablet = door()
    tablet.face(zhi).click()
    expect(tablet.page.get_by_role("button", name="离园 1 人")).to_be_visible()
    tablet.page.get_by_role("group", name="谁来接").get_by_text("其他人").click()
    panel = tablet.page.get_by_role("dialog")
    expect(panel).to_contain_text("不能接走：此人不在接送名单里")
    panel.get_by_role("button", name="返回").click()
    tablet.page.get_by_role("group", name="谁来接").get_by_text("妈妈").click()
    tablet.page.get_by_role("button", name="离园 1 人").click()
    tablet.toasts("已离园 1 人")
    tablet.says("已联网")
    assert _sheets()[zhi.pk].out_at is not None


def test_next_day_without_network(door: MakeDoor, world: World) -> None:
    """隔天仍断网：yesterday is gone from the wall, codes cannot be checked, taps still count."""
    _arrived(world, "he", "sui")
    tablet = door()
    tablet.page.clock.install()
    tablet.page.reload()
    expect(tablet.face(world.children["he"])).to_contain_text("到")
    _cut(tablet)
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


def test_bearer_with_six_digits(door: MakeDoor, world: World) -> None:
    """代接码：a wrong one is explained, the right one names its bearer and lets the child go."""
    xiao = world.children["xiao"]
    _arrived(world, "xiao")
    code = make_pickup_code(
        scope=_scope(world),
        child_ids=[xiao.pk],
        guardian_id=world.guardians["sun"].pk,
        bearer="陈阿姨（虚构）",
        valid_on=TODAY,
        at=clock.now(),
    )
    tablet = door()
    tablet.page.get_by_role("button", name="输入 6 位码").click()
    pad = tablet.page.locator(".kk-pad")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for digit in wrong:
        pad.get_by_role("button", name=digit, exact=True).click()
    expect(tablet.page.get_by_role("dialog")).to_contain_text("代接码不对或已作废")
    for digit in code:
        pad.get_by_role("button", name=digit, exact=True).click()
    expect(tablet.page.locator(".kk-foot")).to_contain_text("代接码：陈阿姨（虚构）来接")
    tablet.page.get_by_role("button", name="离园 1 人").click()
    tablet.toasts("已离园 1 人")
    tablet.says("已联网")
    assert _sheets()[xiao.pk].out_at is not None


def test_refused_record_waits_for_a_person(door: MakeDoor, world: World) -> None:
    """需处理：an enrolment ended meanwhile; the refusal is shown, none is lost."""
    he, sui = world.children["he"], world.children["sui"]
    tablet = door()
    _cut(tablet)
    tablet.face(he).click()
    tablet.page.get_by_role("button", name="入园 2 人").click()
    tablet.says("断网可用 · 2 条待上传")
    ended = DateRange(date(2025, 3, 1), TODAY)
    Enrolment.all_rows.filter(child=sui).update(period=ended)
    _mend(tablet)
    tablet.says("已联网")
    tablet.page.get_by_role("button", name="需处理 1").click()
    panel = tablet.page.get_by_role("dialog")
    expect(panel).to_contain_text("不在本机构入托")
    assert set(_sheets()) == {he.pk}
    panel.get_by_role("button", name="已由老师补录").click()
    expect(tablet.page.locator("#needs")).to_be_hidden()


def test_revoked_device_keeps_its_records(door: MakeDoor, world: World) -> None:
    """停用后重新配对：what waited is signed again with the new key and arrives once."""
    tablet = door()
    _cut(tablet)
    tablet.face(world.children["miao"]).click()
    tablet.page.get_by_role("button", name="入园 1 人").click()
    tablet.says("断网可用 · 1 条待上传")
    device = Device.objects.unscoped(reason="测试核对").get()
    revoke_device(scope=_scope(world), device_id=device.pk, at=clock.now())
    _mend(tablet)
    tablet.says("设备已停用 · 1 条待上传")
    expect(tablet.face(world.children["miao"])).to_have_count(0)  # no child's data stays
    tablet.complaints.clear()  # the browser itself reports the 401
    tablet.page.get_by_role("button", name="重新配对").click()
    expect(tablet.page.get_by_text("还有 1 条记录没有上传")).to_be_visible()
    _pair(tablet, world)
    tablet.says("已联网")
    assert set(_sheets()) == {world.children["miao"].pk}
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
    _cut(tablet)
    page.get_by_role("button", name="入园 1 人").click()
    tablet.says("断网可用 · 1 条待上传")
    with page.expect_event("load"):
        page.clock.fast_forward(21_000)
    assert page.evaluate("caches.keys()") == ["kiosk-new-version"]
    tablet.says("断网可用 · 1 条待上传")
    _mend(tablet)
    tablet.says("已联网")
    assert set(_sheets()) == {zhi.pk}


def test_faces_and_codes_are_those_of_the_platform(door: MakeDoor) -> None:
    """同一张脸、同一种码：the tablet's own sums against the platform's and the written vectors."""
    tablet = door(pair=False)
    numbers = [1, 42, 4_503_599_627_370_000, 99_999]
    drawn = tablet.page.evaluate(
        "(numbers) => import('/static/kiosk/js/faces.js').then((m) => numbers.map(m.drawing))",
        numbers,
    )
    assert [(d["ground"], d["inside"]) for d in drawn] == [faces.face(n) for n in numbers]
    sums = tablet.page.evaluate(
        """async () => {
          const m = await import('/static/kiosk/js/bytes.js');
          const key = new Uint8Array(32).fill(1);
          return [m.base32(await m.hmac(key, '58680000')).slice(0, 10),
                  m.base64url(await m.hmac(key, '123456')), m.uuid7(1760487000000)];
        }"""
    )
    assert sums[:2] == ["5DQ6SZNBU3", "olyncGM__NkwgNY5UGhUPtqu1GA8a4CiQzCotiXYq8M"]
    assert sums[2].startswith("0199e5")
    assert sums[2][14] == "7"


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


def test_camera_reads_the_code(
    door: MakeDoor, world: World, playwright_: Playwright, tmp_path: Path
) -> None:
    """相机扫码：a film of the code is held before the (pretended) camera."""
    text = guardian_qr(guardian=world.guardians["fang"], at=NOW)
    film = tmp_path / "code.y4m"
    film.write_bytes(_film(text))
    flags = [
        *FLAGS,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    seeing = playwright_.chromium.launch(executable_path=find(), args=flags)
    tablet = door(by=seeing)
    tablet.page.locator("#scan").click()
    face = tablet.face(world.children["nuo"])
    expect(face).to_have_attribute("aria-pressed", "true", timeout=15_000)
    expect(tablet.page.get_by_role("button", name="入园 1 人")).to_be_visible()
    tablet.context.close()
    seeing.close()


def _film(text: str, width: int = 640, height: int = 480) -> bytes:
    """灰度短片（YUV4MPEG2）of one QR code."""
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(scale=8, border=4)]
    top, left = (height - len(rows)) // 2, (width - len(rows[0])) // 2
    luma = bytearray([235]) * (width * height)
    for y, row in enumerate(rows):
        at = (top + y) * width + left
        luma[at : at + len(row)] = bytes(16 if dark else 235 for dark in row)
    frame = b"FRAME\n" + bytes(luma) + bytes([128]) * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\n".encode()
    return head + frame * 5
