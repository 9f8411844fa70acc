"""角色：what each role may do and how far it sees. Permissions are ``domain:object:verb``.

Money is split over roles that exclude each other (不相容岗位): the institution confirms, the
county reviews, the city approves, finance releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ScopeKind = Literal["region", "institutions", "family"]


@dataclass(frozen=True)
class Role:
    """角色。``home`` is where signing in leads."""

    code: str
    title: str
    end: str
    scope: ScopeKind
    home: str
    permissions: frozenset[str]
    slug: str


_GOV = {
    "gov:admission:view",
    "gov:home:view",
    "gov:institution:view",
    "gov:map:view",
    "gov:indicator:view",
    "gov:settlement:view",
    "funds:payment:view",
    "funds:ledger:view",
    "gov:policy:view",
    "gov:attendance:view",
    "gov:fee:view",
    "voucher:campaign:view",
    "cockpit:screen:view",
}

_ALL = [
    Role(
        "city_officer",
        "市级主管",
        "government",
        "region",
        "/gov/",
        frozenset(
            _GOV
            | {
                "gov:grant:view",
                "grant:application:approve",
                "grant:school:enter",
                "policy:sandbox:run",
                "subsidy:run:make",
                "voucher:campaign:prepare",
                "voucher:campaign:open",
                "voucher:voucher:revoke",
                "voucher:settlement:make",
                "voucher:settlement:approve",
                "subsidy:statement:approve",
                "gov:check:view",
                "gov:check:tune",
                "insurance:roster:view",
                "insurance:tender:manage",
                "insurance:bill:approve",
                "gov:check:run",
                "gov:child:reveal",
                "institution:import:run",
                "publicity:notice:view",
                "publicity:issuer:name",
                "publicity:objection:answer",
                "quality:application:view",
                "quality:panel:draw",
                "quality:score:enter",
                "quality:application:decide",
                "quality:scheme:set",
                "quality:expert:manage",
                "quality:withdrawal:tell",
                "quality:withdrawal:decide",
            }
        ),
        "city-officer",
    ),
    Role(
        "county_officer",
        "县级托育监管岗",
        "government",
        "region",
        "/gov/",
        frozenset(
            _GOV
            | {
                "voucher:redemption:reverse",
                "gov:grant:view",
                "grant:application:review",
                "gov:special:verify",
                "policy:sandbox:run",
                "subsidy:statement:review",
                "fee:filing:accept",
                "gov:check:view",
                "gov:check:decide",
                "gov:incident:view",
                "gov:incident:handle",
                "gov:incident:clock",
                "insurance:roster:view",
                "insurance:bill:review",
                "gov:child:reveal",
                "institution:import:run",
                "publicity:notice:view",
                "publicity:issuer:name",
                "publicity:objection:answer",
                "quality:application:view",
                "quality:application:review",
                "quality:withdrawal:tell",
            }
        ),
        "county-officer",
    ),
    Role(
        "finance_officer",
        "财政拨付岗",
        "government",
        "region",
        "/gov/",
        frozenset(
            {
                "gov:grant:view",
                "grant:application:finance",
                "voucher:campaign:view",
                "gov:home:view",
                "gov:settlement:view",
                "gov:policy:view",
                "funds:payment:view",
                "funds:ledger:view",
                "funds:batch:release",
                "funds:budget:manage",
                "funds:bankfile:download",
            }
        ),
        "finance-officer",
    ),
    Role(
        "payment_clerk",
        "拨付编制岗",
        "government",
        "region",
        "/gov/",
        frozenset(
            {
                "gov:grant:view",
                "gov:home:view",
                "gov:settlement:view",
                "gov:policy:view",
                "funds:payment:view",
                "funds:ledger:view",
                "funds:batch:prepare",
                "funds:bankfile:download",
                "funds:return:upload",
            }
        ),
        "payment-clerk",
    ),
    Role(
        "director",
        "园长",
        "institution",
        "institutions",
        "/inst/",
        frozenset(
            {
                "inst:booking:view",
                "inst:booking:manage",
                "inst:grant:view",
                "inst:grant:apply",
                "voucher:desk:use",
                "inst:today:view",
                "inst:kitchen:view",
                "inst:kitchen:manage",
                "inst:kitchen:serve",
                "inst:safety:view",
                "inst:safety:record",
                "inst:safety:manage",
                "inst:attendance:record",
                "inst:medicine:give",
                "inst:medicine:manage",
                "inst:incident:record",
                "inst:incident:sign",
                "protect:report:make",
                "protect:report:read",
                "protect:report:step",
                "inst:attendance:correct",
                "inst:month:close",
                "inst:dispute:answer",
                "inst:subsidy:view",
                "inst:statement:confirm",
                "inst:check:answer",
                "inst:insurance:view",
                "inst:insurance:claim",
                "inst:child:view",
                "inst:child:reveal",
                "inst:enrolment:manage",
                "inst:roster:import",
                "inst:staff:view",
                "inst:device:pair",
                "inst:release:grant",
                "inst:shift:record",
                "inst:quality:apply",
                "inst:fee:view",
                "inst:fee:issue",
                "inst:fee:pay",
                "inst:fee:file",
                "inst:admission:manage",
            }
        ),
        "director",
    ),
    Role(
        "teacher",
        "保育老师",
        "institution",
        "institutions",
        "/inst/",
        frozenset(
            {
                "inst:today:view",
                "inst:attendance:record",
                "inst:child:view",
                "inst:shift:record",
                "inst:booking:view",
                "inst:kitchen:view",
                "inst:kitchen:serve",
                "inst:safety:view",
                "inst:safety:record",
                "inst:medicine:give",
                "inst:incident:record",
                "protect:report:make",
            }
        ),
        "teacher",
    ),
    Role(
        "parent",
        "家长",
        "family",
        "family",
        "/family/",
        frozenset(
            {
                "family:home:view",
                "family:menu:view",
                "family:allergy:ask",
                "family:code:show",
                "family:leave:make",
                "family:month:confirm",
                "family:dispute:make",
                "family:subsidy:view",
                "family:voucher:use",
                "family:access:view",
                "family:consent:change",
                "family:medicine:ask",
                "family:incident:sign",
                "family:fee:view",
                "family:admission:apply",
                "family:booking:make",
            }
        ),
        "parent",
    ),
    Role(
        "doctor",
        "签约儿保医生",
        "clinic",
        "institutions",
        "/clinic/",
        frozenset({"clinic:home:view"}),
        "doctor",
    ),
    Role(
        "trainer",
        "培训讲师",
        "academy",
        "region",
        "/academy/",
        frozenset({"academy:home:view"}),
        "trainer",
    ),
    Role(
        "inspector",
        "巡查员",
        "government",
        "region",
        "/gov/",
        frozenset(
            {
                "gov:home:view",
                "gov:institution:view",
                "gov:map:view",
                "gov:attendance:view",
                "gov:policy:view",
                "gov:fee:view",
            }
        ),
        "inspector",
    ),
    Role(
        "protection_officer",
        "未成年人保护专岗",
        "government",
        "region",
        "/gov/protection/",
        frozenset({"protect:report:read", "protect:report:receive"}),
        "protection-officer",
    ),
    Role(
        "auditor",
        "审计员",
        "government",
        "region",
        "/gov/audit/",
        frozenset(
            {
                "gov:grant:view",
                "voucher:campaign:view",
                "funds:payment:view",
                "funds:ledger:view",
                "audit:log:view",
                "gov:check:view",
                "gov:settlement:view",
                "gov:policy:view",
            }
        ),
        "auditor",
    ),
]

ROLES: dict[str, Role] = {r.code: r for r in _ALL}
EVERY_PERMISSION: frozenset[str] = frozenset().union(*(r.permissions for r in _ALL))
