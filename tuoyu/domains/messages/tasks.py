"""消息的后台任务。"""

from __future__ import annotations

import procrastinate

from tuoyu.core import clock
from tuoyu.domains.messages.services import delivering, digest, door, keeping
from tuoyu.domains.messages.services.telling import DELIVER

DOOR = "messages.door"


def register(app: procrastinate.App) -> None:
    """登记任务：two that are deferred with the change, three by the clock."""

    @app.task(name=DELIVER, pass_context=False)
    def deliver(ids: list[int]) -> int:
        """送达刚产生的消息，and by the next channel what this one did not take."""
        now = clock.now()
        return delivering.deliver(now, ids) + delivering.run_due(now)

    @app.task(name=DOOR, pass_context=False)
    def at_door(children: list[int]) -> int:
        """到园、离园告知监护人。"""
        return door.tell_door(children, clock.now())

    @app.periodic(cron="* * * * *")
    @app.task(name="messages.tick", queueing_lock="messages.tick", pass_context=False)
    def tick(timestamp: int) -> int:
        """每分钟：到点的小结、到时的重试与暂缓。"""
        now = clock.now()
        return digest.send_digests(now) + delivering.run_due(now)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="messages.sweep", queueing_lock="messages.sweep", pass_context=False)
    def sweep(timestamp: int) -> int:
        """补漏。"""
        return door.sweep(clock.now())

    @app.periodic(cron="20 3 * * *")
    @app.task(name="messages.forget", queueing_lock="messages.forget", pass_context=False)
    def forget(timestamp: int) -> int:
        """删去过期的消息。"""
        return keeping.forget_old(clock.now())
