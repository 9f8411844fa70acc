"""保险的办件状态与权限。"""

from __future__ import annotations

BILL, CLAIM, RENEWAL = "insurance", "insurance_claim", "insurance_renewal"
COUNTY, CITY, PAYABLE, PAID = "county", "city", "payable", "paid"
REPORTED, WITH_INSURER, REFUSED, OPEN, DONE = "reported", "insurer", "refused", "open", "done"
VIEW, TENDER, REVIEW = "insurance:roster:view", "insurance:tender:manage", "insurance:bill:review"
APPROVE, SYSTEM_MOVE = "insurance:bill:approve", "insurance:system:move"
OWN, REPORT = "inst:insurance:view", "inst:insurance:claim"
