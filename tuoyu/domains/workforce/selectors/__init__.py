"""从业人员的读取。"""

from __future__ import annotations

from tuoyu.domains.workforce.selectors.people import (
    SOON,
    CertificateRow,
    Expiring,
    StaffRow,
    access_staff,
    count_staff,
    counted_on,
    list_counted,
    list_expiring,
    list_staff,
    staff_of_user,
    untrained,
    working,
)

__all__ = [
    "SOON",
    "CertificateRow",
    "Expiring",
    "StaffRow",
    "access_staff",
    "count_staff",
    "counted_on",
    "list_counted",
    "list_expiring",
    "list_staff",
    "staff_of_user",
    "untrained",
    "working",
]
