"""科学育儿（公众）：the same short texts, for everybody."""

from __future__ import annotations

from django.http import HttpResponse

from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.domains.groups.articles import all_articles, find_article
from tuoyu.ends.public.shell import show

WHY = "科学育儿知识公开，不含个人信息"


@page(None, title="科学育儿", why_public=WHY)
def articles(request: Request) -> HttpResponse:
    """全部短文。"""
    found = sorted(all_articles(), key=lambda a: (a.age_from, a.age_to))
    return show(
        request, "public/articles.html", "public:articles", page_title="科学育儿", articles=found
    )


@page(None, title="育儿短文", why_public=WHY)
def article(request: Request, article_slug: str) -> HttpResponse:
    """一篇。"""
    found = find_article(article_slug)
    if found is None:
        raise NotFound
    return show(request, "public/article.html", "public:articles", page_title=found.title, a=found)
