"""装载政策包：regions and pack hashes into the database, so that all else can refer to them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from tuoyu.domains.policies.books import current_book
from tuoyu.domains.policies.models import LoadedPack
from tuoyu.domains.regions.services import load_regions


@transaction.atomic
def load_packs(*, at: datetime) -> None:
    """装载当前城市的政策包；safe to run again."""
    book = current_book()
    load_regions(book.city)
    LoadedPack.objects.update_or_create(
        city=settings.CITY,
        defaults={
            "version": book.pack.version,
            "status": book.pack.status,
            "sha256": book.sha256,
            "loaded_at": at,
        },
    )
