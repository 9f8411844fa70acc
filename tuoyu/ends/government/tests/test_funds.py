"""资金页：by the finance officer, the city's and the counties' officers, and the auditor."""

from __future__ import annotations

import re
import uuid
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from tests.pages.checks import faults_of
from tests.world import NOW, World
from tuoyu.core.audit.models import AuditEvent
from tuoyu.domains.funds import services, sources
from tuoyu.domains.funds.models import BudgetLine, Order
from tuoyu.domains.funds.selectors.balance import trial_balance
from tuoyu.domains.funds.tests.purse import CLERK, put_budget, take

HOME = "/gov/funds/"


@pytest.fixture
def purse(world: World) -> World:
    """晋江 has two sources, 鲤城 one; one grant is committed, one statement is paid."""
    put_budget("b1", "central", 10_000_000, rank=0)
    put_budget("b2", "county", 5_000_000, rank=3)
    put_budget("b3", "county", 2_000_000, rank=3, unit="350502")
    for key, fen in (("grant:1", 400_000), ("statement:7", 600_000)):
        take(key, fen)
        services.commit(key=key, amount_fen=fen, by=CLERK, at=NOW)
    for kind in ("order", "settle"):
        services.post(key=f"{kind}7", kind=kind, subject="statement:7", amount_fen=600_000,
                      by=CLERK, at=NOW)  # fmt: skip
    return world


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = str(answer.content.decode())
    assert faults_of(found) == []
    return found


def given(**changes: str) -> dict[str, str]:
    return {
        "submit_key": str(uuid.uuid4()),
        "kind": "allot",
        "year": "2025",
        "programme": "class_subsidy",
        "unit": "350582",
        "source": "city",
        "amount": "1,234.56",
        "document": "示例财指〔2025〕9号（虚构）",
        "memo": "",
        **changes,
    }


def test_the_city_sees_all_and_drills_down_to_the_entry(purse: World) -> None:
    client = purse.client("city-officer")
    page = text(client, HOME)
    assert "2岁以下婴幼儿专项奖补" in page
    assert "170,000.00" in page
    assert "6,000.00" in page
    page = text(client, f"{HOME}?year=2025&programme=class_subsidy")
    assert "晋江" in page
    assert "鲤城" in page
    page = text(client, f"{HOME}?year=2025&programme=class_subsidy&unit=350582")
    link = re.search(r'data-href="(/gov/funds/lines/\d+/)"', page)
    assert link is not None
    page = text(client, link.group(1))
    assert "可用 → 预留" in page
    assert "在途 → 已付" in page
    page = text(client, "/gov/funds/items/statement:7/")
    assert page.index("预留") < page.index("银行付讫")


def test_an_entry_leads_to_its_case_and_its_order(
    purse: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sources.Source("小满 六月结算单", 600_000, "/gov/settlements/7/", "2 人")
    monkeypatch.setitem(sources._finders, "statement", lambda ids: dict.fromkeys(ids, case))
    a1 = purse.institutions["a1"]
    order = Order.all_rows.create(
        key="statement:7", amount_fen=600_000, payee_kind="institution", payee_id=a1.pk,
        payee_name=a1.name, programme="class_subsidy", unit_code="350582", region_code="350582",
        institution_id=a1.pk, purpose="六月", source_type="statement", source_id=7,
        proposed_at=NOW, proposed_by_name="财政甲",
    )  # fmt: skip
    page = text(purse.client("auditor"), "/gov/funds/items/statement:7/")
    assert "小满 六月结算单" in page
    assert 'href="/gov/settlements/7/"' in page
    assert f'href="/gov/payments/orders/{order.pk}/"' in page
    line = BudgetLine.all_rows.get(source="central")
    page = text(purse.client("auditor"), f"/gov/funds/lines/{line.pk}/")
    assert "小满 六月结算单" in page


def test_a_county_sees_its_own_budget_only(purse: World) -> None:
    client = purse.client("other-county-officer")
    page = text(client, HOME)
    assert "20,000.00" in page
    assert "170,000.00" not in page
    foreign = BudgetLine.all_rows.filter(unit_code="350582").first()
    assert foreign is not None
    assert client.get(f"/gov/funds/lines/{foreign.pk}/").status_code == 404
    assert client.get("/gov/funds/items/grant:1/").status_code == 404


def test_an_institution_sees_nothing(purse: World) -> None:
    assert purse.client("director").get(HOME).status_code == 404


def test_the_finance_officer_raises_and_takes_back(purse: World) -> None:
    client = purse.client("finance-officer")
    form = given()
    answer = client.post(f"{HOME}budget/", form)
    assert answer.status_code == 302
    assert client.post(f"{HOME}budget/", form).status_code == 422  # the same form twice
    line = BudgetLine.all_rows.get(source="city")
    assert answer["Location"] == f"/gov/funds/lines/{line.pk}/"
    assert "1,234.56" in text(client, answer["Location"])
    assert client.post(f"{HOME}budget/", given(kind="withdraw", amount="234.56")).status_code == 302
    assert "1,000.00" in text(client, answer["Location"])
    over = client.post(f"{HOME}budget/", given(kind="withdraw", amount="1,000.01"))
    assert over.status_code == 422
    assert "少 0.01 元" in over.content.decode()
    assert AuditEvent.objects.filter(action="下达预算", result="完成").count() == 2
    assert trial_balance().balances


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "1.234"}, "最多两位小数"),
        ({"amount": "0"}, "大于零"),
        ({"document": ""}, "这个字段是必填项"),
        ({"source": "social"}, "不能用社会投入资金"),
        ({"unit": "350500"}, "没有这个项目、来源或单位"),
        ({"year": "2031"}, "去年、今年或明年"),
    ],
)
def test_a_wrong_budget_is_refused_in_words(
    purse: World, change: dict[str, str], said: str
) -> None:
    before = trial_balance()
    answer = purse.client("finance-officer").post(f"{HOME}budget/", given(**change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert trial_balance() == before


@pytest.mark.parametrize("who", ["city-officer", "county-officer", "payment-clerk", "auditor"])
def test_only_finance_gives_budgets(purse: World, who: str) -> None:
    client = purse.client(who)
    text(client, HOME)
    assert client.get(f"{HOME}budget/").status_code == 404
    assert client.post(f"{HOME}budget/", given()).status_code == 404


def test_performance_says_what_is_open_and_who_must_set_it(purse: World) -> None:
    page = text(purse.client("city-officer"), f"{HOME}performance/?year=2025")
    assert "目标 95.0%" in page
    assert "未定" in page
    assert "市财政局、市卫健委" in page
    assert "100.0%" in page  # paid within the promised days
    page = text(purse.client("city-officer"), f"{HOME}performance/?year=2025&by=unit&quarter=4")
    assert "晋江" in page


def test_exports_open_as_workbooks(purse: World) -> None:
    client = purse.client("city-officer")
    for path in (f"{HOME}export/?year=2025", f"{HOME}performance/export/?year=2025"):
        answer = client.get(path)
        assert answer.status_code == 200
        sheet = load_workbook(BytesIO(answer.content)).active
        assert sheet is not None
        assert sheet.max_row >= 4


def test_the_number_of_queries_does_not_grow_with_the_ledger(
    purse: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(10, 40):
        take(f"grant:{n}", 100)
    client = purse.client("city-officer")
    line = BudgetLine.all_rows.get(source="central")
    for path in ("", "performance/", f"lines/{line.pk}/", "items/grant:11/"):
        with django_assert_max_num_queries(30):
            text(client, f"{HOME}{path}")
