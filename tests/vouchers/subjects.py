"""矩阵用的托育券：one's own held voucher, place in line and settlement, and a stranger's."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from tests.vouchers.scene import OCTOBER, Scene, code, key
from tests.world import NOW, World
from tuoyu.core.cases.services import open_case
from tuoyu.domains.policies.engine import load_book
from tuoyu.domains.vouchers import services
from tuoyu.domains.vouchers.catalogue import SETTLEMENT
from tuoyu.domains.vouchers.models import SettlementList

SIDES = (("a1", "he", "director"), ("b1", "feng", "other-director"))


def voucher_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """参数 → (自己的, 别人的)。"""
    scene = Scene(w, load_book(settings.PACKS_DIR, "yueqing-2025"))
    # Two each: the parent's page shows one of twins by a random id, and either may claim.
    first = scene.open(per_child=2)
    full = scene.open(quota=1, title="发完的一批（虚构）")
    scene.claim(full, "miao", who="city-officer")
    rows = [_side(scene, first, full, *side) for side in SIDES]
    pairs = {name: (rows[0][name], rows[1][name]) for name in rows[0]}
    return pairs | {"campaign_id": (first.pk, first.pk)}


def _side(
    scene: Scene, first: Any, full: Any, place: str, child: str, director: str
) -> dict[str, int]:
    inst = scene.world.institutions[place]
    voucher = scene.voucher(first, child, who="city-officer")
    services.hold(text=code(voucher), key=key(), by=scene.actor(director), at=NOW)
    waits = scene.claim(full, child, who="city-officer").applicant
    assert waits is not None
    at: dict[str, Any] = {"institution_id": inst.pk, "region_code": inst.region_code}
    settled = SettlementList.all_rows.create(
        campaign=first, month=OCTOBER, number=1, count=1, amount_fen=1, is_simulated=True,
        made_at=NOW, **at,
    )  # fmt: skip
    open_case(type_code=SETTLEMENT.code, title="托育券核销", subject_id=settled.pk,
              by=scene.actor("city-officer"), at=NOW, **at)  # fmt: skip
    return {"voucher_id": voucher.pk, "applicant_id": waits.pk, "settlement_id": settled.pk}
