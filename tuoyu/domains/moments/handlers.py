"""别处发生的事：consents changed."""

from __future__ import annotations
