"""矩阵用的对象：for each parameter of a route, one's own value and a stranger's.

Own things belong to 青禾 (a1, 晋江) and the Lin family; the stranger's to 海风 (b1, 鲤城).
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.care_papers import care_paper_subjects
from tests.access.house_subjects import house_subjects
from tests.access.message_subjects import message_subjects
from tests.access.moment_subjects import moment_subjects
from tests.access.office_subjects import office_subjects
from tests.admissions.subjects import admission_subjects
from tests.files import samples
from tests.grants.subjects import grant_subjects
from tests.outreach import outreach_subjects
from tests.quality import subjects as star_subjects
from tests.vouchers.subjects import voucher_subjects
from tests.world import NOW, World, month_of_days
from tuoyu.config.actors import actor_for_user
from tuoyu.core.cases.services import open_case
from tuoyu.core.excel import services as imports
from tuoyu.core.excel import sheets
from tuoyu.core.scope import SYSTEM
from tuoyu.domains.attendance.models import Dispute
from tuoyu.domains.attendance.services import close_month
from tuoyu.domains.billing import services as billing
from tuoyu.domains.billing.models import Bill, Choice
from tuoyu.domains.billing.selectors.planning import draft_month
from tuoyu.domains.checks.models import Finding
from tuoyu.domains.checks.services import CLERK
from tuoyu.domains.children.models import Child, Guardianship, PickupCode
from tuoyu.domains.children.services.special import declare_with_file
from tuoyu.domains.devices.models import Device
from tuoyu.domains.funds import services as funds
from tuoyu.domains.funds.models import (
    BankReturn,
    Batch,
    Instruction,
    Order,
    PayeeAccount,
    Receivable,
)
from tuoyu.domains.identity.models import Assignment
from tuoyu.domains.institutions.models import Institution
from tuoyu.domains.insurance.models import Claim, CountyContract, Premium, Tender
from tuoyu.domains.policies.books import current_book
from tuoyu.domains.reforms.rules.plans import Plan
from tuoyu.domains.reforms.services import propose
from tuoyu.domains.regions.models import Region
from tuoyu.domains.subsidies.models import Line, Run, Statement
from tuoyu.domains.subsidies.services import settle

JUNE = date(2025, 6, 1)
Pair = tuple[Any, Any]
SIDES = (
    ("a1", "he", "lin", "director", "county-officer"),
    ("b1", "feng", "hong", "other-director", "other-county-officer"),
)
CONSTANT = {
    "key": "2025-09",
    "day": "2025-09-03",
    "field": "id_number",
    "what": "end",
    "code": "children",
    "provider_id": "nowhere",
    "part": "numerator",
    "slug": "parent",
    "county_sheet": "institutions",
    "sandbox_rule": "class_subsidy",
    "check_rule": "over_places",
    "conclusion": "false",
    "year": 2025,
    "move": "refuse",
    "cell_code": "present",
}
# (start of the route's name, parameter) → the key of its own subject
BY_ROUTE = {
    ("institution:import_", "batch_id"): "import_batch",
    ("government:import_", "batch_id"): "county_import",
    ("government:import_", "code"): "county_sheet",
    ("government:sandbox_", "rule_id"): "sandbox_rule",
    ("institution:notice", "notice_id"): "letter_id",
    ("family:notice", "notice_id"): "letter_id",
}


def subjects(w: World) -> dict[str, Pair]:
    """参数 → (自己的, 别人的)。Routes of the same parameter name share the value, except those in
    ``BY_ROUTE``.
    """
    for _, child, *_ in SIDES:
        month_of_days(w, child, JUNE, 12)
    for key, *_ in SIDES:
        close_month(scope=SYSTEM, institution_id=w.institutions[key].pk, month=JUNE, by=1,
                    by_name="测试", at=NOW)  # fmt: skip
    settle(book=current_book(), rule_id="class_subsidy", month="2025-06",
           by=actor_for_user(w.users["city-officer"]), at=NOW)  # fmt: skip
    run = Run.all_rows.get()
    star_subjects.prepare(w)
    rows = [_side(w, *side) for side in SIDES]
    pairs: dict[str, Pair] = {name: (rows[0][name], rows[1][name]) for name in rows[0]}
    pairs["run_id"] = (run.pk, run.pk)
    indicator = next(iter(current_book().indicators))
    name = getattr(indicator, "id", indicator)
    pairs["indicator_id"] = (name, name)
    pairs |= {name: (value, value) for name, value in CONSTANT.items()}
    pairs |= grant_subjects(w)
    pairs |= voucher_subjects(w)
    pairs |= admission_subjects(w)
    pairs |= outreach_subjects(w)
    pairs |= office_subjects(w)
    pairs |= care_paper_subjects(w)
    pairs |= moment_subjects(w)
    pairs |= message_subjects(w)
    pairs |= house_subjects(w)
    return pairs


def _side(
    w: World, key: str, child: str, family: str, director: str, county: str
) -> dict[str, Any]:
    inst, kid = w.institutions[key], w.children[child]
    at = {"institution_id": inst.pk, "region_code": inst.region_code}
    statement = Statement.all_rows.get(institution_id=inst.pk)
    code = PickupCode.all_rows.create(
        child=kid, code_index=b"x" * 32, bearer="姨妈", valid_on=NOW.date(), made_at=NOW,
        made_by=w.guardians[family], **at,
    )  # fmt: skip
    device = Device.all_rows.create(
        id=uuid.uuid4(), name="门口", public_key=b"\4" * 65, paired_at=NOW, **at
    )
    dispute = Dispute.all_rows.create(
        child_id=kid.pk, day=NOW.date() - timedelta(days=1), says=1, reason="来了",
        guardian_id=w.guardians[family].pk, made_at=NOW, **at,
    )  # fmt: skip
    payment = _payment(w, inst)
    return {
        "institution_id": inst.pk,
        "finding_id": _finding(inst),
        **_insured(inst, kid),
        "child_id": kid.pk,
        "statement_id": statement.pk,
        "line_id": Line.all_rows.get(child_id=kid.pk).pk,
        "code_id": code.pk,
        "device_id": device.pk,
        "dispute_id": dispute.pk,
        **_money(w, inst),
        "relation_id": Guardianship.all_rows.filter(child=kid).first().pk,  # type: ignore[union-attr]
        "assignment_id": Assignment.objects.get(user=w.users[director]).pk,
        "batch_id": payment.batch_id,
        "order_id": payment.order_id,
        "return_id": payment.batch.returns.get().pk,
        "receivable_id": payment.order.receivables.get().pk,
        "account_id": payment.payee_account_id,
        **_fees(w, key, child, director),
        "import_batch": _import(w, key, director),
        "county_import": _county_import(w, key, county),
        "status_id": _status(w, child),
        **star_subjects.side(w, key, director, county),
        "scenario_id": _scenario(w, county),
    }


def _scenario(w: World, county: str) -> int:
    plan = Plan("示例", {"class_subsidy.ceiling": {("infant",): 40_000}})
    made = propose(
        book=current_book(), rule_id="class_subsidy", plan=plan,
        by=actor_for_user(w.users[county]), at=NOW,
    )  # fmt: skip
    return made.pk


def _payment(w: World, inst: Institution) -> Instruction:
    """An order of the institution in a batch of its county, with what hangs on both."""
    at = {"institution_id": inst.pk, "region_code": inst.region_code}
    payee = {"payee_kind": "institution", "payee_id": inst.pk}
    order = Order.all_rows.create(
        key=f"示例:{inst.pk}", amount_fen=2, payee_name=inst.name, programme="class_subsidy",
        unit_code=inst.unit_code, purpose="示例", source_type="example", source_id=inst.pk,
        proposed_at=NOW, proposed_by_name="示例", **payee, **at,
    )  # fmt: skip
    Receivable.all_rows.create(
        key=f"示例:{inst.pk}", order=order, amount_fen=1, left_fen=1, payee_name=inst.name,
        programme="class_subsidy", purpose="示例", source_type="example", source_id=inst.pk,
        raised_at=NOW, raised_by_name="示例", **payee, **at,
    )  # fmt: skip
    account = PayeeAccount.all_rows.create(
        holder=inst.name, bank="示例银行", bank_code="105397000010", account="95588000001",
        tail="0001", proposed_at=NOW, proposed_by=w.users["payment-clerk"].pk,
        proposed_by_name="财政乙", **payee, **at,
    )  # fmt: skip
    batch = Batch.all_rows.create(
        number=f"示例-{inst.pk}", region_code=inst.region_code, prepared_at=NOW,
        prepared_by=w.users["payment-clerk"].pk, prepared_by_name="财政乙", declared_count=1,
        declared_total_fen=2,
    )  # fmt: skip
    BankReturn.all_rows.create(
        batch=batch, region_code=inst.region_code, file_name="示例.csv", sm3="0", source=b"0",
        count=1, total_fen=2, uploaded_at=NOW, uploaded_by=1, uploaded_by_name="财政乙",
        faults=["示例"],
    )  # fmt: skip
    return Instruction.all_rows.create(
        batch=batch, order=order, payee_account=account, reference=f"示例-{inst.pk}",
        amount_fen=2, **at,
    )  # fmt: skip


def _fees(w: World, key: str, child: str, director: str) -> dict[str, int]:
    """An issued bill with a payment, and a filing that waits for the county."""
    inst, kid, by = w.institutions[key], w.children[child], actor_for_user(w.users[director])
    draft = draft_month(by.scope, inst, NOW.date().replace(day=1), NOW.date())
    billing.issue_month(
        institution_id=inst.pk, month=draft.month, child_ids=[kid.pk], digest=draft.digest,
        by=by, at=NOW,
    )  # fmt: skip
    bill = Bill.all_rows.get(institution_id=inst.pk, child_id=kid.pk)
    paid = billing.record_payment(
        bill_id=bill.pk, amount_fen=100, method="cash", paid_on=NOW.date(), by=by, at=NOW
    )
    filing = billing.file_fees(
        institution_id=inst.pk, from_on=date(2025, 11, 1), evidence="示例", by=by, at=NOW,
        upload=SimpleUploadedFile("成本.pdf", samples.pdf()),
        items=[billing.NewItem(kind="meal", unit="day", price_fen=2_000)],
    )  # fmt: skip
    choice = Choice.all_rows.create(
        child_id=kid.pk, institution_id=inst.pk, region_code=inst.region_code, kind="extended",
        from_on=JUNE, made_at=NOW, made_by_name=by.name,
    )  # fmt: skip
    ids = {"bill_id": bill.pk, "payment_id": paid.pk, "filing_id": filing.pk}
    return {**ids, "choice_id": choice.pk}


def _import(w: World, key: str, director: str) -> int:
    inst = w.institutions[key]
    by = actor_for_user(w.users[director])
    kind = imports.importer("children").sheet
    blob = sheets.export(
        "数据", [c.title for c in kind.columns],
        [["导入丁", "女", "2024-03-15", None, "托小班", "2025-10-01", "1500", None, None, "丁妈妈",
          "妈妈", "19900000012"]],
    )  # fmt: skip
    place = imports.Place(inst.pk, inst.region_code)
    batch = imports.upload(
        kind="children", file_name="花名册.xlsx", blob=blob, place=place, by=by, at=NOW
    )
    return batch.pk


def _county_import(w: World, key: str, county: str) -> int:
    region = w.institutions[key].region_code
    unit = Region.objects.get(pk=region).name
    kind = imports.importer("institutions").sheet
    row = ["导入园（虚构）", "91350100M000100Y43", "民办托育机构", "民办", unit, "示例路 2 号"]
    blob = sheets.export(
        "数据", [c.title for c in kind.columns], [[*row, None, None, None, 5, None, None, None]]
    )
    batch = imports.upload(
        kind="institutions", file_name="机构.xlsx", blob=blob,
        place=imports.Place(None, region), by=actor_for_user(w.users[county]), at=NOW,
    )  # fmt: skip
    return batch.pk


def _money(w: World, inst: Institution) -> dict[str, Any]:
    """A budget line of the county with a sum reserved of it."""
    by, subject = actor_for_user(w.users["finance-officer"]), f"grant:{inst.pk}"
    at: dict[str, Any] = {
        "programme": "star_grant",
        "unit_code": inst.unit_code,
        "year": 2025,
        "by": by,
        "at": NOW,
    }
    found = funds.allot(key=f"示例:{inst.pk}", source="county", rank=3, document_no="示例",
                        amount_fen=2, **at)  # fmt: skip
    funds.reserve(amount_fen=1, key=subject, subject="示例", **at)
    return {"budget_line_id": found, "subject": subject}


def _finding(inst: Institution) -> int:
    """核验事项，已问询机构。"""
    made = Finding.all_rows.create(
        rule="over_places", institution_id=inst.pk, region_code=inst.region_code, month=JUNE,
        hits=1, found_at=NOW, question="请说明",
    )  # fmt: skip
    open_case(type_code="check", title="核验", subject_id=made.pk, region_code=inst.region_code,
              institution_id=inst.pk, by=CLERK, at=NOW)  # fmt: skip
    return made.pk


def _insured(inst: Institution, kid: Child) -> dict[str, int]:
    """统一保险：合同、保费、理赔。"""
    tender, _ = Tender.all_rows.get_or_create(
        document="示例中标",
        defaults={"title": "统一保险", "insurer": "示例保险", "covers": [{"name": "意外伤害"}],
                  "from_on": date(2025, 1, 1), "to_on": date(2026, 1, 1), "made_at": NOW,
                  "made_by_name": "测试"},
    )  # fmt: skip
    region = {"region_code": inst.region_code}
    contract = CountyContract.all_rows.create(
        tender=tender, unit_code=inst.unit_code, policy_no="示例", signed_on=JUNE, **region
    )
    premium = Premium.all_rows.create(
        contract=contract, unit_code=inst.unit_code, year=2025, counted_on=JUNE, insured=1,
        amount_fen=6000, receipt="0" * 64, why="示例", **region,
    )  # fmt: skip
    claim = Claim.all_rows.create(
        tender=tender, child_id=kid.pk, institution_id=inst.pk, happened_on=JUNE,
        cover="意外伤害", what="磕伤", made_at=NOW, **region,
    )  # fmt: skip
    for kind, subject, place in (
        ("insurance", premium.pk, None), ("insurance_claim", claim.pk, inst.pk)
    ):  # fmt: skip
        open_case(type_code=kind, title="保险", subject_id=subject, institution_id=place,
                  region_code=inst.region_code, by=CLERK, at=NOW)  # fmt: skip
    return {"contract_id": contract.pk, "premium_id": premium.pk, "claim_id": claim.pk}


def _status(w: World, child: str) -> int:
    made = declare_with_file(
        child=w.children[child], kind="disabled", evidence="示例证", from_on=JUNE, to_on=None,
        upload=SimpleUploadedFile("证.pdf", samples.pdf()),
        by=w.users["director"].pk, at=NOW,
    )  # fmt: skip
    return made.pk


def fill(route_name: str, converters: Any, pairs: dict[str, Pair], side: int) -> dict[str, Any]:
    """一条路由的参数。"""
    out = {}
    for name in converters:
        owned = (key for (start, part), key in BY_ROUTE.items()
                 if part == name and route_name.startswith(start))  # fmt: skip
        key = next(owned, name)
        out[name] = pairs[key][side]
    return out
