"""科学育儿短文：sourced, by month of age, readable without an account."""

from __future__ import annotations

from django.test import Client

from tests.world import World
from tuoyu.domains.groups import articles


def test_each_fact_has_a_source_and_no_month_is_empty() -> None:
    assert 8 <= len(articles.all_articles()) <= 12
    for months in range(36):
        assert articles.for_age(months)
    assert not articles.for_age(40)


def test_one_a_day_in_turn() -> None:
    found = {a.slug for n in range(30) if (a := articles.of_the_day(19, n))}
    assert found == {a.slug for a in articles.for_age(19)}


def test_family_reads_what_fits_the_child(world: World) -> None:
    parent = world.client("parent")
    page = parent.get("/family/articles/").content.decode()
    assert "让他自己吃" in page
    assert "一般知识" in page
    one = parent.get("/family/articles/self-feeding/").content.decode()
    assert "喂养与营养指南" in one
    assert 'data-behaviour="speak"' in one
    assert "/family/articles/" in parent.get("/family/").content.decode()
    assert parent.get("/family/articles/none/").status_code == 404


def test_public_reads_them_too(db: None) -> None:
    assert "满 6 个月" in Client().get("/public/articles/").content.decode()
    assert "铁" in Client().get("/public/articles/first-foods/").content.decode()
