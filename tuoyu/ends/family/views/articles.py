"""科学育儿：short texts by the child's month of age."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from tuoyu.core import clock
from tuoyu.core.access import Request, page
from tuoyu.core.errors import NotFound
from tuoyu.core.periods import age_months
from tuoyu.domains.groups.articles import all_articles, find_article, for_age
from tuoyu.ends.family.shell import chosen, own_children, show


@page("family:home:view", title="科学育儿")
def articles(request: Request) -> HttpResponse:
    """适龄的在前，其余在后。"""
    if not own_children(request):
        return show(request, "family/nobody.html", "科学育儿")
    picked = chosen(request)
    months = age_months(picked.child.born_on, clock.today())
    fitting = for_age(months)
    return show(
        request,
        "family/articles.html",
        "科学育儿",
        picked,
        months=months,
        fitting=fitting,
        others=[a for a in all_articles() if a not in fitting],
        back_url=reverse("family:services"),
    )


@page("family:home:view", title="育儿短文")
def article(request: Request, article_slug: str) -> HttpResponse:
    """一篇。"""
    found = find_article(article_slug)
    if found is None:
        raise NotFound
    picked = chosen(request) if own_children(request) else None
    return show(
        request,
        "family/article.html",
        "科学育儿",
        picked,
        a=found,
        back_url=reverse("family:articles"),
    )
