"""后台任务进程：``python -m tuoyu.config.worker``."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal

import django


def main() -> None:
    """运行后台任务，直到收到停止信号。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
    django.setup()
    from procrastinate.contrib.django import app

    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_work(worker))


async def _work(app: object) -> None:
    async with app.open_async():  # type: ignore[attr-defined]
        await app.run_worker_async(concurrency=2)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
