"""签名密钥文件：made on first use, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def make_secret_file(path: Path) -> None:
    """生成签名密钥；an existing one is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(fd, "w") as f:
        f.write(secrets.token_urlsafe(64))
