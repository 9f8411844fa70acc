"""测速：a thousand families at once for the last five hundred vouchers; exactly 500 get one.

In a database of its own, over 16 real connections, each claim with all its checks and its commit.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import connection

from tuoyu.core import clock

BUDGET = 10.0


def run() -> dict[str, Any]:
    """一千人抢五百张。"""
    from tests.vouchers.race import CROWD, LAST, race
    from tests.vouchers.scene import Scene, sums
    from tests.world import NOW, build_world
    from tuoyu.domains.policies.engine import load_book

    name = connection.settings_dict["NAME"]
    connection.settings_dict.setdefault("TEST", {})["NAME"] = "bench_vouchers"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with clock.fixed(NOW):
            scene = Scene(build_world(), load_book(settings.PACKS_DIR, "yueqing-2025"))
            campaign = scene.open(quota=LAST)
            began = time.perf_counter()
            said = race(scene, campaign, CROWD)
            seconds = time.perf_counter() - began
            if said["voucher"] != LAST or sums(campaign)["issued"] != LAST:
                raise AssertionError(f"应发 {LAST} 张，实发 {dict(said)}")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    return {"seconds": round(seconds, 2), "budget": BUDGET, "claims": CROWD, "got": LAST}
