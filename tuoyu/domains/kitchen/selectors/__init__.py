"""膳食的读取。"""

from __future__ import annotations

from tuoyu.domains.kitchen.selectors.allergies import Eater, allergies_of, list_eaters
from tuoyu.domains.kitchen.selectors.days import KitchenToday, today

__all__ = ["Eater", "KitchenToday", "allergies_of", "list_eaters", "today"]
