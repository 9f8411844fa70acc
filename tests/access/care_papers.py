"""矩阵用的喂药、伤害记录与强制报告：one of each in 青禾 and in 海风."""

from __future__ import annotations

import uuid
from datetime import time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.files import samples
from tests.world import NOW, World
from tuoyu.config.actors import actor_for_user
from tuoyu.core import clock
from tuoyu.core.files.images import store_photo
from tuoyu.domains.incidents import services as incidents
from tuoyu.domains.medicine import services as medicine

SIDES = (("a1", "he", "parent", "director"), ("b1", "feng", "other-parent", "other-director"))


def care_paper_subjects(w: World) -> dict[str, tuple[Any, Any]]:
    """参数 → (自己的, 别人的)。"""
    rows = [_side(w, *side) for side in SIDES]
    return {name: (rows[0][name], rows[1][name]) for name in rows[0]}


def _side(w: World, key: str, child: str, parent: str, director: str) -> dict[str, Any]:
    inst, kid = w.institutions[key], w.children[child]
    by, family = actor_for_user(w.users[director]), actor_for_user(w.users[parent])
    photo = store_photo(
        upload=SimpleUploadedFile("标签.jpg", samples.photo()), purpose="medicine",
        institution_id=inst.pk, region_code=inst.region_code, by=1, at=NOW,
    )  # fmt: skip
    today = NOW.date()
    paper = medicine.Paper(
        "示例糖浆", "咳嗽", "2.5 ml", "mouth", [time(7, 50)], today, today + timedelta(days=1)
    )
    asked = medicine.ask(
        child_id=kid.pk, institution_id=inst.pk, paper=paper, photo_id=photo.pk, agreed=True,
        by=family, at=NOW,
    )  # fmt: skip
    medicine.accept(request_id=asked.pk, by=by, at=NOW)
    dose = [
        medicine.take_event(
            event_id=uuid.uuid4(), institution_id=inst.pk, child_id=kid.pk, request_id=asked.pk,
            due_at=clock.at(today, 7, 50), by=medicine.Signer(n, "示例"), at=NOW, received_at=NOW,
            outcome="given", reason="", note="",
        )
        for n in (1, 2)
    ][-1]  # fmt: skip
    words = ("跑动时绊倒，手臂着地", "固定送医")
    note = incidents.Note(NOW, "户外场地", "fall", ["head"], ["fracture"], *words)
    made = incidents.draft(child_id=kid.pk, note=note, by=by, at=NOW)
    incidents.set_photo(incident_id=made.pk, photo_id=photo.pk, by=by)
    incidents.file(incident_id=made.pk, grade="grave", grade_note="", by=by, at=NOW)
    incidents.call(incident_id=made.pk, note="已接通", by=by, at=NOW)
    incidents.choose_shown(incident_id=made.pk, shows=["photo", "timeline"], by=by)
    incidents.share(incident_id=made.pk, by=by, at=NOW)
    report = incidents.report_mandatory(
        child_id=kid.pk, kinds=["other"], found_at=NOW, what="示例情况一段", by=by, at=NOW
    )
    return {
        "medicine_id": asked.pk,
        "dose_id": dose.pk if dose else uuid.uuid4(),
        "incident_id": made.pk,
        "protection_id": report.pk,
    }
