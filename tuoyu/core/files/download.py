"""附件下载：saved, or shown when it is a picture; never kept by a cache."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from tuoyu.core.files.models import StoredFile


def attachment(stored: StoredFile, body: bytes) -> HttpResponse:
    """一个附件的应答。"""
    response = HttpResponse(body, content_type=stored.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, stored.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def picture(stored: StoredFile, body: bytes) -> HttpResponse:
    """页面里的一张照片：what is no picture is saved instead, and nothing is kept by a cache."""
    response = attachment(stored, body)
    if stored.media_type in ("image/jpeg", "image/png"):
        response.headers["Content-Disposition"] = "inline"
    return response
