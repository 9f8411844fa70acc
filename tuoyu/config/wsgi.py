"""WSGI 入口（granian）：door events first, everything else by Django."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
_ordinary = get_wsgi_application()

from tuoyu.ends.openapi.bare import door_first  # noqa: E402 the models are loaded above

application = door_first(_ordinary)
