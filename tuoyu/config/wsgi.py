"""WSGI 入口（granian）：door events first, everything else by Django."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuoyu.config.settings")
_ordinary = get_wsgi_application()


def _warm() -> None:
    """先备好：routes and pack stand before the first visitor, and what stays for good is no longer
    walked through each time the garbage collector goes round.
    """
    from django.urls import get_resolver

    from tuoyu.domains.policies.books import current_book

    _ = get_resolver().url_patterns
    current_book()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


from tuoyu.ends.openapi.bare import door_first  # noqa: E402 the models are loaded above

application = door_first(_ordinary)
_warm()
