"""科学育儿短文：read once from the file beside, each fact with its public source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).with_name("articles.yaml")


@dataclass(frozen=True)
class Fact:
    """一条知识与来源。"""

    text: str
    source: str


@dataclass(frozen=True)
class Article:
    """短文。``age_from`` to ``age_to`` in months, half-open."""

    slug: str
    title: str
    lead: str
    age_from: int
    age_to: int
    facts: tuple[Fact, ...]
    attempt: str

    @property
    def band(self) -> str:
        """适合月龄。"""
        return f"{self.age_from}–{self.age_to} 月龄"


@cache
def all_articles() -> tuple[Article, ...]:
    """全部短文；a fact without a source stops the start, not the reader."""
    found = []
    for row in yaml.safe_load(HERE.read_text("utf-8"))["articles"]:
        facts = tuple(Fact(f["text"], f["source"]) for f in row["facts"])
        if not facts or not all(f.text and f.source for f in facts):
            raise ValueError(f"短文 {row['id']} 有一条没有来源")
        if not row["from"] < row["to"]:
            raise ValueError(f"短文 {row['id']} 的月龄不对")
        found.append(
            Article(row["id"], row["title"], row["lead"], row["from"], row["to"], facts, row["try"])
        )
    return tuple(found)


def for_age(months: int) -> tuple[Article, ...]:
    """某月龄的短文，the narrowest band first."""
    fitting = [a for a in all_articles() if a.age_from <= months < a.age_to]
    return tuple(sorted(fitting, key=lambda a: a.age_to - a.age_from))


def of_the_day(months: int, ordinal: int) -> Article | None:
    """今天的一篇：another each day, in turn."""
    fitting = for_age(months)
    return fitting[ordinal % len(fitting)] if fitting else None


def find_article(slug: str) -> Article | None:
    return next((a for a in all_articles() if a.slug == slug), None)
