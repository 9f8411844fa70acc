"""过敏：the mark on a child's file follows what the kitchen has in groups."""

from __future__ import annotations

from tuoyu.domains.children.models import Child


def mark_allergy(*, child: Child, text: str) -> None:
    """写明过敏与忌口；empty takes the mark away."""
    child.allergy, child.has_allergy = text or None, bool(text)
    child.save(update_fields=["allergy", "has_allergy"])
