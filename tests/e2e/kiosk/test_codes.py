"""接送码：scanned, typed or filmed; the red refusal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import segno
from playwright.sync_api import (
    Playwright,
    expect,
)

from tests.browser import FLAGS, find
from tests.e2e.kiosk.doors import (
    TODAY,
    MakeDoor,
    arrived,
    blocked_father,
    day_sheets,
    scope,
)
from tests.world import NOW, World
from tuoyu.core import clock
from tuoyu.domains.attendance.models import Event, Method
from tuoyu.domains.attendance.services import grant_release
from tuoyu.domains.children.pickup_services import guardian_qr, make_pickup_code
from tuoyu.ui import faces

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


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

    assert set(day_sheets()) == {he.pk, sui.pk}
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
    father = blocked_father(nuo)
    arrived(world, "nuo")
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
    assert day_sheets()[nuo.pk].out_at is None

    grant_release(
        scope=scope(world),
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
    assert day_sheets()[nuo.pk].out_at is not None


def test_stranger_is_refused(door: MakeDoor, world: World) -> None:
    """不在名单里的人：「其他人」 at leaving is refused; the child stays."""
    zhi = world.children["zhi"]
    arrived(world, "zhi")
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
    assert day_sheets()[zhi.pk].out_at is not None


def test_bearer_with_six_digits(door: MakeDoor, world: World) -> None:
    """代接码：a wrong one is explained, the right one names its bearer and lets the child go."""
    xiao = world.children["xiao"]
    arrived(world, "xiao")
    code = make_pickup_code(
        scope=scope(world),
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
    assert day_sheets()[xiao.pk].out_at is not None


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


def test_camera_reads_the_code(
    door: MakeDoor, world: World, playwright_: Playwright, tmp_path: Path
) -> None:
    """相机扫码：a film of the code is held before the (pretended) camera."""
    text = guardian_qr(guardian=world.guardians["fang"], at=NOW)
    film = tmp_path / "code.y4m"
    film.write_bytes(filmed(text))
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


def filmed(text: str, width: int = 640, height: int = 480) -> bytes:
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
