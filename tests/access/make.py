"""重新生成权限矩阵：``python -m tests.access.make``."""

from __future__ import annotations

import os
import subprocess
import sys

if __name__ == "__main__":
    command = [sys.executable, "-m", "pytest", "tests/access/test_matrix.py"]
    sys.exit(subprocess.call(command, env={**os.environ, "TUOYU_WRITE_MATRIX": "1"}))
