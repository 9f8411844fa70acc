"""别处发生的事：a consent withdrawn, an observation from the room."""

from __future__ import annotations

from tuoyu.core.events import on
from tuoyu.domains.care.events import CareRecorded
from tuoyu.domains.children.events import ConsentChanged
from tuoyu.domains.children.models import Consent
from tuoyu.domains.moments.catalogue import OBSERVE, register_kinds
from tuoyu.domains.moments.services.observations import keep_observation, undo_observation
from tuoyu.domains.moments.services.photos import consent_withdrawn

register_kinds()


@on(ConsentChanged)
def heed_consent(event: ConsentChanged) -> None:
    """班级照片的同意撤回了。"""
    if event.purpose == Consent.Purpose.PHOTO and not event.granted:
        consent_withdrawn(child_id=event.child_id)


@on(CareRecorded)
def heed_room(event: CareRecorded) -> None:
    """班上写了观察，或撤销了它。"""
    if event.kind == OBSERVE:
        keep_observation(event)
    elif event.kind == "undo":
        undo_observation(event)
