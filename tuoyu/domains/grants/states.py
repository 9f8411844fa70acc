"""奖补申请的状态代码：the words are declared in the catalogue."""

from __future__ import annotations

TYPE = "grant"
DRAFT, ENTRY = "draft", "entry"
COUNTY, CITY_REVIEW, CITY, SECOND = "county", "city_review", "city", "second"
FINANCE, NOTICE, PAYABLE, PAID = "finance", "notice", "payable", "paid"
REFUSED, WITHDRAWN, RECOVER = "refused", "withdrawn", "recover"
