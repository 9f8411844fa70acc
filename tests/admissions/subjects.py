"""矩阵用的报名：one's own and a stranger's wish, each with a contract to sign."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.world import NOW, World
from tuoyu.core import crypto
from tuoyu.domains.admissions.models import Application, Contract, Stage, Wish

CONSTANT = {"admission_step": "hold", "family_step": "hold", "paper_kind": "checkup"}


def admission_subjects(w: World) -> dict[str, Any]:
    """参数 → (自己的, 别人的)。"""
    sides = [_side(w, "a1", "parent"), _side(w, "b1", "other-parent")]
    pairs = {name: (sides[0][name], sides[1][name]) for name in sides[0]}
    return pairs | {name: (value, value) for name, value in CONSTANT.items()}


def _side(w: World, key: str, parent: str) -> dict[str, int]:
    inst, on = w.institutions[key], date(2025, 11, 3)
    made = Application.all_rows.create(
        number=f"BM{key}", code_index=crypto.blind_index(key), region_code=inst.region_code,
        user_id=w.users[parent].pk, child_name="示例宝", sex="f", born_on=date(2024, 6, 1),
        guardian_name="示例妈妈", relation="mother", phone="19900000001",
        phone_index=crypto.blind_index("19900000001"), wanted_on=on, source="family", made_at=NOW,
    )  # fmt: skip
    at: dict[str, Any] = {"institution_id": inst.pk, "region_code": inst.region_code}
    wish = Wish.all_rows.create(
        application=made, rank=1, class_type="toddler", stage=Stage.CONTRACT, stage_at=NOW,
        applied_at=NOW, **at,
    )  # fmt: skip
    contract = Contract.all_rows.create(
        wish=wish, number=f"TY{key}", class_group_id=w.classes[f"{key}.toddler"].pk, from_on=on,
        care_fen=150_000, text="示例", sm3=crypto.sm3("示例".encode()).hex(), made_at=NOW,
        made_by_name="测试", **at,
    )  # fmt: skip
    return {"wish_id": wish.pk, "agreement_id": contract.pk}
