"""单机上的 Spark 集群：a standalone master and two workers on loopback, from pyspark itself."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

HOST = "127.0.0.1"
# Short-lived processes: no second compiler, no parallel collector, so that they start sooner.
LIGHT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SETTINGS = {
    "spark_driver_extraJavaOptions": LIGHT,
    "spark_executor_extraJavaOptions": LIGHT,
    "spark_driver_host": HOST,
    "spark_driver_bindAddress": HOST,
    "spark_sql_shuffle_partitions": "4",
    "spark_executor_memory": "1g",
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@contextmanager
def standalone(home: Path, workers: int = 2) -> Iterator[str]:
    """起一个主节点和若干工作节点，各一核；all are stopped at the end."""
    import pyspark

    root = Path(pyspark.__file__).parent
    os.environ["SPARK_LOCAL_IP"] = HOST  # the driver reads it as well
    port, board = free_port(), free_port()
    env = {
        **os.environ,
        "SPARK_HOME": str(root),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_WORKER_DIR": str(home / "work"),
        "SPARK_DAEMON_MEMORY": "512m",
        "SPARK_DAEMON_JAVA_OPTS": LIGHT,
    }
    master = f"spark://{HOST}:{port}"
    deploy = "org.apache.spark.deploy"
    commands = [
        [f"{deploy}.master.Master", "--host", HOST, "--port", str(port), "--webui-port",
         str(board)],
        *([f"{deploy}.worker.Worker", "--host", HOST, "--cores", "1", "--memory", "1g",
           "--webui-port", str(free_port()), master] for _ in range(workers)),
    ]  # fmt: skip
    running = []
    try:
        for place, command in enumerate(commands):
            log = (home / f"spark-{place}.log").open("wb")
            running.append(
                subprocess.Popen([str(root / "bin" / "spark-class"), *command], env=env,
                                 stdout=log, stderr=subprocess.STDOUT)
            )  # fmt: skip
            if place == 0:
                _until(board, 0)
        _until(board, workers)
        yield master
    finally:
        for each in reversed(running):
            each.terminate()
        for each in running:
            each.wait(timeout=20)


def _until(board: int, workers: int) -> None:
    """等主节点看到全部工作节点。"""
    import json

    for _ in range(1800):
        try:
            with urlopen(f"http://{HOST}:{board}/json/", timeout=5) as answer:
                if json.load(answer)["aliveworkers"] >= workers:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("Spark 主节点没有起来，请看日志")
