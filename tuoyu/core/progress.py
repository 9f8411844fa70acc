"""进度：a bar on a terminal, plain lines elsewhere (log files, CI)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[..., None]
_LINES = 10  # at most so many plain lines between start and end


@contextmanager
def progress(title: str, total: int) -> Iterator[Step]:
    """进度条：``with progress("结算", 60) as step: step(); step(5, "晋江")``."""
    started = time.monotonic()
    if sys.stderr.isatty():
        with _bar(title, total) as step:
            yield step
    else:
        yield _plain(title, total)
    seconds = time.monotonic() - started
    print(f"{title}：完成，用时 {seconds:.1f} 秒", file=sys.stderr, flush=True)


@contextmanager
def _bar(title: str, total: int) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=total, note="")

        def step(count: int = 1, note: str = "") -> None:
            bars.update(task, advance=count, note=note)

        yield step


def _plain(title: str, total: int) -> Step:
    done, told = 0, 0

    def step(count: int = 1, note: str = "") -> None:
        nonlocal done, told
        done += count
        share = _LINES if done >= total else done * _LINES // max(total, 1)
        if share > told:
            told = share
            line = f"{title}：{done}/{total}" + (f" {note}" if note else "")
            print(line, file=sys.stderr, flush=True)

    return step
