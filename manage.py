#!/usr/bin/env python
"""Django 的管理命令（开发用）；日常用 ``tuoyu``。"""

import os
import sys

from tuoyu.config import postgres

if __name__ == "__main__":
    from pathlib import Path

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
    data = Path(os.environ.get("TUOYU_DATA", ".data/dev")).resolve()
    os.environ["TUOYU_DATA"] = str(data)
    server = postgres.ensure(data)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
