"""儿童、家庭、入托、门口设备的行。"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import date, time, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from psycopg.types.range import DateRange

from tuoyu.core import clock, crypto
from tuoyu.sim.children import Kid
from tuoyu.sim.draws import stream
from tuoyu.sim.families import (
    Family,
    consent_rows,
    guardian_rows,
    guardianship_rows,
    ledger_rows,
    place_of,
    status_rows,
)
from tuoyu.sim.geography import City
from tuoyu.sim.institutions import Inst
from tuoyu.sim.names import search_key
from tuoyu.sim.numbers import Numbers
from tuoyu.sim.premises import Row, Rows

_ALLERGIES = ("鸡蛋", "牛奶", "花生", "虾蟹", "芒果", "坚果")
_NOTES = ("热性惊厥史，发热时先联系家长", "轻度湿疹，忌用含香料护肤品", "午睡需安抚物")


def people_rows(
    city: City,
    kids: list[Kid],
    families: list[Family],
    numbers: Numbers,
    without_number: set[int],
    usual: dict[int, time],
    seed: int,
) -> Rows:
    """儿童与家庭的行。"""
    rng = stream(seed, "records")
    today = city.now.date()
    consents = list(consent_rows(families, today, seed))
    own = [_child(rng, k, numbers, without_number, usual[k.id], today) for k in kids]
    return {
        "children_child": (
            ("id", "name", "search", "sex", "born_on", "id_number", "id_index", "allergy",
             "has_allergy", "health_note", "institution_id", "region_code", "usual_in"),
            own,
        ),
        "children_guardian": (
            ("id", "name", "phone", "phone_index", "id_index", "user_id", "code_secret"),
            list(guardian_rows(families)),
        ),
        "children_guardianship": (
            ("id", "child_id", "guardian_id", "institution_id", "region_code", "relation",
             "is_guardian", "can_pick_up", "is_blocked", "block_reason", "from_on", "to_on"),
            list(guardianship_rows(families, today)),
        ),
        "children_consent": (
            ("id", "child_id", "institution_id", "region_code", "guardian_id", "purpose",
             "granted_at", "withdrawn_at"),
            consents,
        ),
        "children_consententry": (
            ("id", "child_id", "institution_id", "region_code", "guardian_id", "purpose",
             "act", "until", "at", "unseen_id", "took_effect"),
            list(ledger_rows(consents)),
        ),
        "children_specialstatus": (
            ("id", "child_id", "institution_id", "region_code", "kind", "evidence",
             "evidence_file_id", "from_on", "to_on", "verified_by", "verified_at"),
            list(status_rows(families, city.now, seed)),
        ),
        "enrolment_enrolment": (
            ("id", "child_id", "institution_id", "region_code", "class_group_id", "period",
             "form", "monthly_fen"),
            _enrolments(kids),
        ),
    }  # fmt: skip


def _child(
    rng: random.Random,
    kid: Kid,
    numbers: Numbers,
    without_number: set[int],
    usual: time,
    today: date,
) -> Row:
    area = kid.stays[0].inst.unit.area
    card = None if kid.id in without_number else numbers.id_number(area, kid.born, kid.female)
    allergy = f"{rng.choice(_ALLERGIES)}过敏" if rng.random() < 0.06 else None
    note = rng.choice(_NOTES) if rng.random() < 0.04 else None
    return (
        kid.id,
        kid.name,
        search_key(kid.name),
        "f" if kid.female else "m",
        kid.born,
        card and crypto.seal(card, "children_child.id_number"),
        card and crypto.blind_index(card),
        allergy and crypto.seal(allergy, "children_child.allergy"),
        allergy is not None,
        note and crypto.seal(note, "children_child.health_note"),
        *place_of(kid, today),
        usual,
    )


def _enrolments(kids: list[Kid]) -> list[Row]:
    return [
        (n, kid.id, s.inst.id, s.inst.unit.code, s.room.id, DateRange(s.start, s.end), s.form,
         s.monthly_fen)
        for n, (kid, s) in enumerate(((k, s) for k in kids for s in k.stays), 1)
    ]  # fmt: skip


def make_devices(found: list[Inst], seed: int) -> dict[int, uuid.UUID]:
    """每家机构一台平板的编号。"""
    rng = stream(seed, "devices")
    return {i.id: uuid.UUID(int=rng.getrandbits(128), version=4) for i in found}


def device_rows(city: City, found: list[Inst], devices: dict[int, uuid.UUID], seed: int) -> Rows:
    """门口平板：its key is a point that nobody holds the private half of."""
    rng = stream(seed, "device-keys")
    rows: list[Row] = [
        (devices[i.id], i.id, i.unit.code, "门厅平板（演示数据）", _point(rng.randbytes),
         clock.at(max(i.opened, date(2024, 12, 20)), 9), city.now - timedelta(minutes=3), None)
        for i in found if i.status == "filed"
    ]  # fmt: skip
    columns = (
        "id", "institution_id", "region_code", "name", "public_key", "paired_at", "seen_at",
        "revoked_at",
    )  # fmt: skip
    return {"devices_device": (columns, rows)}


def _point(draw: Callable[[int], bytes]) -> bytes:
    while True:
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\2" + draw(32))
        except ValueError:
            continue  # not on the curve
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
