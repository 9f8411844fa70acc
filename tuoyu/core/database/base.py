"""Django 的数据库引擎（``ENGINE``）：a kept connection is checked without a round trip."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """保持的连接。

    Django asks before the first query of each request whether the kept connection still works. A
    server that has gone away has closed its end, and an idle connection then has something to
    read; only then is the server asked.
    """

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or bool(super().is_usable())
