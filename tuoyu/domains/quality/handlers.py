"""公示结束：the applications whose notice ended go on."""

from __future__ import annotations

from tuoyu.core import events
from tuoyu.domains.publicity.events import NoticeEnded
from tuoyu.domains.quality.services import settle_notice
from tuoyu.domains.quality.states import INCLUSIVE, STAR


@events.on(NoticeEnded)
def go_on(event: NoticeEnded) -> None:
    """授牌或不予通过。A few rows at most, so it is done at once, in the same transaction."""
    if event.source_type in (STAR, INCLUSIVE):
        settle_notice(
            kind=event.source_type,
            clear=event.clear_ids,
            objected=event.objected_ids,
            at=event.at,
        )
