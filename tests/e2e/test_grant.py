"""一份奖补（真浏览器）：from the institution's draft to the reconciled bank line, each step by the
person whose step it is, and the same yuan followed back to its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.files import samples
from tests.grants.town import after_notice, become, fund
from tests.payments.purse import set_account
from tests.world import World
from tuoyu.core import clock
from tuoyu.domains.funds import services as funds
from tuoyu.domains.grants.models import Application
from tuoyu.domains.institutions.models import Kind
from tuoyu.domains.publicity.services import close_due

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
RULE = "community_slot"
SUM = "90,000.00"
Open = Callable[[str, str], Page]


@pytest.fixture
def desk(live_server: Any, world: World, browser: Browser) -> Iterator[Open]:
    """``desk(who, path)``: that person's own browser at that page; it complains of nothing."""
    contexts: dict[str, BrowserContext] = {}
    complaints: list[str] = []

    def hear(page: Page) -> None:
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None,
        )

    def open_(who: str, path: str) -> Page:
        if who not in contexts:
            made = browser.new_context(
                viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce"
            )
            key = world.client(who).cookies["sessionid"].value
            made.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
            hear(made.new_page())
            contexts[who] = made
        for other, context in contexts.items():
            if other != who:
                context.pages[0].goto("about:blank")  # nothing moves where nobody looks
        page = contexts[who].pages[0]
        page.goto(live_server.url + path)
        return page

    yield open_
    for context in contexts.values():
        context.close()
    assert complaints == []


def decide(page: Page, act: str, words: str = "") -> None:
    """一个决定：the button, the dialog that repeats what it is about, the same button there."""
    page.get_by_role("button", name=act, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    if words:
        dialog.get_by_role("textbox").fill(words)
    dialog.get_by_role("button", name=act, exact=True).click()


def hand_in(page: Page, name: str, paper: bytes) -> None:
    """上传验收单并申报。"""
    page.get_by_label("建设或改造验收材料").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": paper}
    )
    page.get_by_role("row", name="建设或改造验收材料").locator("button").click()
    expect(page.locator("#messages")).to_contain_text(f"已上传 {name}")
    decide(page, "申报")
    expect(page.locator("#messages")).to_contain_text("现为「待县级审核」")


def refused(world: World, who: str, path: str) -> None:
    """走错门的人：no such page."""
    assert world.client(who).post(path, {"reason": "x"}).status_code == 404


@pytest.fixture
def town(world: World) -> World:
    inst = become(world, "a1", Kind.COMMUNITY)
    fund(world, RULE)
    payee = funds.Payee("institution", inst.pk, inst.name)
    set_account(world, payee, "955880000000000001", inst.region_code, inst.pk)
    treasury = funds.Payee("treasury", 0, "市财政专户（虚构）")
    set_account(world, treasury, "95588000009999999", "350500", None)
    return world


def test_one_grant_from_its_draft_to_the_reconciled_line(town: World, desk: Open) -> None:
    grant = draft_and_mend(town, desk)
    review(town, desk, grant)
    with clock.fixed(after_notice()):
        close_due(clock.now())
        pay(town, desk)
        follow(town, desk, grant)


def draft_and_mend(town: World, desk: Open) -> str:
    """机构起草；县级退回一次，标在材料上；补正再报。"""
    page = desk("director", "/inst/grants/")
    name = "邻里中心与社区托育点新增托位奖补"
    page.get_by_role("row", name=name).get_by_role("link", name="起草").click()
    expect(page.get_by_text("平台已有").first).to_be_visible()  # nothing is typed twice
    page.get_by_role("button", name="起草").click()
    hand_in(page, "验收单.jpg", samples.photo(300, 200))
    made = Application.all_rows.get()
    own, gov = f"/inst/grants/{made.pk}/", f"/gov/grants/{made.pk}/"
    refused(town, "other-county-officer", f"{gov}accept/")
    refused(town, "city-officer", f"{gov}accept/")
    page = desk("county-officer", "/gov/grants/")
    page.get_by_role("link", name="青禾托育园（虚构）").click()
    page.get_by_role("link", name="验收单.jpg").click()
    seen = page.get_by_role("img", name="建设或改造验收材料")
    expect(seen).to_have_js_property("naturalWidth", 200)  # in place, turned upright, not saved
    page.get_by_role("link", name="退回", exact=True).click()
    page.get_by_label("退回意见").fill("验收单看不清公章，请重拍")
    page.get_by_label("建设或改造验收材料").fill("看不清公章")
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("现为「待申报」")
    page = desk("director", own)
    row = page.get_by_role("row", name="建设或改造验收材料")
    expect(row.get_by_text("看不清公章")).to_be_visible()  # the mark stands at its field
    hand_in(page, "验收单（重扫）.pdf", samples.pdf())
    return gov


