"""收费的写入：keyword-only, atomic, with who and when."""

from tuoyu.domains.billing.services.deducting import deduct, give_back

__all__ = ["deduct", "give_back"]
