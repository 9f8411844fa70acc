"""托育券的账户、记账种类与办件状态。"""

from __future__ import annotations

from django.db import models


class Account(models.TextChoices):
    """券所在的账户：a voucher stands in exactly one."""

    NEW = "new", "未领"
    OUTSTANDING = "outstanding", "待使用"
    HELD = "held", "已锁定"
    REDEEMED = "redeemed", "已核销"
    EXPIRED = "expired", "已过期"
    REVOKED = "revoked", "已作废"


class Post(models.TextChoices):
    """记账种类：each moves one voucher from one account to another."""

    FUND = "fund", "放量"
    CLAIM = "claim", "领取"
    HOLD = "hold", "锁定"
    RELEASE = "release", "解锁"
    REDEEM = "redeem", "核销"
    REVERSE = "reverse", "冲正"
    EXPIRE = "expire", "过期"
    REVOKE = "revoke", "作废"
    RETURN = "return", "收回名额"


class Mode(models.TextChoices):
    """发放方式。"""

    FIRST = "first", "先到先得"
    DRAW = "draw", "摇号"


CAMPAIGN_CASE, SETTLEMENT_CASE = "voucher_campaign", "voucher_settlement"
DRAFT, OPEN, CLOSED = "draft", "open", "closed"
APPROVE, PAYABLE, PAID, SIMULATED = "approve", "payable", "paid", "simulated"
EMPTY = "empty"
GOT, DRAWN = "领到收回的名额", "摇号中签"  # why somebody left the waiting list