def review(town: World, desk: Open, gov: str) -> None:
    """县级核定、市级审批、财政复核，各由其人。"""
    page = desk("county-officer", gov)
    with page.expect_response(lambda r: r.url.endswith("/file/")) as framed:
        page.get_by_role("link", name="验收单（重扫）.pdf").click()
    assert framed.value.headers["content-type"] == "application/pdf"  # framed, not refused
    page.get_by_role("link", name="回到申请").click()
    page.get_by_label("核定金额（元）").fill("9,000")
    page.get_by_label("核定依据").fill("工程决算（虚构）")
    page.get_by_role("button", name="保存并重算").click()
    expect(page.locator("#messages")).to_contain_text(f"合计 {SUM} 元")
    decide(page, "通过", "核对属实")
    refused(town, "county-officer", f"{gov}approve/")
    decide(desk("city-officer", gov), "批准", "同意")
    refused(town, "city-officer", f"{gov}check/")
    page = desk("finance-officer", gov)
    decide(page, "复核", "资金无误")
    expect(page.locator("#messages")).to_contain_text("现为「公示中」")


def pay(town: World, desk: Open) -> None:
    """一人编批，另一人送银行，回单上传后对账。"""
    page = desk("payment-clerk", "/gov/payments/")
    expect(page.get_by_role("cell", name=SUM).first).to_be_visible()
    page.get_by_label("笔数").fill("1")
    page.get_by_label("合计（元）").fill(SUM)
    page.get_by_role("button", name="编制").click()
    expect(page.locator("#messages")).to_contain_text("已编制批次")
    batch = page.url.removeprefix(page.url.split("/gov/")[0])
    refused(town, "payment-clerk", f"{batch}release/")  # who prepares does not release
    page = desk("finance-officer", batch)
    page.get_by_label("笔数").fill("1")
    page.get_by_label("合计（元）").fill(SUM)
    page.get_by_role("button", name="送银行").click()
    expect(page.locator("#messages")).to_contain_text("已送银行")
    page = desk("payment-clerk", batch)
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载回单模板").click()
    blank = saved.value.path().read_bytes()
    told = blank.replace(f",{clock.today()},,".encode(), f",{clock.today()},B000123,".encode())
    assert told != blank
    page.get_by_label("回单文件").set_input_files(
        {"name": "回单.csv", "mimeType": "text/csv", "buffer": told}
    )
    page.get_by_role("button", name="上传并对账").click()
    expect(page.locator("#messages")).to_contain_text(f"回单已入账：1 笔，{SUM} 元")
    expect(page.get_by_role("row", name="B000123")).to_contain_text("相符")


def follow(town: World, desk: Open, gov: str) -> None:
    """一元到底：from the source down to the case, and the institution is told."""
    page = desk("director", gov.replace("/gov/", "/inst/"))
    expect(page.locator("main")).to_contain_text("已拨付")
    page = desk("auditor", "/gov/funds/?by=source")
    for name in ("中央", "邻里中心与社区托育点新增托位奖补", "晋江", "中央"):
        row = page.locator("main tbody tr").filter(has_text=name)
        expect(row).to_contain_text(SUM)
        row.get_by_role("link").first.click()
    page.get_by_role("row", name="银行付讫").get_by_role("link").click()
    expect(page.get_by_role("row", name="银行付讫")).to_contain_text(SUM)
    page.get_by_role("link", name="办件与明细").click()
    assert page.url.endswith(gov)
    expect(page.locator("main")).to_contain_text("工程决算（虚构）")
