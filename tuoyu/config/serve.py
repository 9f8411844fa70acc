"""启动平台：database, migrations, packs, then web, live stream and worker as child processes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tuoyu.core import clock

HOST = "127.0.0.1"
STOP_WITHIN = 8.0  # seconds, for requests under way
PACKAGE = Path(__file__).resolve().parents[1]


@click.command(short_help="启动平台")
@click.option("--port", default=8000, show_default=True, help="网页端口；实时推送用下一个端口")
@click.option("--host", default=HOST, show_default=True, help="监听地址；演示模式只能是本机")
@click.option("--demo", is_flag=True, help="演示模式：生成演示城市，一键进入各角色")
@click.option("--seed", default=2025, show_default=True, help="演示城市的种子")
@click.option(
    "--scale", default="demo", type=click.Choice(["demo", "tiny", "full"]), help="演示规模"
)
def serve(port: int, host: str, demo: bool, seed: int, scale: str) -> None:
    """启动网页、实时推送和后台任务；Ctrl-C 全部停下。"""
    if demo and host != HOST:
        raise click.UsageError("演示模式没有密码，只能在本机（127.0.0.1）使用；请去掉 --host")
    _refuse_taken(host, port)
    data = Path(os.environ["TUOYU_DATA"])
    _environment(data, host, port, demo)
    server = _database(data)
    started = time.monotonic()
    _stop_on_signal()
    known = SetUp(data, demo)
    children: list[subprocess.Popen[bytes]] = []
    try:
        if not known.is_done():
            _set_up(demo, seed, scale)
            known.keep(_demo_people() if demo else [])
        children = _spawn(host, port, workers=1 if demo else 2)
        _wait_ready(host, port, children)
        if demo:
            _print_people(known.people())
        print(f"READY http://{host}:{port}/", flush=True)
        _watch(children)
    except KeyboardInterrupt:
        click.echo("正在停下……", err=True)
    finally:
        _stop(children)
        if demo:
            _keep_clock(data, time.monotonic() - started)
        if server is not None:
            server.cleanup()


def _refuse_taken(host: str, port: int) -> None:
    """Another program that answers there would be taken for ours."""
    for each in (port, port + 1):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((host, each))
            except OSError:
                raise click.UsageError(
                    f"端口 {each} 已被占用（网页用 {port}，实时推送用 {port + 1}）；"
                    "请先停下占用它的程序，或用 --port（make 时用 PORT=）换一个"
                ) from None


@dataclass(frozen=True)
class SetUp:
    """已由这同一份代码装好：then this process has nothing to do but to start the others.

    It keeps the table of demo people as well. Whether the database is really up to date is asked
    again by the health check that ``serve`` waits for.
    """

    data: Path
    demo: bool

    def is_done(self) -> bool:
        return self._file.exists() and self._kept()["code"] == self._of_code()

    def people(self) -> list[dict[str, str]]:
        return self._kept()["people"]  # type: ignore[no-any-return]

    def keep(self, people: list[dict[str, str]]) -> None:
        kept = {"code": self._of_code(), "people": people}
        self._file.write_text(json.dumps(kept, ensure_ascii=False))

    def _kept(self) -> dict[str, Any]:
        return json.loads(self._file.read_text())  # type: ignore[no-any-return]

    @property
    def _file(self) -> Path:
        return self.data / "setup.json"

    def _of_code(self) -> str:
        """Where to, and the migrations, SQL and packs: all that a set-up reads."""
        target = (os.environ["TUOYU_CITY"], self.demo, os.environ["DATABASE_URL"])
        found = hashlib.sha256(repr(target).encode())
        read = [*PACKAGE.rglob("migrations/*.py"), *PACKAGE.rglob("*.sql")]
        for path in sorted([*read, PACKAGE / "core" / "rls.py", *packs_folder().rglob("*.yaml")]):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
        return found.hexdigest()


def packs_folder() -> Path:
    """政策包所在。"""
    return Path(os.environ.get("TUOYU_PACKS", PACKAGE.parent / "packs"))


def _environment(data: Path, host: str, port: int, demo: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tuoyu.config.settings"
    os.environ["TUOYU_LIVE_URL"] = f"http://{host}:{port + 1}/live/stream"
    if demo:
        os.environ["TUOYU_DEMO"] = "1"
        os.environ.setdefault(clock.ENV, _demo_clock(data))


def _demo_clock(data: Path) -> str:
    """演示时钟：stands where the pack says and goes on from where the last run stopped."""
    from tuoyu.domains.policies.engine import load_book

    base = load_book(packs_folder(), os.environ["TUOYU_CITY"]).city.clock
    base = base.replace(tzinfo=base.tzinfo or clock.ZONE)
    file = data / "clock.json"
    ran = json.loads(file.read_text())["seconds"] if file.exists() else 0
    return f"{(base + timedelta(seconds=ran)).isoformat()}@{time.time()}"


def _keep_clock(data: Path, seconds: float) -> None:
    file = data / "clock.json"
    before = json.loads(file.read_text())["seconds"] if file.exists() else 0
    file.write_text(json.dumps({"seconds": int(before + seconds)}))


def _database(data: Path) -> Any:
    from tuoyu.config import postgres
    from tuoyu.core.crypto import make_key_file

    make_key_file(data / "keys" / "fields.key")
    (data / "static").mkdir(exist_ok=True)
    return postgres.ensure(data)


def _set_up(demo: bool, seed: int, scale: str) -> None:
    """迁移、装载政策包、必要时生成演示城市。"""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tuoyu.config.loading import load_packs

    call_command("migrate", verbosity=0)
    load_packs(at=clock.now())
    if demo:
        from tuoyu.sim.build import build_if_empty

        build_if_empty(scale, seed)
    connection.close()


def _spawn(host: str, port: int, *, workers: int) -> list[subprocess.Popen[bytes]]:
    granian = [sys.executable, "-m", "granian", "--host", host, "--log-level", "warning"]
    web = [
        *granian, "--interface", "wsgi", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "4", "--backpressure", "64", "tuoyu.config.wsgi:application",
    ]  # fmt: skip
    live = [
        *granian, "--interface", "asginl", "--port", str(port + 1), "--workers", "1",
        "tuoyu.config.live:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "tuoyu.config.worker"]
    commands = (web, live, worker)
    return [subprocess.Popen(c, start_new_session=True) for c in commands]  # noqa: S603


def _wait_ready(host: str, port: int, children: list[subprocess.Popen[bytes]]) -> None:
    """等到健康检查通过；a child that dies meanwhile is told at once."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        _check_alive(children)
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=2) as answer:
                if json.load(answer)["status"] == "ok":
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise click.ClickException(f"120 秒内没有就绪，请看上面的日志；端口 {port} 是否被占用？")


def _check_alive(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is not None:
            name = str(child.args[-1]) if isinstance(child.args, list) else "?"
            raise click.ClickException(
                f"{name} 已退出（代码 {child.returncode}），请看上面的日志；端口是否被占用？"
            )


def _watch(children: list[subprocess.Popen[bytes]]) -> None:
    while True:
        _check_alive(children)
        time.sleep(0.5)


def _stop_on_signal() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Each child leads a group of its own; whatever of it is left after asking nicely is ended."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(deadline - time.monotonic(), 0))
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _demo_people() -> list[dict[str, str]]:
    from tuoyu.domains.identity.selectors import list_demo_people

    return list_demo_people()


def _print_people(people: list[dict[str, str]]) -> None:
    table = Table(title="演示人物（均为虚构）：登录页点一下即可进入")
    for name in ("身份", "姓名", "单位", "直接进入"):
        table.add_column(name, no_wrap=True)
    for row in people:
        table.add_row(row["title"], row["name"], row["organisation"], f"/demo/enter/{row['slug']}/")
    console = Console()
    if not console.is_terminal:  # a log file has no width
        console = Console(width=120)
    console.print(table)
