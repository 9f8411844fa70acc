"""全部奖补项目；which of them a city offers is said by its pack."""

from __future__ import annotations

from tuoyu.core.errors import NotFound
from tuoyu.domains.grants.declaration import Paper, Programme, Subject
from tuoyu.domains.grants.programmes.institutions import INSTITUTIONS
from tuoyu.domains.grants.programmes.monthly import MONTHLY
from tuoyu.domains.grants.programmes.people import PEOPLE
from tuoyu.domains.grants.programmes.slots import SLOTS
from tuoyu.domains.policies.engine import Book

PROGRAMMES: dict[str, Programme] = {
    programme.rule: programme for programme in (*SLOTS, *INSTITUTIONS, *MONTHLY, *PEOPLE)
}


def offered(book: Book) -> list[Programme]:
    """本市政策包有的项目，in the order declared."""
    return [programme for programme in PROGRAMMES.values() if programme.rule in book.rules]


def programme_of(rule: str) -> Programme:
    """某个项目；an unknown one is not found."""
    found = PROGRAMMES.get(rule)
    if found is None:
        raise NotFound
    return found


__all__ = ["PROGRAMMES", "Paper", "Programme", "Subject", "offered", "programme_of"]
