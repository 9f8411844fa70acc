"""测试用浏览器：Debian's Chromium when it may be installed; else one clear line on what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

WANTED = ["chromium-headless-shell", "fonts-noto-cjk"]  # without windows: a third less work
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """浏览器的路径。"""
    names = (WANTED[0], "chromium", "google-chrome")
    return os.environ.get("TUOYU_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def main() -> int:
    if shutil.which(WANTED[0]) or os.environ.get("TUOYU_CHROMIUM"):
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {
            "stdout": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", *WANTED], check=False, **quiet)  # type: ignore[call-overload]
    if not find():
        print(
            "浏览器测试会跳过：没有找到 Chromium。请安装后重试，例如 sudo apt-get install "
            + " ".join(WANTED)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
